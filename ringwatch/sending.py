"""Arrivals into the log, in batches, each under its partition key."""

from types import TracebackType
from typing import Self

from events import codec, topics
from events.arrival import Arrival
from events.entities import entities_of, partition_key
from events.types import DeadLetter, Label
from streaming.log.port import Log, Outgoing

_TOPICS = (topics.TRANSACTIONS, topics.OUTCOMES, topics.ACCOUNT_EVENTS, topics.LABELS, topics.DLQ)


class Sender:
    """Sends arrivals; as a context manager it sends the rest at the end. `sent` counts."""

    def __init__(self, log: Log, *, name: str = "ingest", batch: int = 1_000) -> None:
        self._producer = log.open_producer(name, [topic.name for topic in _TOPICS])
        self._batch = batch
        self._waiting: list[Outgoing] = []
        self.sent = 0

    def send(self, arrival: Arrival) -> None:
        """Queue one arrival; batches go out as they fill."""
        message = arrival.message
        entities = {} if isinstance(message, Label) else entities_of(message)
        self._queue(
            Outgoing(arrival.topic, partition_key(entities, _subject(message)), codec.encode(message))
        )

    def refuse(self, letter: DeadLetter) -> None:
        """Queue a dead letter."""
        self._queue(Outgoing(topics.DLQ.name, letter.id.encode(), codec.encode(letter)))

    def flush(self) -> None:
        """Send what is queued and wait for the log to have it."""
        if self._waiting:
            self._producer.send(self._waiting)
            self.sent += len(self._waiting)
            self._waiting.clear()

    def _queue(self, outgoing: Outgoing) -> None:
        self._waiting.append(outgoing)
        if len(self._waiting) >= self._batch:
            self.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None:
                self.flush()
        finally:
            self._producer.close()


def _subject(message: object) -> str:
    return message.subject.id if isinstance(message, Label) else str(getattr(message, "id", ""))
