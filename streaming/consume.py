"""The loop of every part that folds a log into a store of its own (graph, lake, label join).

The sink keeps the positions beside what it writes, in one transaction, so a redelivery changes nothing; this
loop only reads, decodes, refuses and hands over.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from events.errors import InputError
from events.topics import Topic
from events.types import Message
from storage.clock import Clock
from storage.metrics import Metrics
from streaming.dead_letters import DeadLetters
from streaming.inputs import starts
from streaming.log.port import Log, Producer, Reader, Record, TopicPartition
from streaming.patience import PatientProducer, retry_unavailable


@dataclass(frozen=True, slots=True)
class Read:
    """A record and the message in it."""

    record: Record
    message: Message


class Sink(Protocol):
    """Where a consumer's input goes."""

    @property
    def part(self) -> str:
        """The part's name in metrics and dead letters."""
        ...

    @property
    def topics(self) -> Sequence[Topic]: ...

    def positions(self) -> dict[TopicPartition, int]:
        """What the store holds already: the next offset a partition."""
        ...

    def decode(self, record: Record) -> Message:
        """Raises `InputError` for what is to be refused."""
        ...

    def apply(self, batch: Sequence[Read], positions: Mapping[TopicPartition, int]) -> None:
        """Write `batch` and `positions` in one transaction. `UnavailableError`: nothing is written, try again."""
        ...

    def idle(self) -> None:
        """Nothing came for a while: the moment to write what was held back."""
        ...

    def close(self) -> None: ...


class Consumer:
    """Runs a sink. `step` until told to stop, then `close`."""

    def __init__(
        self,
        log: Log,
        sink: Sink,
        producer: Producer,
        clock: Clock,
        metrics: Metrics,
        *,
        batch: int = 1_000,
        linger_s: float = 0.2,
        dead_letter_limit: int = 1_000,
    ) -> None:
        self._sink = sink
        self._clock = clock
        self._metrics = metrics
        self._batch = batch
        self._linger_s = linger_s
        self._dead = DeadLetters(
            PatientProducer(producer, clock, metrics), sink.part, clock, dead_letter_limit
        )
        self._producer = producer
        start = starts(log, [topic.name for topic in sink.topics], sink.positions())
        self._reader: Reader = log.open_reader(start)

    def step(self) -> int:
        """One batch: the number of records read."""
        records = self._reader.poll(self._batch, self._linger_s)
        if not records:
            self._sink.idle()
            return 0
        batch: list[Read] = []
        for record in records:
            try:
                batch.append(Read(record, self._sink.decode(record)))
            except InputError as error:
                self._metrics.count("dead_letters_total", part=self._sink.part, code=error.code)
                self._dead.refuse(record, error)
            else:
                self._dead.accepted()
        self._dead.flush()
        positions = self._reader.positions()
        retry_unavailable(
            lambda: self._sink.apply(batch, positions), self._clock, self._metrics, self._sink.part
        )
        for topic, number in Counter(record.topic for record in records).items():
            self._metrics.count("records_read_total", number, part=self._sink.part, topic=topic)
        return len(records)

    def close(self) -> None:
        self._reader.close()
        self._sink.close()
        self._producer.close()
