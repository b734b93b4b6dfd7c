"""The log in memory: for tests and for driving parts of the pipeline inside one process."""

import threading
from collections.abc import Iterable, Mapping, Sequence

from events.errors import ConflictError, FencedError, NotFoundError
from events.topics import Topic
from storage.clock import Clock, SystemClock
from streaming.log.buffered import BufferedReader, Chunk
from streaming.log.placing import Sequences
from streaming.log.port import Outgoing, Record, TopicPartition
from streaming.log.ranges import clamp, last_of_each_key


class _Partition:
    def __init__(self) -> None:
        self.begin = 0
        self.records: list[Record] = []

    @property
    def end(self) -> int:
        return self.begin + len(self.records)


class MemoryLog:
    """A `Log` whose append time is `clock`'s. Threads may share it. Compaction keeps everything."""

    def __init__(self, clock: Clock | None = None) -> None:
        self._clock = clock or SystemClock()
        self._topics: dict[str, Topic] = {}
        self._partitions: dict[TopicPartition, _Partition] = {}
        self._epochs: dict[str, int] = {}
        self._changed = threading.Condition()

    def ensure_topics(self, topics: Sequence[Topic], partitions: int) -> None:
        with self._changed:
            for topic in topics:
                if topic.name not in self._topics:
                    self._topics[topic.name] = topic
                    for number in range(topic.partitions or partitions):
                        self._partitions[TopicPartition(topic.name, number)] = _Partition()

    def partitions(self, topic: str) -> int:
        return len(self._of(topic))

    def _of(self, topic: str) -> dict[TopicPartition, _Partition]:
        if topic not in self._topics:
            raise NotFoundError(f"no topic {topic!r}")
        return {it: held for it, held in self._partitions.items() if it.topic == topic}

    def open_producer(self, name: str, topics: Sequence[str]) -> "MemoryProducer":
        sequences = Sequences(topics, self.partitions)
        with self._changed:
            self._epochs[name] = self._epochs.get(name, 0) + 1
            return MemoryProducer(self, name, self._epochs[name], sequences)

    def append(
        self, producer: str, epoch: int, runs: Iterable[tuple[TopicPartition, Sequence[Outgoing]]]
    ) -> None:
        """One producer's records by partition, all or none."""
        with self._changed:
            if self._epochs[producer] != epoch:
                raise FencedError(f"epoch {self._epochs[producer]} holds {producer!r}, this is {epoch}")
            now = self._clock.now_ms()
            for target, records in runs:
                held = self._partitions[target]
                held.records.extend(
                    Record(
                        target.topic, target.partition, offset, it.key, it.value, now,
                        dict(it.headers), producer, epoch,
                    )
                    for offset, it in enumerate(records, held.end)
                )  # fmt: skip
            self._changed.notify_all()

    def open_reader(self, start: Mapping[TopicPartition, int]) -> BufferedReader:
        return BufferedReader(_Source(self), start)

    def read(self, want: Mapping[TopicPartition, int], most: int, timeout_s: float) -> list[Chunk]:
        """Up to `most` records a partition; waits while there are none at all."""
        with self._changed:
            self._changed.wait_for(
                lambda: any(self._partitions[it].end > offset for it, offset in want.items()), timeout_s
            )
            chunks: list[Chunk] = []
            for partition, offset in want.items():
                held = self._partitions[partition]
                first = max(offset - held.begin, 0)
                if records := held.records[first : first + most]:
                    chunks.append(Chunk(partition, records, records[-1].offset + 1))
            return chunks

    def begin(self, topic: str) -> dict[TopicPartition, int]:
        with self._changed:
            return {it: held.begin for it, held in self._of(topic).items()}

    def end(self, topic: str) -> dict[TopicPartition, int]:
        with self._changed:
            return {it: held.end for it, held in self._of(topic).items()}

    def latest_by_key(self, topic: str) -> dict[bytes, Record]:
        return last_of_each_key(self, topic)

    def trim(self, partition: TopicPartition, before: int) -> None:
        with self._changed:
            held = self._of(partition.topic).get(partition)
            if held is None:
                raise NotFoundError(f"topic {partition.topic!r} has no partition {partition.partition}")
            if self._topics[partition.topic].compacted:
                raise ConflictError(f"topic {partition.topic!r} is compacted: nothing is trimmed")
            count = max(min(before, held.end) - held.begin, 0)
            del held.records[:count]
            held.begin += count

    def close(self) -> None:
        pass


class MemoryProducer:
    """A `Producer`; an append succeeds as a whole or raises `FencedError`."""

    def __init__(self, log: MemoryLog, name: str, epoch: int, sequences: Sequences) -> None:
        self._log = log
        self._name = name
        self._epoch = epoch
        self._sequences = sequences

    @property
    def epoch(self) -> int:
        return self._epoch

    def send(self, records: Sequence[Outgoing]) -> None:
        with self._sequences.sending(records) as runs:
            self._log.append(self._name, self._epoch, ((run.target, run.records) for run in runs))

    def close(self) -> None:
        pass


class _Source:
    room = 1

    def __init__(self, log: MemoryLog) -> None:
        self._log = log

    def start(self, positions: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
        return clamp(self._log, positions)

    def fetch(
        self, want: Mapping[TopicPartition, int], max_records: int, timeout_s: float
    ) -> Iterable[Chunk]:
        return self._log.read(want, max_records, timeout_s)

    def close(self) -> None:
        pass
