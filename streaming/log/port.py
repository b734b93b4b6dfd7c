"""The log port: partitioned, append-only topics; memory, Redis Streams and Kafka behind it.

Offsets of a partition start at 0 or later, rise by at least 1 a record (Kafka leaves gaps) and always name the
*next* record where a position is meant. Consumers own their offsets (journal, graph, lake manifest): the port
has no consumer groups, and every reader is told where to start.

Fencing. A producer has a name and an epoch. `open_producer` takes the next epoch of that name: from then on no
reader delivers a record that an older epoch of the name appends to one of the topics named in that call (an
owner's topics stay the same from epoch to epoch). Backends that can, refuse the append as well
(`FencedError`); Kafka can't without a transaction, so its readers drop such records: opening a producer writes
a fence marker to every partition it may write to, and records of an older epoch behind the marker are dropped,
wherever a reader starts. Readers never deliver markers. Within an epoch records carry a sequence a partition,
and a record whose sequence was already appended (a retry after a lost answer) is not delivered twice.

Threads. A `Log` and its producers and readers may be made in any thread; one producer or one reader serves one
thread at a time.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from msgspec import Struct

from events.topics import Topic

_NO_HEADERS: Mapping[str, bytes] = MappingProxyType({})

# One of these is made for every record: a frozen dataclass would take ten times as long.


class TopicPartition(Struct, frozen=True, gc=False):
    topic: str
    partition: int


class Record(Struct, frozen=True):
    """One record as read. `append_time` is the log's own clock, epoch ms; `epoch` is the producer's (0: none)."""

    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes
    append_time: int
    headers: Mapping[str, bytes] = _NO_HEADERS
    producer: str = ""
    epoch: int = 0


class Outgoing(Struct, frozen=True):
    """One record to append. `partition` None: by key (CRC-32 of the key modulo the number of partitions)."""

    topic: str
    key: bytes
    value: bytes
    headers: Mapping[str, bytes] = _NO_HEADERS
    partition: int | None = None


class Producer(Protocol):
    """Appends under one (name, epoch)."""

    @property
    def epoch(self) -> int:
        """1 or more. On Kafka it rises when `send` recovers from a lost answer: read it anew for each batch."""
        ...

    def send(self, records: Sequence[Outgoing]) -> None:
        """Append `records`, in order within each partition, and wait until the log has them all.

        Raises `FencedError` where a newer epoch holds the name (backends that can tell, Kafka soon but not at
        once); `NotFoundError` for a partition that does not exist; `ConflictError` for a topic that the producer
        was not opened for; `UnavailableError` when the log does not answer in time: then records may or may not
        be in the log, and sending the same sequence again on this producer delivers none of them twice. The
        next `send` must therefore begin with the records that failed (`ConflictError` if it does not).
        """
        ...

    def close(self) -> None: ...


class Reader(Protocol):
    """Reads a fixed set of partitions. A reader may fetch ahead of what `poll` returns."""

    def poll(self, max_records: int, timeout_s: float) -> list[Record]:
        """Up to `max_records` records, in offset order within each partition; [] after `timeout_s` without any.

        Partitions with records waiting share `max_records` evenly, so that none starves. Records of one partition
        are adjacent in the list. Raises `UnavailableError`; the next call goes on where this one was.
        """
        ...

    def positions(self) -> dict[TopicPartition, int]:
        """The next offset of each partition, behind everything `poll` has returned or dropped."""
        ...

    def seek(self, positions: Mapping[TopicPartition, int]) -> None:
        """Go on from these offsets, under the rules of `Log.open_reader`. Only partitions of this reader."""
        ...

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
        """Take over `name` for writing to `topics`: the next epoch, fencing all before.

        `FencedError` where somebody else takes it over at the same moment and is newer.
        """
        ...

    def open_reader(self, start: Mapping[TopicPartition, int]) -> Reader:
        """Read these partitions from these offsets, raised to the first one that retention has left.

        Raises `NotFoundError`; and `ConflictError` for an offset behind the end: the log has lost records that
        somebody has already read (restored from an old copy, say), and going on would skip new ones in silence.
        """
        ...

    def begin(self, topic: str) -> dict[TopicPartition, int]:
        """The first offset still there, a partition."""
        ...

    def end(self, topic: str) -> dict[TopicPartition, int]:
        """The offset behind the last record, a partition."""
        ...

    def latest_by_key(self, topic: str) -> dict[bytes, Record]:
        """The last record of each key; all there is to know of a compacted topic.

        Compaction drops older records of a key at some moment of its own: at once on Redis, later or never elsewhere.
        """
        ...

    def trim(self, partition: TopicPartition, before: int) -> None:
        """Retention: drop records below offset `before` (at most to the end). `ConflictError` if compacted."""
        ...

    def close(self) -> None: ...
