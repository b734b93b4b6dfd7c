"""The fold: inputs in, velocity state on, one feature row out for every authorisation.

The live scorer, its recovery and the back-fill driver all run this one function, so that a row of training data
is the row that was served.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from events.entities import entities_of
from events.types import EntityKind, Input, Transaction
from features.assemble import GraphRows, assemble
from features.batch import Batch, make_batch
from features.catalogue import Catalogue
from features.velocity import VelocityEngine
from storage.clock import Clock
from storage.metrics import Metrics
from streaming.addresses import AddressKeys

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


class _Snapshot(msgspec.Struct, frozen=True, array_like=True):
    next_seq: int
    watermark: int
    engine: bytes


class Fold:
    """State behind `next_seq` inputs."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.next_seq = 0
        self.watermark = 0
        self._engine = VelocityEngine(catalogue)

    def fold(
        self,
        events: Sequence[Input],
        addresses: AddressKeys,
        graph: GraphFeatures,
        *,
        lap: Callable[[str], None] = lambda _: None,
    ) -> Served:
        """Fold n `events` (their address keys beside them) in order; `lap` is told as each stage ends."""
        first = self.next_seq
        batch = make_batch(events, addresses.keys, np.arange(first, first + len(events), dtype=np.int64))
        velocity, status = self._update(batch)
        lap("velocity")
        rows = np.flatnonzero(batch.authorisations)
        scored = [(events[i], addresses.keys[i]) for i in rows.tolist()]
        transactions = tuple(event for event, _ in scored if isinstance(event, Transaction))
        entities = tuple(entities_of(event, key) for event, key in scored)
        graph_rows = graph.read(entities)
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

    def _update(self, batch: Batch) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
        """Velocity of every event, evicting at fixed seqs so that results don't depend on how batches were cut."""
        values: list[NDArray[np.float64]] = []
        statuses: list[NDArray[np.uint8]] = []
        done = 0
        while done < len(batch) or not values:
            until = min(len(batch), done + EVICT_EVERY - self.next_seq % EVICT_EVERY)
            part = _part(batch, done, until)
            value, status = self._engine.update_and_read(part)
            values.append(value)
            statuses.append(status)
            self.next_seq += until - done
            self.watermark = max(self.watermark, int(part.time.max(initial=0)))
            if self.next_seq % EVICT_EVERY == 0:
                self._engine.evict(self.watermark)
            done = until
        if len(values) == 1:
            return values[0], statuses[0]
        return np.concatenate(values), np.concatenate(statuses)

    @property
    def memory_bytes(self) -> int:
        """What the velocity state takes."""
        return self._engine.memory_bytes

    def snapshot(self) -> bytes:
        return msgspec.msgpack.encode(_Snapshot(self.next_seq, self.watermark, self._engine.snapshot()))

    @classmethod
    def restore(cls, catalogue: Catalogue, data: bytes) -> "Fold":
        held = msgspec.msgpack.decode(data, type=_Snapshot)
        fold = cls(catalogue)
        fold.next_seq, fold.watermark = held.next_seq, held.watermark
        fold._engine = VelocityEngine.restore(catalogue, held.engine)
        return fold


def _part(batch: Batch, start: int, stop: int) -> Batch:
    if stop - start == len(batch):
        return batch
    cut = slice(start, stop)
    return Batch(batch.seq[cut], batch.time[cut], batch.kind[cut], batch.keys[cut], batch.amount[cut])
