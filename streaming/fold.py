"""The fold: inputs in, velocity state on, one feature row out for every authorisation.

The live scorer, its recovery and the back-fill driver all run this one function, so that a row of training data
is the row that was served.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from events.entities import entities_of
from events.types import EntityKind, Input, Transaction
from features.assemble import GraphRows, assemble
from features.batch import Batch, make_batch
from features.catalogue import KEPT_MS, Catalogue
from features.places import Places
from features.velocity import Marks, Usage, VelocityEngine
from storage.clock import Clock
from storage.metrics import Metrics
from streaming.addresses import AddressKeys
from streaming.folded import Folded, Tail, kept_from_ms, reach_ms
from streaming.identity import identity
from streaming.seen import digests_of

# Eviction happens behind every so many inputs, counted from the first: never by batch, whose size is chance.
EVICT_EVERY = 65_536


class GraphFeatures(Protocol):
    """Graph features by entity (`graph.lookup`). Never raises: what can't be had is in the status."""

    def read(self, entities: Sequence[Mapping[EntityKind, str]], version: str | None = None) -> GraphRows: ...


@dataclass(frozen=True, slots=True)
class Served:
    """The rows of one batch, one for each authorisation in fold order.

    `x` float32[m, c] by the catalogue's columns, `status` uint8[m, c] (`events.types.Status`), `seqs` int64[m].
    """

    transactions: tuple[Transaction, ...]
    entities: tuple[dict[EntityKind, str], ...]
    seqs: NDArray[np.int64]
    x: NDArray[np.float32]
    status: NDArray[np.uint8]
    graph: GraphRows

    def where(self, wanted: NDArray[np.bool_]) -> "Served":
        """The rows that `wanted` bool[m] marks."""
        if wanted.all():
            return self
        at = np.flatnonzero(wanted).tolist()
        return Served(
            tuple(self.transactions[i] for i in at),
            tuple(self.entities[i] for i in at),
            self.seqs[at],
            self.x[at],
            self.status[at],
            GraphRows(self.graph.values[at], self.graph.status[at], self.graph.version),
        )


class Laps:
    """Tells `metrics` how long each stage of a batch took."""

    def __init__(self, clock: Clock, metrics: Metrics, part: str) -> None:
        self._clock, self._metrics, self._part = clock, metrics, part
        self._last = clock.perf_us()

    def __call__(self, stage: str) -> None:
        now = self._clock.perf_us()
        self._metrics.observe("stage_seconds", (now - self._last) / 1e6, part=self._part, stage=stage)
        self._last = now


class Fold:
    """State behind `next_seq` inputs. What was folded stays in `tail` until somebody takes it.

    Windows and graph features are by the places of `places`; the tail, and whatever is sent, keeps strict addresses.
    """

    def __init__(
        self, catalogue: Catalogue, engine: VelocityEngine | None = None, places: Places | None = None
    ) -> None:
        self.catalogue = catalogue
        self.places = places or Places()
        self.next_seq = 0
        self.watermark = 0
        self.tail = Tail()
        self._engine = engine or VelocityEngine(catalogue)

    @classmethod
    def restore(
        cls,
        catalogue: Catalogue,
        next_seq: int,
        watermark: int,
        marks: Marks,
        batches: Iterable[Batch],
        places: Places | None = None,
    ) -> Self:
        """The fold that was left at `next_seq`, from the events (of strict addresses) that its windows may see."""
        places = places or Places()
        fold = cls(catalogue, VelocityEngine.refold(catalogue, marks, places.batches(batches)), places)
        fold.next_seq, fold.watermark = next_seq, watermark
        return fold

    def fold(
        self,
        events: Sequence[Input],
        addresses: AddressKeys,
        graph: GraphFeatures,
        *,
        lap: Callable[[str], None] = lambda _: None,
        digests: NDArray[np.uint64] | None = None,
    ) -> Served:
        """Fold n `events` (their address keys beside them) in order; `lap` is told as each stage ends.

        `digests` uint64[n, 2] are those of the events' identities, where the caller has them already.
        """
        found = [entities_of(event, key) for event, key in zip(events, addresses.keys, strict=True)]
        batch = self._batch(events, addresses, found)
        velocity, status = self._update(batch)
        self._keep(batch, events, digests)
        lap("velocity")
        rows = np.flatnonzero(batch.authorisations)
        at = rows.tolist()
        transactions = tuple(event for i in at if isinstance(event := events[i], Transaction))
        entities = tuple(found[i] for i in at)
        graph_rows = graph.read(
            [self.places.entities(it) for it in entities] if len(self.places) else entities
        )
        lap("graph")
        x, x_status = assemble(
            self.catalogue,
            transactions,
            batch,
            velocity,
            status,
            graph_rows,
            address_status=addresses.status[rows],
        )
        lap("assemble")
        return Served(transactions, entities, batch.seq[rows], x, x_status, graph_rows)

    def follow(self, events: Sequence[Input], addresses: AddressKeys, digests: NDArray[np.uint64]) -> None:
        """Fold without reading anything: the same state, a fraction of the work."""
        batch = self._batch(events, addresses)
        for part in self._cut(batch):
            self._engine.update(part)
            self._folded(part)
        self._keep(batch, events, digests)

    def marks(self) -> Marks:
        """What a restore must be told beside the events."""
        return self._engine.marks()

    def adopt(self, engine: VelocityEngine, places: Places | None = None) -> None:
        """Go on with `engine`, which has folded the same events under its own catalogue, and under `places`.

        Where its windows reach farther back than events were kept, they are as new: WARMING until they are full.
        """
        horizon_ms = self.marks().horizon_ms
        engine.evict(horizon_ms + engine.allowed_lateness_ms)
        if reach_ms(engine.catalogue) > max(KEPT_MS, reach_ms(self.catalogue)):
            engine.forget_before(kept_from_ms(horizon_ms, self.catalogue))
        self._engine, self.catalogue = engine, engine.catalogue
        self.places = places or Places()

    def _batch(
        self,
        events: Sequence[Input],
        addresses: AddressKeys,
        entities: Sequence[Mapping[EntityKind, str]] | None = None,
    ) -> Batch:
        first = self.next_seq
        seqs = np.arange(first, first + len(events), dtype=np.int64)
        return make_batch(events, addresses.keys, seqs, entities=entities)

    def _keep(self, batch: Batch, events: Sequence[Input], digests: NDArray[np.uint64] | None) -> None:
        if digests is None:
            digests = digests_of(map(identity, events))
        if len(batch):
            self.tail.append(Folded(batch, digests))

    def _update(self, batch: Batch) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
        """Velocity of every authorisation (other rows have no meaning)."""
        values: list[NDArray[np.float64]] = []
        statuses: list[NDArray[np.uint8]] = []
        for part in self._cut(batch):
            value, status = self._engine.update_and_read(part, part.authorisations)
            values.append(value)
            statuses.append(status)
            self._folded(part)
        if len(values) == 1:
            return values[0], statuses[0]
        return np.concatenate(values), np.concatenate(statuses)

    def _cut(self, batch: Batch) -> Iterator[Batch]:
        """`batch`, addresses as their places, in parts that end where eviction happens; at least one."""
        batch, done = self.places.batch(batch), 0
        while done < len(batch) or not done:
            until = min(len(batch), done + EVICT_EVERY - self.next_seq % EVICT_EVERY)
            yield batch.part(done, until)
            done = until or 1

    def _folded(self, part: Batch) -> None:
        """Count `part`; evict at fixed seqs, so that results don't depend on how batches were cut."""
        self.next_seq += len(part)
        self.watermark = max(self.watermark, int(part.time.max(initial=0)))
        if len(part) and self.next_seq % EVICT_EVERY == 0:
            self._engine.evict(self.watermark)
            self.tail.prune(kept_from_ms(self.marks().horizon_ms, self.catalogue))

    @property
    def memory_bytes(self) -> int:
        """What the velocity state takes."""
        return self._engine.memory_bytes

    def usage(self) -> Usage:
        """Keys, rows and bytes of the velocity state."""
        return self._engine.usage()
