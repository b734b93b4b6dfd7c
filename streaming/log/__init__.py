"""The log: one port, three backends. `open_log(url)` picks one; the rest of the room is in `streaming.log.port`."""

from streaming.log.open import open_log
from streaming.log.port import Log, Outgoing, Producer, Reader, Record, TopicPartition

__all__ = ["Log", "Outgoing", "Producer", "Reader", "Record", "TopicPartition", "open_log"]
