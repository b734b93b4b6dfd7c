"""confluent-kafka, opened for the log: settings, topic names, its errors as ours."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct

from events.errors import (
    ConflictError,
    FencedError,
    NotFoundError,
    RingwatchError,
    SettingsError,
    UnavailableError,
)
from streaming.log.port import TopicPartition

if TYPE_CHECKING:
    import confluent_kafka

# A batch is fetched whole, so it is the smallest bite of a partition.
_BITE_BYTES = 65_536
_log = logging.getLogger("ringwatch.kafka")


@dataclass(frozen=True, slots=True)
class KafkaSettings:
    """`timeout_s` bounds every call; `extra` are librdkafka's settings for every client (TLS, SASL)."""

    bootstrap: str
    namespace: str = ""
    extra: Mapping[str, str] = field(default_factory=dict, repr=False)  # may hold a password
    timeout_s: float = 10.0

    def wire(self, topic: str) -> str:
        """The topic's name in the cluster."""
        return f"{self.namespace}.{topic}" if self.namespace else topic

    def client(self, **config: Any) -> dict[str, Any]:
        """A client's configuration; `config` with `_` for `.`."""
        return {
            "bootstrap.servers": self.bootstrap,
            "socket.timeout.ms": max(1000, int(self.timeout_s * 1000)),
            "logger": _log,
            **{name.replace("_", "."): value for name, value in config.items()},
            **self.extra,
        }

    def producer(self) -> dict[str, Any]:
        """Every record in all in-sync replicas, in order, once while the client lives."""
        return self.client(
            enable_idempotence=True,
            acks="all",
            # While `deliver` queues records; it then flushes, which sends what lingers.
            linger_ms=2,
            message_timeout_ms=int(self.timeout_s * 1000),
            queue_buffering_max_messages=200_000,
            batch_size=_BITE_BYTES,
        )

    def consumer(self) -> dict[str, Any]:
        """Partitions are assigned, offsets are the caller's; a start below what retention has left is raised."""
        return self.client(
            group_id="ringwatch",
            enable_auto_commit=False,
            enable_auto_offset_store=False,
            auto_offset_reset="earliest",
            allow_auto_create_topics=False,
            # The client's queue is first in, first out over all partitions. Small bites of each keep a backlog in
            # one of them from holding up the others.
            queued_min_messages=1_000,
            queued_max_messages_kbytes=8_192,
            max_partition_fetch_bytes=_BITE_BYTES,
            # A seek or resume takes effect when the request under way has been answered.
            fetch_wait_max_ms=100,
            fetch_queue_backoff_ms=5,
            fetch_error_backoff_ms=50,
        )


def parse_url(url: str) -> KafkaSettings:
    """`kafka://host:port[,host:port...][?namespace=x&any.librdkafka.setting=y]`."""
    parts = urlsplit(url)
    if not parts.netloc:
        raise SettingsError(f"{url!r} names no broker: kafka://host:port")
    extra = dict(parse_qsl(parts.query))
    namespace = extra.pop("namespace", "")
    return KafkaSettings(parts.netloc, namespace, extra)


def our_error(error: "confluent_kafka.KafkaError") -> RingwatchError:
    """A Kafka error as the port's."""
    from confluent_kafka import KafkaError

    kinds: dict[int, type[RingwatchError]] = {
        KafkaError.UNKNOWN_TOPIC_OR_PART: NotFoundError,
        KafkaError._UNKNOWN_TOPIC: NotFoundError,  # noqa: SLF001 - librdkafka's own codes are named so
        KafkaError._UNKNOWN_PARTITION: NotFoundError,  # noqa: SLF001
        KafkaError._FENCED: FencedError,  # noqa: SLF001
        KafkaError.POLICY_VIOLATION: ConflictError,
        KafkaError.MSG_SIZE_TOO_LARGE: ConflictError,
        KafkaError._AUTHENTICATION: SettingsError,  # noqa: SLF001
        KafkaError.TOPIC_AUTHORIZATION_FAILED: SettingsError,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED: SettingsError,
    }
    return kinds.get(error.code(), UnavailableError)(f"kafka: {error.str()}")


@contextmanager
def our_errors() -> Iterator[None]:
    from confluent_kafka import KafkaException

    try:
        yield
    except KafkaException as error:
        raise our_error(error.args[0]) from error
    except TimeoutError as error:  # of the future that an administrative call returns
        raise UnavailableError("kafka: no answer in time") from error


class Item(Struct, frozen=True):
    """A message for `deliver`."""

    target: TopicPartition
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]] = []


@dataclass(slots=True)
class _Reports:
    """What librdkafka has said of `left` messages so far."""

    left: int
    offsets: dict[TopicPartition, int] = field(default_factory=dict)
    errors: list["confluent_kafka.KafkaError"] = field(default_factory=list)

    def count(self, error: "confluent_kafka.KafkaError | None", _: "confluent_kafka.Message") -> None:
        self.left -= 1
        if error is not None:
            self.errors.append(error)

    def note(
        self,
        target: TopicPartition,
        error: "confluent_kafka.KafkaError | None",
        message: "confluent_kafka.Message",
    ) -> None:
        self.count(error, message)
        if error is None:
            self.offsets[target] = int(message.offset() or 0)


def deliver(
    client: "confluent_kafka.Producer", settings: KafkaSettings, items: Sequence[Item]
) -> dict[TopicPartition, int]:
    """Append and wait: the offset of the last item in each partition."""
    reports = _Reports(len(items))
    names = {topic: settings.wire(topic) for topic in {it.target.topic for it in items}}
    # Records of a partition arrive in order, so the last one's offset is all there is to note.
    last = {it.target: it for it in items}
    with our_errors():
        for it in items:
            told = partial(reports.note, it.target) if last[it.target] is it else reports.count
            _produce(client, names[it.target.topic], it, told)
    # librdkafka reports every message in the end, delivered or timed out; the margin is for its own thread.
    deadline = time.monotonic() + settings.timeout_s + 5.0
    while reports.left and time.monotonic() < deadline:
        client.flush(0.1)
    if reports.errors:
        raise our_error(reports.errors[0])
    if reports.left:
        raise UnavailableError(f"kafka: no report of {reports.left} records")
    return reports.offsets


def _produce(
    client: "confluent_kafka.Producer", name: str, it: Item, told: Callable[[Any, Any], None]
) -> None:
    """Queue one message; while the client's queue is full, let it work."""
    headers: Any = it.headers  # the stub wants values that may be absent
    while True:
        try:
            client.produce(name, it.value, it.key, it.target.partition, on_delivery=told, headers=headers)
        except BufferError:
            client.poll(0.05)
        else:
            return
