"""The backends the log's contract runs on, and small helpers that only use the port."""

import time
from collections.abc import Mapping, Sequence

from streaming.log.port import Log, Outgoing, Reader, Record, TopicPartition

# A generous bound on everything that is waited for; nothing is asserted about how long it took.
PATIENCE_S = 30.0


def text(number: int) -> bytes:
    return f"value {number}".encode()


def out(topic: str, number: int, *, partition: int | None = 0, key: bytes = b"k") -> Outgoing:
    return Outgoing(topic, key, text(number), partition=partition)


def read_until(reader: Reader, ends: Mapping[TopicPartition, int]) -> list[Record]:
    """Everything up to `ends`."""
    records: list[Record] = []
    deadline = time.monotonic() + PATIENCE_S
    while any(reader.positions()[it] < end for it, end in ends.items()):
        assert time.monotonic() < deadline, f"stuck at {reader.positions()}, wanted {ends}"
        records += reader.poll(1000, 0.1)
    return records


def read_all(log: Log, *topics: str) -> list[Record]:
    """All that a fresh reader delivers, from the beginning to the present end."""
    begins = {it: offset for topic in topics for it, offset in log.begin(topic).items()}
    ends = {it: offset for topic in topics for it, offset in log.end(topic).items()}
    reader = log.open_reader(begins)
    try:
        return read_until(reader, ends)
    finally:
        reader.close()


def read_count(reader: Reader, count: int, *, at_a_time: int = 1000) -> list[Record]:
    """Poll until there are `count` records, no more."""
    records: list[Record] = []
    deadline = time.monotonic() + PATIENCE_S
    while len(records) < count:
        assert time.monotonic() < deadline, f"{len(records)} of {count} records came"
        records += reader.poll(min(at_a_time, count - len(records)), 0.1)
    return records


def values(records: Sequence[Record], partition: int | None = None) -> list[bytes]:
    return [it.value for it in records if partition is None or it.partition == partition]
