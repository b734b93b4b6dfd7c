"""Rows put together: each column from its source, each status from whoever knows it."""

import numpy as np
import pytest

from events.types import (
    Address,
    AddressKey,
    Card,
    Email,
    Input,
    Ip,
    Merchant,
    Money,
    Phone,
    Status,
    Transaction,
    TransactionOutcome,
)
from features import GRAPH_COLUMNS, GRAPH_KINDS, Batch, GraphRows, assemble, default_catalogue, make_batch
from features.velocity import VelocityEngine

CATALOGUE = default_catalogue()
HEX = "0123456789abcdef" * 2
SATURDAY_EVENING = 1_577_210_400_000 + 4 * 86_400_000 + 1_800_000  # 2019-12-28T18:30:00Z
KEY = AddressKey(building=f"address.1.{HEX}")
FULL = Transaction(
    id="t-2",
    time=SATURDAY_EVENING,
    amount=Money(minor=30_000, currency="INR", base_minor=600, base_currency="USD", rate_version="r"),
    channel="ecommerce",
    card=Card(token=f"card.1.{HEX}"),
    account=f"account.1.{HEX}",
    email=Email(token=f"email.1.{HEX}", normal="ab12@example.com", domain="example.com"),
    phone=Phone(token=f"phone.1.{HEX}", country="IN"),
    ip=Ip(token=f"ip.1.{HEX}", country="IN"),
    merchant=Merchant(token="merchant.0.shop", category="5411", country="US"),
    addresses=(Address(role="shipping", text="12 MG Road"), Address(role="billing", text="9 Elm Street")),
)
FIRST = Transaction(
    id="t-1",
    time=SATURDAY_EVENING - 1000,
    amount=Money(minor=201, currency="USD", base_minor=201, base_currency="USD", rate_version="r"),
    card=Card(token=f"card.1.{HEX}"),
)
OUTCOME = TransactionOutcome(
    id="o-1",
    transaction="t-1",
    time=SATURDAY_EVENING - 500,
    kind="issuer",
    approved=False,
    entities={"card": f"card.1.{HEX}"},
)
EVENTS: list[Input] = [FIRST, OUTCOME, FULL]
SCORED = [FIRST, FULL]


def folded() -> tuple[Batch, np.ndarray, np.ndarray]:
    batch = make_batch(EVENTS, [None, None, KEY], range(3))
    values, status = VelocityEngine(CATALOGUE).update_and_read(batch)
    return batch, values, status


def graph_rows(m: int = 2) -> GraphRows:
    shape = (m, len(GRAPH_KINDS), len(GRAPH_COLUMNS))
    values = np.full(shape, np.nan, dtype=np.float32)
    status = np.full(shape[:2], Status.ABSENT, dtype=np.uint8)
    return GraphRows(values, status, "g-1")


def rows(graph: GraphRows | None = None) -> tuple[list[dict[str, float]], list[dict[str, Status]]]:
    x, status = assemble(CATALOGUE, SCORED, *folded(), graph or graph_rows())
    assert [x.dtype, status.dtype] == [np.dtype(np.float32), np.dtype(np.uint8)]
    assert x.shape == status.shape == (2, len(CATALOGUE.names))
    named = [dict(zip(CATALOGUE.names, row.tolist(), strict=True)) for row in x]
    return named, [dict(zip(CATALOGUE.names, map(Status, row.tolist()), strict=True)) for row in status]


def test_what_the_transaction_says() -> None:
    (first, full), (first_status, _) = rows()
    assert {name: full[name] for name in CATALOGUE.names[CATALOGUE.groups["transaction"]]} == {
        "txn.amount": 600,
        "txn.round_amount": 1,
        "txn.foreign_currency": 1,
        "txn.hour": 18.5,
        "txn.weekday": 5,
        "txn.channel.card_present": 0,
        "txn.channel.ecommerce": 1,
        "txn.channel.moto": 0,
        "txn.channel.recurring": 0,
        "txn.channel.transfer": 0,
        "txn.has_card": 1,
        "txn.has_account": 1,
        "txn.has_device": 0,
        "txn.has_email": 1,
        "txn.has_phone": 1,
        "txn.email_digit_share": 0.5,
        "txn.merchant_category": 5411,
        "txn.ip_abroad": 1,
        "txn.phone_abroad": 0,
    }
    assert [full[f"address.{name}"] for name in ("written", "keyed", "billing_differs")] == [1, 1, 1]
    assert [first["address.written"], first["address.keyed"]] == [0, 0]
    assert np.isnan(first["txn.ip_abroad"])
    assert first_status["txn.ip_abroad"] == Status.ABSENT
    assert first_status["txn.amount"] == Status.FRESH


def test_velocity_and_ratios_come_from_the_row_of_the_transaction() -> None:
    (first, full), (_, status) = rows()
    assert first["card.transactions.count.1h"] == 1
    assert first["card.declined.count.1h"] == 0
    assert full["card.transactions.count.1h"] == 2
    assert full["card.amount.sum.1h"] == 801
    assert full["card.declined.count.1h"] == 1
    assert full["address.cards.distinct.7d"] == 1
    assert full["card.amount.ratio.30d"] == pytest.approx(600 / (801 / 2))
    assert full["merchant.fraud_rate.30d"] == 0
    assert status["card.amount.ratio.30d"] == Status.WARMING
    assert np.isnan(full["device.transactions.count.1d"])
    assert status["device.transactions.count.1d"] == Status.ABSENT
    assert np.isnan(first["merchant.fraud_rate.30d"])


def test_graph_columns_of_one_entity_and_the_largest_of_all() -> None:
    graph = graph_rows()
    degree = [column.name for column in GRAPH_COLUMNS].index("degree")
    card, email = GRAPH_KINDS.index("card"), GRAPH_KINDS.index("email")
    graph.values[1, card, degree], graph.values[1, email, degree] = 3, 5
    graph.status[1, [card, email]] = [Status.FRESH, Status.STALE]
    graph.status[0, card] = Status.FAILED
    (first, full), (first_status, full_status) = rows(graph)
    assert [full["graph.card.degree"], full["graph.email.degree"], full["graph.max.degree"]] == [3, 5, 5]
    assert np.isnan(full["graph.phone.degree"])
    assert full_status["graph.card.degree"] == Status.FRESH
    assert full_status["graph.max.degree"] == Status.STALE
    assert full_status["graph.phone.degree"] == Status.ABSENT
    assert np.isnan(first["graph.max.degree"])
    assert first_status["graph.max.degree"] == Status.FAILED


def test_a_failed_address_marks_what_hangs_on_it() -> None:
    batch = make_batch(EVENTS, [None, None, None], range(3))
    values, status = VelocityEngine(CATALOGUE).update_and_read(batch)
    address = np.array([Status.ABSENT, Status.FAILED], dtype=np.uint8)
    _, found = assemble(CATALOGUE, SCORED, batch, values, status, graph_rows(), address_status=address)
    column = CATALOGUE.index("address.cards.distinct.7d")
    assert found[:, column].tolist() == [Status.ABSENT, Status.FAILED]
    assert found[1, CATALOGUE.index("address.keyed")] == Status.FAILED
    assert found[1, CATALOGUE.index("card.transactions.count.1h")] != Status.FAILED


def test_a_pending_address_is_as_none_and_says_so() -> None:
    """Its own columns, its windows and graph features, what is made of them, and the largest over all entities."""
    batch = make_batch(EVENTS, [None, None, None], range(3))
    values, status = VelocityEngine(CATALOGUE).update_and_read(batch)
    graph = graph_rows()
    lacking, lacking_status = assemble(CATALOGUE, SCORED, batch, values, status, graph)
    address = np.array([Status.ABSENT, Status.PENDING], dtype=np.uint8)
    x, found = assemble(CATALOGUE, SCORED, batch, values, status, graph, address_status=address)
    np.testing.assert_array_equal(x, lacking)
    assert (found[0] == lacking_status[0]).all()
    assert (graph.status == Status.ABSENT).all(), "what was read is not to be changed"
    pending = {name for name, code in zip(CATALOGUE.names, found[1], strict=True) if code == Status.PENDING}
    others = [at for at, name in enumerate(CATALOGUE.names) if name not in pending]
    assert (found[1, others] == lacking_status[1, others]).all()
    address_columns = {name for name in CATALOGUE.names if "address" in name.partition(".")[0].split("+")}
    graph_columns = {name for name in CATALOGUE.names if name.startswith(("graph.address.", "graph.max."))}
    known = {"address.written", "address.billing_differs"}  # of the text alone
    assert pending == (address_columns - known) | graph_columns


def test_a_key_that_is_there_is_not_pending() -> None:
    address = np.array([Status.PENDING, Status.PENDING], dtype=np.uint8)
    _, with_key = assemble(CATALOGUE, SCORED, *folded(), graph_rows(), address_status=address)
    _, wanted = assemble(CATALOGUE, SCORED, *folded(), graph_rows())
    assert (with_key[1] == wanted[1]).all()


def test_nan_and_absent_go_together_but_for_what_failed() -> None:
    x, status = assemble(CATALOGUE, SCORED, *folded(), graph_rows())
    assert (np.isnan(x) == (status == Status.ABSENT)).all()


def test_no_transactions() -> None:
    batch = make_batch([OUTCOME], [None], [0])
    values, status = VelocityEngine(CATALOGUE).update_and_read(batch)
    x, found = assemble(CATALOGUE, [], batch, values, status, graph_rows(0))
    assert x.shape == found.shape == (0, len(CATALOGUE.names))


def test_rows_do_not_depend_on_their_company() -> None:
    together, _ = assemble(CATALOGUE, SCORED, *folded(), graph_rows())
    engine = VelocityEngine(CATALOGUE)
    for seq, event in enumerate(EVENTS):
        batch = make_batch([event], [KEY if event is FULL else None], [seq])
        velocity, status = engine.update_and_read(batch)
        if isinstance(event, Transaction):
            alone, _ = assemble(CATALOGUE, [event], batch, velocity, status, graph_rows(1))
            np.testing.assert_array_equal(alone[0], together[SCORED.index(event)])


def test_shapes_that_do_not_fit_are_refused() -> None:
    batch, values, status = folded()
    with pytest.raises(ValueError, match="transactions"):
        assemble(CATALOGUE, [FULL], batch, values, status, graph_rows())
    with pytest.raises(ValueError, match="velocity"):
        assemble(CATALOGUE, SCORED, batch, values[:, 1:], status, graph_rows())
    with pytest.raises(ValueError, match="graph rows"):
        assemble(CATALOGUE, SCORED, batch, values, status, graph_rows(3))
