"""One message by id: from the lake, then from what the lake has not written yet."""

from typing import TypeVar

import pyarrow.compute as pc

from events import codec
from events.errors import NotFoundError
from events.types import Message
from lake import files
from lake.tables import BY_TOPIC
from storage.blob import BlobStore
from streaming.log.port import Log, TopicPartition

M = TypeVar("M", bound=Message)


def find(log: Log, blobs: BlobStore, topic: str, kind: type[M], transaction: str) -> M:
    """The newest message of `topic` about a transaction id. `NotFoundError` where there is none."""
    column = "id" if topic == "transactions" else "transaction"
    table = files.read(blobs, BY_TOPIC[topic].name, (column, "message"))
    hits = table.filter(pc.equal(table[column], transaction))["message"].to_pylist()
    found = codec.decode(hits[-1], kind) if hits else _in_log(log, blobs, topic, kind, transaction)
    if found is None:
        raise NotFoundError(f"{topic} has nothing on transaction {transaction}")
    return found


def _in_log(log: Log, blobs: BlobStore, topic: str, kind: type[M], transaction: str) -> M | None:
    written = files.positions(blobs, topic)
    begin = log.begin(topic)
    start = {source: max(first, written.get(source.partition, 0)) for source, first in begin.items()}
    ends: dict[TopicPartition, int] = log.end(topic)
    needle = transaction.encode()
    found: M | None = None
    reader = log.open_reader(start)
    try:
        while any(at < ends[source] for source, at in reader.positions().items()):
            for record in reader.poll(5_000, 0.2):
                if (
                    needle in record.value
                ):  # decoding everything would take a minute where this takes a second
                    message = codec.decode(record.value, kind)
                    if transaction in {getattr(message, "transaction", None), getattr(message, "id", None)}:
                        found = message
    finally:
        reader.close()
    return found
