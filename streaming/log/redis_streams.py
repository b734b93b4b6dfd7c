"""The log on Redis Streams: a partition is a stream, an append one script that fences and knows retries.

What a server has acknowledged survives its `kill -9` with an append-only file; with `appendfsync everysec` (the
embedded stack's) the last second can be lost when the whole machine dies.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import batched  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

import msgspec

from events.errors import ConflictError, NotFoundError
from events.topics import Topic
from streaming.log import redis_scripts
from streaming.log.buffered import BufferedReader, Chunk
from streaming.log.placing import Run, Sequences
from streaming.log.port import Outgoing, Record, TopicPartition
from streaming.log.ranges import clamp, last_of_each_key
from streaming.log.redis_client import connect, our_errors

if TYPE_CHECKING:
    from redis import Redis
