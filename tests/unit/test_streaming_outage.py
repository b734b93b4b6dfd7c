"""Six hours without one topic: what is decided is what would have been decided without the outage."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

import pytest

from events import codec, topics
from events.errors import UnavailableError
from events.types import Decision, FeatureVector, Input
from features.catalogue import default_catalogue
from scoring import Scorer, columns_of
from streaming.log.port import Log, Outgoing, Reader, Record, TopicPartition
from streaming.score import ScoreParts, ScoreTransactions
from tests.support.histories import Installation, settings
from tests.support.made import DAY, MINUTE, T0, door, payment

HOUR = 60 * MINUTE
CATALOGUE = default_catalogue()
BEGIN, END = 4 * HOUR, 10 * HOUR  # of the outage, since T0
EVENTS = 14 * 60  # a payment a minute, an outcome and a login for many


class World(Installation):
    log_seen: Log | None = None

    def parts_beside(self) -> ScoreParts:
        return replace(
            super().parts_beside(), catalogue=CATALOGUE, log=self.log_seen or self.log,
            load_scorer=lambda release: Scorer.cold(columns_of(CATALOGUE), release=release),
        )  # fmt: skip

    def served(self) -> dict[str, tuple[object, ...]]:
        """By payment: its decision but for seq and clock, and the row it was made on."""
        rows: dict[str, FeatureVector] = {}
        decisions: dict[str, Decision] = {}
        for topic, value in self.messages():
            if topic == topics.FEATURES.name:
                vector = codec.decode(value, FeatureVector)
                rows[vector.transaction] = vector
            elif topic == topics.DECISIONS.name:
                decision = codec.decode(value, Decision)
                decisions[decision.transaction] = decision
        return {
            name: (it.action, it.score, it.reasons, it.statuses, rows[name].values, rows[name].status)
            for name, it in decisions.items()
        }


def stream() -> list[tuple[int, Outgoing]]:
    """What senders send, and when: a payment a minute, its outcome some seconds later, logins."""
    rng, sent = Random(5), list[tuple[int, Outgoing]]()  # noqa: S311 - of tests

    def add(topic: topics.Topic, key: str, event: Input) -> None:
        time = event.time  # type: ignore[union-attr]  # no label is among them
        sent.append((time, Outgoing(topic.name, key.encode(), codec.encode(event))))

    for n in range(EVENTS):
        card, account = f"card-{rng.randrange(12)}", f"account-{rng.randrange(9)}"
        paid = payment(n, card=card, account=account, shipping_address=None)
        add(topics.TRANSACTIONS, card, paid)
        outcome = {"id": f"o{n}", "time": paid.time + 7_000, "transaction": paid.id, "kind": "issuer",
                   "approved": rng.random() < 0.7, "card": card, "amount": "5.00", "currency": "USD"}  # fmt: skip
        add(topics.OUTCOMES, card, door.outcome(outcome))
        login = {"id": f"l{n}", "time": paid.time + 31_000, "kind": "login_failed", "account": account}
        add(topics.ACCOUNT_EVENTS, account, door.account_event(login))
    return sorted(sent, key=lambda item: item[0])


STREAM = stream()


def live(world: World, *, late: str = "") -> None:
    """Send the stream as time passes, `late`'s part of the outage all at once behind it, and score meanwhile."""
    scorer = ScoreTransactions(world.parts(), world.settings)
    scorer.recover()
    world.clock.move_to(T0)
    waiting: list[Outgoing] = []
    for minute in range(0, EVENTS + 10, 10):
        now = T0 + minute * MINUTE
        due = [(time, record) for time, record in STREAM if now - 10 * MINUTE <= time < now]
        world.clock.move_to(now)
        out = [record for time, record in due if record.topic == late and BEGIN <= time - T0 < END]
        waiting += out
        ready = [record for _, record in due if record not in out]
        if minute * MINUTE >= END:
            ready, waiting = waiting + ready, []
        world.deliver(0, tuple(ready))
        _catch_up(scorer)


def _catch_up(scorer: ScoreTransactions) -> None:
    while True:
        try:
            if not scorer.step() and scorer.caught_up():
                return
        except UnavailableError:
            return


@pytest.fixture(scope="module")
def undisturbed() -> dict[str, tuple[object, ...]]:
    world = made()
    live(world)
    assert len(world.served()) == EVENTS
    return world.served()


def made() -> World:
    return World(Random(1), settings(64))  # noqa: S311 - of tests


def test_payments_that_come_six_hours_late_are_decided_as_in_time(
    undisturbed: dict[str, tuple[object, ...]],
) -> None:
    """Their senders could not reach the log; outcomes and logins went on."""
    world = made()
    live(world, late=topics.TRANSACTIONS.name)
    assert world.served() == undisturbed


class Unreadable:
    """A reader of which one topic can't be had during the outage, as from a broker that is gone."""

    def __init__(self, world: World, reader: Reader, topic: str) -> None:
        self._world, self._reader = world, reader
        self._bad = [it for it in reader.positions() if it.topic == topic]

    def poll(self, max_records: int, timeout_s: float) -> list[Record]:
        if self._bad and BEGIN <= self._world.clock.now_ms() - T0 < END:
            raise UnavailableError("a broker is gone")
        return self._reader.poll(max_records, timeout_s)

    def positions(self) -> dict[TopicPartition, int]:
        return self._reader.positions()

    def seek(self, positions: Mapping[TopicPartition, int]) -> None:
        self._reader.seek(positions)

    def pause(self, partitions: Sequence[TopicPartition]) -> None:
        self._reader.pause(partitions)

    def resume(self, partitions: Sequence[TopicPartition]) -> None:
        self._reader.resume(partitions)

    def close(self) -> None:
        self._reader.close()


class UnreadableLog:
    """The log with such readers."""

    def __init__(self, world: World, topic: str) -> None:
        self._world, self._topic = world, topic

    def __getattr__(self, name: str) -> object:
        return getattr(self._world.log, name)

    def open_reader(self, start: Mapping[TopicPartition, int]) -> Reader:
        return Unreadable(self._world, self._world.log.open_reader(start), self._topic)


@pytest.mark.parametrize("topic", [topics.OUTCOMES.name, topics.ACCOUNT_EVENTS.name])
def test_a_topic_that_cannot_be_read_holds_the_rest_and_is_merged_by_time(
    undisturbed: dict[str, tuple[object, ...]], topic: str
) -> None:
    world = made()
    world.log_seen = UnreadableLog(world, topic)  # type: ignore[assignment]  # it hands on what it has not
    live(world)
    assert world.served() == undisturbed


def test_a_scorer_that_was_down_for_six_hours_catches_up_in_order_of_time(
    undisturbed: dict[str, tuple[object, ...]],
) -> None:
    world = made()
    for topic in (topics.ACCOUNT_EVENTS, topics.TRANSACTIONS, topics.OUTCOMES):  # one after the other
        world.clock.move_to(T0 + EVENTS * MINUTE + DAY // 4)
        world.deliver(0, tuple(record for _, record in STREAM if record.topic == topic.name))
    scorer = ScoreTransactions(world.parts(), world.settings)
    scorer.recover()
    _catch_up(scorer)
    assert world.served() == undisturbed
