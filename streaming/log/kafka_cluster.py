"""Topics and offsets of a Kafka cluster."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from events.errors import ConflictError, NotFoundError, UnavailableError
from events.topics import Topic
from streaming.log.kafka_client import KafkaSettings, our_error, our_errors
from streaming.log.port import TopicPartition

if TYPE_CHECKING:
    import confluent_kafka
    from confluent_kafka.admin import AdminClient


def _moving() -> frozenset[int]:
    """Errors while a partition of a known topic has just been made or moves to another broker."""
    from confluent_kafka import KafkaError

    return frozenset({
        KafkaError.NOT_LEADER_FOR_PARTITION,
        KafkaError.LEADER_NOT_AVAILABLE,
        KafkaError.UNKNOWN_TOPIC_OR_PART,
    })  # fmt: skip


def _outdated() -> frozenset[int]:
    """Errors of a client that knows a partition's leader by an epoch of before a broker's restart."""
    from confluent_kafka import KafkaError

    return frozenset({KafkaError.FENCED_LEADER_EPOCH, KafkaError.UNKNOWN_LEADER_EPOCH})


class Cluster:
    """Administration; one client, made when first needed."""

    def __init__(self, settings: KafkaSettings) -> None:
        self.settings = settings
        self._admin: AdminClient | None = None
        self._partitions: dict[str, int] = {}

    def admin(self) -> "AdminClient":
        if self._admin is None:
            from confluent_kafka.admin import AdminClient

            self._admin = AdminClient(self.settings.client())
        return self._admin

    def create(self, topics: Sequence[Topic], partitions: int) -> None:
        """Create what is missing, and wait until every partition has a leader."""
        from confluent_kafka import KafkaError, KafkaException
        from confluent_kafka.admin import NewTopic  # type: ignore[attr-defined]  # public, but not in the stub's exports

        missing = [it for it in topics if it.name not in self._partitions]
        if not missing:
            return
        new = [
            NewTopic(
                self.settings.wire(it.name),
                it.partitions or partitions,
                config={
                    # The append time is the log's own clock.
                    "message.timestamp.type": "LogAppendTime",
                    "cleanup.policy": "compact" if it.compacted else "delete",
                },
            )
            for it in missing
        ]
        with our_errors():
            for future in self.admin().create_topics(new).values():
                try:
                    future.result(self.settings.timeout_s)
                except KafkaException as error:
                    if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                        raise
        deadline = time.monotonic() + self.settings.timeout_s
        while not all(self._find(it.name) for it in missing):
            if time.monotonic() > deadline:
                raise UnavailableError("kafka: new topics got no leader")
            time.sleep(0.02)

    def _find(self, topic: str) -> bool:
        """Learn the number of partitions of `topic`; False where it does not exist or has no leaders yet."""
        if topic in self._partitions:
            return True
        with our_errors():
            # All topics: asking for one by name could create it.
            known = self.admin().list_topics(timeout=self.settings.timeout_s).topics
        found = known.get(self.settings.wire(topic))
        if found is None or not found.partitions or any(it.leader < 0 for it in found.partitions.values()):
            return False
        self._partitions[topic] = len(found.partitions)
        return True

    def partitions(self, topic: str) -> int:
        if not self._find(topic):
            raise NotFoundError(f"no topic {topic!r}")
        return self._partitions[topic]

    def begin(self, topic: str) -> dict[TopicPartition, int]:
        from confluent_kafka.admin import OffsetSpec  # type: ignore[attr-defined]  # public, but not in the stub's exports

        return self._offsets(topic, OffsetSpec.earliest)

    def end(self, topic: str) -> dict[TopicPartition, int]:
        from confluent_kafka.admin import OffsetSpec  # type: ignore[attr-defined]  # public, but not in the stub's exports

        return self._offsets(topic, OffsetSpec.latest)

    def _offsets(self, topic: str, spec: Callable[[], Any]) -> dict[TopicPartition, int]:
        from confluent_kafka import KafkaException
        from confluent_kafka import TopicPartition as Wire

        wires = [Wire(self.settings.wire(topic), number) for number in range(self.partitions(topic))]
        deadline = time.monotonic() + self.settings.timeout_s
        with our_errors():
            while True:
                asked = self.admin().list_offsets({wire: spec() for wire in wires})
                try:
                    return {
                        TopicPartition(topic, place.partition): future.result(self.settings.timeout_s).offset
                        for place, future in asked.items()
                    }
                except KafkaException as error:
                    code = error.args[0].code()
                    if code not in _moving() | _outdated() or time.monotonic() > deadline:
                        raise
                    if code in _outdated():
                        # librdkafka's administration asks again under the same epoch until its metadata are
                        # refreshed, minutes later. A new client learns the present one.
                        self._admin = None
                time.sleep(0.05)

    def trim(self, partition: TopicPartition, before: int) -> None:
        from confluent_kafka import TopicPartition as Wire

        end = self.end(partition.topic).get(partition)
        if end is None:
            raise NotFoundError(f"topic {partition.topic!r} has no partition {partition.partition}")
        if self._compacted(partition.topic):
            raise ConflictError(f"topic {partition.topic!r} is compacted: nothing is trimmed")
        if before <= self.begin(partition.topic)[partition]:
            return
        place = Wire(self.settings.wire(partition.topic), partition.partition, min(before, end))
        with our_errors():
            for future in self.admin().delete_records([place]).values():
                future.result(self.settings.timeout_s)

    def _compacted(self, topic: str) -> bool:
        from confluent_kafka.admin import ConfigResource, ResourceType  # type: ignore[attr-defined]  # public, but not in the stub's exports

        resource = ConfigResource(ResourceType.TOPIC, self.settings.wire(topic))
        with our_errors():
            (future,) = self.admin().describe_configs([resource]).values()
            config: Mapping[str, Any] = future.result(self.settings.timeout_s)
        return "delete" not in str(config["cleanup.policy"].value)

    def scan(self, place: TopicPartition, start: int, end: int) -> Iterator["confluent_kafka.Message"]:
        """The raw messages with start <= offset < end; `end` is at most the partition's end."""
        from confluent_kafka import Consumer
        from confluent_kafka import TopicPartition as Wire

        start = max(start, self.begin(place.topic)[place])
        if start >= end:
            return
        consumer = Consumer(self.settings.consumer())
        try:
            consumer.assign([Wire(self.settings.wire(place.topic), place.partition, start)])
            deadline = time.monotonic() + self.settings.timeout_s
            while True:
                message = consumer.poll(0.1)
                if message is None:
                    if time.monotonic() > deadline:
                        raise UnavailableError(f"kafka: {place.topic}/{place.partition} can't be read")
                    continue
                if (error := message.error()) is not None:
                    raise our_error(error)
                deadline = time.monotonic() + self.settings.timeout_s
                offset = int(message.offset() or 0)
                if offset < end:
                    yield message
                if offset >= end - 1:
                    return
        finally:
            consumer.close()
