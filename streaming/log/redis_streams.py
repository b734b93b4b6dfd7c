"""The log on Redis Streams: a partition is a stream, an append one script that fences and knows retries.

What a server has acknowledged survives its `kill -9` with an append-only file and `appendfsync no` (the embedded
stack's) or `always`; the death of the whole machine with `always` alone. `everysec` promises neither.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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

# A script blocks the server while it runs: 500 appends take 1 to 3 ms.
_RECORDS_A_SCRIPT = 500
_SCRIPTS_A_PIPELINE = 16
_LAST_OF_ID = 2**64 - 1

# Key, value, headers, producer, epoch.
_Packed = tuple[bytes, bytes, dict[str, bytes] | None, str, int]
_unpack = msgspec.msgpack.Decoder(_Packed).decode
_pack = msgspec.msgpack.Encoder().encode


class RedisLog:
    """A `Log` in one Redis server (not a cluster); `namespace` begins the name of every key.

    `timeout_s` bounds a wait for an answer; a call is tried four times before it is an `UnavailableError`.
    """

    def __init__(self, url: str, *, namespace: str, timeout_s: float = 5.0) -> None:
        self._client = connect(url, timeout_s)
        self._namespace = namespace
        self._topics: dict[str, Topic] = {}

    def _key(self, kind: str, place: TopicPartition) -> str:
        return f"{self._namespace}:{kind}:{place.topic}:{place.partition}"

    def ensure_topics(self, topics: Sequence[Topic], partitions: int) -> None:
        with our_errors():
            for topic in topics:
                self._client.eval(
                    redis_scripts.CREATE, 1, f"{self._namespace}:topics", topic.name,
                    str(topic.partitions or partitions), str(int(topic.compacted)),
                    f"{self._namespace}:state:{topic.name}:",
                )  # fmt: skip

    def partitions(self, topic: str) -> int:
        return self._topic(topic).partitions or 1

    def _topic(self, name: str) -> Topic:
        if name not in self._topics:
            with our_errors():
                found: Any = self._client.hget(f"{self._namespace}:topics", name)
            if found is None:
                raise NotFoundError(f"no topic {name!r}")
            partitions, compacted = found.split()
            self._topics[name] = Topic(name, int(partitions), compacted == b"1")
        return self._topics[name]

    def _places(self, topic: str) -> list[TopicPartition]:
        return [TopicPartition(topic, number) for number in range(self.partitions(topic))]

    def open_producer(self, name: str, topics: Sequence[str]) -> "RedisProducer":
        sequences = Sequences(topics, self.partitions)
        key = f"{self._namespace}:epoch:{name}"
        with our_errors():
            script = str(self._client.script_load(redis_scripts.APPEND))
            epoch: Any = self._client.incr(key)
        targets = {it: self._target(key, it) for it in sequences.targets}
        return RedisProducer(self._client, script, name, int(epoch), sequences, targets)

    def _target(self, epoch_key: str, place: TopicPartition) -> "_Target":
        keys = (epoch_key, self._key("state", place), self._key("log", place), self._key("last", place))
        return _Target(keys=keys, compacted=self._topic(place.topic).compacted)

    def open_reader(self, start: Mapping[TopicPartition, int]) -> BufferedReader:
        return BufferedReader(_Source(self), start)

    def read(self, want: Mapping[TopicPartition, int], most: int, timeout_s: float) -> list[Chunk]:
        """Up to `most` records a partition in one call; waits while there are none at all."""
        names = {self._key("log", it): it for it in want}
        # No more than whole milliseconds, and 0 would wait for ever.
        block = ("BLOCK", max(1, int(timeout_s * 1000))) if timeout_s > 0 else ()
        after = (f"{offset}-{_LAST_OF_ID}" for offset in want.values())
        with our_errors():
            call: Any = self._client.execute_command  # has no annotations
            found = call("XREAD", "COUNT", most, *block, "STREAMS", *names, *after)
        return [_chunk(names[name.decode()], entries) for name, entries in found or ()]

    def begin(self, topic: str) -> dict[TopicPartition, int]:
        places = self._places(topic)
        with our_errors():
            pipeline = self._client.pipeline(transaction=True)
            for place in places:
                pipeline.hget(self._key("state", place), "next")
                pipeline.xrange(self._key("log", place), count=1)
            answers = pipeline.execute()
        return {
            place: _offset(first[0][0]) if first else int(following or 0)
            for place, following, first in zip(places, answers[::2], answers[1::2], strict=True)
        }

    def end(self, topic: str) -> dict[TopicPartition, int]:
        places = self._places(topic)
        with our_errors():
            pipeline = self._client.pipeline(transaction=False)
            for place in places:
                pipeline.hget(self._key("state", place), "next")
            return {place: int(answer or 0) for place, answer in zip(places, pipeline.execute(), strict=True)}

    def latest_by_key(self, topic: str) -> dict[bytes, Record]:
        return last_of_each_key(self, topic)

    def trim(self, partition: TopicPartition, before: int) -> None:
        topic = self._topic(partition.topic)
        if not 0 <= partition.partition < self.partitions(topic.name):
            raise NotFoundError(f"topic {topic.name!r} has no partition {partition.partition}")
        if topic.compacted:
            raise ConflictError(f"topic {topic.name!r} is compacted: nothing is trimmed")
        with our_errors():
            self._client.xtrim(self._key("log", partition), minid=f"{before + 1}-0", approximate=False)

    def close(self) -> None:
        self._client.close()


def _offset(entry_id: bytes) -> int:
    return int(entry_id.partition(b"-")[0]) - 1


def _chunk(place: TopicPartition, entries: Sequence[tuple[bytes, Sequence[bytes]]]) -> Chunk:
    records: list[Record] = []
    for entry_id, fields in entries:
        following, _, append_time = entry_id.partition(b"-")
        key, value, headers, producer, epoch = _unpack(fields[1])
        records.append(
            Record(
                place.topic, place.partition, int(following) - 1, key, value, int(append_time),
                headers or {}, producer, epoch,
            )
        )  # fmt: skip
    return Chunk(place, records, records[-1].offset + 1)


class _Target(msgspec.Struct, frozen=True):
    """Where a producer's records for one partition go: the keys of the append script."""

    keys: tuple[str, str, str, str]
    compacted: bool


class RedisProducer:
    """A `Producer`; the server refuses what an older epoch sends."""

    def __init__(
        self,
        client: "Redis",
        script: str,
        name: str,
        epoch: int,
        sequences: Sequences,
        targets: Mapping[TopicPartition, _Target],
    ) -> None:
        self._client = client
        self._script = script
        self._name = name
        self._epoch = epoch
        self._sequences = sequences
        self._targets = targets

    @property
    def epoch(self) -> int:
        return self._epoch

    def send(self, records: Sequence[Outgoing]) -> None:
        with self._sequences.sending(records) as runs, our_errors():
            calls = [call for run in runs for call in self._calls(run)]
            for at in range(0, len(calls), _SCRIPTS_A_PIPELINE):
                self._call(calls[at : at + _SCRIPTS_A_PIPELINE])

    def _calls(self, run: Run) -> Iterator[list[object]]:
        target = self._targets[run.target]
        for at in range(0, len(run.records), _RECORDS_A_SCRIPT):
            call: list[object] = [
                len(target.keys), *target.keys, self._name, self._epoch, run.first + at, int(target.compacted),
            ]  # fmt: skip
            for it in run.records[at : at + _RECORDS_A_SCRIPT]:
                call.append(_pack((it.key, it.value, dict(it.headers) or None, self._name, self._epoch)))
                if target.compacted:
                    call.append(it.key)
            yield call

    def _call(self, calls: Sequence[Sequence[object]]) -> None:
        from redis.exceptions import NoScriptError

        errors = self._pipelined(calls)
        if any(isinstance(error, NoScriptError) for error in errors):
            # The server was restarted. What it took of these calls, it will know as a retry.
            self._client.script_load(redis_scripts.APPEND)
            errors = self._pipelined(calls)
        if errors:
            raise errors[0]

    def _pipelined(self, calls: Iterable[Sequence[object]]) -> list[Exception]:
        pipeline = self._client.pipeline(transaction=False)
        command: Any = pipeline.execute_command  # has no annotations
        for call in calls:
            command("EVALSHA", self._script, *call)
        # Not `raise_on_error`: redis-py would quote the call, records and all, in the message.
        return [it for it in pipeline.execute(raise_on_error=False) if isinstance(it, Exception)]

    def close(self) -> None:
        pass


class _Source:
    room = 1

    def __init__(self, log: RedisLog) -> None:
        self._log = log

    def start(self, positions: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
        return clamp(self._log, positions)

    def fetch(
        self, want: Mapping[TopicPartition, int], max_records: int, timeout_s: float
    ) -> Iterable[Chunk]:
        # Not `max_records` a partition: with many of them that is work for a long wait here.
        most = max(64, 2 * -(-max_records // len(want)))
        return self._log.read(want, most, timeout_s)

    def close(self) -> None:
        pass
