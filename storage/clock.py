"""Time is injected: parts take a `Clock`, tests and the back-fill driver move one by hand."""

import time
from typing import Protocol


class Clock(Protocol):
    """A source of time."""

    def now_ms(self) -> int:
        """UTC epoch milliseconds."""
        ...

    def perf_us(self) -> int:
        """Microseconds of a monotonic counter, for latencies."""
        ...

    def sleep(self, seconds: float) -> None:
        """Wait (a manual clock moves on instead)."""
        ...


class SystemClock:
    """The machine's clock."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def perf_us(self) -> int:
        return time.perf_counter_ns() // 1_000

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)


class ManualClock:
    """A clock that stands still until it is moved; latencies read 0, so that replays give the same bytes."""

    def __init__(self, now_ms: int = 0) -> None:
        self._now_ms = now_ms

    def now_ms(self) -> int:
        return self._now_ms

    def perf_us(self) -> int:
        return 0

    def sleep(self, seconds: float) -> None:
        self._now_ms += round(seconds * 1000)

    def move_to(self, now_ms: int) -> None:
        """Set the time; it never goes back."""
        self._now_ms = max(self._now_ms, now_ms)
