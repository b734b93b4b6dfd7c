"""What the graph does on every database: ArcadeDB and Neo4j."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import msgspec
import numpy as np
import pytest

from bench.graph_world import DAY_MS, START_MS, Keyed, chargeback, make_world, money, token
from events.errors import SettingsError, UnavailableError
from events.types import Alert, Reason, Transaction
from graph import (
    EdgeFold,
    EdgeTable,
    GraphStore,
    GraphWriter,
    Sourced,
    compute,
    neighbourhood,
    path_sentence,
    paths_to_fraud,
    ring_of,
    write_rings,
)
from graph.ego import TableNeighbourhoods
from ringwatch.services.endpoints import GraphEndpoint
from storage import ManualClock

WORLD = make_world(households=15, rings=2, days=60, labels=True)
TOPIC = "transactions"


@pytest.fixture(params=["arcadedb", "neo4j"])
def endpoint(request: pytest.FixtureRequest) -> GraphEndpoint:
    found: GraphEndpoint = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def store(endpoint: GraphEndpoint) -> Iterator[GraphStore]:
    opened = GraphStore.open(endpoint.url, endpoint.user, endpoint.password, endpoint.dialect)
    opened.read("MATCH (n) DETACH DELETE n")
    opened.ensure_schema()
    yield opened
    opened.close()


def sourced(events: Sequence[Keyed], partition: int = 0) -> list[Sourced]:
    return [Sourced(TOPIC, partition, offset, event, key) for offset, (event, key) in enumerate(events)]


def folded(events: Sequence[Keyed]) -> EdgeTable:
    fold = EdgeFold()
    for event, key in events:
        fold.add(event, key)
    return fold.table()


def assert_same(found: EdgeTable, expected: EdgeTable) -> None:
    assert found.tokens == expected.tokens
    for name in EdgeTable.__dataclass_fields__:
        if name != "tokens":
            np.testing.assert_array_equal(getattr(found, name), getattr(expected, name), err_msg=name)


def test_what_is_written_is_what_the_fold_holds(store: GraphStore) -> None:
    applied = GraphWriter(store, "g", batch=100).apply(sourced(WORLD.events))
    assert (applied.written, applied.skipped) == (len(WORLD.events), 0)
    assert_same(store.read_edges(), folded(WORLD.events))


def test_an_empty_graph(store: GraphStore) -> None:
    assert len(store.read_edges().tokens) == 0
    store.ensure_schema()
    assert GraphWriter(store, "g").positions() == {}


def test_redelivery_changes_nothing(store: GraphStore) -> None:
    records = sourced(WORLD.events)
    writer = GraphWriter(store, "g")
    writer.apply(records[:200])
    assert writer.positions() == {(TOPIC, 0): 200}
    for start in (0, 0, 150):  # the same batch, and one cut elsewhere by a reader that started again
        writer.apply(records[start:300])
    after_restart = GraphWriter(store, "g")
    assert after_restart.apply(records[100:]).skipped == 200
    assert after_restart.positions() == {(TOPIC, 0): len(records)}
    assert_same(store.read_edges(), folded(WORLD.events))


def test_a_crash_inside_a_transaction_leaves_nothing(store: GraphStore) -> None:
    records = sourced(WORLD.events[:300])
    broken = [
        *records[:299],
        records[299]._replace(event=msgspec.structs.replace(records[299].event, id=None)),
    ]
    bad = Alert(
        id="a", decision="d", transaction="t", time=1, action="review", score=0.5, amount=money(5),
        reasons=(Reason(code="R"),), entities={"card": object()},  # type: ignore[dict-item]  # can't be sent
    )  # fmt: skip
    writer = GraphWriter(store, "g")
    with pytest.raises(TypeError):
        writer.apply([*broken, Sourced(TOPIC, 0, 300, bad)])
    assert len(store.read_edges().tokens) == 0
    assert writer.positions().get((TOPIC, 0), 0) == 0
    writer.apply(records)
    assert_same(store.read_edges(), folded(WORLD.events[:300]))


def test_positions_of_dropped_records_are_kept(store: GraphStore) -> None:
    writer = GraphWriter(store, "g")
    writer.apply(sourced(WORLD.events[:10]), {(TOPIC, 0): 15, ("labels-joined", 3): 7})
    assert writer.positions() == {(TOPIC, 0): 15, ("labels-joined", 3): 7}
    writer.apply([], {(TOPIC, 0): 12})
    assert writer.positions()[TOPIC, 0] == 15, "a position never goes back"
    assert GraphWriter(store, "other").positions() == {}


def test_writers_of_all_partitions_at_once(store: GraphStore) -> None:
    """They meet at devices, drops, merchants: locks, deadlocks and optimistic conflicts are worked off."""
    parts: list[list[Keyed]] = [[], [], [], []]
    for event, key in WORLD.events:
        card = event.card if isinstance(event, Transaction) else None
        parts[int(card.token[-1], 16) % 4 if card else 0].append((event, key))

    def write(partition: int) -> int:
        records = sourced(parts[partition], partition)
        return GraphWriter(store, "g", batch=40).apply(records).written

    with ThreadPoolExecutor(4) as pool:
        written = sum(pool.map(write, range(4)))
    assert written == len(WORLD.events)
    assert_same(store.read_edges(), folded(WORLD.events))


def test_two_writers_of_one_partition_write_each_record_once(store: GraphStore) -> None:
    records = sourced(WORLD.events[:400])
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda size: GraphWriter(store, "g", batch=size).apply(records), (30, 70)))
    assert sum(result.written for result in results) == len(records)
    assert_same(store.read_edges(), folded(WORLD.events[:400]))


def test_a_cleared_label_takes_the_fraud_back(store: GraphStore) -> None:
    paid, key = WORLD.events[0]
    assert isinstance(paid, Transaction)
    said = chargeback("l1", START_MS + DAY_MS, paid, key)
    cleared = msgspec.structs.replace(
        said,
        label=msgspec.structs.replace(said.label, id="l2", verdict="cleared", known_at=START_MS + 2 * DAY_MS),
    )
    writer = GraphWriter(store, "g")
    writer.apply(sourced([(paid, key), (said, None)]))
    assert store.read_edges().fraud.sum() == len(said.entities) - 1  # all but the merchant
    writer.apply([Sourced("labels-joined", 0, 0, cleared)])
    assert store.read_edges().fraud.sum() == 0
    found = store.read(
        "MATCH (l:Label)-[:SAYS_OF]->(t:Transaction)-[:TOUCHED]->(n) RETURN l.key, t.key, n.key"
    )
    assert len(found) == 2 * len(said.entities)


def test_alerts_make_transactions(store: GraphStore) -> None:
    paid, key = WORLD.events[0]
    assert isinstance(paid, Transaction)
    assert paid.card is not None
    alert = Alert(
        id="a1", decision="d1", transaction=paid.id, time=paid.time, action="review", score=0.9,
        reasons=(Reason(code="RING"), Reason(code="VELOCITY")), entities={"card": paid.card.token}, amount=paid.amount,
    )  # fmt: skip
    writer = GraphWriter(store, "g")
    writer.apply([Sourced("alerts", 0, 0, alert), Sourced("alerts", 0, 0, alert)])
    assert len(store.read_edges().tokens) == 0, "the payment itself is still to come"
    writer.apply(sourced([(paid, key)]))
    assert_same(store.read_edges(), folded([(paid, key)]))
    rows = store.read(
        """MATCH (a:Alert)-[:ABOUT]->(t:Transaction)-[:TOUCHED]->(c:Card)
RETURN a.key, a.reasons, a.score, t.key, t.amount, c.key"""
    )
    assert rows == [("a1", "RING VELOCITY", 0.9, paid.id, paid.amount.base_minor, paid.card.token)]


def test_a_history_is_loaded_and_gone_on_from(store: GraphStore) -> None:
    half = len(WORLD.events) // 2
    writer, steps = GraphWriter(store, "g"), list[int]()
    for _ in range(2):  # again after an interruption
        writer.load(folded(WORLD.events[:half]), {(TOPIC, 0): half}, progress=steps.append)
    assert steps[-1] == len(folded(WORLD.events[:half]).a)
    assert_same(store.read_edges(), folded(WORLD.events[:half]))
    writer.apply(sourced(WORLD.events))
    assert_same(store.read_edges(), folded(WORLD.events))


def test_neighbourhoods_are_those_of_the_table(store: GraphStore) -> None:
    GraphWriter(store, "g").apply(sourced(WORLD.events))
    one, held = min(WORLD.rings[0]), TableNeighbourhoods(folded(WORLD.events))
    for hops, degree in ((1, 50), (2, 50), (3, 4)):
        found = neighbourhood(store, one, hops=hops, max_degree=degree)
        expected = held.around(one, hops=hops, max_degree=degree)
        assert [node.token for node in found.nodes] == [node.token for node in expected.nodes]
        assert (found.edges, found.hubs) == (expected.edges, expected.hubs)
    assert neighbourhood(store, "card.1.unknown").nodes == ()
    card = next(node for node in neighbourhood(store, one, hops=1).nodes if node.token == one)
    assert card.attributes["bin"] == "400012"


def test_a_path_to_fraud_in_words(store: GraphStore) -> None:
    GraphWriter(store, "g").apply(sourced(WORLD.events))
    table = store.read_edges()
    clean = sorted(card for ring in WORLD.rings for card in ring if not table.fraud[table.index(card)])
    one = clean[0] if clean else min(WORLD.rings[0])
    sentence = path_sentence(store, {"card": one})
    assert sentence is not None
    assert sentence.startswith("card 400012…")
    assert "known fraud since 2026-" in sentence
    assert path_sentence(store, {"card": "card.1.unknown", "merchant": "merchant.0.m"}) is None
    assert paths_to_fraud(neighbourhood(store, one, hops=4), one)


def test_rings_are_written_and_found(store: GraphStore) -> None:
    GraphWriter(store, "g").apply(sourced(WORLD.events))
    features = compute(store.read_edges(), WORLD.cut_ms)
    assert features.rings
    for _ in range(2):
        write_rings(store, features)
    for ring in features.rings:
        assert ring_of(store, ring.members[0]) == ring
    assert ring_of(store, token("card", "h0.0")) is None
    later = compute(store.read_edges(), WORLD.cut_ms + 400 * DAY_MS, previous=features)
    write_rings(store, later)
    assert store.read("MATCH (c:Community) RETURN count(c)") == [(len(later.rings),)]


def test_wrong_secrets_and_dialects_are_settings_errors(endpoint: GraphEndpoint) -> None:
    wrong = GraphStore.open(endpoint.url, endpoint.user, "wrong" * 3, endpoint.dialect)
    with pytest.raises(SettingsError):
        wrong.read("RETURN 1")
    wrong.close()
    with pytest.raises(SettingsError):
        GraphStore.open(endpoint.url, endpoint.user, endpoint.password, "cassandra")


def test_nobody_there_is_unavailable() -> None:
    clock = ManualClock()
    store = GraphStore.open("bolt://127.0.0.1:9", "u", "p", "neo4j", clock=clock, attempts=3)
    with pytest.raises(UnavailableError):
        GraphWriter(store, "g").apply(sourced(WORLD.events[:3]))
    assert clock.now_ms() > 0, "it waits between attempts"
    store.close()
