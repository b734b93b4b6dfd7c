"""What a `ParserPool` is made of: its bounds, the processes it asks, and what they say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from msgspec import Struct

from events.types import AddressKey


class Reply(Struct, frozen=True, array_like=True):
    """A process' word on a text: its key, the microseconds that took, and whether the parser failed on it."""

    key: AddressKey | None
    us: int
    failed: bool = False


class Worker(Protocol):
    """A process that parses. Every call raises `OSError` (or `EOFError`) where it is gone."""

    ready: bool
    """Whether it has said that it is up."""

    def fileno(self) -> int:
        """What can be read once it has said something."""
        ...

    def send(self, texts: Sequence[str]) -> None:
        """Hand over texts; they are answered in their order."""
        ...

    def receive(self) -> Sequence[Reply]:
        """What it has answered since, without waiting."""
        ...

    def kill(self) -> None:
        """End it and let go of it; never raises."""
        ...


class Crew(Protocol):
    """Where workers come from."""

    def start(self) -> Worker: ...

    def wait(self, workers: Sequence[Worker], seconds: float) -> None:
        """Until one of them may have said something, or the time is over."""
        ...


class Answer(NamedTuple):
    """`key` of a text; `parsed` is False where it was given up, so that another version of the code may try."""

    key: AddressKey | None
    parsed: bool = True


@dataclass(frozen=True, slots=True)
class PoolSettings:
    """Bounds of a pool.

    A text may take `text_ms` of processor time: the process that works longer on it ends itself, so that a machine
    that is merely busy blames nobody. By the clock, a process that answers nothing for `hang_ms` is killed. After
    `tries` such ends a text is given up. At most `owed` texts are asked for at once.
    """

    processes: int = 2
    text_ms: int = 1_000
    hang_ms: int = 15_000
    start_ms: int = 60_000
    tries: int = 3
    owed: int = 20_000
    niceness: int = 10
