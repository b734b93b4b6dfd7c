"""Several scorers with the journal in a topic: one leads, the others follow, and whoever slept changes nothing."""

from collections.abc import Callable, Iterator
from random import Random

import pytest

from events import codec, topics
from events.errors import ConflictError, FencedError
from events.types import Decision
from storage import Lease, MemoryKeyValue, SystemClock
from streaming.leading import ScoreCandidate
from streaming.log.port import Outgoing
from streaming.score import ScoreTransactions
from streaming.standby import UNSENT, Standby
from tests.support.histories import Installation, settings
from tests.support.made import payment

OWN = settings(16, checkpoint_events=50, journal="topic")


class World(Installation):
    def pay(self, first: int, last: int) -> None:
        payments = [payment(n, shipping_address=None) for n in range(first, last)]
        self.deliver(0, tuple(Outgoing(topics.TRANSACTIONS.name, b"k", codec.encode(p)) for p in payments))

    def decisions(self) -> list[Decision]:
        found = [codec.decode(v, Decision) for t, v in self.messages() if t == topics.DECISIONS.name]
        return sorted(found, key=lambda decision: decision.seq)


@pytest.fixture(params=["told of fences", "not told"])
def world(request: pytest.FixtureRequest) -> World:
    return World(Random(1), OWN, silent=request.param == "not told")  # noqa: S311 - of tests


@pytest.fixture
def candidate(world: World) -> Iterator[Callable[[], ScoreCandidate]]:
    kv, made = MemoryKeyValue(SystemClock()), list[ScoreCandidate]()

    def make() -> ScoreCandidate:
        lease = Lease(kv, "score", 2_000, SystemClock())
        made.append(one := ScoreCandidate(world.parts(), world.settings, lease, print))
        return one

    yield make
    for one in made:
        one._lead._stop.set()


def until(done: Callable[[], bool], *candidates: ScoreCandidate) -> None:
    while not done():
        for one in candidates:
            one.step()


def decided(world: World, number: int) -> Callable[[], bool]:
    return lambda: len(world.decisions()) == number


def wake(leader: ScoreTransactions) -> None:
    """Let it go on where it was paused, until it wants to store what it has done."""
    for _ in range(3):
        leader.step()
    leader._checkpointer.poll(leader.working, wait=True)
    leader.checkpoint()
    leader._checkpointer.poll(leader.working, wait=True)


def check(world: World, number: int) -> None:
    found = world.decisions()
    assert [d.transaction for d in found] == [f"t{n}" for n in range(number)]
    assert [d.seq for d in found] == list(range(number))


def test_one_leads_and_the_next_takes_over_when_it_ends(
    world: World, candidate: Callable[[], ScoreCandidate]
) -> None:
    first = candidate()
    until(lambda: first.leads, first)
    second = candidate()
    world.pay(0, 120)
    until(decided(world, 120), first, second)
    assert [first.leads, second.leads] == [True, False]
    first.close()
    world.pay(120, 160)
    until(decided(world, 160), second)
    check(world, 160)


def test_a_standby_takes_over_when_the_leader_falls_silent(
    world: World, candidate: Callable[[], ScoreCandidate]
) -> None:
    first = candidate()
    until(lambda: first.leads, first)
    second = candidate()
    world.pay(0, 90)
    until(decided(world, 90), first, second)
    first._lead._stop.set()  # it is paused: no beat, no step
    world.pay(90, 120)
    until(decided(world, 120), second)
    world.pay(120, 121)
    leader = first._leader
    assert leader is not None
    with pytest.raises(FencedError):
        wake(leader)
    until(decided(world, 121), second)
    check(world, 121)


def test_a_standby_leads_when_it_is_told_to(world: World, candidate: Callable[[], ScoreCandidate]) -> None:
    first = candidate()
    until(lambda: first.leads, first)
    second = candidate()
    world.pay(0, 60)
    until(decided(world, 60), first, second)
    second.take_lead()
    world.pay(60, 100)
    until(decided(world, 100), second)
    assert second.leads
    check(world, 100)


def test_a_standby_keeps_no_more_than_the_leader_has_not_stored(world: World) -> None:
    scorer = ScoreTransactions(world.parts(), world.settings)
    scorer.recover()
    standby = Standby(world.parts_beside(), world.settings)
    for first in range(0, 400, 40):
        world.pay(first, first + 40)
        while scorer.step() or not scorer.caught_up():
            world.executor.turn()
        while standby.step(0.0):
            pass
        world.clock.sleep(20)
    assert standby.next_seq >= 400 - UNSENT * OWN.batch
    assert len(standby._working.fold.tail) <= 100
    taken = ScoreTransactions(world.parts(), world.settings)
    done = taken.recover(standby.ready())
    assert (taken.next_seq, done.sent) == (400, 0)
    assert done.replayed <= UNSENT * OWN.batch


def test_the_kind_of_journal_changes_in_good_order_alone(world: World) -> None:
    world.pay(0, 40)
    scorer = ScoreTransactions(world.parts(), settings(16, journal="disk"))
    scorer.recover()
    while scorer.step() or not scorer.caught_up():
        pass
    scorer.checkpoint()
    scorer._checkpointer.poll(scorer.working, wait=True)
    with pytest.raises(ConflictError, match="start once with that, stop in good order"):
        ScoreTransactions(world.parts(), world.settings).recover()
    again = ScoreTransactions(world.parts(), settings(16, journal="disk"))
    again.recover()
    again.close()
    last = ScoreTransactions(world.parts(), world.settings)
    last.recover()
    world.pay(40, 60)
    while last.step() or not last.caught_up():
        pass
    with pytest.raises(ConflictError, match="'topic', in the middle"):
        ScoreTransactions(world.parts(), settings(16, journal="disk")).recover()
    check(world, 60)
