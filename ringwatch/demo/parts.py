"""The long-running parts as child processes, each with a log file of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from events.errors import UnavailableError

_READY_S = 90.0
_STOP_S = 30.0


@dataclass(slots=True)
class _Child:
    process: "subprocess.Popen[bytes]"
    log: Path
    offset: int  # of this run's first line in the log

    def said(self) -> str:
        with self.log.open("rb") as file:
            file.seek(self.offset)
            return file.read().decode("utf-8", "replace")


@dataclass(slots=True)
class Parts:
    """`ringwatch run NAME` as children of this process.

    Args:
        folder: a log file a part.
        environment: what the parts get on top of this process' environment.
    """

    folder: Path
    environment: Mapping[str, str]
    _children: dict[str, _Child] = field(default_factory=dict)

    def start(self, *names: str) -> None:
        """Start these at once and wait until each is ready. `UnavailableError`, with what it said, where one is not."""
        self.launch(*names)
        for name in names:
            self._wait_ready(name)

    def launch(self, *names: str) -> None:
        """Start these without waiting."""
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in names:
            log = self.folder / f"{name}.log"
            with log.open("ab") as output:
                offset = output.tell()
                process = subprocess.Popen(  # noqa: S603 - our own program
                    [sys.executable, "-m", "ringwatch", "run", name],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, **self.environment},
                )
            self._children[name] = _Child(process, log, offset)

    def ready(self, name: str) -> bool:
        """Whether it works: every part says `NAME: running` then (Celery: `ready`)."""
        said = self._children[name].said()
        return f"{name}: running" in said or "ready." in said

    def kill(self, name: str) -> None:
        """SIGKILL: it learns nothing and finishes nothing. `start` makes a new one."""
        child = self._children.pop(name)
        child.process.kill()
        child.process.wait()

    def ended(self) -> dict[str, str]:
        """The parts that ended by themselves, and the last lines of each."""
        gone = {name: child for name, child in self._children.items() if child.process.poll() is not None}
        return {name: _tail(child.said()) for name, child in gone.items()}

    def stop(self, *names: str) -> dict[str, int]:
        """Ask these (none named: all), last started first, to finish; by force after a while. Their exit codes."""
        chosen = [name for name in reversed(self._children) if not names or name in names]
        stopping = {name: self._children.pop(name).process for name in chosen}
        for process in stopping.values():
            process.send_signal(signal.SIGTERM)
        for process in stopping.values():
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        return {name: process.returncode for name, process in stopping.items()}

    def _wait_ready(self, name: str) -> None:
        child = self._children[name]
        deadline = time.monotonic() + _READY_S
        while not self.ready(name):
            if child.process.poll() is not None:
                raise UnavailableError(f"{name} ended at its start:\n{_tail(child.said())}")
            if time.monotonic() > deadline:
                raise UnavailableError(f"{name} is not ready after {_READY_S:.0f} s; see {child.log}")
            time.sleep(0.1)


def _tail(said: str) -> str:
    return "\n".join(said.splitlines()[-15:])


@contextmanager
def running(names: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Iterator[Parts]:
    """`ringwatch run NAME` for each of `names`, ready inside the block, stopped in reverse order behind it."""
    parts = Parts(folder, environment)
    try:
        parts.start(*names)
        yield parts
    finally:
        parts.stop()
