"""Writes a partition's events into the graph, each once, however often the log delivers it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from events.types import AddressKey, Alert, EntityKind, Input
from graph import schema
from graph.driver import GraphStore, Work
from graph.edges import EdgeTable
from graph.frauds import Mark, count, newest
from graph.loader import load_table
from graph.merge import MergedRows, merge_events

Position = tuple[str, int]
"""A topic and one of its partitions."""


DESCRIBED = 500_000


class Sourced(NamedTuple):
    """An event and the record it came in; `address` is the key of its principal address."""

    topic: str
    partition: int
    offset: int
    event: Input | Alert
    address: AddressKey | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """How many records were written, and how many an earlier call had written already."""

    written: int
    skipped: int


class GraphWriter:
    """Applies batches and keeps its own offsets in the database, under `stream_name`.

    Two writers of one name may meet (a paused one wakes up): whoever comes second finds the offsets moved and
    writes only what is left.
    """

    def __init__(self, store: GraphStore, stream_name: str, *, batch: int = 2000) -> None:
        self._store = store
        self._prefix = f"{stream_name}|"
        self._batch = batch
        # Tokens whose attributes this writer has stored: sending them again is a quarter of the cost.
        self._described: set[str] = set()

    def positions(self) -> dict[Position, int]:
        """The next offset of every partition this stream has written."""
        found: dict[Position, int] = {}
        for key, following in self._store.read(schema.GET_OFFSETS, {"prefix": self._prefix}):
            topic, _, partition = str(key)[len(self._prefix) :].rpartition("|")
            found[topic, int(partition)] = following
        return found

    def apply(self, records: Sequence[Sourced], positions: Mapping[Position, int] | None = None) -> Applied:
        """Write `records` (ascending by offset within each partition) in transactions of at most `batch`.

        Records below the stored offset are skipped. `positions` are next offsets to store with the last
        transaction where they lie behind the records' own (records that the caller dropped). Raises
        `UnavailableError`; calling again with the same records is then right.
        """
        written = 0
        for start in range(0, max(len(records), 1), self._batch):
            part = records[start : start + self._batch]
            following = _following(part)
            if positions is not None and start + self._batch >= len(records):
                for position, after in positions.items():
                    following[position] = max(after, following.get(position, 0))
            if following:
                written += self._apply_part(part, following)
        return Applied(written, len(records) - written)

    def load(
        self,
        table: EdgeTable,
        positions: Mapping[Position, int],
        *,
        progress: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Write a history's whole graph and note where this stream goes on from (`graph.loader.load_table`).

        Interrupted, it is to be called again before anything else is applied: it sets and does not add.
        """
        load_table(self._store, table, progress)
        self.apply((), positions)

    def _apply_part(self, records: Sequence[Sourced], following: Mapping[Position, int]) -> int:
        keys = {position: self._key(position) for position in sorted(following)}

        described: set[str] = set()

        def work(tx: Work) -> int:
            stored: dict[str, int] = dict(tx.run(schema.TAKE_OFFSETS, {"keys": list(keys.values())}))
            fresh = [
                record for record in records if record.offset >= stored[keys[record.topic, record.partition]]
            ]
            rows = merge_events(((each.event, each.address) for each in fresh), self._described)
            _write(tx, rows)
            described.update(rows.described())
            moved = [
                [key, following[position]]
                for position, key in keys.items()
                if following[position] > stored[key]
            ]
            if moved:
                tx.run(schema.SET_OFFSETS, {"rows": moved})
            return len(fresh)

        written = self._store.write(work)
        if len(self._described) > DESCRIBED:
            self._described.clear()
        self._described |= described
        return written

    def _key(self, position: Position) -> str:
        topic, partition = position
        return f"{self._prefix}{topic}|{partition}"


def _following(records: Sequence[Sourced]) -> dict[Position, int]:
    """The next offset of each partition behind `records`."""
    following: dict[Position, int] = {}
    for record in records:
        position = (record.topic, record.partition)
        following[position] = max(record.offset + 1, following.get(position, 0))
    return following


def _write(tx: Work, rows: MergedRows) -> None:
    for kind, anchors in rows.anchors():
        tx.run(schema.merge_anchors(kind), {"rows": anchors})
    for pattern, links in rows.links():
        tx.run(schema.merge_links(pattern), {"rows": links})
    for label, nodes in rows.nodes():
        tx.run(schema.merge_nodes(label), {"rows": nodes})
    for kind, marked in rows.marked():
        tx.run(schema.merge_marked(kind), {"rows": marked})
    for join, pairs in rows.joins():
        tx.run(schema.join_nodes(*join), {"rows": pairs})
    for kind, marked in rows.marked():
        _count_fraud(tx, kind, [token for token, *_ in marked])


def _count_fraud(tx: Work, kind: EntityKind, tokens: Sequence[str]) -> None:
    """Count anew from all labels on these entities, so that order and repetition of labels don't matter.

    Writing `first_seen` has locked them, so no other writer's label is missed.
    """
    marks: dict[str, list[tuple[str, Mark]]] = {token: [] for token in tokens}
    for token, subject, known_at, label, fraud in tx.run(schema.marks_on(kind), {"keys": tokens}):
        marks[token].append((subject, Mark(known_at, label, fraud)))
    rows = [(token, *count(newest(marks[token]))) for token in tokens]
    tx.run(schema.set_fraud(kind), {"rows": rows})
