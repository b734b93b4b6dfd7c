"""Reading the past back: the records of journalled batches, the graph rows they were served, what was sent."""

from collections import deque
from collections.abc import Mapping, Sequence
from typing import cast

import msgspec
import numpy as np

from events import codec, topics
from events.errors import CorruptError
from events.types import (
    AccountEvent,
    Control,
    EntityKind,
    Input,
    JoinedLabel,
    Status,
    Transaction,
    TransactionOutcome,
)
from features.assemble import GraphRows
from streaming.decide import sent_name
from streaming.fold import GraphFeatures
from streaming.identity import identity
from streaming.journal import Entry
from streaming.log.port import Log, Record, TopicPartition

__all__ = [
    "SENT",
    "Refetch",
    "Replayed",
    "decode_input",
    "emitted",
    "format_positions",
    "identity",
    "output_ends",
    "parse_positions",
]

SENT = (topics.DECISIONS.name, topics.ALERTS.name, topics.FEATURES.name)


def decode_input(record: Record) -> Input | Control:
    """An input record to its message; its time is judged against the log's append time."""
    kinds = (Transaction, TransactionOutcome, AccountEvent, JoinedLabel, Control)
    return cast("Input | Control", codec.decode(record.value, *kinds, now_ms=record.append_time))


class Refetch:
    """The inputs of journal entries, read from the log again."""

    def __init__(self, log: Log, start: Mapping[TopicPartition, int]) -> None:
        self._reader = log.open_reader(start)
        self._waiting: dict[TopicPartition, deque[Record]] = {source: deque() for source in start}

    def events(self, entry: Entry) -> list[Input]:
        """The inputs of `entry` in fold order; entries are asked for in order. `CorruptError` where one is gone."""
        found: list[Input] = []
        for source, offset in entry.order():
            event = decode_input(self._record(source, offset))
            if isinstance(event, Control):
                raise CorruptError(f"journal: {source} offset {offset} is a control command, not an input")
            found.append(event)
        return found

    def close(self) -> None:
        self._reader.close()

    def _record(self, source: TopicPartition, offset: int) -> Record:
        waiting = self._waiting[source]
        for _ in range(100):
            while waiting:
                record = waiting.popleft()
                if record.offset == offset:
                    return record
                if record.offset > offset:
                    raise CorruptError(
                        f"{source.topic}[{source.partition}] no longer has offset {offset}, which the journal needs; "
                        "keep the topic longer than a checkpoint lasts"
                    )
            for record in self._reader.poll(4_096, 0.2):
                self._waiting[TopicPartition(record.topic, record.partition)].append(record)
        raise CorruptError(
            f"{source.topic}[{source.partition}] ends before offset {offset}, which the journal names"
        )


class Replayed:
    """The graph rows that an entry's batch was served: of its version, with its gaps."""

    def __init__(self, graph: GraphFeatures, entry: Entry) -> None:
        self._graph = graph
        self._entry = entry

    def read(self, entities: Sequence[Mapping[EntityKind, str]], version: str | None = None) -> GraphRows:
        rows = self._graph.read(entities, version or self._entry.graph_version)
        served = np.frombuffer(self._entry.graph_status, np.uint8).reshape(rows.status.shape)
        lost = served == Status.FAILED
        values = rows.values.copy()
        values[lost] = np.nan
        return GraphRows(values=values, status=served.copy(), version=self._entry.graph_version)


class _Head(msgspec.Struct):
    id: str = ""
    decision: str = ""


def emitted(log: Log, start: Mapping[TopicPartition, int]) -> set[str]:
    """Names (`sent_name`) of everything sent since `start`."""
    names: set[str] = set()
    begin: dict[TopicPartition, int] = {}
    ends: dict[TopicPartition, int] = {}
    for topic in SENT:
        begin.update(log.begin(topic))
        ends.update(log.end(topic))
    reader = log.open_reader({source: max(first, start.get(source, 0)) for source, first in begin.items()})
    try:
        while any(at < ends[source] for source, at in reader.positions().items()):
            for record in reader.poll(4_096, 0.2):
                head = msgspec.json.decode(record.value, type=_Head)
                names.add(sent_name(record.topic, head.id or head.decision))
    finally:
        reader.close()
    return names


def output_ends(log: Log) -> dict[TopicPartition, int]:
    """Where the topics end that decisions go to."""
    ends: dict[TopicPartition, int] = {}
    for topic in SENT:
        ends.update(log.end(topic))
    return ends


def format_positions(positions: Mapping[TopicPartition, int]) -> dict[str, int]:
    """Positions as text keys, `topic/partition`."""
    return {f"{source.topic}/{source.partition}": at for source, at in positions.items()}


def parse_positions(positions: Mapping[str, int]) -> dict[TopicPartition, int]:
    """The inverse of `format_positions`."""
    parsed: dict[TopicPartition, int] = {}
    for name, at in positions.items():
        topic, _, partition = name.rpartition("/")
        parsed[TopicPartition(topic, int(partition))] = at
    return parsed
