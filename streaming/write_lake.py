"""WriteLake: every topic worth keeping into Parquet, one file a flush and partition."""

from collections.abc import Mapping, Sequence

from events import codec, topics
from events.types import Message
from lake import files
from lake.tables import BY_TOPIC, TABLES, Stored
from storage.blob import BlobStore
from storage.clock import Clock
from streaming.consume import Read
from streaming.log.port import Record, TopicPartition


class WriteLake:
    """The sink. Rows wait in memory until `rows` of them or `wait_ms` have passed; a crash reads them again."""

    part = "lake"
    topics = tuple(topic for topic in topics.ALL if topic.name in BY_TOPIC)

    def __init__(self, blobs: BlobStore, clock: Clock, *, rows: int = 50_000, wait_ms: int = 15_000) -> None:
        self._blobs = blobs
        self._clock = clock
        self._rows = rows
        self._wait_ms = wait_ms
        self._waiting: dict[TopicPartition, list[Stored]] = {}
        self._count = 0
        self._since = clock.now_ms()
        self._written = self.positions()
        self._read = dict(self._written)

    def positions(self) -> dict[TopicPartition, int]:
        return {
            TopicPartition(table.topic, partition): at
            for table in TABLES
            for partition, at in files.positions(self._blobs, table.topic).items()
        }

    def decode(self, record: Record) -> Message:
        return codec.decode(record.value, BY_TOPIC[record.topic].kind)

    def apply(self, batch: Sequence[Read], positions: Mapping[TopicPartition, int]) -> None:
        for read in batch:
            record = read.record
            row = Stored(record.offset, record.append_time, read.message, record.value)
            self._waiting.setdefault(TopicPartition(record.topic, record.partition), []).append(row)
        self._count += len(batch)
        self._read.update(positions)
        self.idle()

    def idle(self) -> None:
        """Write what has waited long enough; called when nothing comes, too."""
        if self._count >= self._rows or self._clock.now_ms() - self._since >= self._wait_ms:
            self.flush()

    def flush(self) -> None:
        """Write everything that is waiting."""
        for source, rows in sorted(
            self._waiting.items(), key=lambda item: (item[0].topic, item[0].partition)
        ):
            first, following = self._written.get(source, rows[0].offset), self._read[source]
            files.write(self._blobs, source.topic, source.partition, first, following, rows)
            self._written[source] = following
        self._waiting.clear()
        self._count = 0
        self._since = self._clock.now_ms()

    def close(self) -> None:
        self.flush()
