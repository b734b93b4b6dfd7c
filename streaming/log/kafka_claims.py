"""Producer epochs on Kafka: who holds which name, and from which offsets on older epochs are dropped.

The topic `producer-epochs` has one partition. Taking over a name appends a *claim* there; the epoch is its offset
plus 1. Then a fence marker goes to every partition the producer may write to, and last a second record under the
claim's key replaces it (the topic is compacted) and says where the markers are. A reader that starts behind a
marker learns of it here; one that starts before it meets it on the way.

Between its two records a claim is *open*: its markers may or may not be there. Readers then look for them in the
partitions, from where those ended when the claim was made. The next takeover of the name closes claims that a
crash has left open.

A producer that recovers from a lost answer claims again (`renewed`); such a claim counts only where the holder
before it is the same instance, so that nobody takes a name back from a newer owner.
"""

import threading
import time
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from events.errors import FencedError, UnavailableError
from events.topics import Topic
from streaming.log import kafka_marks
from streaming.log.kafka_client import Item, deliver, our_error
from streaming.log.kafka_cluster import Cluster
from streaming.log.port import TopicPartition

if TYPE_CHECKING:
    import confluent_kafka

EPOCHS = Topic("producer-epochs", partitions=1, compacted=True)
_PLACE = TopicPartition(EPOCHS.name, 0)
_NOWHERE = -1


class Claim(msgspec.Struct, frozen=True):
    """`ends`: topic -> each partition's end when claimed; `fences`: topic -> each partition's marker, once closed."""

    name: str
    owner: str
    renewed: bool
    ends: dict[str, list[int]]
    epoch: int = 0
    fences: dict[str, list[int]] | None = None


class Claims:
    """The fold of `producer-epochs`. Threads may share it."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._lock = threading.Lock()
        self._consumer: confluent_kafka.Consumer | None = None
        self._next = 0
        self._claims: dict[bytes, Claim] = {}

    def close(self) -> None:
        if self._consumer is not None:
            self._consumer.close()

    def refresh(self, *, wait: bool) -> None:
        """Take in what has been appended; with `wait` everything that has been by now."""
        with self._lock:
            end = self._cluster.end(EPOCHS.name)[_PLACE] if wait else self._next
            deadline = time.monotonic() + self._cluster.settings.timeout_s
            while True:
                for message in self._open().consume(1000, 0.02 if self._next < end else 0):
                    self._take(message)
                if self._next >= end:
                    return
                if time.monotonic() > deadline:
                    raise UnavailableError("kafka: producer-epochs can't be read")

    def _open(self) -> "confluent_kafka.Consumer":
        if self._consumer is None:
            from confluent_kafka import Consumer
            from confluent_kafka import TopicPartition as Wire

            self._consumer = Consumer(self._cluster.settings.consumer())
            self._consumer.assign([Wire(self._cluster.settings.wire(EPOCHS.name), 0, 0)])
        return self._consumer

    def _take(self, message: "confluent_kafka.Message") -> None:
        if (error := message.error()) is not None:
            raise our_error(error)
        claim = msgspec.json.decode(message.value() or b"", type=Claim)
        offset = int(message.offset() or 0)
        if not claim.epoch:
            claim = msgspec.structs.replace(claim, epoch=offset + 1)
        self._claims[message.key() or b""] = claim
        self._next = offset + 1

    def _by_epoch(self) -> list[tuple[bytes, Claim]]:
        with self._lock:
            return sorted(self._claims.items(), key=lambda it: it[1].epoch)

    def _valid(self, name: str) -> list[tuple[bytes, Claim]]:
        """The claims on `name` that count, by epoch."""
        valid: list[tuple[bytes, Claim]] = []
        for key, claim in self._by_epoch():
            if claim.name == name and not (claim.renewed and valid and valid[-1][1].owner != claim.owner):
                valid.append((key, claim))
        return valid

    def check(self, name: str, owner: str) -> None:
        """`FencedError` where the last claim on `name` is not `owner`'s."""
        valid = self._valid(name)
        if valid and valid[-1][1].owner != owner:
            raise FencedError(f"epoch {valid[-1][1].epoch} holds {name!r}")

    def take_over(
        self,
        client: "confluent_kafka.Producer",
        name: str,
        owner: str,
        topics: Iterable[str],
        *,
        renewed: bool,
    ) -> tuple[int, dict[TopicPartition, int]]:
        """Claim, mark, close: the new epoch and the offsets of its markers. `FencedError` if somebody is newer."""
        self.refresh(wait=True)
        if renewed:
            self.check(name, owner)
        left_open = [it for it in self._valid(name) if it[1].fences is None]
        marked = sorted({*topics, *(topic for _, claim in left_open for topic in claim.ends)})
        ends = {topic: list(self._cluster.end(topic).values()) for topic in marked}
        key = uuid.uuid4().bytes
        claim = Claim(name=name, owner=owner, renewed=renewed, ends=ends)
        epoch = self._write(client, [(key, claim)]) + 1
        self.refresh(wait=True)
        self.check(name, owner)
        places = [TopicPartition(topic, number) for topic in marked for number in range(len(ends[topic]))]
        mark = kafka_marks.mark(name, epoch)
        fences = deliver(client, self._cluster.settings, [kafka_marks.fence(it, mark) for it in places])
        closed = [(key, _closed(claim, epoch, fences))]
        for key_left, left in left_open:
            found = {
                place: self._marker(place, start, fences[place], left)
                for place, start in _by_place(left.ends).items()
            }
            closed.append((key_left, _closed(left, left.epoch, found)))
        self._write(client, closed)
        return epoch, fences

    def _write(self, client: "confluent_kafka.Producer", claims: Sequence[tuple[bytes, Claim]]) -> int:
        items = [Item(_PLACE, key, msgspec.json.encode(claim)) for key, claim in claims]
        return deliver(client, self._cluster.settings, items)[_PLACE]

    def _marker(self, place: TopicPartition, start: int, end: int, claim: Claim) -> int:
        wanted = (kafka_marks.FENCE, kafka_marks.mark(claim.name, claim.epoch))
        for message in self._cluster.scan(place, start, end):
            if wanted in kafka_marks.headers_of(message):
                return int(message.offset() or 0)
        return _NOWHERE

    def before(self, starts: Mapping[TopicPartition, int]) -> dict[TopicPartition, dict[str, int]]:
        """By partition and name the newest epoch whose marker is before the start.

        Call it after asking for the ends that bound the starts: a claim this does not see then has its markers
        behind them.
        """
        self.refresh(wait=True)
        held: dict[TopicPartition, dict[str, int]] = {place: {} for place in starts}
        for _, claim in self._by_epoch():
            known = _by_place(claim.fences) if claim.fences is not None else None
            for place, end in _by_place(claim.ends).items():
                start = starts.get(place)
                if start is None or end >= start:
                    continue
                at = known[place] if known is not None else self._marker(place, end, start, claim)
                if _NOWHERE < at < start:
                    held[place][claim.name] = claim.epoch
        return held


def _by_place(numbers: Mapping[str, Sequence[int]]) -> dict[TopicPartition, int]:
    return {
        TopicPartition(topic, partition): number
        for topic, row in numbers.items()
        for partition, number in enumerate(row)
    }


def _closed(claim: Claim, epoch: int, fences: Mapping[TopicPartition, int]) -> Claim:
    rows = {
        topic: [fences[TopicPartition(topic, number)] for number in range(len(row))]
        for topic, row in claim.ends.items()
    }
    return msgspec.structs.replace(claim, epoch=epoch, fences=rows)
