"""Events become links, and links a table that does not depend on the order in which events came."""

import random
from collections import Counter, defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from bench.graph_world import START_MS, GraphWorld, chargeback, make_world, money, token
from events.types import (
    ENTITY_KINDS,
    AccountEvent,
    AddressKey,
    Card,
    Device,
    JoinedLabel,
    Merchant,
    Transaction,
    TransactionOutcome,
)
from graph import EdgeFold, EdgeTable, links_of
from graph.frauds import Mark, count, newest

CARD, ACCOUNT, DEVICE = token("card", "1"), token("account", "1"), token("device", "1")
SMALL = make_world(households=3, rings=1, days=30, labels=True, seed=4)
FLAT = AddressKey(building=token("address", "b"), unit=token("address", "u"))


def paid(**changed: object) -> Transaction:
    fields = {
        "id": "t1",
        "time": START_MS,
        "amount": money(500),
        "card": Card(token=CARD),
        "account": ACCOUNT,
        "device": Device(token=DEVICE),
        "merchant": Merchant(token="merchant.0.m"),
    }
    return Transaction(**(fields | changed))  # type: ignore[arg-type]  # a test's shorthand


def table_of(world: GraphWorld, order: random.Random | None = None) -> EdgeTable:
    fold, events = EdgeFold(), list(world.events)
    if order is not None:
        order.shuffle(events)
    for event, key in events:
        fold.add(event, key)
    return fold.table()


def same(a: EdgeTable, b: EdgeTable) -> bool:
    names = [name for name in EdgeTable.__dataclass_fields__ if name != "tokens"]
    return a.tokens == b.tokens and all(np.array_equal(getattr(a, n), getattr(b, n)) for n in names)


def test_the_card_is_the_anchor() -> None:
    links = {(link.a, link.relation, link.b) for link in links_of(paid(), FLAT)}
    assert links == {
        (CARD, "OF_ACCOUNT", ACCOUNT),
        (CARD, "USED_DEVICE", DEVICE),
        (CARD, "SHIPPED_TO", FLAT.unit),
        (CARD, "PAID", "merchant.0.m"),
        (FLAT.unit, "IN", FLAT.building),
    }
    assert {(link.payments, link.amount) for link in links_of(paid(), FLAT)} == {(1, 500)}


def test_without_a_card_the_account_is() -> None:
    assert {link.a for link in links_of(paid(card=None), None)} == {ACCOUNT}
    login = AccountEvent(id="a", time=5, account=ACCOUNT, kind="login", device=Device(token=DEVICE))
    (link,) = links_of(login, None)
    assert (link.a, link.b, link.payments, link.amount) == (ACCOUNT, DEVICE, 0, 0)


def test_what_an_authorisation_said_is_not_counted_twice() -> None:
    entities = {"card": CARD, "device": DEVICE}
    outcome = TransactionOutcome(
        id="o",
        transaction="t1",
        time=5,
        kind="issuer",
        approved=True,
        entities=entities,  # type: ignore[arg-type]  # keys are kinds
    )
    assert links_of(outcome, None) == []
    assert links_of(paid(kind="refund"), None) == []


def test_fold_is_the_sum_of_links() -> None:
    world = make_world(households=12, rings=2, days=40, labels=True)
    table = table_of(world)
    counts: Counter[tuple[str, str]] = Counter()
    amounts: Counter[tuple[str, str]] = Counter()
    times: dict[tuple[str, str], list[int]] = defaultdict(list)
    for event, key in world.events:
        for link in links_of(event, key):
            if link.b_kind != "merchant":
                counts[link.a, link.b] += link.payments
                amounts[link.a, link.b] += link.amount
                times[link.a, link.b].append(link.time)
    assert len(table.a) == len(counts)
    for edge in range(len(table.a)):
        ends = table.tokens[table.a[edge]], table.tokens[table.b[edge]]
        assert table.edge_count[edge] == counts[ends]
        assert table.edge_amount[edge] == amounts[ends]
        assert (table.edge_first[edge], table.edge_last[edge]) == (min(times[ends]), max(times[ends]))
    assert not any(ENTITY_KINDS[kind] == "merchant" for kind in table.kinds)


@given(st.randoms(use_true_random=False))
def test_order_does_not_matter(order: random.Random) -> None:
    assert same(table_of(SMALL), table_of(SMALL, order))


def test_an_empty_fold_is_an_empty_table() -> None:
    table = EdgeFold().table()
    assert len(table.tokens) == len(table.a) == 0
    assert table.index("card.1.x") == -1


def label(name: str, known_at: int, verdict: str = "chargeback") -> JoinedLabel:
    joined = chargeback(name, known_at, paid(), None)
    import msgspec

    changed = msgspec.structs.replace(joined.label, verdict=verdict)
    return msgspec.structs.replace(joined, label=changed)


def test_labels_mark_entities_but_never_merchants() -> None:
    fold = EdgeFold()
    for event in (paid(), label("l1", START_MS + 9), label("l2", START_MS + 7)):
        fold.add(event, None)
    table = fold.table()
    fraud = {table.tokens[i]: int(table.fraud[i]) for i in np.flatnonzero(table.fraud)}
    assert fraud == {CARD: 1, ACCOUNT: 1, DEVICE: 1}, "two labels of one payment are one fraud"
    assert table.first_fraud[table.index(CARD)] == START_MS + 9


def test_the_newest_word_counts() -> None:
    fold = EdgeFold()
    for event in (label("l2", 20, "cleared"), label("l1", 10)):
        fold.add(event, None)
    assert not fold.table().fraud.any()


MARKS = [
    ("a", Mark(known_at=1, label="x", fraud=True)),
    ("a", Mark(known_at=3, label="y", fraud=False)),
    ("b", Mark(known_at=2, label="z", fraud=True)),
]


@given(st.permutations(MARKS))
def test_marks_in_any_order(marks: list[tuple[str, Mark]]) -> None:
    assert count(newest(marks)) == (1, 2)
