"""An alias map laid over the graph of each database, batch by batch, and taken back."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from bench.graph_world import START_MS, Keyed, make_world, money, token
from events.errors import ConflictError
from events.types import AddressKey, Alert, JoinedLabel, Reason
from features.places import Places
from graph import (
    EdgeFold,
    EdgeTable,
    GraphStore,
    GraphWriter,
    Sourced,
    compute,
    neighbourhood,
    path_sentence,
    ring_of,
    write_rings,
)
from graph.aliases import read_aliases
from graph.contract import contract
from graph.rekey import apply_plan, make_plan, state_of
from graph.rekey_plan import Change, Counts, Plan
from ringwatch.services.endpoints import GraphEndpoint

WORLD = make_world(households=40, rings=3, days=60, labels=True)
UNITS = sorted({key.unit for _, key in WORLD.events if key is not None and key.unit is not None})
DROPS = [token("address", f"d{ring}") for ring in range(3)]
HOMES = [unit for unit in UNITS if unit not in DROPS]
# Two homes at one drop, a pair under a token of its own, a chain's three; and an address that is not there yet.
FIRST = {
    HOMES[0]: DROPS[0],
    HOMES[1]: DROPS[0],
    HOMES[2]: token("address", "place"),
    HOMES[3]: token("address", "place"),
    HOMES[5]: HOMES[4],
    HOMES[6]: HOMES[4],
    token("address", "later"): HOMES[7],
}
# The drop loses a home, the pair gets a third, the chain another name, the rest is as it was.
SECOND = {
    HOMES[0]: DROPS[0],
    HOMES[2]: token("address", "place"),
    HOMES[3]: token("address", "place"),
    HOMES[8]: token("address", "place"),
    HOMES[4]: HOMES[5],
    HOMES[6]: HOMES[5],
    token("address", "later"): HOMES[7],
}


@pytest.fixture(params=["arcadedb", "neo4j"])
def endpoint(request: pytest.FixtureRequest) -> GraphEndpoint:
    found: GraphEndpoint = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def store(endpoint: GraphEndpoint) -> Iterator[GraphStore]:
    opened = GraphStore.open(endpoint.url, endpoint.user, endpoint.password, endpoint.dialect)
    opened.read("MATCH (n) DETACH DELETE n")
    opened.ensure_schema()
    GraphWriter(opened, "g").apply(sourced(WORLD.events))
    yield opened
    opened.close()


def sourced(events: Sequence[Keyed], offset: int = 0) -> list[Sourced]:
    return [Sourced("t", 0, offset + i, event, key) for i, (event, key) in enumerate(events)]


def folded(of: Mapping[str, str], events: Sequence[Keyed] = WORLD.events) -> EdgeTable:
    """As if every event had come with its place already: what the contracted table must say."""
    fold, places = EdgeFold(), Places(of)
    for event, key in events:
        fold.add(event, places.key(key) if key is not None else None)
    return fold.table()


def assert_same(found: EdgeTable, expected: EdgeTable) -> None:
    assert found.tokens == expected.tokens
    for name in EdgeTable.__dataclass_fields__:
        if name != "tokens":
            np.testing.assert_array_equal(getattr(found, name), getattr(expected, name), err_msg=name)


def planned(store: GraphStore, of: Mapping[str, str], name: str, batch: int = 2) -> tuple[Plan, list[Change]]:
    return make_plan(store, of, name, START_MS, batch=batch)


def rekey(store: GraphStore, of: Mapping[str, str], name: str) -> Plan:
    plan, changes = planned(store, of, name)
    for state in apply_plan(store, plan, changes):
        assert state.plan == plan.id
    assert state_of(store).counts == plan.counts
    return plan


def unlabelled(of: Mapping[str, str]) -> EdgeTable:
    """`folded`, with labels as the table keeps them: by strict token, then at the place."""
    fold = EdgeFold()
    for event, key in WORLD.events:
        fold.add(event, key)
    return contract(fold.table(), of)


def test_contracting_is_folding_by_places() -> None:
    plain = make_world(households=40, rings=3, days=60, labels=False).events
    fold = EdgeFold()
    for event, key in plain:
        fold.add(event, key)
    for of in (FIRST, SECOND, {}):
        assert_same(contract(fold.table(), of), folded(of, plain))


def test_a_unit_at_its_buildings_place_is_counted_once() -> None:
    plain = make_world(households=40, rings=3, days=60, labels=False).events
    within = {key.unit: key.building for _, key in plain if key is not None and key.unit is not None}
    fold = EdgeFold()
    for event, key in plain:
        fold.add(event, key)
    assert_same(contract(fold.table(), within), folded(within, plain))


def test_the_map_is_laid_over_and_taken_back(store: GraphStore) -> None:
    before = store.read_edges()
    for of, name in ((FIRST, "m1"), (SECOND, "m2"), (FIRST, "m1"), ({}, "")):
        rekey(store, of, name)
        assert read_aliases(store.read) == of
        assert_same(store.read_edges(), unlabelled(of))
        assert state_of(store).map == name
    assert_same(store.read_edges(), before)


def test_what_the_plan_says(store: GraphStore) -> None:
    """Counted again by hand, from the events."""
    there = set(UNITS)
    plan, changes = planned(store, FIRST, "m1")
    assert [it.strict for it in changes if it.strict == FIRST.get(it.strict)] == []
    assert (plan.counts.addresses, plan.counts.merges, plan.counts.splits) == (7, 4, 0)
    links = {
        (event_anchor(event), key.unit)
        for event, key in WORLD.events
        if key is not None and key.unit is not None and not isinstance(event, JoinedLabel)
    }
    moved = {(a, b) for a, b in links if b in FIRST and b in there}
    assert plan.counts.links == len(moved)
    assert plan.counts.entities == len({(a, FIRST[b]) for a, b in moved})
    rekey(store, FIRST, "m1")
    plan, _ = planned(store, SECOND, "m2")
    # A home leaves the drop; one comes to the pair; three are renamed, which joins and parts nobody.
    assert (plan.counts.merges, plan.counts.splits) == (1, 1)
    assert plan.counts.addresses == 2 + 3


def event_anchor(event: object) -> str:
    card, account = getattr(event, "card", None), getattr(event, "account", None)
    return str(card.token if card is not None else account)


def test_alerts_move_with_their_address(store: GraphStore) -> None:
    event, key = WORLD.events[0]
    assert key is not None
    alert = Alert(
        id="a", decision="d", transaction="t", time=START_MS, action="review", score=0.5, amount=money(5),
        reasons=(Reason(code="R"),), entities={"card": event_anchor(event), "address": key.token},
    )  # fmt: skip
    GraphWriter(store, "alerts").apply([Sourced("alerts", 0, 0, alert)])
    plan, _ = planned(store, {key.token: token("address", "elsewhere")}, "m")
    assert plan.counts.alerts == 1


def test_an_address_that_comes_later_is_at_its_place_from_the_start(store: GraphStore) -> None:
    rekey(store, FIRST, "m1")
    later = (WORLD.events[0][0], AddressKey(building=token("address", "b"), unit=token("address", "later")))
    GraphWriter(store, "g").apply(sourced([later], len(WORLD.events)))
    table = store.read_edges()
    assert table.index(token("address", "later")) < 0
    assert any(table.tokens[b] == HOMES[7] for b in table.b)


def test_killed_anywhere_the_next_one_goes_on(store: GraphStore) -> None:
    plan, changes = planned(store, FIRST, "m1")
    assert plan.batches > 2
    for left in range(plan.batches):
        for state in apply_plan(store, plan, changes):
            if state.done == left:
                break  # the process is gone
    assert list(apply_plan(store, plan, changes))[-1].counts == plan.counts
    again = list(apply_plan(store, plan, changes))
    assert [it.done for it in again] == [plan.batches], "a redelivery changes nothing"
    assert read_aliases(store.read) == FIRST


def test_two_at_once_share_the_work(store: GraphStore) -> None:
    plan, changes = planned(store, FIRST, "m1", batch=1)

    def work(_: int) -> Counts:
        return list(apply_plan(store, plan, changes))[-1].counts

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(work, range(2))) == [plan.counts] * 2
    assert read_aliases(store.read) == FIRST


def test_half_a_map_is_taken_back_too(store: GraphStore) -> None:
    before = store.read_edges()
    plan, changes = planned(store, FIRST, "m1")
    for state in apply_plan(store, plan, changes):
        if state.done == 2:
            break
    undo, back = planned(store, {}, "")
    assert 0 < len(back) < len(changes)
    list(apply_plan(store, undo, back))
    assert_same(store.read_edges(), before)
    with pytest.raises(ConflictError, match="plan anew"):
        list(apply_plan(store, plan, changes))


def test_a_plan_of_another_time_is_refused(store: GraphStore) -> None:
    old, changes = planned(store, FIRST, "m1")
    rekey(store, SECOND, "m2")
    with pytest.raises(ConflictError, match="plan anew"):
        list(apply_plan(store, old, changes))
    with pytest.raises(ConflictError, match="not the changes"):
        list(apply_plan(store, old, changes[1:]))


def test_no_reader_sees_a_place_half_moved(store: GraphStore) -> None:
    plan, changes = planned(store, FIRST, "m1", batch=1)
    for _ in apply_plan(store, plan, changes):
        held = read_aliases(store.read)
        for place in set(FIRST.values()):
            members = {strict for strict, at in FIRST.items() if at == place}
            assert {held.get(strict) for strict in members} in ({place}, {None})


def test_investigators_meet_places(store: GraphStore) -> None:
    rekey(store, FIRST, "m1")
    around = neighbourhood(store, HOMES[0], hops=1)
    expected = folded(FIRST)
    at = expected.index(DROPS[0])
    linked = {expected.tokens[a] for a, b in zip(expected.a, expected.b, strict=True) if b == at}
    assert {edge.a for edge in around.edges if edge.b == DROPS[0]} == linked
    counts = {edge.a: edge.count for edge in around.edges if edge.b == DROPS[0]}
    for a, b, count in zip(expected.a, expected.b, expected.edge_count, strict=True):
        if b == at:
            assert counts[expected.tokens[a]] == count
    assert neighbourhood(store, DROPS[0], hops=1) == around
    (node,) = [node for node in around.nodes if node.token == DROPS[0]]
    assert node.attributes["spellings"] == ["12 Elm St"]
    fraud = {node.token: node.fraud for node in around.nodes}
    assert fraud[DROPS[0]] == unlabelled(FIRST).fraud[unlabelled(FIRST).index(DROPS[0])]
    assert path_sentence(store, {"address": HOMES[1]}) == path_sentence(store, {"address": DROPS[0]})


def test_rings_name_every_address_of_a_place(store: GraphStore) -> None:
    rekey(store, FIRST, "m1")
    table = store.read_edges()
    features = compute(table, int(table.last.max()), seed=7)
    write_rings(store, features)
    rings = [ring for ring in features.rings if DROPS[0] in ring.members]
    assert len(rings) == 1, "the drop's ring"
    for address in (DROPS[0], HOMES[0], HOMES[1]):
        found = ring_of(store, address)
        assert found is not None
        assert found.id == rings[0].id
        assert {DROPS[0], HOMES[0], HOMES[1]} <= set(found.members)
