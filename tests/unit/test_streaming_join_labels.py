"""Labels find their transaction whenever either comes, once each, across restarts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from events import codec, topics
from events.types import JoinedLabel, Label, Subject
from nlp import KeyCache, load_parser
from storage import ManualClock
from storage.metrics import Metrics
from streaming.consume import Consumer
from streaming.join_labels import JoinLabels
from streaming.log.memory import MemoryLog
from streaming.log.port import Outgoing
from tests.support.made import DAY, T0, payment


@pytest.fixture(scope="module")
def addresses() -> KeyCache:
    return KeyCache(load_parser())


class Setup:
    def __init__(self, folder: Path, addresses: KeyCache) -> None:
        self.log = MemoryLog(ManualClock(T0 + 90 * DAY))
        self.log.ensure_topics(topics.ALL, partitions=2)
        self.path = folder / "index.sqlite"
        self.addresses = addresses
        self._open: list[Consumer] = []

    def consumer(self) -> Consumer:
        producer = self.log.open_producer("labels", [topics.LABELS_JOINED.name, topics.DLQ.name])
        sink = JoinLabels(self.path, self.addresses, producer)
        self._open.append(Consumer(self.log, sink, producer, ManualClock(T0), Metrics(), linger_s=0.0))
        return self._open[-1]

    def close(self) -> None:
        for consumer in self._open:
            consumer.close()

    def send(self, topic: topics.Topic, key: str, value: bytes) -> None:
        producer = self.log.open_producer(f"test-{topic.name}", [topic.name])
        producer.send([Outgoing(topic.name, key.encode(), value)])

    def pay(self, number: int) -> None:
        self.send(topics.TRANSACTIONS, f"c{number}", codec.encode(payment(number)))

    def label(self, number: int) -> None:
        self.send(topics.LABELS, f"t{number}", codec.encode(label(number)))

    def joined(self) -> list[JoinedLabel]:
        reader = self.log.open_reader(self.log.begin(topics.LABELS_JOINED.name))
        return [codec.decode(record.value, JoinedLabel) for record in reader.poll(1_000, 0.0)]


def label(number: int, kind: str = "transaction") -> Label:
    subject = Subject(kind="transaction", id=f"t{number}")
    if kind == "card":
        card = payment(number).card
        assert card is not None
        subject = Subject(kind="card", id=card.token)
    return Label(
        id=f"l{number}-{kind}",
        subject=subject,
        verdict="chargeback",
        reason_code="10.4",
        source="scheme",
        actor="issuer",
        time=T0,
        known_at=T0 + 20 * DAY,
    )


@pytest.fixture
def setup(tmp_path: Path, addresses: KeyCache) -> Iterator[Setup]:
    made = Setup(tmp_path, addresses)
    yield made
    made.close()


def drain(consumer: Consumer) -> None:
    while consumer.step():
        pass


def test_a_label_gets_its_transaction(setup: Setup) -> None:
    setup.pay(1)
    setup.label(1)
    drain(setup.consumer())
    (joined,) = setup.joined()
    made = payment(1)
    assert made.card is not None
    assert joined.entities["card"] == made.card.token
    assert joined.entities["address"].startswith("address.")
    assert joined.transaction_time == made.time
    assert joined.amount == made.amount


def test_a_label_waits_for_a_late_transaction_over_a_restart(setup: Setup) -> None:
    setup.label(1)
    first = setup.consumer()
    drain(first)
    first.close()
    assert setup.joined() == []
    setup.pay(1)
    drain(setup.consumer())
    assert [joined.label.id for joined in setup.joined()] == ["l1-transaction"]


def test_a_restart_joins_nothing_twice(setup: Setup) -> None:
    setup.pay(1)
    setup.label(1)
    first = setup.consumer()
    drain(first)
    first.close()
    setup.pay(2)
    setup.label(2)
    drain(setup.consumer())
    assert [joined.label.id for joined in setup.joined()] == ["l1-transaction", "l2-transaction"]


def test_a_label_on_an_entity_names_that_entity(setup: Setup) -> None:
    setup.send(topics.LABELS, "x", codec.encode(label(3, "card")))
    drain(setup.consumer())
    (joined,) = setup.joined()
    assert list(joined.entities) == ["card"]


def test_a_bad_label_is_dead_lettered(setup: Setup) -> None:
    setup.send(topics.LABELS, "x", b"{}")
    drain(setup.consumer())
    assert len(setup.log.open_reader(setup.log.begin(topics.DLQ.name)).poll(10, 0.0)) == 1
