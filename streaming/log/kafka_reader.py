"""The Kafka log's source of records: an assigned consumer, and the fences it has passed."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from streaming.log import kafka_marks
from streaming.log.buffered import Chunk
from streaming.log.kafka_claims import Claims
from streaming.log.kafka_client import our_error, our_errors
from streaming.log.kafka_cluster import Cluster
from streaming.log.port import Record, TopicPartition
from streaming.log.ranges import clamp

if TYPE_CHECKING:
    import confluent_kafka

    from streaming.log.kafka import KafkaLog

_NOBODY = ("", 0)
_NO_HEADERS: Mapping[str, bytes] = MappingProxyType({})


class KafkaSource:
    """Drops markers, and records of an epoch older than a marker before them."""

    # A partition that is left alone for longer than this is paused in the client too, which forgets its queue.
    room = 4_000

    def __init__(self, log: "KafkaLog", cluster: Cluster, claims: Claims) -> None:
        from confluent_kafka import Consumer

        self._log = log
        self._cluster = cluster
        self._claims = claims
        self._consumer = Consumer(cluster.settings.consumer())
        self._places: dict[tuple[str, int], TopicPartition] = {}
        self._held: dict[TopicPartition, dict[str, int]] = {}
        self._stopped: set[TopicPartition] = set()
        self._marks: dict[bytes, tuple[str, int]] = {}

    def start(self, positions: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
        positions = clamp(self._log, positions)
        self._held = self._claims.before(positions)
        self._places = {(self._cluster.settings.wire(it.topic), it.partition): it for it in positions}
        self._stopped = set()
        with our_errors():
            self._consumer.assign([self._wire(place, offset) for place, offset in positions.items()])
        return positions

    def _wire(self, place: TopicPartition, offset: int | None = None) -> "confluent_kafka.TopicPartition":
        from confluent_kafka import TopicPartition as Wire

        name = self._cluster.settings.wire(place.topic)
        return Wire(name, place.partition) if offset is None else Wire(name, place.partition, offset)

    def fetch(
        self, want: Mapping[TopicPartition, int], max_records: int, timeout_s: float
    ) -> Iterable[Chunk]:
        self._steer(want)
        with our_errors():
            # Asked for many, the client would wait for the last of them: so wait for one, then take what is there.
            messages = self._consumer.consume(1, timeout_s)
            if messages and max_records > 1:
                messages += self._consumer.consume(max_records - 1, 0)
        return self._chunks(messages)

    def _steer(self, want: Mapping[TopicPartition, int]) -> None:
        full = {it for it in self._places.values() if it not in want}
        if full == self._stopped:
            return
        with our_errors():
            self._consumer.pause([self._wire(it) for it in full - self._stopped])
            self._consumer.resume([self._wire(it) for it in self._stopped - full])
        self._stopped = full

    def _chunks(self, messages: Iterable["confluent_kafka.Message"]) -> list[Chunk]:
        records: dict[TopicPartition, list[Record]] = {}
        behind: dict[TopicPartition, int] = {}
        failure: confluent_kafka.KafkaError | None = None
        for message in messages:
            if (error := message.error()) is not None:
                failure = error
                continue
            place = self._places[str(message.topic()), int(message.partition() or 0)]
            behind[place] = int(message.offset() or 0) + 1
            record = self._record(place, message)
            if record is not None:
                records.setdefault(place, []).append(record)
        if failure is not None and not behind:
            # Beside records it can wait: the client tries again by itself, and reports again.
            raise our_error(failure)
        return [Chunk(place, records.get(place, ()), offset) for place, offset in behind.items()]

    def _record(self, place: TopicPartition, message: "confluent_kafka.Message") -> Record | None:
        headers: Any = message.headers()  # a list, whatever the stub allows, or None
        name, epoch = _NOBODY
        if headers:
            kind, value = headers[0]
            if kind == kafka_marks.FENCE:
                self._pass(place, *kafka_marks.read_mark(value))
                return None
            if kind == kafka_marks.PRODUCER:
                name, epoch = self._mark(value)
                headers = headers[2:]
                if epoch < self._held[place].get(name, 0):
                    return None
        return Record(
            place.topic,
            place.partition,
            message.offset() or 0,
            message.key() or b"",
            message.value() or b"",
            message.timestamp()[1],
            {of: given or b"" for of, given in headers} if headers else _NO_HEADERS,
            name,
            epoch,
        )

    def _pass(self, place: TopicPartition, name: str, epoch: int) -> None:
        held = self._held[place]
        held[name] = max(epoch, held.get(name, 0))

    def _mark(self, value: bytes) -> tuple[str, int]:
        """Of the few producers there are, read once each."""
        if value not in self._marks:
            self._marks[value] = kafka_marks.read_mark(value)
        return self._marks[value]

    def close(self) -> None:
        self._consumer.close()
