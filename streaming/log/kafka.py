"""The log on Kafka (confluent-kafka): topics are topics; epochs and fences are ours (`kafka_claims`).

Compacted topics: compaction does not know of fences, and a record of a fenced epoch may push out the record that
readers should see. Let one owner write a compacted topic, and let it write again what it finds when it starts.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from events.topics import Topic
from streaming.log.buffered import BufferedReader
from streaming.log.kafka_claims import EPOCHS, Claims
from streaming.log.kafka_client import KafkaSettings
from streaming.log.kafka_cluster import Cluster
from streaming.log.kafka_producer import KafkaProducer
from streaming.log.kafka_reader import KafkaSource
from streaming.log.port import Record, TopicPartition
from streaming.log.ranges import last_of_each_key

if TYPE_CHECKING:
    import confluent_kafka

    from streaming.log.kafka_producer import MakeClient


def _client(config: dict[str, Any]) -> "confluent_kafka.Producer":
    from confluent_kafka import Producer

    return Producer(config)


class KafkaLog:
    """A `Log`. `make_client` makes librdkafka's producers (tests give one that loses answers)."""

    def __init__(self, settings: KafkaSettings, *, make_client: "MakeClient | None" = None) -> None:
        self._cluster = Cluster(settings)
        self._claims = Claims(self._cluster)
        self._make_client = make_client or _client

    def ensure_topics(self, topics: Sequence[Topic], partitions: int) -> None:
        self._cluster.create([*topics, EPOCHS], partitions)

    def partitions(self, topic: str) -> int:
        return self._cluster.partitions(topic)

    def open_producer(self, name: str, topics: Sequence[str]) -> KafkaProducer:
        self._cluster.create([EPOCHS], 1)
        return KafkaProducer(self._cluster, self._claims, self._make_client, name, topics)

    def open_reader(self, start: Mapping[TopicPartition, int]) -> BufferedReader:
        self._cluster.create([EPOCHS], 1)
        return BufferedReader(KafkaSource(self, self._cluster, self._claims), start)

    def begin(self, topic: str) -> dict[TopicPartition, int]:
        return self._cluster.begin(topic)

    def end(self, topic: str) -> dict[TopicPartition, int]:
        return self._cluster.end(topic)

    def latest_by_key(self, topic: str) -> dict[bytes, Record]:
        return last_of_each_key(self, topic)

    def trim(self, partition: TopicPartition, before: int) -> None:
        self._cluster.trim(partition, before)

    def close(self) -> None:
        self._claims.close()
