"""Another catalogue on a running scorer: nothing is lost, its windows are as if they had been there from the start."""

from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from random import Random
from threading import Event

import numpy as np
import pytest

from events import codec, topics
from events.errors import CorruptError, NotFoundError
from events.types import Control, ControlAck, Decision, FeatureVector, Status
from features.catalogue import Catalogue
from features.feature import Feature, VelocityFeature
from features.keys import EventKind
from scoring import Registry
from storage import FolderBlobs, ManualClock
from streaming.catalogues import Catalogues
from streaming.log.port import Outgoing
from streaming.score import ScoreParts, ScoreTransactions
from tests.support.histories import Installation, settings
from tests.support.made import T0, payment
from tests.support.scenarios import FIRST, SECOND


class World(Installation):
    """An installation whose background is a real thread, or whatever `background` is."""

    background: Executor | None = None
    catalogue: Catalogue = FIRST

    def parts_beside(self) -> ScoreParts:
        own = ThreadPoolExecutor(1) if self.background is None else self.background
        return replace(super().parts_beside(), background=own, catalogue=self.catalogue)

    def pay(self, first: int, last: int) -> None:
        payments = [payment(n, shipping_address=None) for n in range(first, last)]
        self.deliver(0, tuple(Outgoing(topics.TRANSACTIONS.name, b"k", codec.encode(p)) for p in payments))

    def command(self, release: str) -> None:
        command = Control(
            id=f"c-{release}", time=T0, command="release.activate", actor="ana", reason="test",
            payload={"release": release},
        )  # fmt: skip
        self.deliver(0, (Outgoing(topics.CONTROL.name, b"c", codec.encode(command)),))

    def vectors(self) -> dict[str, FeatureVector]:
        found = [codec.decode(v, FeatureVector) for t, v in self.messages() if t == topics.FEATURES.name]
        return {vector.transaction: vector for vector in found}

    def acks(self) -> list[ControlAck]:
        reader = self.log.open_reader(self.log.begin(topics.CONTROL_ACKS.name))
        return [codec.decode(record.value, ControlAck) for record in reader.poll(100, 0.0)]


def made(**own: object) -> World:
    return World(Random(1), settings(16, **own))  # noqa: S311 - of tests


@pytest.fixture
def world() -> World:
    return made(checkpoint_events=40)


def started(world: World) -> ScoreTransactions:
    scorer = ScoreTransactions(world.parts(), world.settings)
    scorer.recover()
    return scorer


def run(scorer: ScoreTransactions) -> None:
    while scorer.step() or not scorer.caught_up():
        pass


def from_the_start(catalogue: Catalogue, payments: int) -> dict[str, FeatureVector]:
    """What an installation that always had `catalogue` serves."""
    world = made()
    world.catalogue = catalogue
    scorer = started(world)
    world.pay(0, payments)
    run(scorer)
    return world.vectors()


def same_rows(found: FeatureVector, wanted: FeatureVector) -> bool:
    return (found.values, found.status, found.catalogue) == (wanted.values, wanted.status, wanted.catalogue)


def test_new_windows_are_as_if_they_had_been_there_from_the_start(world: World) -> None:
    scorer = started(world)
    world.pay(0, 100)
    run(scorer)
    world.command("second")
    run(scorer)
    world.pay(100, 150)
    run(scorer)
    (ack,) = world.acks()
    assert ack.ok
    assert ack.detail == f"release second from seq 100, with catalogue {SECOND.version}"
    found = world.vectors()
    assert len(found) == 150
    first, second = from_the_start(FIRST, 150), from_the_start(SECOND, 150)
    for number in range(150):
        wanted = first if number < 100 else second
        assert same_rows(found[f"t{number}"], wanted[f"t{number}"]), number


class Gate(ThreadPoolExecutor):
    """A thread that begins when it is let."""

    def __init__(self) -> None:
        super().__init__(1)
        self.open = Event()
        self.open.set()

    def submit(self, fn, /, *args, **kwargs):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN002, ANN003, ANN201 - as the parent's
        return super().submit(lambda: (self.open.wait(), fn(*args, **kwargs))[1])


def test_the_stream_goes_on_meanwhile_and_a_restart_meets_the_command_again(world: World) -> None:
    world.background = gate = Gate()
    scorer = started(world)
    world.pay(0, 30)
    run(scorer)
    gate.open.clear()
    world.command("second")
    scorer.step()
    world.pay(30, 60)
    for _ in range(5):
        scorer.step()
    assert scorer.next_seq == 60
    assert not scorer.caught_up()
    assert not world.acks()
    assert {v.catalogue for v in world.vectors().values()} == {FIRST.version}
    gate.open.set()  # the process ends here: nobody waits for the windows any more
    world.background = None
    again = started(world)
    assert again.working.fold.catalogue.version == FIRST.version
    run(again)
    assert [ack.ok for ack in world.acks()] == [True]
    world.pay(60, 90)
    run(again)
    found, wanted = world.vectors(), from_the_start(SECOND, 90)
    assert all(same_rows(found[f"t{n}"], wanted[f"t{n}"]) for n in range(60, 90))
    again.close()


def test_stopping_in_the_middle_gives_it_up_in_good_order(world: World) -> None:
    world.background = gate = Gate()
    scorer = started(world)
    world.pay(0, 30)
    run(scorer)
    gate.open.clear()
    world.command("second")
    scorer.step()
    gate.open.set()
    scorer.close()
    world.background = None
    again = started(world)
    run(again)
    assert again.release == "second"
    assert again.working.fold.catalogue.version == SECOND.version


def test_what_cannot_be_had_is_refused_and_nothing_changes(world: World) -> None:
    scorer = started(world)
    world.pay(0, 50)
    run(scorer)
    scorer._checkpointer.poll(scorer.working, wait=True)
    scorer.checkpoint()
    scorer._checkpointer.poll(scorer.working, wait=True)
    for key in list(world.blobs.list("segments/")):
        world.blobs.put(key, b"damaged")
    world.command("second")
    run(scorer)
    (ack,) = world.acks()
    assert not ack.ok
    assert "fails its checksum" in ack.detail
    world.pay(50, 60)
    run(scorer)
    found, wanted = world.vectors(), from_the_start(FIRST, 60)
    assert all(same_rows(found[name], wanted[name]) for name in wanted)
    with pytest.raises(CorruptError, match="put it back from a copy"):
        started(world)


@pytest.mark.parametrize("killed", [False, True])
def test_other_settings_at_a_restart_lose_nothing(world: World, *, killed: bool) -> None:
    scorer = started(world)
    world.pay(0, 70)
    run(scorer)
    if not killed:
        scorer.close()
    world.catalogue = SECOND
    again = started(world)
    assert again.working.fold.catalogue.version == SECOND.version
    world.pay(70, 100)
    run(again)
    again = started(world)
    world.pay(100, 120)
    run(again)
    found, wanted = world.vectors(), from_the_start(SECOND, 120)
    assert len(found) == 120
    assert all(same_rows(found[f"t{n}"], wanted[f"t{n}"]) for n in range(70, 120))
    decisions = [codec.decode(v, Decision) for t, v in world.messages() if t == topics.DECISIONS.name]
    assert sorted(d.seq for d in decisions) == list(range(120))


def test_windows_that_reach_before_the_first_event_are_warming(world: World) -> None:
    long = VelocityFeature(
        entity="card", kinds=(EventKind.AUTHORISATION,), aggregate="count", window_ms=20 * 86_400_000
    )
    one, *rest = FIRST.features
    world.catalogue = Catalogue((one, Feature("card.count.20d", "velocity", long, "long"), *rest))
    scorer = started(world)
    world.pay(0, 70)  # an hour and ten minutes
    run(scorer)
    status = np.frombuffer(world.vectors()["t69"].status, np.uint8)
    names = world.catalogue.names
    assert status[names.index("card.count.20d")] == Status.WARMING
    assert status[names.index("card.count")] == Status.FRESH


def test_catalogues_are_found_by_version(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    catalogues = Catalogues(Registry(blobs, ManualClock(T0)), blobs)
    with pytest.raises(NotFoundError, match="holds no catalogue"):
        catalogues.get(FIRST.version)
    assert catalogues.put(FIRST) == FIRST.version == catalogues.put(FIRST)
    assert Catalogues(Registry(blobs, ManualClock(T0)), blobs).get(FIRST.version).features == FIRST.features
