"""Rings from cores, against a loop over dicts and networkx, and against what a person would say of small cases."""

from collections import defaultdict

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from bench.graph_world import Keyed, token
from graph import EdgeTable, ProjectionRules
from graph.projection import project
from graph.ring_cores import NO_RING, CoreRules, find_cores
from tests.support.mules import CUT, features, folded, mule_world, pays, person


def cores(table: EdgeTable, rules: CoreRules | None = None) -> list[set[str]]:
    found = find_cores(table, project(table, CUT, ProjectionRules()), rules or CoreRules())
    groups: dict[int, set[str]] = defaultdict(set)
    for name, ring in zip(table.tokens, found.tolist(), strict=True):
        if ring != NO_RING:
            groups[ring].add(name)
    assert sorted(groups) == list(range(len(groups)))
    return list(groups.values())


def test_mules_are_a_ring_though_each_lives_in_another_community() -> None:
    found = features(mule_world(frauds=3))
    (ring,) = found.rings
    assert set(ring.members) == {
        *(token("card", f"m{i}") for i in range(4)),
        token("device", "tablet"),
        token("address", "drop"),
    }
    assert (ring.customers, ring.known_fraud, ring.value) == (4, 3, 4 * 11 * 100)
    assert "3 of 4 customers" in ring.why
    score = dict(zip(found.tokens, found.column("ring_score").tolist(), strict=True))
    assert score[token("device", "tablet")] > 0.5 > score[token("device", "phone0")]
    assert score[token("card", "m3")] == score[token("device", "tablet")], "nobody has told on him yet"


def test_one_stolen_card_or_a_minority_is_no_ring() -> None:
    assert features(mule_world(frauds=1)).rings == ()
    assert features(mule_world(frauds=2)).rings == ()


def test_a_victims_household_is_no_ring() -> None:
    """Known fraud on two of the family's cards was made elsewhere: their tablet and home have nothing to do with it."""
    events: list[Keyed] = []
    for i in range(3):
        events += pays(person(f"f{i}", "tablet", "home"), 0, 10 + i, fraud=False)
    for i in range(2):
        events += pays(person(f"f{i}", f"thief{i}", f"elsewhere{i}"), 1, 50 + i, fraud=True)
    assert features(events).rings == ()


def test_a_busy_drop_is_a_core_where_a_crowd_is_not() -> None:
    """More customers than a hub has: nearly all of one are known for fraud, and two of the other."""
    drop = [pays(person(f"d{i}", f"own{i}", "drop"), 0, 20 + i / 10, fraud=i % 4 != 0) for i in range(40)]
    office = [pays(person(f"o{i}", f"desk{i}", "office"), 0, 20 + i / 10, fraud=i < 2) for i in range(40)]
    (ring,) = features([keyed for group in (*drop, *office) for keyed in group]).rings
    assert ring.customers == 40
    assert token("address", "drop") in ring.members


def test_a_ring_keeps_its_id_as_it_grows() -> None:
    before = features(mule_world(frauds=3))
    more = pays(person("late", "tablet", "drop"), 0, 90, fraud=True)
    after = features(mule_world(frauds=3) + more, before)
    assert [ring.id for ring in after.rings] == [ring.id for ring in before.rings]
    assert after.rings[0].customers == 5


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 4), st.integers(0, 4), st.booleans()),
        min_size=1,
        max_size=40,
    ),
    st.sampled_from([CoreRules(), CoreRules(known=1, share=0.3, customers=2), CoreRules(known=3, share=0.5)]),
)
def test_a_plain_loop_agrees(paid: list[tuple[int, int, int, bool]], rules: CoreRules) -> None:
    events: list[Keyed] = []
    for number, (who, device, home, fraud) in enumerate(paid):
        events += pays(person(f"p{who}", f"d{device}", f"h{home}"), number, number / 10, fraud=fraud)
    table = folded(events)

    customers: dict[str, set[str]] = defaultdict(set)
    frauds: dict[str, int] = defaultdict(int)
    guilty: set[str] = set()
    for who, device, home, fraud in paid:
        card = token("card", f"p{who}")
        own = (token("email", f"p{who}"), token("phone", f"p{who}"), token("ip", f"p{who}"))
        for entity in (token("device", f"d{device}"), token("address", f"h{home}"), *own):
            customers[entity].add(card)
            frauds[entity] += fraud
        guilty |= {card} if fraud else set()
    graph = nx.Graph()
    for entity, cards in customers.items():
        known = len(cards & guilty)
        if known >= rules.known and frauds[entity] >= rules.known and known >= rules.share * len(cards):
            graph.add_edges_from((card, entity) for card in cards)
    wanted = [
        part
        for part in nx.connected_components(graph)
        if sum(n.startswith("card.") for n in part) >= rules.customers
    ]
    assert sorted(map(sorted, cores(table, rules))) == sorted(map(sorted, wanted))
