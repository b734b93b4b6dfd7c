"""The real processes of a `ParserPool`: interpreters of their own, spoken to over a socket each.

Not `multiprocessing`: its children would import the program that started them once more, and forking is no way out of a
process with threads (Kafka's client has some).
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection, wait
from typing import Final

from msgspec import msgpack

from nlp.pool_port import PoolSettings, Reply, Worker

READY: Final = b""
"""What a process says first."""

# What parses runs on one core; without these, numpy's libraries start a thread a core in each process.
_ONE_THREAD: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class WorkerProcess:
    """`nlp.pool.Worker` as a process."""

    def __init__(self, version: str, settings: PoolSettings, program: str) -> None:
        self.ready = False
        ours, theirs = socket.socketpair()
        self._connection = Connection(ours.detach())
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [
                    *(sys.executable, "-m", program, str(theirs.fileno()), version),
                    *(str(settings.text_ms), str(settings.niceness)),
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,  # see `nlp.pool_worker.step_back`
                env={**os.environ, **_ONE_THREAD},
            )
        except BaseException:
            self._connection.close()
            raise
        finally:
            theirs.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    def fileno(self) -> int:
        return self._connection.fileno()

    def send(self, texts: Sequence[str]) -> None:
        self._connection.send_bytes(msgpack.encode(texts))

    def receive(self) -> Sequence[Reply]:
        replies: list[Reply] = []
        try:
            while self._connection.poll():
                said = self._connection.recv_bytes()
                if said == READY:
                    self.ready = True
                else:
                    replies.append(msgpack.decode(said, type=Reply))
        except (OSError, EOFError):
            if not replies:  # else they count, and the next call finds the same
                raise
        return replies

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        with suppress(OSError):
            self._connection.close()


class Processes:
    """`nlp.pool.Crew` of processes that parse as `version` does; `program` is the module that they run."""

    def __init__(self, version: str, settings: PoolSettings, program: str = "nlp.pool_worker") -> None:
        self._version = version
        self._settings = settings
        self._program = program

    def start(self) -> WorkerProcess:
        return WorkerProcess(self._version, self._settings, self._program)

    def wait(self, workers: Sequence[Worker], seconds: float) -> None:
        if workers:
            wait([worker.fileno() for worker in workers], seconds)
        else:
            time.sleep(seconds)
