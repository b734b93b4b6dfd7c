"""Inputs become columns: kinds, times, keys and amounts."""

from typing import get_args, get_type_hints

import numpy as np
import pytest

from events.tokens import token_hash
from events.types import (
    AccountEvent,
    AddressKey,
    Card,
    EntityKind,
    Input,
    JoinedLabel,
    Label,
    Money,
    Subject,
    Transaction,
    TransactionOutcome,
)
from features import KEY_INDEX, KEYS, EventKind, kind_of, make_batch
from features.batch import amount_keys

HEX = "0123456789abcdef" * 2
MONEY = Money(minor=1230, currency="INR", base_minor=15, base_currency="USD", rate_version="r")
CARD = f"card.1.{HEX}"
ENTITIES: dict[EntityKind, str] = {"card": CARD, "merchant": "merchant.0.shop"}
TRANSACTION = Transaction(id="t", time=1000, amount=MONEY, card=Card(token=CARD), account=f"account.1.{HEX}")


def outcome(kind: str, *, approved: bool, amount: Money | None = None) -> TransactionOutcome:
    hints = get_args(get_type_hints(TransactionOutcome)["kind"])
    assert kind in hints
    return TransactionOutcome(
        id="o", transaction="t", time=2000, kind=kind, approved=approved, amount=amount, entities=ENTITIES  # type: ignore[arg-type]  # checked above
    )  # fmt: skip


def label(verdict: str) -> JoinedLabel:
    inner = Label(
        id="l",
        subject=Subject(kind="transaction", id="t-1"),
        verdict=verdict,  # type: ignore[arg-type]  # a literal below
        reason_code="10.4",
        source="s",
        actor="a",
        time=1000,
        known_at=9000,
    )
    return JoinedLabel(label=inner, entities=ENTITIES, transaction_time=1000, amount=MONEY)


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (TRANSACTION, EventKind.AUTHORISATION),
        (Transaction(id="t", time=1, amount=MONEY, kind="refund"), EventKind.REFUND),
        (Transaction(id="t", time=1, amount=MONEY, kind="capture"), EventKind.CAPTURE),
        (Transaction(id="t", time=1, amount=MONEY, kind="reversal"), EventKind.REVERSAL),
        (outcome("issuer", approved=True), EventKind.OUTCOME_APPROVED),
        (outcome("issuer", approved=False), EventKind.OUTCOME_DECLINED),
        (outcome("cvv", approved=False), EventKind.CHECK_FAILED),
        (outcome("three_ds", approved=True), EventKind.CHECK_PASSED),
        (outcome("refund", approved=True), EventKind.REFUND),
        (outcome("capture", approved=False), EventKind.OUTCOME_DECLINED),
        (AccountEvent(id="a", time=1, account="account.1.x", kind="login"), EventKind.LOGIN),
        (AccountEvent(id="a", time=1, account="account.1.x", kind="login_failed"), EventKind.LOGIN_FAILED),
        (AccountEvent(id="a", time=1, account="account.1.x", kind="email_changed"), EventKind.ACCOUNT_CHANGE),
        (label("chargeback"), EventKind.LABEL_FRAUD),
        (label("confirmed"), EventKind.LABEL_FRAUD),
        (label("cleared"), EventKind.LABEL_GENUINE),
    ],
)
def test_kinds(event: Input, kind: EventKind) -> None:
    assert kind_of(event) == kind


def test_a_label_counts_from_when_it_became_known() -> None:
    assert make_batch([label("chargeback")], [None], [0]).time.tolist() == [9000]


def test_columns() -> None:
    address = AddressKey(building=f"address.1.{HEX}", unit=f"address.1.{HEX[::-1]}")
    events: list[Input] = [TRANSACTION, outcome("issuer", approved=True), label("cleared")]
    batch = make_batch(events, [address, None, None], [7, 8, 9])
    assert batch.seq.tolist() == [7, 8, 9]
    assert batch.time.tolist() == [1000, 2000, 9000]
    assert batch.amount.tolist() == [15, 0, 15]
    assert batch.authorisations.tolist() == [True, False, False]
    wanted = np.zeros((3, len(KEYS)), dtype=np.uint64)
    wanted[:, KEY_INDEX["card"]] = token_hash(CARD)
    wanted[0, KEY_INDEX["account"]] = token_hash(f"account.1.{HEX}")
    wanted[0, KEY_INDEX["address"]] = token_hash(address.token)  # the unit, where it is known
    wanted[1:, KEY_INDEX["merchant"]] = token_hash("merchant.0.shop")
    wanted[:, KEY_INDEX["amount"]] = amount_keys(batch.kind, batch.amount)
    assert (wanted[:, KEY_INDEX["amount"]] != 0).tolist() == [True, False, False]
    np.testing.assert_array_equal(batch.keys, wanted)
    assert [batch.keys.dtype, batch.kind.dtype] == [np.dtype(np.uint64), np.dtype(np.uint8)]


def test_an_empty_batch_and_one_of_unequal_lengths() -> None:
    assert make_batch([], [], []).keys.shape == (0, len(KEYS))
    with pytest.raises(ValueError, match="argument"):
        make_batch([TRANSACTION], [], [1])
