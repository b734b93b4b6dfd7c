import json
from copy import deepcopy
from typing import Any

import pytest

from events.codec import decode, encode
from events.errors import InvalidFieldError, RawCardNumberError
from events.types import SCHEMA_VERSION, Transaction, TransactionOutcome
from events.upgrade import UPGRADES, upgrade
from tests.unit.events_examples import MESSAGES, TRANSACTION, VISA, with_value

NOW = json.loads(encode(TRANSACTION))
OLD_AMOUNT = {
    "value": "12.30",
    "currency": "INR",
    "base_value": "0.15",
    "base_currency": "USD",
    "rates": "rates-1",
}
OLD: dict[str, Any] = {**NOW, "schema": 0, "amount": OLD_AMOUNT}


def test_a_transaction_of_version_0_is_read_as_today() -> None:
    assert decode(json.dumps(OLD).encode(), Transaction) == TRANSACTION


def test_an_upgrade_changes_no_argument() -> None:
    before = deepcopy(OLD)
    assert upgrade(OLD, 0, 1) == NOW
    assert before == OLD


def test_every_older_version_has_a_way_to_the_present() -> None:
    assert sorted(UPGRADES) == list(range(SCHEMA_VERSION))


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_messages_without_an_amount_only_change_their_version(message: Any) -> None:
    raw = {**json.loads(encode(message)), "schema": 0}
    if isinstance(message, TransactionOutcome):
        raw["amount"] = OLD_AMOUNT
    assert decode(json.dumps(raw).encode()) == message


def test_currencies_have_their_own_decimals() -> None:
    amount = {"value": "1230", "currency": "JPY", "base_value": "8.241", "base_currency": "KWD", "rates": "r"}
    made = decode(json.dumps({**OLD, "amount": amount}).encode(), Transaction).amount
    assert (made.minor, made.base_minor) == (1230, 8241)


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("amount.value", "NaN", "amount.value"),
        ("amount.value", "twelve", "amount.value"),
        ("amount.value", None, "amount.value"),
        ("amount.value", "12.345", "amount.value"),
        ("amount.value", "1e999999", "amount.value"),
        ("amount.value", "1e40", "amount.minor"),
        ("amount.value", "1e-999999", "amount.value"),
        ("amount.value", "1." + "0" * 40 + "1", "amount.value"),
        ("amount.value", "-1", "amount.minor"),
        ("amount.base_value", ..., "amount.base_value"),
        ("amount.currency", "ZZZ", "amount.currency"),
        ("amount.currency", ["INR"], "amount.currency"),
        ("amount.rates", ..., "amount.rate_version"),
        ("amount.colour", "red", "amount.colour"),
        ("amount", "12.30", "amount"),
        ("time", 0, "time"),
    ],
)
def test_faults_of_old_messages_name_their_field(path: str, value: object, field: str) -> None:
    with pytest.raises(InvalidFieldError) as refused:
        decode(json.dumps(with_value(OLD, path, value)).encode(), Transaction)
    assert refused.value.field == field


def test_card_numbers_in_old_messages() -> None:
    with pytest.raises(RawCardNumberError) as refused:
        decode(json.dumps(with_value(OLD, "card.number", VISA)).encode(), Transaction)
    assert refused.value.field == "card.number"
