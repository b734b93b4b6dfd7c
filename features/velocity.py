"""The velocity engine: exact sliding windows over everything folded so far, a row an event."""

import numpy as np
from numpy.typing import NDArray

from events.types import ENTITY_KINDS
from features import kernel, snapshot
from features.batch import Batch
from features.catalogue import Catalogue
from features.kernel import HORIZON, KEPT_SLOTS, KEPT_WORDS, SINCE, SLOTS, WORDS
from features.plan import make_plan
from features.state import make_state, memory_of, with_more_slots, with_more_words

DAY_MS = 86_400_000
# A compaction waits until this much came in since the last, and as much again as that one kept.
_WORDS_WORTH, _SLOTS_WORTH = 1 << 20, 16_384


class VelocityEngine:
    """Folds events in the order given and reads every velocity column at each.

    The window of event e over w is {x: x folded no later than e, e.time - w <= x.time <= e.time}, both ends in:
    late events are counted where they belong, at once, and the result does not depend on how a stream is cut into
    batches. Sums are exact 64-bit integers, made float at the end.

    Memory: an event adds a row to each series it belongs to: 8 bytes, 8 more where the stream sums and 8 for each
    partner kind it counts; 16 bytes for each different partner, up to the catalogue's limit; 100 to 200 bytes an
    entity. Blocks grow by doubling. Rows older than their stream's longest window plus `allowed_lateness_ms` go:
    see `evict`.
    """

    def __init__(self, catalogue: Catalogue, *, allowed_lateness_ms: int = DAY_MS) -> None:
        self.catalogue = catalogue
        self.allowed_lateness_ms = allowed_lateness_ms
        self._plan = make_plan(catalogue)
        self._state = make_state(self._plan)
        self._scratch = np.empty(len(ENTITY_KINDS), dtype=np.int64)

    def update_and_read(self, batch: Batch) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
        """float64[n, v] and `Status` uint8[n, v] for the n events of `batch`, v columns as `catalogue.velocity`.

        The window of an event holds the event itself. Where the event lacks the entity, and for a mean of nothing,
        the value is NaN and ABSENT. A window that reaches back before the first event folded is WARMING; a distinct
        count above the catalogue's limit is the limit, CAPPED.
        """
        n, v = len(batch), len(self.catalogue.velocity)
        values = np.empty((n, v), dtype=np.float64)
        status = np.empty((n, v), dtype=np.uint8)
        keys = batch.keys.view(np.int64)
        done = 0
        while done < n:
            done, short_of = kernel.fold(
                self._plan,
                self._state,
                batch.time,
                batch.kind,
                keys,
                batch.amount,
                self._scratch,
                done,
                values,
                status,
            )
            if short_of == kernel.MORE_WORDS:
                self._state = with_more_words(self._state)
            elif short_of == kernel.MORE_SLOTS:
                self._state = with_more_slots(self._state)
                kernel.reindex(self._state)
        return values, status

    def evict(self, watermark_ms: int) -> None:
        """Say that events before `watermark_ms` less the allowed lateness are no longer expected.

        What is older than that by a stream's longest window leaves all windows at once, for later events and for
        those that come too late all the same: results depend on when this is called, not on when memory is freed.
        Cheap, but for a compaction whenever half of the memory may be stale.
        """
        meta = self._state.meta
        meta[HORIZON] = max(int(meta[HORIZON]), watermark_ms - self.allowed_lateness_ms)
        stale_words = meta[WORDS] > 2 * meta[KEPT_WORDS] + _WORDS_WORTH
        if stale_words or meta[SLOTS] > 2 * meta[KEPT_SLOTS] + _SLOTS_WORTH:
            self._compact()

    def snapshot(self) -> bytes:
        """The state, compacted, with its version and checksum: `restore` gives an engine that answers the same."""
        self._compact()
        return snapshot.write(self._state, self.catalogue.velocity_version, self.allowed_lateness_ms)

    @classmethod
    def restore(cls, catalogue: Catalogue, data: bytes) -> "VelocityEngine":
        """The engine that wrote `data`.

        Raises CorruptError for damaged bytes and ConflictError where `catalogue` defines other velocity columns.
        """
        engine = cls(catalogue)
        engine._state, engine.allowed_lateness_ms = snapshot.read(
            data, engine._plan, catalogue.velocity_version
        )
        kernel.reindex(engine._state)
        return engine

    @property
    def memory_bytes(self) -> int:
        """Bytes of state in use."""
        return memory_of(self._state)

    def _compact(self) -> None:
        old = self._state
        new = make_state(self._plan, len(old.slots), len(old.pool))
        new.meta[[SINCE, HORIZON]] = old.meta[[SINCE, HORIZON]]
        kernel.compact(self._plan, old, new, np.empty(int(old.meta[SLOTS]), dtype=np.int64))
        new.meta[KEPT_WORDS], new.meta[KEPT_SLOTS] = new.meta[WORDS], new.meta[SLOTS]
        kernel.reindex(new)
        self._state = new
