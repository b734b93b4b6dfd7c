import hashlib
import json
import random
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.pan import card_number_path, find_card_numbers, has_card_number, is_card_number, mask, mask_bytes

# The schemes' published test numbers.
NUMBERS = {
    "Visa, 16": "4111111111111111",
    "Visa, 13": "4222222222222",
    "Mastercard": "5555555555554444",
    "Mastercard, 2-series": "2223003122003222",
    "American Express": "378282246310005",
    "Diners Club": "30569309025904",
    "Discover": "6011111111111117",
    "JCB": "3530111333300000",
    "UnionPay": "6200000000000005",
    "UnionPay, 19": "6205500000000000004",
    "Maestro": "6759649826438453",
    "RuPay": "6521111111111110",
    "Mir": "2200000000000004",
}


def luhn_tail(body: str) -> str:
    """`body` with the check digit that makes it pass."""
    return next(body + str(digit) for digit in range(10) if _passes(body + str(digit)))


def _passes(digits: str) -> bool:
    # The table of doubled digit sums: another way to the same rule.
    doubled = "0246813579"
    return sum(int(doubled[int(d)] if place % 2 else d) for place, d in enumerate(reversed(digits))) % 10 == 0


VISAS = st.text("0123456789", min_size=14, max_size=14).map(lambda body: luhn_tail("4" + body))


@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS.keys())
def test_card_numbers_are_found(number: str) -> None:
    assert is_card_number(number)
    assert find_card_numbers(f"my card is {number}, thanks") == [number]
    assert find_card_numbers(f"pan={number}&x=1") == [number]


@pytest.mark.parametrize(
    "text",
    [
        "4111 1111 1111 1111",
        "4111-1111-1111-1111",
        "4111.1111.1111.1111",
        "4111\u00a01111\u00a01111\u00a01111",
        "41111111 11111111",
        "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
        "4111 1111 1111 1111 12 28 123",
        "4１１１１１１１１１１１１１１１",  # noqa: RUF001 - full-width digits are the point
        "card4111111111111111",
    ],
)
def test_groups_and_company_do_not_hide_them(text: str) -> None:
    assert find_card_numbers(text) == ["4111111111111111"]
    assert has_card_number(text)


def test_american_express_groups() -> None:
    assert find_card_numbers("3782 822463 10005") == ["378282246310005"]


def test_two_of_them_in_order() -> None:
    assert find_card_numbers("5555555555554444 or 4111 1111 1111 1111") == [
        "5555555555554444",
        "4111111111111111",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4111111111111112",  # check digit
        "1234567812345670",  # no issuer's range
        "411111111111",  # 12 digits
        "41111111111111111111",  # 20 digits
        "+4915112345678",  # a phone number that passes the check
        "card.1.4111111111111111aaaaaaaaaaaaaaaa",
        "a4111111111111111b",
        "ab41111111111111110123456789cdef",
        "1772366400000",  # epoch milliseconds
        "2026-03-01 12:00:00.000",
        "12 MG Road, Bengaluru 560001, phone 98765 43210",
        "203.0.113.255",
        "4111111111111111".replace("1", "1_"),
    ],
)
def test_other_numbers_are_left_alone(text: str) -> None:
    assert find_card_numbers(text) == []
    assert not has_card_number(text)


def test_tokens_hashes_and_uuids_are_no_card_numbers() -> None:
    source = random.Random(7)  # noqa: S311 - a test wants the same numbers each time
    for _ in range(20_000):
        digest = hashlib.sha256(source.randbytes(8)).hexdigest()
        assert not has_card_number(f"card.1.{digest[:32]}")
        assert not has_card_number(digest)
        assert not has_card_number(str(uuid.UUID(bytes=source.randbytes(16))))


@given(VISAS, st.text("abc ,;:#", max_size=9), st.text(" ,;:#", max_size=9))
def test_any_card_number_is_found_and_masked(number: str, before: str, after: str) -> None:
    text = f"{before};{number};{after}"
    assert find_card_numbers(text) == [number]
    assert number not in mask(text)
    assert mask(text) == f"{before};{number[:6]}******{number[-4:]};{after}"


@given(st.lists(VISAS | st.text("0123456789 -.xf+", max_size=12), max_size=6).map("".join))
def test_a_masked_text_holds_none(text: str) -> None:
    masked = mask(text)
    assert find_card_numbers(masked) == []
    assert len(masked) == len(text)
    assert mask(masked) == masked


@given(VISAS)
def test_any_wrong_digit_fails_the_check(number: str) -> None:
    for place in range(1, len(number)):
        wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
        assert not is_card_number(wrong)


def test_masks_are_eager() -> None:
    assert mask("x\\n4111111111111111") == "x\\n411111******1111"
    assert mask("a4111111111111111b") == "a411111******1111b"
    assert mask("4111 1111 1111 1111") == "4111 11** **** 1111"


@given(st.binary(max_size=60))
def test_bytes_without_card_numbers_stay_as_they_are(data: bytes) -> None:
    assert mask_bytes(b"\xff" + data.translate(None, b"0123456789")) == b"\xff" + data.translate(
        None, b"0123456789"
    )


def test_bytes_are_masked() -> None:
    assert mask_bytes(b"\xff 4111111111111111 \x00") == b"\xff 411111******1111 \x00"


def test_paths() -> None:
    raw = json.loads('{"a": {"b": ["x", "4111111111111111"]}, "n": 4111111111111111, "time": 4102444800000}')
    assert card_number_path(raw) == "a.b.1"
    assert card_number_path({"n": 4111111111111111}) == "n"
    assert card_number_path({"4111111111111111": 1}) == "411111******1111"
    assert card_number_path({"time": 4222222222222, "x": [None, 1.5, True]}) is None
    assert card_number_path("4111111111111111") == ""


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "pattern", ["4", "4111 ", "4111111111111111a", "a4111111111111111", "9-", "12345678-1234-"]
)
def test_long_texts_take_no_longer_than_they_must(pattern: str) -> None:
    text = pattern * (130_000 // len(pattern))
    find_card_numbers(text)
    mask(text)
