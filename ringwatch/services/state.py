"""What a detached supervisor says of itself: one private file in the stack's directory."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import msgspec

from events.errors import CorruptError
from ringwatch.services.endpoints import write_private
from ringwatch.services.kinds import StackKind
from ringwatch.services.process import ProcessIdentity, is_alive
from ringwatch.services.runner import ServiceStatus

Phase = Literal["starting", "running", "failed", "down"]
FILE = "supervisor.json"
LOG = "supervisor.log"


@dataclass(frozen=True)
class StackState:
    """A detached stack.

    Args:
        phase: `down` where no supervisor lives, `failed` where it could not start the stack.
        only: the services asked for; None for all of the kind.
        services: as last written; with `down`, some of their processes may still be ending.
        error: why it failed; `""` otherwise.
    """

    phase: Phase
    kind: StackKind | None = None
    only: tuple[str, ...] | None = None
    supervisor: ProcessIdentity | None = None
    services: tuple[ServiceStatus, ...] = ()
    error: str = ""

    def save(self, directory: Path) -> None:
        """Replace the file in one step, mode 0600."""
        write_private(directory / FILE, msgspec.json.format(msgspec.json.encode(self)))


def read_state(directory: Path) -> StackState:
    """What is true now: the file's word, or `down` where the supervisor it names has gone.

    `failed` stays after the supervisor's end, until the next start. Error: `CorruptError`.
    """
    path = directory / FILE
    try:
        state = msgspec.json.decode(path.read_bytes(), type=StackState)
    except FileNotFoundError:
        return StackState("down")
    except msgspec.MsgspecError as error:
        raise CorruptError(f"{path}: {error}") from error
    lives = state.supervisor is not None and is_alive(state.supervisor)
    return state if lives or state.phase == "failed" else replace(state, phase="down")
