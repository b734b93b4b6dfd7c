"""The process behind a detached stack: `python -m ringwatch.services.supervisor DIRECTORY KIND [options]`.

It starts the stack, restarts what crashes and writes `supervisor.json` until it is told to end (SIGTERM). What
it prints is the stack's diary; `detached.up` redirects it to `supervisor.log`.
"""

import argparse
import os
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

from events.errors import RingwatchError
from ringwatch.services.kinds import StackKind, start_stack
from ringwatch.services.process import identity_of
from ringwatch.services.state import StackState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType

_TEND_EVERY_S = 0.2


def supervise(directory: Path, kind: StackKind, only: tuple[str, ...] | None, ports: dict[str, int]) -> int:
    """Run until a signal ends it (`SystemExit`). Returns, with exit code 1, only where the stack does not start."""
    state = StackState("starting", kind, only, identity_of(os.getpid()))
    state.save(directory)
    try:
        stack = start_stack(kind, directory, only=only, ports=ports, progress=_say)
    except RingwatchError as error:
        StackState("failed", kind, only, state.supervisor, error=str(error)).save(directory)
        _say(f"failed: {error}")
        return 1
    with stack:
        while True:
            stack.tend()
            now = StackState("running", kind, only, state.supervisor, stack.status())
            if now != state:
                state = now
                state.save(directory)
            time.sleep(_TEND_EVERY_S)


def main(arguments: "Sequence[str] | None" = None) -> int:
    parser = argparse.ArgumentParser(prog="ringwatch.services.supervisor")
    parser.add_argument("directory", type=Path)
    parser.add_argument("kind", choices=get_args(StackKind))
    parser.add_argument("--only", help="names of services, with commas")
    parser.add_argument("--port", action="append", default=[], metavar="SERVICE.PORT=NUMBER")
    given = parser.parse_args(arguments)
    only = tuple(given.only.split(",")) if given.only is not None else None
    ports = {name: int(number) for name, _, number in (item.partition("=") for item in given.port)}
    signal.signal(signal.SIGTERM, _end)
    signal.signal(signal.SIGINT, _end)
    return supervise(given.directory, cast("StackKind", given.kind), only, ports)


def _end(_number: int, _frame: "FrameType | None") -> None:
    # Once: a second signal must not interrupt the orderly end. SIGKILL still ends it, and its children with it.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _say("told to end")
    raise SystemExit(0)


def _say(line: str) -> None:
    sys.stdout.write(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} {line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
