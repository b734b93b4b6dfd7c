import json
import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.codec import MAX_BYTES, decode, encode
from events.errors import (
    InputError,
    InvalidFieldError,
    MalformedError,
    RawCardNumberError,
    SchemaVersionError,
)
from events.times import DAY_MS, EARLIEST_MS, LATEST_MS
from events.types import Control, Decision, Label, Message, Transaction, TransactionOutcome
from tests.unit.events_examples import (
    HEX,
    LABEL,
    MESSAGES,
    NOON,
    TRANSACTION,
    TYPES,
    VISA,
    outcomes,
    transactions,
    with_value,
)

GOOD = encode(TRANSACTION)
RAW: dict[str, Any] = json.loads(GOOD)


def changed(path: str, value: object) -> bytes:
    """The good transaction as JSON, one field of it changed. Python writes NaN as `NaN`."""
    return json.dumps(with_value(RAW, path, value)).encode()


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_every_message_survives_the_wire(message: Message) -> None:
    assert decode(encode(message)) == message
    assert decode(encode(message), type(message)) == message


def test_the_examples_cover_every_message() -> None:
    assert {type(message) for message in MESSAGES} == set(TYPES)


@given(transactions() | outcomes())
def test_any_input_survives_the_wire(message: Transaction | TransactionOutcome) -> None:
    assert decode(encode(message), Transaction, TransactionOutcome) == message


def test_equal_messages_have_equal_bytes() -> None:
    one = msgspec.structs.replace(TRANSACTION, extra={"b": 1, "a": 2})
    two = msgspec.structs.replace(TRANSACTION, extra={"a": 2, "b": 1})
    assert encode(one) == encode(two)


YEAR_1900, YEAR_2100 = -2_208_988_800_000, 4_102_444_800_000


@pytest.mark.parametrize(
    ("data", "error", "field"),
    [
        pytest.param(GOOD[: GOOD.index(b'"currency"')], MalformedError, "amount", id="malformed: cut off"),
        pytest.param(GOOD.replace(b'"minor":', b'"minor"='), MalformedError, "amount", id="malformed: no colon"),
        pytest.param(b"hello", MalformedError, "", id="malformed: no JSON at all"),
        pytest.param(b"", MalformedError, "", id="malformed: empty"),
        pytest.param(b"[]", MalformedError, "", id="malformed: no object"),
        pytest.param(b"{}", MalformedError, "type", id="malformed: no type"),
        pytest.param(changed("type", "payment"), MalformedError, "type", id="malformed: unknown type"),
        pytest.param(encode(LABEL), MalformedError, "type", id="malformed: another message"),
        pytest.param(GOOD.replace(b"t-1", b"t-\xff"), MalformedError, "id", id="malformed: no UTF-8"),
        pytest.param(b"[" * 100_000, MalformedError, "", id="malformed: nested too deeply"),
        pytest.param(b" " * (MAX_BYTES + 1), MalformedError, "", id="malformed: too long"),
        pytest.param(changed("schema", 2), SchemaVersionError, "schema", id="schema of the future"),
        pytest.param(changed("schema", -1), SchemaVersionError, "schema", id="schema never known"),
        pytest.param(changed("schema", "1"), SchemaVersionError, "schema", id="schema is text"),
        pytest.param(changed("schema", bool(1)), SchemaVersionError, "schema", id="schema is a truth value"),
        pytest.param(changed("schema", ...), SchemaVersionError, "schema", id="schema missing"),
        pytest.param(changed("id", VISA), RawCardNumberError, "id", id="card number as id"),
        pytest.param(changed("parent", "4111-1111-1111-1111"), RawCardNumberError, "parent", id="grouped card number"),
        pytest.param(changed("card.token", VISA), RawCardNumberError, "card.token", id="card number as token"),
        pytest.param(changed("card.number", VISA), RawCardNumberError, "card.number", id="card number, own field"),
        pytest.param(changed("extra.note", f"pan={VISA}"), RawCardNumberError, "extra.note", id="card number in extra"),
        pytest.param(changed("extra.note", int(VISA)), RawCardNumberError, "extra.note", id="card number as integer"),
        pytest.param(changed("merchant.token", f"merchant.0.{VISA}"), RawCardNumberError, "merchant.token",
                     id="card number as merchant"),
        pytest.param(changed("extra.note", VISA)[:-1], RawCardNumberError, "extra.note", id="card number, malformed"),
        pytest.param(changed("amount.minor", math.nan), InvalidFieldError, "amount.minor", id="amount NaN"),
        pytest.param(changed("amount.minor", math.inf), InvalidFieldError, "amount.minor", id="amount Infinity"),
        pytest.param(changed("amount.minor", -math.inf), InvalidFieldError, "amount.minor", id="amount -Infinity"),
        pytest.param(changed("amount", math.nan), InvalidFieldError, "amount", id="amount NaN as a whole"),
        pytest.param(GOOD.replace(b'"minor":1230', b'"minor":nan'), InvalidFieldError, "amount.minor", id="amount nan"),
        pytest.param(changed("amount.minor", "NaN"), InvalidFieldError, "amount.minor", id="amount NaN as text"),
        pytest.param(changed("amount.minor", 12.3), InvalidFieldError, "amount.minor", id="amount with decimals"),
        pytest.param(changed("amount.minor", -1), InvalidFieldError, "amount.minor", id="amount negative"),
        pytest.param(changed("amount.base_minor", 10**15), InvalidFieldError, "amount.base_minor", id="amount huge"),
        pytest.param(changed("amount.currency", "ZZZ"), InvalidFieldError, "amount.currency", id="no such currency"),
        pytest.param(changed("amount.currency", "usd"), InvalidFieldError, "amount.currency", id="currency small"),
        pytest.param(changed("extra.rate", math.nan), InvalidFieldError, "extra.rate", id="NaN in extra"),
        pytest.param(changed("time", YEAR_1900), InvalidFieldError, "time", id="1900"),
        pytest.param(changed("time", EARLIEST_MS - 1), InvalidFieldError, "time", id="1999"),
        pytest.param(changed("time", YEAR_2100), InvalidFieldError, "time", id="2100"),
        pytest.param(changed("time", "2026-03-01"), InvalidFieldError, "time", id="time as text"),
        pytest.param(changed("time", NOON / 1000), InvalidFieldError, "time", id="time in seconds"),
        pytest.param(changed("id", ...), InvalidFieldError, "id", id="id missing"),
        pytest.param(changed("id", ""), InvalidFieldError, "id", id="id empty"),
        pytest.param(changed("id", "x" * 129), InvalidFieldError, "id", id="id long"),
        pytest.param(changed("id", "a\nb"), InvalidFieldError, "id", id="id with a line break"),
        pytest.param(changed("colour", "red"), InvalidFieldError, "colour", id="unknown field"),
        pytest.param(changed("card.colour", "red"), InvalidFieldError, "card.colour", id="unknown field inside"),
        pytest.param(changed("kind", "theft"), InvalidFieldError, "kind", id="unknown kind"),
        pytest.param(changed("card.token", f"device.1.{HEX}"), InvalidFieldError, "card.token", id="wrong token"),
        pytest.param(changed("card.token", f"card.1.{HEX}a"), InvalidFieldError, "card.token", id="long token"),
        pytest.param(changed("card.bin", "41111"), InvalidFieldError, "card.bin", id="short BIN"),
        pytest.param(changed("card.last4", "١٢٣٤"), InvalidFieldError, "card.last4", id="last four not ASCII"),
        pytest.param(changed("phone.normal", "98765"), InvalidFieldError, "phone.normal", id="phone not E.164"),
        pytest.param(changed("ip.country", "India"), InvalidFieldError, "ip.country", id="country spelled out"),
        pytest.param(changed("merchant.category", "food"), InvalidFieldError, "merchant.category", id="category"),
        pytest.param(changed("addresses", [{"role": "home", "text": "x"}]), InvalidFieldError, "addresses.0.role",
                     id="address role"),
        pytest.param(changed("addresses", [{"role": "billing", "text": "x"}] * 9), InvalidFieldError, "addresses",
                     id="too many addresses"),
        pytest.param(changed("extra", {f"f{n}": n for n in range(65)}), InvalidFieldError, "extra", id="much extra"),
        pytest.param(changed("extra.note", "x" * 513), InvalidFieldError, "extra.note", id="long extra"),
        pytest.param(changed("extra.n", 2**63), InvalidFieldError, "extra.n", id="extra integer beyond 64 bits"),
        pytest.param(changed("extra.n", None), InvalidFieldError, "extra", id="extra null"),
    ],
)  # fmt: skip
def test_a_bad_message_is_refused_naming_the_field(data: bytes, error: type[InputError], field: str) -> None:
    with pytest.raises(InputError) as refused:
        decode(data, Transaction)
    assert (type(refused.value), refused.value.field) == (error, field)
    assert refused.value.reason
    assert refused.value.replayable is (error is not RawCardNumberError)
    assert VISA not in str(refused.value)


def test_neither_card_nor_account() -> None:
    data = json.dumps(with_value(with_value(RAW, "card", ...), "account", ...)).encode()
    with pytest.raises(InvalidFieldError) as refused:
        decode(data, Transaction)
    assert refused.value.field == "card"


def test_times_are_judged_against_the_append_time() -> None:
    late = encode(msgspec.structs.replace(TRANSACTION, time=NOON + DAY_MS))
    assert decode(late, Transaction, now_ms=NOON).time == NOON + DAY_MS
    with pytest.raises(InvalidFieldError, match=r"^time: is more than a day in the future"):
        decode(late, Transaction, now_ms=NOON - 1)
    last = encode(msgspec.structs.replace(TRANSACTION, time=LATEST_MS - 1))
    assert decode(last, Transaction).time == LATEST_MS - 1


def test_card_numbers_in_free_text_by_setting() -> None:
    data = changed("addresses", [{"role": "billing", "text": f"card {VISA} please"}])
    assert decode(data, Transaction).addresses[0].text.startswith("card")
    with pytest.raises(RawCardNumberError) as refused:
        decode(data, Transaction, free_text=True)
    assert refused.value.field == "addresses.0.text"


def test_no_value_is_quoted_in_an_error() -> None:
    for path, value in (("kind", "secret-kind"), ("card.bin", "secret-bin"), ("type", "secret-type")):
        with pytest.raises(InputError) as refused:
            decode(changed(path, value), Transaction)
        assert "secret" not in str(refused.value)


def test_a_card_number_as_a_field_name_is_masked() -> None:
    with pytest.raises(RawCardNumberError) as refused:
        decode(changed(VISA, 1), Transaction)
    assert refused.value.field == "411111******1111"


def test_escaped_field_names_are_read() -> None:
    assert decode(GOOD.replace(b'"schema"', rb'"sch\u0065ma"'), Transaction) == TRANSACTION


def test_numbers_json_has_no_way_to_write_are_not_sent() -> None:
    decision = next(message for message in MESSAGES if isinstance(message, Decision))
    control = next(message for message in MESSAGES if isinstance(message, Control))
    for message, field in (
        (msgspec.structs.replace(decision, score=math.nan), "score"),
        (msgspec.structs.replace(TRANSACTION, extra={"x": math.inf}), "extra.x"),
        (msgspec.structs.replace(control, payload={"limits": {"a": math.nan}}), "payload.limits.a"),
    ):
        with pytest.raises(InvalidFieldError) as refused:
            encode(message)
        assert refused.value.field == field


def test_labels_name_entities_by_token() -> None:
    raw = json.loads(encode(LABEL))
    entity = with_value(raw, "subject", {"kind": "card", "id": f"card.1.{HEX}"})
    assert decode(json.dumps(entity).encode(), Label).subject.kind == "card"
    with pytest.raises(InvalidFieldError) as refused:
        decode(json.dumps(with_value(entity, "subject.id", "c-1")).encode(), Label)
    assert refused.value.field == "subject.id"


def refusal(data: bytes) -> InputError | None:
    try:
        decode(data)
    except InputError as error:
        return error
    return None


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    refusal(data)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(MESSAGES), st.data())
def test_any_change_of_a_field_is_read_or_refused(message: Message, data: st.DataObject) -> None:
    raw = json.loads(encode(message))
    field = data.draw(st.sampled_from(sorted(raw)))
    refusal(json.dumps({**raw, field: data.draw(JSON)}).encode())


@given(st.sampled_from(MESSAGES), st.integers(min_value=0), st.binary(max_size=6))
def test_any_damage_to_the_bytes_is_read_or_refused(message: Message, place: int, damage: bytes) -> None:
    data = encode(message)
    start = place % len(data)
    refusal(data[:start] + damage + data[start + len(damage) :])


@given(transactions(), st.sampled_from(["id", "parent", "extra"]))
def test_no_card_number_passes(message: Transaction, field: str) -> None:
    value = {"note": f"x {VISA} y"} if field == "extra" else f"{VISA}"
    raw = with_value(json.loads(encode(message)), field, value)
    error = refusal(json.dumps(raw).encode())
    assert isinstance(error, RawCardNumberError)
    assert error.field == ("extra.note" if field == "extra" else field)
