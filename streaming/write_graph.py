"""WriteGraph: the entity graph as a sink. One writer a set of partitions; it never blocks scoring."""


from graph.writer import GraphWriter

from events import codec, topics
from events.types import AccountEvent, Decision, JoinedLabel, Message, Transaction, TransactionOutcome
from nlp import KeyCache
from streaming.log.port import Record, TopicPartition


class WriteGraph:
    """Merges payments, account events and joined labels; alerted transactions get a node of their own."""

    part = "graph"
    topics = (topics.TRANSACTIONS, topics.ACCOUNT_EVENTS, topics.LABELS_JOINED, topics.DECISIONS)

    def __init__(self, writer: GraphWriter, addresses: KeyCache) -> None:
        self._writer = writer
        self._addresses = addresses

    def positions(self) -> dict[TopicPartition, int]:
        return {
            TopicPartition(topic, partition): at
            for (topic, partition), at in self._writer.positions().items()
        }

    def decode(self, record: Record) -> Message:
        if record.topic == topics.DECISIONS.name:
            return codec.decode(record.value, Decision)
        kinds = (Transaction, TransactionOutcome, AccountEvent, JoinedLabel)
        return codec.decode(record.value, *kinds, now_ms=record.append_time)
