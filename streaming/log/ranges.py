"""Questions that every backend answers alike from its begin and end."""

from collections.abc import Mapping
from typing import Protocol

from events.errors import ConflictError, NotFoundError, UnavailableError
from streaming.log.port import Reader, Record, TopicPartition

_PATIENCE_S = 10.0


class _Ranges(Protocol):
    def begin(self, topic: str) -> dict[TopicPartition, int]: ...
    def end(self, topic: str) -> dict[TopicPartition, int]: ...
    def open_reader(self, start: Mapping[TopicPartition, int]) -> Reader: ...


def clamp(log: _Ranges, start: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
    """`start` raised to what is still there (`Log.open_reader` has the rules)."""
    topics = sorted({partition.topic for partition in start})
    # The end is asked for first: what is below it exists by the time anything else is looked at.
    ends = {partition: end for topic in topics for partition, end in log.end(topic).items()}
    begins = {partition: begin for topic in topics for partition, begin in log.begin(topic).items()}
    for partition, offset in start.items():
        if partition not in ends:
            raise NotFoundError(f"topic {partition.topic!r} has no partition {partition.partition}")
        if offset > max(ends[partition], begins[partition]):
            raise ConflictError(
                f"{partition.topic}/{partition.partition}: offset {offset} is behind the end, {ends[partition]}: "
                "the log has lost records"
            )
    return {partition: max(offset, begins[partition]) for partition, offset in start.items()}


def last_of_each_key(log: _Ranges, topic: str) -> dict[bytes, Record]:
    """Read the topic from begin to its present end, keeping the last record of each key."""
    ends = log.end(topic)
    reader = log.open_reader(log.begin(topic))
    latest: dict[bytes, Record] = {}
    try:
        while any(offset < ends[partition] for partition, offset in reader.positions().items()):
            before = reader.positions()
            for record in reader.poll(5_000, _PATIENCE_S):
                latest[record.key] = record
            if reader.positions() == before:
                raise UnavailableError(f"topic {topic!r}: no record came within {_PATIENCE_S} s")
    finally:
        reader.close()
    return latest
