"""A stack that outlives the command that starts it: up, down, status."""

import fcntl
import os
import signal
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from events.errors import ConflictError, UnavailableError
from ringwatch.services.endpoints import Endpoints
from ringwatch.services.kinds import StackKind, services_of
from ringwatch.services.process import ProcessIdentity, identity_of, is_alive, send_signal, wait_gone
from ringwatch.services.service import Progress
from ringwatch.services.state import FILE, LOG, StackState, read_state

_POLL_S = 0.1
_GRACE_S = 30.0


def up(
    kind: StackKind,
    directory: Path,
    *,
    progress: Progress,
    only: Collection[str] | None = None,
    ports: Mapping[str, int] | None = None,
) -> Endpoints:
    """Start a supervised stack, unless it runs already, wait until all of it is ready and say where it is.

    Arguments are those of `start_stack`. Interrupted, it takes back what it has started.

    Errors: `ConflictError` where another kind of stack, or other services, run from the directory;
    `UnavailableError` with the reason where the stack does not start.
    """
    directory = directory.absolute()
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    wanted = tuple(service.name for service in services_of(kind, only))
    with _one_at_a_time(directory):
        state = read_state(directory)
        offset = (directory / LOG).stat().st_size if (directory / LOG).exists() else 0
        supervisor = state.supervisor
        if supervisor is None or not is_alive(supervisor):
            _end_leftovers(state)
            supervisor = _launch(directory, kind, wanted, ports or {})
        elif state.kind != kind or state.only != wanted:
            services = ", ".join(state.only or ())
            raise ConflictError(f"{directory} already runs the {state.kind} stack ({services}); end it first")
        try:
            _follow(directory, supervisor, offset, progress)
        except BaseException:
            _end(supervisor)
            raise
        return Endpoints.load(directory)


def down(directory: Path) -> bool:
    """End the stack that runs from this directory: exactly its processes. False where none runs."""
    directory = directory.absolute()
    state = read_state(directory)
    ran = state.supervisor is not None and is_alive(state.supervisor)
    if state.supervisor:
        _end(state.supervisor)
    _end_leftovers(read_state(directory))
    Endpoints.withdraw(directory)
    (directory / FILE).unlink(missing_ok=True)
    return ran


def status(directory: Path) -> StackState:
    """What runs from this directory."""
    return read_state(directory.absolute())


def _launch(
    directory: Path, kind: StackKind, only: tuple[str, ...], ports: Mapping[str, int]
) -> ProcessIdentity:
    """A process of its own session. Not by subprocess, whose objects complain when their process lives on."""
    command = [sys.executable, "-m", "ringwatch.services.supervisor", str(directory), kind]
    command += ["--only", ",".join(only)]
    command += [part for name, number in sorted(ports.items()) for part in ("--port", f"{name}={number}")]
    output = os.open(directory / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        redirections = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_DUP2, output, 1),
            (os.POSIX_SPAWN_DUP2, output, 2),
        ]
        pid = os.posix_spawn(sys.executable, command, os.environ, file_actions=redirections, setsid=True)
    finally:
        os.close(output)
    return identity_of(pid) or ProcessIdentity(pid, "ended")


def _follow(directory: Path, supervisor: ProcessIdentity, offset: int, progress: Progress) -> None:
    """Pass on the supervisor's lines until the stack runs."""
    with (directory / LOG).open(encoding="utf-8", errors="replace") as log:
        log.seek(offset)
        said: list[str] = []
        while True:
            lives = is_alive(supervisor)
            state = read_state(directory)
            for line in log:
                said.append(line.rstrip("\n").partition(" ")[2])
                progress(said[-1])
            if state.supervisor == supervisor and state.phase == "running":
                return
            if not lives:
                failed = state.supervisor == supervisor and state.error
                raise UnavailableError(failed or "the supervisor ended:\n" + "\n".join(said[-15:]))
            time.sleep(_POLL_S)


def _end(process: ProcessIdentity) -> None:
    """Orderly first, by force after a while. A supervisor's children end with it either way."""
    send_signal(process, signal.SIGTERM)
    if not wait_gone(process, _GRACE_S):
        send_signal(process, signal.SIGKILL)
        wait_gone(process, _GRACE_S)
    with suppress(ChildProcessError):  # it is only ours to reap where this same process called `up`
        os.waitpid(process.pid, os.WNOHANG)


def _end_leftovers(state: StackState) -> None:
    """Processes a killed supervisor has left: the kernel ends them, this makes sure."""
    for service in state.services:
        if service.process and not wait_gone(service.process, 1.0):
            _end(service.process)


@contextmanager
def _one_at_a_time(directory: Path) -> Iterator[None]:
    """Of two `up` at once, the second waits and then finds the stack running."""
    with (directory / "up.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
