"""WriteGraph: the entity graph as a sink. One writer a set of partitions; it never blocks scoring."""

from collections.abc import Mapping, Sequence

from events import codec, topics
from events.errors import UnavailableError
from events.types import AccountEvent, Alert, JoinedLabel, Message, Transaction, TransactionOutcome
from graph.writer import GraphWriter, Sourced
from nlp import KeyCache
from streaming.addresses import address_keys
from streaming.consume import Read
from streaming.log.port import Record, TopicPartition
from streaming.replay import identity
from streaming.seen import Seen

_INPUTS = (Transaction, TransactionOutcome, AccountEvent, JoinedLabel)


class WriteGraph:
    """Merges payments, account events, joined labels and alerts.

    Every address has its key here: the writer waits for it, also where the scorer decided without (PENDING).
    A redelivery is dropped by offset, in the database. An input that a sender appended twice is dropped by its id
    within `horizon` inputs of this process; across a restart it counts once more in the link counters.
    """

    part = "graph"
    topics = (topics.TRANSACTIONS, topics.ACCOUNT_EVENTS, topics.LABELS_JOINED, topics.ALERTS)

    def __init__(self, writer: GraphWriter, addresses: KeyCache, *, horizon: int = 1_000_000) -> None:
        self._writer = writer
        self._addresses = addresses
        self._seen = Seen(horizon)

    def positions(self) -> dict[TopicPartition, int]:
        return {
            TopicPartition(topic, partition): at
            for (topic, partition), at in self._writer.positions().items()
        }

    def decode(self, record: Record) -> Message:
        if record.topic == topics.ALERTS.name:
            return codec.decode(record.value, Alert)
        return codec.decode(record.value, *_INPUTS, now_ms=record.append_time)

    def apply(self, batch: Sequence[Read], positions: Mapping[TopicPartition, int]) -> None:
        inputs = [(read.record, read.message) for read in batch if isinstance(read.message, _INPUTS)]
        fresh = [(record, event) for record, event in inputs if self._seen.add(*identity(event))]
        sourced = [
            Sourced(read.record.topic, read.record.partition, read.record.offset, read.message)
            for read in batch
            if isinstance(read.message, Alert)
        ]
        at = {(source.topic, source.partition): following for source, following in positions.items()}
        try:
            addresses = address_keys(self._addresses, [event for _, event in fresh])
            sourced += [
                Sourced(record.topic, record.partition, record.offset, event, key)
                for (record, event), key in zip(fresh, addresses.keys, strict=True)
            ]
            self._writer.apply(sorted(sourced, key=lambda item: item[:3]), at)
        except UnavailableError:
            for _, event in fresh:  # the same batch comes again
                self._seen.discard(*identity(event))
            raise

    def idle(self) -> None:
        """Everything is written as it comes."""

    def close(self) -> None:
        """Nothing is held."""
