import math
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.codec import decode, encode
from events.door import Door
from events.entities import entities_of
from events.errors import InputError, InvalidFieldError, RawCardNumberError
from events.money import default_rates
from events.tokens import Tokeniser
from events.types import AccountEvent, Label, Transaction, TransactionOutcome
from tests.unit.events_examples import NOON, VISA, with_value

TOKENISER = Tokeniser({1: b"k" * 32}, 1)
DOOR = Door(TOKENISER, default_rates())
RAW: dict[str, Any] = {
    "id": "t-1",
    "time": "2026-03-01T17:30:00+05:30",
    "amount": "12.30",
    "currency": "INR",
    "channel": "ecommerce",
    "card": {"reference": "c-1", "bin": "411111", "last4": "1111"},
    "account": "a-1",
    "device": {"id": "d-1", "model": "Pixel 9"},
    "email": "A.B+shop@GoogleMail.com",
    "phone": "098765 43210",
    "ip": "203.0.113.77",
    "merchant": {"id": "shop-7", "category": "5411", "country": "in"},
    "shipping_address": "12 MG Road, Bengaluru 560001",
    "billing_address": "4 Park Street, Kolkata",
    "country": "IN",
    "extra": {"basket": 3},
}


def test_a_transaction_is_derived_then_tokenised() -> None:
    made = DOOR.transaction(RAW)
    assert (made.id, made.time, made.kind, made.channel) == ("t-1", NOON, "authorisation", "ecommerce")
    assert (made.amount.minor, made.amount.currency, made.amount.base_minor) == (1230, "INR", 15)
    assert made.card is not None
    assert (made.card.bin, made.card.last4) == ("411111", "1111")
    assert made.email is not None
    assert (made.email.normal, made.email.domain) == ("ab@gmail.com", "gmail.com")
    assert made.phone is not None
    assert (made.phone.normal, made.phone.country) == ("+919876543210", "IN")
    assert made.ip is not None
    assert made.ip.prefix == "203.0.113.0/24"
    assert made.merchant is not None
    assert (made.merchant.token, made.merchant.category, made.merchant.country) == (
        "merchant.0.shop-7",
        "5411",
        "IN",
    )
    assert [(place.role, place.country) for place in made.addresses] == [
        ("shipping", "IN"),
        ("billing", "IN"),
    ]
    assert made.extra == {"basket": 3}
    assert entities_of(made) == {
        "card": TOKENISER.token("card", "c-1"),
        "account": TOKENISER.token("account", "a-1"),
        "device": TOKENISER.token("device", "d-1"),
        "email": TOKENISER.token("email", "ab@gmail.com"),
        "phone": TOKENISER.token("phone", "+919876543210"),
        "ip": TOKENISER.token("ip", "203.0.113.77"),
        "merchant": "merchant.0.shop-7",
    }
    assert decode(encode(made), Transaction) == made


def test_raw_identifiers_do_not_pass() -> None:
    wire = encode(
        DOOR.transaction({**RAW, "card": "ref-abcdef", "device": "dev-abcdef", "account": "acc-abcdef"})
    )
    for raw in (b"ref-abcdef", b"dev-abcdef", b"acc-abcdef", b"203.0.113.77", b"GoogleMail"):
        assert raw not in wire


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"card": "c-1"}, {"card": {"reference": " c-1 "}}),
        ({"card": 42}, {"card": "42"}),
        ({"device": "d-1"}, {"device": {"id": "d-1", "model": "x"}}),
        ({"email": "a.b@gmail.com"}, {"email": "AB+news@googlemail.com "}),
        ({"email": "kim@outlook.com"}, {"email": "Kim+1@Outlook.com"}),
        ({"email": "kim@yahoo.com"}, {"email": "kim-shop@yahoo.com"}),
        ({"phone": "+91 98765-43210"}, {"phone": {"number": "09876543210", "country": "IN"}}),
        ({"phone": "+1 (415) 555-2671"}, {"phone": {"number": "4155552671", "country": "us"}}),
        ({"ip": "203.0.113.7"}, {"ip": {"address": "::ffff:203.0.113.7", "country": "IN"}}),
        ({"ip": "2001:db8::1"}, {"ip": "2001:0DB8:0:0:0:0:0:1"}),
    ],
)
def test_spellings_of_one_identifier_give_one_token(
    one: Mapping[str, object], other: Mapping[str, object]
) -> None:
    assert entities_of(DOOR.transaction({**RAW, **one})) == entities_of(DOOR.transaction({**RAW, **other}))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"email": "a.b@example.com"}, {"email": "ab@example.com"}),
        ({"email": "kim+1@example.com"}, {"email": "kim@example.com"}),
        ({"phone": "+919876543210"}, {"phone": "+919876543211"}),
        ({"card": "c-1"}, {"card": "C-1"}),
    ],
)
def test_different_identifiers_stay_apart(one: Mapping[str, object], other: Mapping[str, object]) -> None:
    assert entities_of(DOOR.transaction({**RAW, **one})) != entities_of(DOOR.transaction({**RAW, **other}))


def test_what_customers_mistype_stops_no_payment() -> None:
    made = DOOR.transaction({**RAW, "email": "not an address", "phone": "12", "country": "  "})
    assert made.email is not None
    assert made.phone is not None
    assert (made.email.normal, made.phone.normal) == (None, None)
    assert (made.email.token[:8], made.phone.token[:8]) == ("email.1.", "phone.1.")


def test_blank_is_absent() -> None:
    made = DOOR.transaction(
        {
            "id": 7,
            "time": NOON,
            "amount": 12.3,
            "currency": "usd",
            "account": 9,
            "card": " ",
            "email": "",
            "phone": None,
        }
    )
    assert (made.id, made.card, made.email, made.phone, made.merchant, made.addresses) == (
        "7",
        *[None] * 4,
        (),
    )
    assert made.amount.minor == 1230


@pytest.mark.parametrize(
    ("path", "value", "error", "field"),
    [
        ("card", VISA, RawCardNumberError, "card"),
        ("card", int(VISA), RawCardNumberError, "card"),
        ("card", "4111 1111 1111 1111", RawCardNumberError, "card"),
        ("card.reference", VISA, RawCardNumberError, "card.reference"),
        ("card.bin", VISA, RawCardNumberError, "card.bin"),
        ("account", f"acc {VISA}", RawCardNumberError, "account"),
        ("device.id", VISA, RawCardNumberError, "device.id"),
        ("device.model", VISA, RawCardNumberError, "device.model"),
        ("email", f"{VISA}@example.com", RawCardNumberError, "email"),
        ("phone", VISA, RawCardNumberError, "phone"),
        ("phone", {"number": VISA}, RawCardNumberError, "phone.number"),
        ("merchant", VISA, RawCardNumberError, "merchant"),
        ("id", VISA, RawCardNumberError, "id"),
        ("extra.note", f"card {VISA}", RawCardNumberError, "extra.note"),
        ("extra.note", int(VISA), RawCardNumberError, "extra.note"),
        ("amount", math.nan, InvalidFieldError, "amount"),
        ("amount", "NaN", InvalidFieldError, "amount"),
        ("amount", "-3", InvalidFieldError, "amount"),
        ("amount", "1e30", InvalidFieldError, "amount"),
        ("amount", None, InvalidFieldError, "amount"),
        ("currency", "ZZZ", InvalidFieldError, "currency"),
        ("currency", ..., InvalidFieldError, "currency"),
        ("time", "1900-01-01T00:00:00Z", InvalidFieldError, "time"),
        ("time", "2100-01-01T00:00:00Z", InvalidFieldError, "time"),
        ("time", "2026-03-01T12:00:00", InvalidFieldError, "time"),
        ("time", "yesterday", InvalidFieldError, "time"),
        ("time", True, InvalidFieldError, "time"),
        ("time", [NOON], InvalidFieldError, "time"),
        ("id", ..., InvalidFieldError, "id"),
        ("id", "x" * 300, InvalidFieldError, "id"),
        ("id", "x" * 200, InvalidFieldError, "id"),
        ("id", 1.5, InvalidFieldError, "id"),
        ("kind", "theft", InvalidFieldError, "kind"),
        ("channel", "pigeon", InvalidFieldError, "channel"),
        ("colour", "red", InvalidFieldError, "colour"),
        ("card.number", "x", InvalidFieldError, "card.number"),
        ("card.reference", ..., InvalidFieldError, "card.reference"),
        ("card.bin", "41", InvalidFieldError, "card.bin"),
        ("card.last4", "11111", InvalidFieldError, "card.last4"),
        ("card", ["c-1"], InvalidFieldError, "card"),
        ("account", "a\x00b", InvalidFieldError, "account"),
        ("ip", "203.0.113.300", InvalidFieldError, "ip"),
        ("country", "India", InvalidFieldError, "country"),
        ("merchant.country", "I1", InvalidFieldError, "merchant.country"),
        ("merchant.category", "food", InvalidFieldError, "merchant.category"),
        ("addresses", "12 MG Road", InvalidFieldError, "addresses"),
        ("addresses", [{"role": "home", "text": "x"}], InvalidFieldError, "addresses.0.role"),
        ("addresses", [{"role": "billing"}], InvalidFieldError, "addresses.0.text"),
        ("addresses", ["12 MG Road"], InvalidFieldError, "addresses.0"),
        ("addresses", [{"role": "billing", "text": "x"}] * 9, InvalidFieldError, "addresses"),
        ("shipping_address", "x" * 600, InvalidFieldError, "shipping_address.text"),
        ("extra", [1], InvalidFieldError, "extra"),
        ("extra.deep", {"a": 1}, InvalidFieldError, "extra"),
        ("extra.rate", math.inf, InvalidFieldError, "extra.rate"),
        ("extra.big", 2**64, InvalidFieldError, "extra.big"),
    ],
)
def test_a_bad_submission_is_refused_naming_the_field(
    path: str, value: object, error: type[InputError], field: str
) -> None:
    with pytest.raises(InputError) as refused:
        DOOR.transaction(with_value(RAW, path, value))
    assert (type(refused.value), refused.value.field) == (error, field)
    assert VISA not in str(refused.value)


def test_neither_card_nor_account() -> None:
    with pytest.raises(InvalidFieldError, match="neither card nor account"):
        DOOR.transaction({**RAW, "card": None, "account": ""})


def test_times_may_be_a_day_ahead() -> None:
    assert DOOR.transaction(RAW, now_ms=NOON - 86_400_000).time == NOON
    with pytest.raises(InvalidFieldError, match=r"^time"):
        DOOR.transaction(RAW, now_ms=NOON - 86_400_001)


def test_free_text_by_setting() -> None:
    raw = {**RAW, "shipping_address": f"card {VISA}"}
    assert DOOR.transaction(raw).addresses[0].text == f"card {VISA}"
    with pytest.raises(RawCardNumberError, match=r"^addresses\.0\.text"):
        Door(TOKENISER, default_rates(), check_free_text=True).transaction(raw)


def test_a_german_mobile_number_is_no_card_number() -> None:
    made = DOOR.transaction({**RAW, "phone": "4915112345678", "country": None})
    assert made.phone is not None
    assert made.phone.normal == "+4915112345678"


def test_outcomes_carry_entities() -> None:
    made = DOOR.outcome(
        {
            "id": "o-1", "transaction": "t-1", "time": NOON, "kind": "issuer", "approved": False, "code": "51",
            "card": "c-1", "device": {"id": "d-1"}, "ip": "203.0.113.77", "merchant": "shop-7",
            "amount": "5", "currency": "USD",
        }
    )  # fmt: skip
    of = entities_of(DOOR.transaction(RAW))
    assert made.entities == {kind: of[kind] for kind in ("card", "device", "ip", "merchant")}
    assert made.amount is not None
    assert made.amount.minor == 500
    assert decode(encode(made), TransactionOutcome) == made
    with pytest.raises(InvalidFieldError) as refused:
        DOOR.outcome({"id": "o", "transaction": "t", "time": NOON, "kind": "issuer", "approved": "yes"})
    assert refused.value.field == "approved"


def test_account_events() -> None:
    raw = {
        "id": "a",
        "time": NOON,
        "account": "a-1",
        "kind": "address_changed",
        "billing_address": "1 New Street",
    }
    made = DOOR.account_event(raw)
    assert (made.account, made.addresses[0].text) == (TOKENISER.token("account", "a-1"), "1 New Street")
    assert decode(encode(made), AccountEvent) == made
    for field in ("account", "kind", "id", "time"):
        with pytest.raises(InvalidFieldError) as refused:
            DOOR.account_event(with_value(raw, field, ...))
        assert refused.value.field == field


LABEL = {
    "id": "l-1", "subject": {"kind": "transaction", "id": "t-1"}, "verdict": "chargeback", "reason_code": "10.4",
    "source": "visa", "actor": "acquirer", "time": NOON, "known_at": "2026-03-15T00:00:00Z",
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("card", "c-1"),
        ("account", "a-1"),
        ("device", "d-1"),
        ("email", "ab@gmail.com"),
        ("phone", "+919876543210"),
        ("ip", "203.0.113.77"),
        ("merchant", "shop-7"),
    ],
)
def test_labels_name_entities_as_transactions_do(kind: str, raw: str) -> None:
    made = DOOR.label({**LABEL, "subject": {"kind": kind, "id": raw}})
    token = {str(name): token for name, token in entities_of(DOOR.transaction(RAW)).items()}[kind]
    assert made.subject.id == token
    assert DOOR.label({**LABEL, "subject": {"kind": kind, "id": token}}) == made
    assert decode(encode(made), Label) == made


def test_labels_on_transactions() -> None:
    assert DOOR.label(LABEL).subject.id == "t-1"
    assert DOOR.label({**LABEL, "subject": {"kind": "transaction", "id": 7}}).subject.id == "7"


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("subject", ..., "subject"),
        ("subject", "t-1", "subject"),
        ("subject.kind", "planet", "subject.kind"),
        ("subject.kind", ["card"], "subject.kind"),
        ("subject.kind", "address", "subject.id"),
        ("subject.id", VISA, "subject.id"),
        ("verdict", "guilty", "verdict"),
        ("known_at", ..., "known_at"),
        ("known_at", 5, "known_at"),
        ("actor", "", "actor"),
    ],
)
def test_a_bad_label_is_refused_naming_the_field(path: str, value: object, field: str) -> None:
    with pytest.raises(InputError) as refused:
        DOOR.label(with_value(LABEL, path, value))
    assert refused.value.field == field


def test_a_submission_is_never_changed() -> None:
    before = repr(RAW)
    DOOR.transaction(RAW)
    assert repr(RAW) == before


VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=3)
)
DEEP = VALUES | st.lists(VALUES, max_size=2) | st.dictionaries(st.text(max_size=6), VALUES, max_size=2)


@given(st.sampled_from(sorted(RAW)), DEEP)
def test_any_value_in_any_field_is_taken_or_refused(field: str, value: object) -> None:
    try:
        made = DOOR.transaction({**RAW, field: value})
    except InputError:
        return
    assert decode(encode(made), Transaction) == made
