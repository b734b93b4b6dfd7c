"""The long-running parts as child processes of the demo, each with a log file of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from events.errors import UnavailableError

_READY_S = 90.0
_STOP_S = 30.0


@contextmanager
def running(names: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """`ringwatch run NAME` for each of `names`, ready inside the block, stopped in reverse order behind it."""
    folder.mkdir(parents=True, exist_ok=True)
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name in names:
            children[name] = _start(name, folder / f"{name}.log", environment)
        for name, child in children.items():
            _wait_ready(name, child, folder / f"{name}.log")
        yield
    finally:
        for child in reversed(children.values()):
            child.send_signal(signal.SIGTERM)
        for child in children.values():
            try:
                child.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _start(name: str, log: Path, environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    with log.open("wb") as output:
        return subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", "ringwatch", "run", name],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
        )


def _wait_ready(name: str, child: "subprocess.Popen[bytes]", log: Path) -> None:
    """Every part says `NAME: running` (Celery: `ready`) when it works."""
    deadline = time.monotonic() + _READY_S
    while time.monotonic() < deadline:
        said = log.read_text(errors="replace")
        if f"{name}: running" in said or "ready." in said:
            return
        if child.poll() is not None:
            raise UnavailableError(f"{name} ended at its start:\n" + "\n".join(said.splitlines()[-15:]))
        time.sleep(0.1)
    raise UnavailableError(f"{name} is not ready after {_READY_S:.0f} s; see {log}")
