import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.codec import MAX_BYTES, decode, encode
from events.dead_letter import MAX_KEY, MAX_PAYLOAD, dead_letter
from events.errors import InputError, InvalidFieldError
from events.pan import card_number_path, find_card_numbers
from events.types import DeadLetter, Transaction
from tests.unit.events_examples import NOON, TRANSACTION, VISA, with_value

GOOD = encode(TRANSACTION)


def letter_of(payload: bytes, key: bytes = b"k", error: InputError | None = None) -> DeadLetter:
    if error is None:
        with pytest.raises(InputError) as refused:
            decode(payload, Transaction)
        error = refused.value
    return dead_letter("transactions", 3, 41, key, payload, error, part="score", now_ms=NOON)


def changed(path: str, value: object) -> bytes:
    return json.dumps(with_value(json.loads(GOOD), path, value)).encode()


def test_a_letter_holds_what_is_needed_to_mend_and_replay() -> None:
    payload = GOOD.replace(b'"minor":1230', b'"minor":NaN')
    letter = letter_of(payload)
    assert (letter.topic, letter.partition, letter.offset, letter.part) == ("transactions", 3, 41, "score")
    assert (letter.key, letter.payload, letter.replayable) == (b"k", payload, True)
    assert (letter.code, letter.field, letter.reason) == ("invalid_field", "amount.minor", "is not finite")
    assert decode(encode(letter), DeadLetter) == letter


def test_refusing_a_record_again_makes_the_same_letter() -> None:
    assert letter_of(b"x").id == letter_of(b"x").id
    other = dead_letter(
        "transactions", 3, 42, b"k", b"x", InvalidFieldError("a", "b"), part="score", now_ms=NOON
    )
    assert other.id != letter_of(b"x").id


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(changed("card.token", VISA), id="in a field"),
        pytest.param(changed("extra.note", "4111 1111 1111 1111"), id="in groups"),
        pytest.param(changed("extra.note", int(VISA)), id="as a number"),
        pytest.param(changed("extra.note", VISA)[:-1], id="in broken JSON"),
        pytest.param(changed("extra.note", f"a\n{VISA}"), id="behind an escape"),
        pytest.param(
            changed("extra.note", "PAN").replace(b"PAN", rb"\u0034111111111111111"), id="behind a code"
        ),
        pytest.param(changed(VISA, 1), id="as a field's name"),
        pytest.param(
            changed("colour", "red").replace(b"MG Road", VISA.encode()), id="in free text, another fault"
        ),
        pytest.param(b"card " + VISA.encode() + b" \xff", id="in no JSON"),
    ],
)
def test_a_card_number_is_masked_and_never_replayed(payload: bytes) -> None:
    letter = letter_of(payload)
    assert (letter.replayable, letter.code) == (False, "raw_card_number")
    assert find_card_numbers(letter.payload.decode("latin-1")) == []
    assert VISA not in repr(letter)
    assert b"411" in letter.payload
    stored = encode(letter)
    assert VISA.encode() not in stored
    assert VISA.encode() not in base64.b64decode(json.loads(stored)["payload"])


def test_a_card_number_in_the_key_is_masked_too() -> None:
    letter = letter_of(b"{", key=VISA.encode())
    assert (letter.key, letter.replayable, letter.payload) == (b"411111******1111", False, b"{")


def test_the_error_need_not_have_seen_it() -> None:
    letter = letter_of(changed("extra.note", VISA), error=InvalidFieldError("time", f"is {VISA}"))
    assert (letter.replayable, letter.code) == (False, "raw_card_number")
    assert VISA not in repr(letter)


def test_a_time_of_thirteen_digits_is_no_card_number() -> None:
    # A time in 2103 that begins with a Visa digit and passes the check.
    letter = letter_of(changed("time", 4_222_222_222_222))
    assert (letter.code, letter.field, letter.replayable) == ("invalid_field", "time", True)


@pytest.mark.parametrize(("payload", "key"), [(b" " * 400_000, b"k"), (b"{", b"k" * 400_000)])
def test_long_records_are_cut(payload: bytes, key: bytes) -> None:
    letter = letter_of(payload, key)
    assert (letter.payload, letter.key) == (payload[:MAX_PAYLOAD], key[:MAX_KEY])
    assert not letter.replayable
    assert len(encode(letter)) < MAX_BYTES
    assert decode(encode(letter)) == letter


@given(st.binary(max_size=80), st.binary(max_size=30))
def test_any_record_has_a_letter_without_card_numbers(payload: bytes, key: bytes) -> None:
    letter = letter_of(payload + VISA.encode(), key=key, error=InvalidFieldError("x", "y"))
    assert decode(encode(letter), DeadLetter) == letter
    if not letter.replayable:
        assert find_card_numbers(letter.payload.decode("latin-1")) == []


@given(
    st.recursive(
        st.just(VISA) | st.integers() | st.text(max_size=5),
        lambda x: st.lists(x) | st.dictionaries(st.text(max_size=4), x),
    )
)
def test_any_json_is_masked(value: object) -> None:
    payload = json.dumps(value).encode()
    letter = letter_of(payload, error=InvalidFieldError("x", "y"))
    assert letter.replayable is (card_number_path(value) is None)
    assert VISA.encode() not in letter.payload
