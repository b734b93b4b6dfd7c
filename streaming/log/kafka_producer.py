"""The Kafka log's producer.

While its client lives, Kafka itself drops repeats. After a send that failed nobody knows what arrived, or may
still arrive: the producer then makes a new client, takes its own name over again (so that every reader drops
what arrives late), looks in the partitions for what arrived in time, and appends the rest.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from streaming.log import kafka_marks
from streaming.log.kafka_claims import Claims
from streaming.log.kafka_client import deliver
from streaming.log.kafka_cluster import Cluster
from streaming.log.placing import Run, Sequences
from streaming.log.port import Outgoing, TopicPartition

if TYPE_CHECKING:
    import confluent_kafka

    MakeClient = Callable[[dict[str, Any]], confluent_kafka.Producer]


class KafkaProducer:
    """A `Producer`. A fenced one is told at the first send after its client has seen the newer claim."""

    def __init__(
        self, cluster: Cluster, claims: Claims, make_client: "MakeClient", name: str, topics: Sequence[str]
    ) -> None:
        self._sequences = Sequences(topics, cluster.partitions)
        self._cluster = cluster
        self._claims = claims
        self._make_client = make_client
        self._client = make_client(cluster.settings.producer())
        self._name = name
        self._owner = uuid.uuid4().hex
        self._topics = tuple(topics)
        self._failed = False
        self._arrived: set[tuple[TopicPartition, int]] = set()
        self._epoch, self._known = self._claims.take_over(
            self._client, name, self._owner, topics, renewed=False
        )

    @property
    def epoch(self) -> int:
        return self._epoch

    def send(self, records: Sequence[Outgoing]) -> None:
        with self._sequences.sending(records) as runs:
            self._claims.refresh(wait=False)
            self._claims.check(self._name, self._owner)
            if self._failed:
                self._recover(runs)
            self._failed = True
            self._known.update(deliver(self._client, self._cluster.settings, list(self._items(runs))))
            self._failed = False
            self._arrived.clear()

    def _items(self, runs: Iterable[Run]) -> Iterable[Any]:
        producer = kafka_marks.mark(self._name, self._epoch)
        for run in runs:
            for sequence, it in enumerate(run.records, run.first):
                if (run.target, sequence) not in self._arrived:
                    yield kafka_marks.record(run.target, it, producer, sequence)

    def _recover(self, runs: Iterable[Run]) -> None:
        """Fence what the old client may still have under way, and note what of `runs` arrived before."""
        self._client.purge()
        self._client = self._make_client(self._cluster.settings.producer())
        before = self._epoch
        epoch, fences = self._claims.take_over(
            self._client, self._name, self._owner, self._topics, renewed=True
        )
        for run in runs:
            place = run.target
            last = run.first + len(run.records)
            for sequence in self._sequences_in(place, self._known[place] + 1, fences[place], before):
                if run.first <= sequence < last:
                    self._arrived.add((place, sequence))
        # Only now: a recovery that fails half-way is done again from where this one began.
        self._epoch = epoch
        self._known = fences

    def _sequences_in(self, place: TopicPartition, start: int, end: int, epoch: int) -> Iterable[int]:
        """Of this name's records that readers deliver: those that no marker of it went before."""
        for message in self._cluster.scan(place, start, end):
            headers = kafka_marks.headers_of(message)
            if not headers or headers[0][0] not in {kafka_marks.PRODUCER, kafka_marks.FENCE}:
                continue
            name, at = kafka_marks.read_mark(headers[0][1])
            if name != self._name or at < epoch:
                continue
            if headers[0][0] == kafka_marks.FENCE:
                epoch = at
            else:
                yield int(headers[1][1])

    def close(self) -> None:
        self._client.close()
