"""What the Kafka log writes beside a record's own bytes: who appended it, and fence markers."""

from typing import TYPE_CHECKING, Any

from streaming.log.kafka_client import Item
from streaming.log.port import Outgoing, TopicPartition

if TYPE_CHECKING:
    from confluent_kafka import Message

PRODUCER = "rw"  # "epoch:name"
SEQUENCE = "rw-seq"  # a decimal number
FENCE = "rw-fence"  # "epoch:name"


def mark(name: str, epoch: int) -> bytes:
    return f"{epoch}:{name}".encode()


def read_mark(value: bytes) -> tuple[str, int]:
    """(name, epoch)."""
    epoch, _, name = value.decode().partition(":")
    return name, int(epoch)


def record(target: TopicPartition, it: Outgoing, producer: bytes, sequence: int) -> Item:
    """A record as it goes out; our headers first, so that a reader finds them by place."""
    headers = [(PRODUCER, producer), (SEQUENCE, str(sequence).encode()), *it.headers.items()]
    return Item(target, it.key, it.value, headers)


def fence(target: TopicPartition, producer: bytes) -> Item:
    """A marker. Its key is its own, so that compaction keeps it."""
    return Item(target, b"\x00" + FENCE.encode() + b":" + producer, b"", [(FENCE, producer)])


def headers_of(message: "Message") -> list[tuple[str, bytes]]:
    """A message's headers in order; ours, if any, first. A foreign header without a value has an empty one."""
    headers: Any = message.headers()  # a read message's are a list, whatever the stub allows
    return [(name, value or b"") for name, value in headers] if headers else []
