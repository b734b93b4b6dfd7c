"""The log port: partitioned, append-only topics; memory, Redis Streams and Kafka behind it.

Offsets of a partition start at 0 or later, rise by at least 1 a record (Kafka leaves gaps) and always name the
*next* record where a position is meant. Consumers own their offsets (journal, graph, lake manifest): the port
has no consumer groups, and every reader is told where to start.

Fencing. A producer has a name and an epoch. `open_producer` takes the next epoch of that name: from then on no
reader delivers a record that an older epoch of the name appends. Backends that can, refuse the append as well
(`FencedError`); Kafka can't without a transaction, so its readers drop such records: opening a producer writes
a fence marker to every partition it may write to, and records of an older epoch behind the marker are dropped.
Readers never deliver markers. Within an epoch records carry a sequence a partition, and a record whose sequence
was already appended (a retry after a lost answer) is not delivered twice.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from events.topics import Topic


@dataclass(frozen=True, slots=True)
class TopicPartition:
    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class Record:
    """One record as read. `append_time` is the log's own clock, epoch ms; `epoch` is the producer's (0: none)."""

    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes
    append_time: int
    headers: Mapping[str, bytes] = field(default_factory=dict)
    producer: str = ""
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One record to append. `partition` None: by key (CRC-32 of the key modulo the number of partitions)."""

    topic: str
    key: bytes
    value: bytes
    headers: Mapping[str, bytes] = field(default_factory=dict)
    partition: int | None = None


class Producer(Protocol):
    """Appends under one (name, epoch)."""

    @property
    def epoch(self) -> int: ...

    def send(self, records: Sequence[Outgoing]) -> None:
        """Append `records` in order and wait until the log has them all.

        Raises `FencedError` where a newer epoch holds the name (backends that can tell), `UnavailableError` when
        the log does not answer in time: then records may or may not be in the log, and sending the same
        sequence again on this producer delivers none of them twice.
        """
        ...

    def close(self) -> None: ...


class Reader(Protocol):
    """Reads a fixed set of partitions."""

    def poll(self, max_records: int, timeout_s: float) -> list[Record]:
        """Up to `max_records` records, in offset order within each partition; [] after `timeout_s` without any."""
        ...

    def positions(self) -> dict[TopicPartition, int]:
        """The next offset of each partition, behind everything `poll` has returned or dropped."""
        ...

    def seek(self, positions: Mapping[TopicPartition, int]) -> None: ...

    def pause(self, partitions: Sequence[TopicPartition]) -> None:
        """Leave these out of `poll` until resumed (back pressure, merging by time)."""
        ...

    def resume(self, partitions: Sequence[TopicPartition]) -> None: ...

    def close(self) -> None: ...


class Log(Protocol):
    """A cluster."""

    def ensure_topics(self, topics: Sequence[Topic], partitions: int) -> None:
        """Create what is missing (`partitions` where a topic names no number). Existing topics are left alone."""
        ...

    def partitions(self, topic: str) -> int:
        """How many; `NotFoundError` for an unknown topic."""
        ...

    def open_producer(self, name: str, topics: Sequence[str]) -> Producer:
        """Take over `name` for writing to `topics`: the next epoch, fencing all before."""
        ...

    def open_reader(self, start: Mapping[TopicPartition, int]) -> Reader:
        """Read these partitions from these offsets (clamped to what retention has left)."""
        ...

    def begin(self, topic: str) -> dict[TopicPartition, int]:
        """The first offset still there, a partition."""
        ...

    def end(self, topic: str) -> dict[TopicPartition, int]:
        """The offset behind the last record, a partition."""
        ...

    def latest_by_key(self, topic: str) -> dict[bytes, Record]:
        """The last record of each key of a compacted topic."""
        ...

    def trim(self, partition: TopicPartition, before: int) -> None:
        """Retention: drop records below offset `before`."""
        ...

    def close(self) -> None: ...
