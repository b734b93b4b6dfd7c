"""Neighbourhoods and paths to known fraud, on tables in memory."""

from itertools import pairwise

from bench.graph_world import DAY_MS, START_MS, make_world
from graph import EdgeFold, Node, Subgraph, TableNeighbourhoods, paths_to_fraud
from graph.subgraph import Edge

RING = make_world(households=10, rings=1, labels=True)
ONE = min(RING.rings[0])


def node(name: str, fraud: int = 0, **attributes: str) -> Node:
    kind = name.partition(".")[0]
    return Node(name, kind, attributes, fraud, (START_MS + DAY_MS) * fraud)  # type: ignore[arg-type]  # a kind


def linked(*names: str) -> tuple[Edge, ...]:
    return tuple(Edge(a, "R", b, 1, 1, 1, 1) for a, b in pairwise(names))


def neighbourhoods() -> TableNeighbourhoods:
    fold = EdgeFold()
    for event, key in RING.events:
        fold.add(event, key)
    return TableNeighbourhoods(fold.table())


def test_a_path_is_a_sentence() -> None:
    around = Subgraph(
        (
            node("card.1.a", bin="400012", last4="1111"),
            node("card.1.b", 1, bin="400012", last4="2222"),
            node("device.1.d", model="Pixel 9"),
        ),
        linked("card.1.a", "device.1.d", "card.1.b"),
    )
    (path,) = paths_to_fraud(around, "card.1.a")
    assert path.tokens == ("card.1.a", "device.1.d", "card.1.b")
    assert path.sentence == (
        "card 400012…1111 -> device Pixel 9 -> card 400012…2222 (known fraud since 2026-01-02)"
    )


def test_a_crowd_is_no_path() -> None:
    nodes = (node("card.1.a"), node("card.1.b", 1), node("ip.1.carrier"))
    around = Subgraph(nodes, linked("card.1.a", "ip.1.carrier", "card.1.b"), frozenset({"ip.1.carrier"}))
    assert paths_to_fraud(around, "card.1.a") == ()


def test_cards_before_what_they_used_and_near_before_far() -> None:
    chain = ("card.1.a", "device.1.x", "card.1.b", "device.1.y", "card.1.c")
    frauds = {"device.1.x", "card.1.b", "card.1.c"}
    around = Subgraph(tuple(node(name, int(name in frauds)) for name in sorted(chain)), linked(*chain))
    assert [path.tokens[-1] for path in paths_to_fraud(around, "card.1.a")] == ["card.1.b", "card.1.c"]
    assert paths_to_fraud(around, "card.1.nobody") == ()


def test_around_a_ring_member_is_the_ring() -> None:
    around = neighbourhoods().around(ONE, hops=4)
    cards = {each.token for each in around.nodes if each.kind == "card"}
    assert RING.rings[0] <= cards
    assert [each.token for each in around.nodes] == sorted(each.token for each in around.nodes)
    assert paths_to_fraud(around, ONE)


def test_hops_and_limits() -> None:
    held = neighbourhoods()
    near = held.around(ONE, hops=1)
    assert all(ONE in (edge.a, edge.b) for edge in near.edges)
    phone = max(near.nodes, key=lambda each: len(held.around(each.token, hops=1).edges)).token
    assert phone not in held.around(phone, hops=1, max_degree=1).hubs, "the one asked about is looked behind"
    assert phone in held.around(ONE, hops=3, max_degree=1).hubs
    assert len(held.around(ONE, hops=4, max_nodes=5).nodes) < len(held.around(ONE, hops=4).nodes)
    assert held.around("card.1.unknown") == Subgraph((), ())
