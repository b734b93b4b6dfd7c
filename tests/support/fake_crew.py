"""Processes of a parser pool that are none: they do what a test says, when it says so."""

from collections import deque
from collections.abc import Callable, Sequence

from events.types import AddressKey
from nlp.pool_port import Reply
from storage import ManualClock


class HandClock(ManualClock):
    """A clock whose counter for latencies is moved by hand, too."""

    def __init__(self) -> None:
        super().__init__()
        self.us = 0

    def perf_us(self) -> int:
        return self.us

    def pass_ms(self, ms: float) -> None:
        self.us += round(ms * 1_000)


def key_of(text: str) -> AddressKey | None:
    """A key for every text but those that begin with a dash."""
    return None if text.startswith("-") else AddressKey(building=f"address.v.{text.encode().hex()[:32]:0>32}")


class FakeWorker:
    """Answers what it is told to answer. `gone`: it has died, and nobody knows yet."""

    def __init__(self, key: Callable[[str], AddressKey | None] = key_of) -> None:
        self.ready = False
        self.gone = False
        self.killed = False
        self.waiting: deque[str] = deque()
        self.handed: list[int] = []
        self._said: list[Reply] = []
        self._key = key

    def fileno(self) -> int:
        return -1

    def send(self, texts: Sequence[str]) -> None:
        if self.gone:
            raise BrokenPipeError
        self.handed.append(len(texts))
        self.waiting.extend(texts)

    def receive(self) -> Sequence[Reply]:
        said, self._said = self._said, []
        if self.gone and not said:
            raise EOFError
        return said

    def kill(self) -> None:
        self.killed = self.gone = True

    def work(self, number: int = 1_000_000, *, failed: bool = False) -> None:
        """Answer the next texts."""
        for _ in range(min(number, len(self.waiting))):
            text = self.waiting.popleft()
            self._said.append(Reply(None if failed else self._key(text), 300, failed))


class FakeCrew:
    """Starts fake workers. While a caller waits, `meanwhile` happens; without it, time passes and nothing else."""

    def __init__(self, clock: HandClock, key: Callable[[str], AddressKey | None] = key_of) -> None:
        self.clock = clock
        self.started: list[FakeWorker] = []
        self.waits: list[float] = []
        self.up_at_once = True
        self.refuses = False
        self.meanwhile: Callable[[], None] | None = None
        self._key = key

    def start(self) -> FakeWorker:
        if self.refuses:
            raise OSError("no memory")
        worker = FakeWorker(self._key)
        worker.ready = self.up_at_once
        self.started.append(worker)
        return worker

    def wait(self, workers: Sequence[object], seconds: float) -> None:
        del workers
        self.waits.append(seconds)
        if self.meanwhile is None:
            self.clock.us += round(seconds * 1e6)
        else:
            self.clock.us += 100
            self.meanwhile()

    def work(self) -> None:
        """Everybody answers everything."""
        for worker in self.started:
            if not worker.gone:
                worker.work()
