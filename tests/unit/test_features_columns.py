"""Whole columns say what the functions of single events say: keys, fields, and what columns make of columns."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.tokens import token_hash
from events.types import Address, Card, Channel, Email, Ip, Merchant, Money, Phone, Status, Transaction
from features import (
    GRAPH_COLUMNS,
    GRAPH_KINDS,
    Catalogue,
    Difference,
    Feature,
    GraphFeature,
    GraphRows,
    Ratio,
    TransactionField,
    ZScore,
    assemble,
    make_batch,
)
from features.derived import derive
from features.feature import Derived, parts_of
from features.field_columns import OF_BATCH, field_columns
from features.fields import ADDRESS_KEYED, FIELDS
from features.token_keys import token_keys

HEX = st.text("0123456789abcdef", min_size=32, max_size=32)
TOKENS = st.one_of(
    st.builds(lambda version, digits: f"card.{version}.{digits}", st.integers(1, 3), HEX),
    st.builds(lambda digits: f"merchant.0.{digits}", HEX),
    st.builds(lambda digits: f"card.1.{digits[:31]} ", HEX),
    st.text(max_size=40),
)
COUNTRY = st.sampled_from([None, "IN", "US"])


@given(st.lists(TOKENS, max_size=6))
def test_keys_of_many_tokens_are_those_of_each(tokens: list[str]) -> None:
    found = token_keys(tokens)
    assert found.dtype == np.uint64
    assert found.tolist() == [token_hash(token) for token in tokens]


def test_a_hash_is_never_nothing() -> None:
    salt = token_hash("card.1." + "0" * 32)
    token = f"card.1.{salt:032x}"
    assert token_keys([token]).tolist() == [token_hash(token)] == [1]


def test_a_batch_knows_fields_and_the_address_key() -> None:
    assert set(OF_BATCH) <= {*FIELDS, ADDRESS_KEYED}


@st.composite
def payments(draw: st.DrawFn) -> Transaction:
    token = "0" * 32
    currency = draw(st.sampled_from(["USD", "INR"]))
    minor = draw(st.integers(0, 10**6))
    return Transaction(
        id="t",
        time=draw(st.integers(0, 2**42)),
        amount=Money(minor=minor, currency=currency, base_minor=minor, base_currency="USD", rate_version="r"),
        channel=draw(st.sampled_from(list[Channel](("unknown", "moto", "transfer", "ecommerce")))),
        card=draw(st.sampled_from([None, Card(token=f"card.1.{token}")])),
        account=draw(st.sampled_from([None, f"account.1.{token}"])),
        email=draw(
            st.none()
            | st.builds(
                lambda normal: Email(token=f"email.1.{token}", normal=normal),
                st.none() | st.text("a1@\u0663\u00e9.", max_size=8),
            )
        ),
        phone=draw(st.none() | st.builds(lambda it: Phone(token=f"phone.1.{token}", country=it), COUNTRY)),
        ip=draw(st.none() | st.builds(lambda it: Ip(token=f"ip.1.{token}", country=it), COUNTRY)),
        merchant=draw(
            st.none()
            | st.builds(
                lambda it, category: Merchant(token="merchant.0.s", country=it, category=category),
                COUNTRY,
                st.sampled_from([None, "5411"]),
            )
        ),
        addresses=tuple(
            draw(
                st.lists(
                    st.builds(
                        Address, role=st.sampled_from(["billing", "shipping"]), text=st.sampled_from("ab")
                    ),
                    max_size=3,
                )
            )
        ),
    )


@given(st.lists(payments(), max_size=6))
def test_columns_of_fields_are_those_of_each_transaction(transactions: list[Transaction]) -> None:
    batch = make_batch(transactions, [None] * len(transactions), range(len(transactions)))
    found = field_columns(tuple(FIELDS), transactions, batch)
    wanted = [[read(transaction) for read in FIELDS.values()] for transaction in transactions]
    np.testing.assert_array_equal(found, np.array(wanted, dtype=np.float64).reshape(found.shape))


ODD = st.sampled_from([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.5, -2.0, 1e30])
NAMES = ("a", "b", "c")


@settings(deadline=None)
@given(
    st.lists(st.tuples(ODD, ODD, ODD, st.integers(0, 5)), min_size=1, max_size=5),
    st.sampled_from([Ratio("a", "b"), Difference("a", "b"), ZScore("a", "b", "c"), Ratio("txn.amount", "c")]),
)
def test_columns_made_of_others(rows: list[tuple[float, float, float, int]], source: Derived) -> None:
    graph = GRAPH_COLUMNS[:3]
    catalogue = Catalogue(
        (
            Feature("txn.amount", "transaction", TransactionField("txn.amount"), "amount"),
            Feature("made", "velocity", source, "made of others"),
            *(
                Feature(name, "graph", GraphFeature("card", column.name), "given")
                for name, column in zip(NAMES, graph, strict=True)
            ),
        )
    )
    m = len(rows)
    values = np.full((m, len(GRAPH_KINDS), len(GRAPH_COLUMNS)), np.nan, np.float32)
    values[:, 0, :3] = [row[:3] for row in rows]
    status = np.full((m, len(GRAPH_KINDS)), Status.ABSENT, np.uint8)
    status[:, 0] = [row[3] for row in rows]
    money = Money(minor=7, currency="USD", base_minor=7, base_currency="USD", rate_version="r")
    paid = [Transaction(id=f"t{i}", time=i, amount=money) for i in range(m)]
    batch = make_batch(paid, [None] * m, range(m))
    nothing = np.empty((m, 0))
    x, told = assemble(
        catalogue, paid, batch, nothing, nothing.astype(np.uint8), GraphRows(values, status, "g")
    )
    given_ = {"txn.amount": np.full(m, 7.0)} | {
        name: values[:, 0, at].astype(np.float64) for at, name in enumerate(NAMES)
    }
    with np.errstate(all="ignore"):
        wanted = derive(type(source), [given_[name] for name in parts_of(source)]).astype(np.float32)
    np.testing.assert_array_equal(x[:, 1], wanted)
    failed = told[:, 1] == Status.FAILED
    assert (failed == (status[:, 0] == Status.FAILED)).all()
    assert (told[np.isnan(wanted) & ~failed, 1] == Status.ABSENT).all()


def test_arrays_that_may_not_be_written_to_are_read() -> None:
    catalogue = Catalogue((Feature("g", "graph", GraphFeature("card", "degree"), "degree"),))
    values = np.ones((1, len(GRAPH_KINDS), len(GRAPH_COLUMNS)), np.float32)
    status = np.zeros((1, len(GRAPH_KINDS)), np.uint8)
    values.flags.writeable = status.flags.writeable = False
    money = Money(minor=7, currency="USD", base_minor=7, base_currency="USD", rate_version="r")
    paid = [Transaction(id="t", time=1, amount=money)]
    batch = make_batch(paid, [None], [0])
    x, _ = assemble(
        catalogue, paid, batch, np.empty((1, 0)), np.empty((1, 0), np.uint8), GraphRows(values, status, "g")
    )
    assert x.tolist() == [[1.0]]


def test_lengths_that_differ_are_refused() -> None:
    with pytest.raises(ValueError, match="entities"):
        make_batch([], [], [], entities=[{}])
