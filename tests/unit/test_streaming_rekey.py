"""Another alias map on a running scorer: windows as if it had held from the start, and as before once it is gone."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from events import codec, topics
from events.errors import NotFoundError
from events.types import Control, ControlAck, Decision, FeatureVector
from features.places import Places
from nlp.identity import AliasMap, Join
from scoring import Registry
from storage import FolderBlobs, ManualClock
from streaming.addresses import address_keys
from streaming.alias_maps import AliasMaps
from streaming.fold import Fold
from streaming.inputs import starts
from streaming.log.port import Outgoing
from streaming.replay import decode_input
from streaming.score import ScoreParts, ScoreTransactions
from tests.support.histories import Installation, settings
from tests.support.made import T0, payment
from tests.support.scenarios import ADDRESSES, FIRST, addresses, places_of


class World(Installation):
    """An installation whose background is a real thread."""

    def parts_beside(self) -> ScoreParts:
        return replace(super().parts_beside(), background=ThreadPoolExecutor(1))

    def pay(self, first: int, last: int) -> None:
        payments = [payment(n, shipping_address=ADDRESSES[n * 7 % 4]) for n in range(first, last)]
        self.deliver(0, tuple(Outgoing(topics.TRANSACTIONS.name, b"k", codec.encode(p)) for p in payments))

    def command(self, release: str) -> None:
        command = Control(
            id=f"c-{release}", time=T0, command="release.activate", actor="ana", reason="test",
            payload={"release": release},
        )  # fmt: skip
        self.deliver(0, (Outgoing(topics.CONTROL.name, b"c", codec.encode(command)),))


def run(scorer: ScoreTransactions) -> None:
    while scorer.step() or not scorer.caught_up():
        pass


def rows_under(world: Installation, places: Places) -> dict[str, bytes]:
    """What an installation that always had `places` serves: one fold of all that was delivered."""
    reader = world.log.open_reader(starts(world.log, [topics.TRANSACTIONS.name], {}))
    events = [e for e in map(decode_input, reader.poll(100_000, 0.0)) if not isinstance(e, Control)]
    served = Fold(FIRST, places=places).fold(events, address_keys(addresses(), events), world.graph)
    return {t.id: row.astype("<f4").tobytes() for t, row in zip(served.transactions, served.x, strict=True)}


def test_windows_follow_the_map_and_go_back() -> None:
    world = World(Random(1), settings(16, checkpoint_events=40))  # noqa: S311 - of tests
    scorer = ScoreTransactions(world.parts(), world.settings)
    scorer.recover()
    steps = [("first", 0, 60), ("near", 60, 100), ("far", 100, 140), ("first", 140, 180)]
    for release, first, last in steps:
        if first:
            world.command(release)
            run(scorer)
        assert scorer.working.fold.places.name == ("" if release == "first" else release)
        world.pay(first, last)
        run(scorer)
    found = {
        it.transaction: it.values
        for it in (codec.decode(v, FeatureVector) for t, v in world.messages() if t == topics.FEATURES.name)
    }
    assert len(found) == 180
    strict, differ = rows_under(world, Places()), 0
    for release, first, last in steps:
        wanted = rows_under(world, Places() if release == "first" else places_of(release))
        for number in range(first, last):
            assert found[f"t{number}"] == wanted[f"t{number}"], (release, number)
            differ += wanted[f"t{number}"] != strict[f"t{number}"]
    print(f"{differ} of 180 rows differ from those without a map")
    assert differ > 40
    reader = world.log.open_reader(world.log.begin(topics.CONTROL_ACKS.name))
    told = [codec.decode(record.value, ControlAck).detail for record in reader.poll(100, 0.0)]
    assert told[0] == f"release near from seq 60, with catalogue {FIRST.version} and near"


def test_decisions_keep_the_strict_address() -> None:
    """Whatever holds later, what was decided on is known, and what hangs on it finds its place."""
    world = World(Random(1), settings(16))  # noqa: S311 - of tests
    scorer = ScoreTransactions(world.parts(), world.settings)
    scorer.recover()
    world.command("near")
    run(scorer)
    world.pay(0, 8)
    run(scorer)
    tokens = {key.token for key, _ in addresses().get_many(ADDRESSES) if key is not None}
    decisions = [codec.decode(v, Decision) for t, v in world.messages() if t == topics.DECISIONS.name]
    assert {it.entities["address"] for it in decisions} == tokens
    assert len({places_of("near").token(token) for token in tokens}) == 3


def test_a_map_that_is_not_stored_is_refused_and_nothing_changes(tmp_path: Path) -> None:
    world = World(Random(1), settings(16))  # noqa: S311 - of tests
    maps = AliasMaps(Registry(FolderBlobs(tmp_path), ManualClock(T0)))
    scorer = ScoreTransactions(replace(world.parts(), load_places=maps.get), world.settings)
    scorer.recover()
    world.command("near")
    run(scorer)
    reader = world.log.open_reader(world.log.begin(topics.CONTROL_ACKS.name))
    (ack,) = (codec.decode(record.value, ControlAck) for record in reader.poll(100, 0.0))
    assert not ack.ok
    assert scorer.working.fold.places.name == ""
    world.pay(0, 4)
    run(scorer)
    assert scorer.next_seq == 4


def test_maps_are_found_by_name_with_their_evidence(tmp_path: Path) -> None:
    tokens = [f"address.p.{number:032x}" for number in range(3)]
    joins = [Join(tokens[0], tokens[1], "unit", 0.97, (("house_equal", 1.2),), ("x", "y"))]
    joins.append(Join(tokens[1], tokens[2], "unit", 1.0, (("unit_equal", 1.0),), ("y", "z")))
    registry = Registry(FolderBlobs(tmp_path), ManualClock(T0))
    name = registry.put("alias-map", AliasMap("p", joins).encode())
    maps = AliasMaps(registry)
    assert maps.get(name).of == {tokens[1]: tokens[0], tokens[2]: tokens[0]}
    assert maps.get(name) is maps.get(name)
    assert maps.evidence(name)[tokens[0]] == f"0.970 with {tokens[1]}: house_equal"
    assert maps.evidence(name)[tokens[1]].startswith("1.000 with ")
    assert len(maps.get("")) == 0
    with pytest.raises(NotFoundError):
        maps.get("alias-map-" + "0" * 32)


def test_recovery_brings_the_places_back() -> None:
    """From a checkpoint alone, and from the journal behind one."""
    for settled in (True, False):
        world = World(Random(1), settings(16, checkpoint_events=40))  # noqa: S311 - of tests
        scorer = ScoreTransactions(world.parts(), world.settings)
        scorer.recover()
        world.pay(0, 30)
        run(scorer)
        world.command("far")
        run(scorer)
        world.pay(30, 60)
        run(scorer)
        if settled:
            scorer.close()
        again = ScoreTransactions(world.parts(), world.settings)
        again.recover()
        assert again.working.fold.places.name == "far"
        world.pay(60, 70)
        run(again)
        wanted = rows_under(world, places_of("far"))
        vectors = [codec.decode(v, FeatureVector) for t, v in world.messages() if t == topics.FEATURES.name]
        found = {it.transaction: it.values for it in vectors}
        for number in range(60, 70):
            np.testing.assert_array_equal(
                np.frombuffer(found[f"t{number}"], "<f4"), np.frombuffer(wanted[f"t{number}"], "<f4")
            )
