"""Communities and their features, against networkx and against what a person would say of small cases."""

from collections.abc import Mapping, Sequence

import networkx as nx
import numpy as np
import pytest

from bench.graph_world import (
    DAY_MS,
    START_MS,
    Customer,
    GraphWorld,
    Keyed,
    chargeback,
    make_world,
    payment,
    token,
)
from events.types import AccountEvent, AddressKey, Device, Ip, Transaction
from graph import CommunityRules, EdgeFold, EdgeTable, GraphFeatures, ProjectionRules, compute
from graph.projection import project

CUT = START_MS + 200 * DAY_MS
WORLD = make_world(households=80, rings=3, labels=True)


def fold(events: Sequence[Keyed]) -> EdgeTable:
    folded = EdgeFold()
    for event, key in events:
        folded.add(event, key)
    return folded.table()


def customer(name: str, **shared: str) -> Customer:
    """A card with entities of its own, apart from those in `shared`."""
    home = shared.get("address", name)
    return Customer(
        card=token("card", name),
        account=token("account", name),
        email=token("email", shared.get("email", name)),
        phone=token("phone", shared.get("phone", name)),
        devices=(token("device", shared.get("device", name)),),
        address=AddressKey(building=token("address", home + "!"), unit=token("address", home)),
        ips=(token("ip", shared.get("ip", name)),),
        since=0,
        until=0,
    )


def pays(who: Customer, day: float, number: int = 0) -> Keyed:
    return payment(
        f"{who.card}-{number}",
        START_MS + round(day * DAY_MS),
        who,
        who.devices[0],
        who.ips[0],
        "merchant.0.m",
        1_000,
    )


def history(who: Customer, first: float, last: float, payments: int) -> list[Keyed]:
    return [pays(who, day, i) for i, day in enumerate(np.linspace(first, last, payments))]


def features_of(events: Sequence[Keyed], cut_ms: int = CUT, **options: object) -> GraphFeatures:
    return compute(fold(events), cut_ms, **options)  # type: ignore[arg-type]  # passed through


def value(features: GraphFeatures, name: str, column: str) -> float:
    return float(features.column(column)[features.tokens.index(name)])


OLD = history(customer("old"), 0, 199, 40)


def gang(size: int) -> list[Customer]:
    return [customer(f"g{i}", device=f"phone{i % 2}", address="drop") for i in range(size)]


def gang_events(size: int) -> list[Keyed]:
    return [event for who in gang(size) for event in history(who, 188, 198, 3)]


def test_a_ring_scores_high_without_labels_and_is_reported() -> None:
    features = features_of(OLD + gang_events(8))
    assert value(features, token("card", "g0"), "ring_score") > 0.7
    (ring,) = features.rings
    assert {token("card", f"g{i}") for i in range(8)} <= set(ring.members)
    assert ring.customers == 8
    assert ring.value == 8 * 3 * 1_000
    assert "8 customers" in ring.why
    assert value(features, token("address", "drop"), "linked_cards") == 8


def test_a_ring_stays_whole_whatever_its_members_have_to_themselves() -> None:
    """An account that logs in from its owner's places must not outweigh what the owner shares with the ring."""
    logins = [
        AccountEvent(
            id=f"l{who.card}{place}",
            time=START_MS + 189 * DAY_MS,
            account=who.account,
            kind="login",
            device=Device(token=who.devices[0]),
            ip=Ip(token=token("ip", f"{who.card}{place}")),
        )
        for who in gang(12)
        for place in range(4)
    ]
    features = features_of(OLD + gang_events(12) + [(login, None) for login in logins])
    assert value(features, token("card", "g0"), "community_cards") == 12


def test_a_ring_that_has_gone_quiet_still_looks_like_one() -> None:
    features = features_of(OLD + gang_events(8), CUT + 60 * DAY_MS)
    assert value(features, token("card", "g0"), "ring_score") > 0.7


def test_a_household_scores_low() -> None:
    family = [customer(f"f{i}", device="tablet", address="home", ip="router") for i in range(4)]
    features = features_of(OLD + [event for who in family for event in history(who, 2, 198, 30)])
    assert value(features, token("card", "f0"), "community_cards") == 4
    assert value(features, token("card", "f0"), "ring_score") < 0.15
    assert features.rings == ()


def test_known_fraud_raises_the_score() -> None:
    events = OLD + gang_events(6)
    plain = features_of(events)
    paid, key = events[-1]
    assert isinstance(paid, Transaction)
    told = [*events, (chargeback("l", CUT - DAY_MS, paid, key), None)]
    marked = features_of(told)
    for_card = token("card", "g0")
    assert value(marked, for_card, "ring_score") > value(plain, for_card, "ring_score") + 0.02
    assert value(marked, for_card, "community_fraud") > 0
    assert value(marked, for_card, "community_fraud_share") == pytest.approx(2 / 11)  # its card and account
    assert value(plain, for_card, "community_fraud") == 0
    assert paid.card is not None
    of_itself = value(marked, paid.card.token, "community_fraud_share")
    assert of_itself == pytest.approx(1 / 11), "its own fraud is left out, its account's is not"


def test_a_lonely_entity() -> None:
    from bench.graph_world import money
    from events.types import Card

    alone = Transaction(id="x", time=START_MS, amount=money(250), card=Card(token="card.1.alone"))
    features = features_of([*OLD, (alone, None)])
    assert value(features, "card.1.alone", "community_size") == 1
    assert value(features, "card.1.alone", "ring_score") == 0
    assert value(features, "card.1.alone", "degree") == 0
    assert value(features, "card.1.alone", "amount") == 2.5
    assert value(features, "card.1.alone", "age_days") == 200


@pytest.mark.parametrize(
    ("shared", "crowd"), [("ip", 21), ("address", 31), ("device", 26), ("email", 11), ("phone", 11)]
)
def test_hubs_do_not_glue_but_have_features(shared: str, crowd: int) -> None:
    people = [customer(f"p{i}", **{shared: "hub"}) for i in range(crowd)]
    features = features_of(OLD + [pays(who, 190 + i / crowd) for i, who in enumerate(people)])
    hub = token(shared, "hub")  # type: ignore[arg-type]  # a kind
    assert value(features, hub, "linked_cards") == crowd
    assert value(features, hub, "community_size") == 1
    assert value(features, token("card", "p0"), "component_size") < 10
    assert value(features, token("card", "p0"), "ring_score") == 0


def test_a_tower_does_not_glue_its_flats_but_spellings_of_one_drop_do() -> None:
    def lives(name: str, unit: str | None, building: str) -> Customer:
        at = AddressKey(building=token("address", building), unit=unit and token("address", unit))
        return Customer(**(vars(customer(name)) | {"address": at}))

    tower = [lives(f"t{i}", f"flat{i}", "tower") for i in range(10)]
    drop = [lives(f"d{i}", "unit" if i % 2 else None, "drop") for i in range(6)]
    features = features_of(OLD + [pays(who, 190) for who in tower + drop])
    assert value(features, token("card", "t0"), "community_cards") == 1
    assert value(features, token("card", "d0"), "community_cards") == 6


def test_nothing_of_after_the_cut() -> None:
    cut = START_MS + 60 * DAY_MS
    until = [keyed for keyed in WORLD.events if _known(keyed) <= cut]
    whole = compute(fold(WORLD.events), cut)
    part = compute(fold(until), cut)
    assert whole.tokens == part.tokens
    for column in ("degree", "fraud_linked", "age_days", "linked_cards"):
        np.testing.assert_array_equal(whole.column(column), part.column(column))


def _known(keyed: Keyed) -> int:
    event = keyed[0]
    return event.time if isinstance(event, Transaction) else event.label.known_at  # type: ignore[union-attr]  # labels


def test_the_same_events_in_any_order_give_the_same_bytes() -> None:
    once, again = compute(fold(WORLD.events), WORLD.cut_ms), compute(fold(WORLD.events[::-1]), WORLD.cut_ms)
    assert once.version == again.version
    assert once.values.tobytes() == again.values.tobytes()
    assert once.rings == again.rings


def test_rings_of_a_world_are_found_and_households_are_not() -> None:
    features = compute(fold(WORLD.events), WORLD.cut_ms)
    score = dict(zip(features.tokens, features.column("ring_score").tolist(), strict=True))
    ring_cards = [card for ring in WORLD.rings for card in ring]
    home_cards = [card for home in WORLD.households for card in home]
    assert min(score[card] for card in ring_cards) > max(score[card] for card in home_cards)
    known = set(np.array(features.tokens, dtype=object)[features.fraud].tolist())
    told = [ring for ring in WORLD.rings if len(ring & known) >= 2]
    assert 0 < len(told) < len(WORLD.rings), "one ring is too small to be named without any word on it"
    assert len(features.rings) == len(told)
    for ring in told:
        assert any(ring <= set(found.members) for found in features.rings)


def test_networkx_agrees() -> None:
    table = fold(WORLD.events)
    rules = ProjectionRules()
    features, projection = compute(table, WORLD.cut_ms), project(table, WORLD.cut_ms, rules)
    graph = nx.Graph()
    graph.add_nodes_from(range(len(table.tokens)))
    graph.add_edges_from(zip(projection.a.tolist(), projection.b.tolist(), strict=True))
    whole = nx.Graph()
    whole.add_nodes_from(range(len(table.tokens)))
    whole.add_edges_from(zip(table.a.tolist(), table.b.tolist(), strict=True))

    sizes = {node: len(part) for part in nx.connected_components(graph) for node in part}
    cores, degrees = nx.core_number(graph), dict(whole.degree())
    order = range(len(table.tokens))
    np.testing.assert_array_equal(features.column("component_size"), [sizes[node] for node in order])
    np.testing.assert_array_equal(features.column("core_number"), [cores[node] for node in order])
    np.testing.assert_array_equal(features.column("degree"), [degrees[node] for node in order])
    position = {name: node for node, name in enumerate(table.tokens)}
    groups: dict[str, list[str]] = {}
    for name, community in ids(features).items():
        groups.setdefault(community, []).append(name)
    groups.pop("")
    for members in groups.values():
        density = nx.density(graph.subgraph([position[name] for name in members]))
        assert value(features, members[0], "community_density") == pytest.approx(density, rel=1e-6)


def test_communities_are_connected() -> None:
    """What Leiden promises and Louvain does not."""
    table = fold(WORLD.events)
    features, projection = compute(table, WORLD.cut_ms), project(table, WORLD.cut_ms, ProjectionRules())
    graph = nx.Graph(list(zip(projection.a.tolist(), projection.b.tolist(), strict=True)))
    members: dict[str, list[int]] = {}
    for node, community in enumerate(features.community):
        members.setdefault(community, []).append(node)
    members.pop("")
    assert members
    assert all(nx.is_connected(graph.subgraph(nodes)) for nodes in members.values())


def test_an_empty_graph() -> None:
    features = compute(EdgeFold().table(), CUT)
    assert features.values.shape == (0, 22)
    assert features.rings == ()


def ids(features: GraphFeatures) -> Mapping[str, str]:
    return dict(zip(features.tokens, features.community, strict=True))


def test_a_growing_community_keeps_its_id() -> None:
    events = OLD + gang_events(6)
    before = features_of(events)
    late = customer("late", device="phone0", address="drop")
    after = features_of([*events, pays(late, 199)], CUT + DAY_MS, previous=before)
    community = ids(before)[token("card", "g0")]
    assert community
    assert ids(after)[token("card", "g0")] == ids(after)[token("card", "late")] == community
    assert community not in {line.id for line in after.lineage}
    assert before.lineage[0].change == "born"


def test_a_split_leaves_the_id_with_the_larger_part() -> None:
    strict = CommunityRules(projection=ProjectionRules(caps={"address": 4}))
    events = OLD + [
        pays(customer(f"s{i}", device="a" if i < 5 else "b", address="yard"), 190 + i / 10) for i in range(8)
    ]
    joined = features_of(events)
    apart = features_of(events, previous=joined, rules=strict)
    whole = ids(joined)[token("card", "s0")]
    assert ids(joined)[token("card", "s7")] == whole
    assert ids(apart)[token("card", "s0")] == whole
    assert ids(apart)[token("card", "s7")] not in {whole, ""}
    (line,) = [line for line in apart.lineage if line.id == ids(apart)[token("card", "s7")]]
    assert (line.change, line.parents) == ("split", (whole,))
    merged = features_of(events, previous=apart)
    (line,) = [line for line in merged.lineage if line.id == whole]
    assert line.change == "merged"
    assert len(line.parents) == 2


def test_previous_changes_names_only() -> None:
    before = compute(fold(WORLD.events), WORLD.cut_ms)
    after = compute(fold(WORLD.events), WORLD.cut_ms, previous=before)
    np.testing.assert_array_equal(before.values, after.values)
    assert before.community == after.community


def test_world_is_seeded() -> None:
    def cards(world: GraphWorld) -> Sequence[frozenset[str]]:
        return world.rings

    assert cards(make_world(households=3, rings=2)) == cards(make_world(households=3, rings=2))
