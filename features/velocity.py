"""The velocity engine: exact sliding windows over everything folded so far, a row an event."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from events.errors import UnavailableError
from features.batch import Batch
from features.catalogue import Catalogue
from features.engine.fold import fold
from features.engine.layout import HORIZON, RECORDS, ROWS, SINCE
from features.plan import make_plan
from features.state import bytes_of, make_state

DAY_MS = 86_400_000
_NOTHING = np.zeros((0, 0), dtype=np.float64), np.zeros((0, 0), dtype=np.uint8)
_NOBODY = np.zeros(0, dtype=np.bool_)


@dataclass(frozen=True, slots=True)
class Marks:
    """What a refold must be told: the time of the first event ever folded, and what was said last to `evict`."""

    since_ms: int
    horizon_ms: int


@dataclass(frozen=True, slots=True)
class Usage:
    """What is held: keys, rows (one a stream that an event went to), bytes in use."""

    keys: int
    rows: int
    bytes: int


class VelocityEngine:
    """Folds events in the order given and reads every velocity column at each.

    The window of event e over w with delay d is {x: x folded no later than e, e.time - d - w <= x.time <= e.time - d},
    both ends in: late events are counted where they belong, at once, and the result does not depend on how a stream is
    cut into batches. Sums, and sums of squares, are whole numbers, made float at the end.

    Memory: an event adds a row to each series it belongs to: 8 bytes, 8 more where the stream keeps amounts, 16 more
    for deviations, 8 for each partner kind it counts; 64 bytes and up a key. Rows older than their stream's longest
    window plus `allowed_lateness_ms` go (see `evict`), a bounded number an event.
    """

    def __init__(self, catalogue: Catalogue, *, allowed_lateness_ms: int = DAY_MS) -> None:
        self.catalogue = catalogue
        self.allowed_lateness_ms = allowed_lateness_ms
        self._plan = make_plan(catalogue)
        self._memory = make_state(self._plan)

    @classmethod
    def refold(
        cls,
        catalogue: Catalogue,
        marks: Marks,
        batches: Iterable[Batch],
        *,
        allowed_lateness_ms: int = DAY_MS,
    ) -> Self:
        """The engine that folded `batches` and was evicted so; events before its `oldest_ms` may be left out."""
        engine = cls(catalogue, allowed_lateness_ms=allowed_lateness_ms)
        engine._memory[[SINCE, HORIZON]] = marks.since_ms, marks.horizon_ms
        for batch in batches:
            engine.update(batch)
        return engine

    def update_and_read(
        self, batch: Batch, wanted: NDArray[np.bool_] | None = None
    ) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
        """float64[n, v] and `Status` uint8[n, v] for the n events of `batch`, v columns as `catalogue.velocity`.

        With `wanted` bool[n] only those rows are read; what stands in the others has no meaning.

        Where the event lacks the entity, and where an aggregate has nothing to say, the value is NaN and ABSENT. A
        window that reaches back before the first event folded is WARMING; a distinct count above the catalogue's limit
        is the limit, CAPPED. Raises UnavailableError when the address space for the state is used up.
        """
        n, v = len(batch), len(self.catalogue.velocity)
        values = np.empty((n, v), dtype=np.float64)
        status = np.empty((n, v), dtype=np.uint8)
        self._fold(batch, np.ones(n, dtype=np.bool_) if wanted is None else wanted, values, status)
        return values, status

    def update(self, batch: Batch) -> None:
        """Fold without reading."""
        self._fold(batch, _NOBODY, *_NOTHING)

    def evict(self, watermark_ms: int) -> None:
        """Say that events before `watermark_ms` less the allowed lateness are no longer expected.

        What is older than that by a stream's longest window leaves all windows at once, for later events and for
        those that come too late all the same: results depend on when this is called, not on when memory is freed.
        """
        self._memory[HORIZON] = max(int(self._memory[HORIZON]), watermark_ms - self.allowed_lateness_ms)

    def forget_before(self, since_ms: int) -> None:
        """Say that not all events before `since_ms` are known: windows that reach back so far are WARMING."""
        self._memory[SINCE] = max(int(self._memory[SINCE]), since_ms)

    def marks(self) -> Marks:
        """What a `refold` of the events folded so far must be told."""
        return Marks(int(self._memory[SINCE]), int(self._memory[HORIZON]))

    @property
    def oldest_ms(self) -> int:
        """No window of this catalogue sees events before this time any more."""
        return int(self._memory[HORIZON]) - self._plan.longest_ms

    @property
    def memory_bytes(self) -> int:
        """Bytes of state in use."""
        return bytes_of(self._memory)

    def usage(self) -> Usage:
        return Usage(int(self._memory[RECORDS]), int(self._memory[ROWS]), self.memory_bytes)

    def _fold(
        self, batch: Batch, wanted: NDArray[np.bool_], values: NDArray[np.float64], status: NDArray[np.uint8]
    ) -> None:
        done = fold(
            self._memory, batch.time, batch.kind, batch.channel, batch.keys, batch.amount,
            wanted, values, status,
        )  # fmt: skip
        if done < len(batch):
            raise UnavailableError(
                f"the velocity state has used up its address space of {self._memory.nbytes >> 30} GiB; "
                "shorten windows or drop families of features (`ringwatch features list` says what each costs)"
            )
