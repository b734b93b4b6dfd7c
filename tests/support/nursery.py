"""Scorer processes that start at once: a parent that has loaded everything forks them, real ones, to be killed.

The process in here obeys lines on stdin: `start FILE` forks a `ringwatch run score` that logs to FILE and answers with
its pid, `ended PID` waits for one and answers with its exit code (negative: the signal).
"""

import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self


class Nursery:
    """Starts scorers with `environment`; a context manager that ends them all."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._alive: set[int] = set()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.nursery"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env={**os.environ, **environment}, text=True, cwd=Path(__file__).parents[2],
        )  # fmt: skip
        assert self._answer() == "ready"

    def start(self, log: Path) -> int:
        """A new scorer's pid."""
        pid = int(self._ask(f"start {log}"))
        self._alive.add(pid)
        return pid

    def ended(self, pid: int) -> int:
        """Wait for the end of a scorer; its exit code, negative where a signal ended it."""
        code = int(self._ask(f"ended {pid}"))
        self._alive.discard(pid)
        return code

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for pid in self._alive:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()

    def _ask(self, line: str) -> str:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def _child(log: str) -> None:
    """Become a scorer. Never returns."""
    code = 1
    try:
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        from ringwatch.cli.app import main

        sys.argv = ["ringwatch", "run", "score"]
        main()
    except SystemExit as ended:
        code = int(ended.code or 0)
    except BaseException:  # noqa: BLE001 - it is the end of the process
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _serve() -> None:
    import confluent_kafka  # noqa: F401 - loaded for the children
    import redis  # noqa: F401

    import ringwatch.cli.app  # noqa: F401
    import streaming.leading  # noqa: F401
    from features.catalogue import default_catalogue
    from features.velocity import VelocityEngine
    from nlp import load_parser
    from ringwatch.wiring import Wiring

    parser = load_parser()
    VelocityEngine(default_catalogue())
    Wiring.parser = property(lambda _: parser)  # type: ignore[assignment, method-assign]  # loaded once for all
    _warm()
    print("ready", flush=True)
    for line in sys.stdin:
        word, _, what = line.strip().partition(" ")
        if word == "start":
            pid = os.fork()
            if not pid:
                _child(what)
            print(pid, flush=True)
        else:
            print(os.waitstatus_to_exitcode(os.waitpid(int(what), 0)[1]), flush=True)


def _warm() -> None:
    """Compiled code is loaded when it is first called."""
    import numpy as np

    from features.batch import make_batch
    from features.catalogue import default_catalogue
    from features.velocity import VelocityEngine
    from streaming.seen import Seen, digests_of
    from tests.support.made import payment

    batch = make_batch([payment(1)], [None], np.arange(1))
    VelocityEngine(default_catalogue()).update_and_read(batch)
    Seen(10).fresh(digests_of([("a", "b")]))


if __name__ == "__main__":
    _serve()
