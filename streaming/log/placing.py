"""Where a record goes, and under which number: the same on every backend."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from zlib import crc32

from events.errors import ConflictError, FencedError, NotFoundError
from streaming.log.port import Outgoing, TopicPartition


def partition_of(key: bytes, partitions: int) -> int:
    """CRC-32 of the key modulo the number of partitions."""
    return crc32(key) % partitions


@dataclass(slots=True)
class Run:
    """What one `send` adds to one partition: `records` take the sequence numbers `first`, `first` + 1, ..."""

    target: TopicPartition
    first: int
    records: list[Outgoing] = field(default_factory=list)


class Sequences:
    """Numbers a producer's records by partition and keeps the promise about failed sends.

    A number is used up only when the log has the record. After a failure the same records get the same numbers
    again, by which a backend knows those it already has; other records under these numbers would be lost, so
    that is refused.
    """

    def __init__(self, topics: Iterable[str], partitions: Callable[[str], int]) -> None:
        self._targets: dict[str, list[TopicPartition]] = {
            topic: [TopicPartition(topic, number) for number in range(partitions(topic))] for topic in topics
        }
        self._next: dict[TopicPartition, int] = {
            target: 0 for targets in self._targets.values() for target in targets
        }
        self._failed: list[Outgoing] = []

    @property
    def targets(self) -> list[TopicPartition]:
        """Every partition the producer may write to."""
        return list(self._next)

    @contextmanager
    def sending(self, records: Sequence[Outgoing]) -> Iterator[list[Run]]:
        """`records` by partition, in the order of each partition's first record.

        The log has them all when the block ends; nobody knows which when it raises.
        """
        runs = self._runs(records)
        try:
            yield runs
        except FencedError:
            raise  # there is no next send
        except BaseException:  # a signal, too, may have come between request and answer
            self._failed = list(records)
            raise
        for run in runs:
            self._next[run.target] = run.first + len(run.records)
        self._failed = []

    def _runs(self, records: Sequence[Outgoing]) -> list[Run]:
        if self._failed and list(records[: len(self._failed)]) != self._failed:
            raise ConflictError("after a send that failed, the next one begins with the same records")
        runs: dict[tuple[str, int], Run] = {}
        for record in records:
            targets = self._targets.get(record.topic)
            if targets is None:
                raise ConflictError(f"the producer was not opened for topic {record.topic!r}")
            number = partition_of(record.key, len(targets)) if record.partition is None else record.partition
            run = runs.get((record.topic, number))
            if run is None:
                if not 0 <= number < len(targets):
                    raise NotFoundError(f"topic {record.topic!r} has no partition {number}")
                target = targets[number]
                run = runs[record.topic, number] = Run(target, self._next[target])
            run.records.append(record)
        return list(runs.values())
