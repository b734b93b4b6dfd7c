"""Any text at all: it is parsed, its canonical text has its key, and what keeps the meaning keeps the key."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nlp import AddressParser, load_parser
from nlp.canonical_text import canonical_text, read_canonical
from nlp.chaff import LONGEST as LONGEST_IN_TOKENS
from nlp.chaff import capped
from nlp.disguise import undisguised
from nlp.fields import Canonical
from nlp.reading import read
from nlp.text import LONGEST, clean

LOAD = (
    "1/", "A-", "(", "1", "a", "\u0301", "flat ", "1 ", "/", "12-", "no ", "#", "x ", "# ", "1 - ", "0O", "a.", "R0ad",
    "of ", "560038 ", "560 038 ", "(a)", "'", "\n", ",", "call before delivery ", "98450 ", "a@", "a@b.c ", "www.", "=",
    "city:", "NW1 6XE ", "\ufdfa", "\U0001f3e0", "one hundred ", "a b ",
    "unit=1; ", '"', "\\", "delhi ", "road", "street",
    "\ud7ff\u0941",
)  # fmt: skip


@pytest.fixture(scope="module")
def parser() -> AddressParser:
    return load_parser()


@settings(deadline=None, max_examples=150)
@given(text=st.text(max_size=9_999))
@example(text="\ud800 14 MG Road 560038")
@example(text="\x00\x1f\x7f")
def test_any_text_has_a_result_and_its_canonical_text_has_its_key(parser: AddressParser, text: str) -> None:
    parsed = parser.parse(text)
    assert parsed.key == parser.key(text)
    assert parser.key(canonical_text(parsed.canonical)) == parsed.key


@pytest.mark.parametrize("piece", LOAD)
@pytest.mark.parametrize("end", ["", " 14 MG Road 560038", ", London NW1 6XE, UK"])
def test_endless_repetition_is_parsed(parser: AddressParser, piece: str, end: str) -> None:
    """That none takes long is measured by `make bench-address`; here a slow one fails by the suite's time-out."""
    text = piece * (LONGEST // len(piece) - len(end)) + end
    parsed = parser.parse(text)
    assert parser.key(canonical_text(parsed.canonical)) == parsed.key


@settings(deadline=None, max_examples=60)
@given(pieces=st.lists(st.sampled_from(LOAD), min_size=1, max_size=5), often=st.integers(1, 2_000))
def test_mixed_repetition_is_parsed(parser: AddressParser, pieces: list[str], often: int) -> None:
    text = ("".join(pieces) * often)[: LONGEST - 1]
    parsed = parser.parse(text)
    assert parser.key(canonical_text(parsed.canonical)) == parsed.key


def test_of_a_long_text_the_beginning_and_the_end_are_read(parser: AddressParser) -> None:
    long = f"Flat 302, {'lorem ipsum ' * 2_000}, 14 MG Road, Bengaluru 560038"
    assert len(clean(long)) <= LONGEST
    words = read(long).words
    assert len(words) <= LONGEST_IN_TOKENS
    assert words[:2] == ["Flat", "302"]
    assert words[-1] == "560038"
    assert parser.key(long) is not None
    assert capped(["a"] * LONGEST_IN_TOKENS) == ["a"] * LONGEST_IN_TOKENS
    assert len(capped(["a"] * (LONGEST_IN_TOKENS + 1))) == LONGEST_IN_TOKENS


@given(text=st.text(max_size=300))
def test_cleaning_is_done_once(text: str) -> None:
    cleaned = clean(text)
    assert not any(unicodedata.category(char) in {"Cf", "Cs"} for char in cleaned)
    if cleaned.isascii():
        assert clean(cleaned) == cleaned
    assert isinstance(undisguised(cleaned), str)


# --- canonical text -----------------------------------------------------------------------------------------

_VALUE = st.text(max_size=12) | st.sampled_from(
    ("", "14", "mg road", "b302", "-", '"', "a; b", "none", "x=y")
)
_CANONICAL = st.builds(
    Canonical, unit=_VALUE, floor=_VALUE, house=_VALUE, in_sector=st.booleans(), building=_VALUE,
    streets=st.lists(_VALUE.filter(bool), max_size=3).map(tuple),
    sectors=st.lists(_VALUE.filter(bool), max_size=3).map(tuple),
    area=_VALUE, city=_VALUE, state=_VALUE, country=_VALUE, postcode=_VALUE, po_box=_VALUE, district=_VALUE,
    post_office=_VALUE,
)  # fmt: skip


@settings(deadline=None)
@given(address=_CANONICAL)
def test_canonical_text_holds_any_content(address: Canonical) -> None:
    assert read_canonical(canonical_text(address)) == address


@given(
    text=st.text(max_size=200)
    | st.from_regex(r"(house|street)=[a-z ;=\"A-Z0-9-]*; [0-9A-Z -]*", fullmatch=True)
)
def test_what_reads_as_canonical_is_canonical(text: str) -> None:
    address = read_canonical(text)
    assert address is None or canonical_text(address) == text.strip()


# --- what keeps the meaning ---------------------------------------------------------------------------------

_PIECES = st.sampled_from((
    "12", "302", "4B", "A", "C-45", " - ", ",", "/", "#", "No", "th", "Rd", "Street", "Cross", "Block", "Sector", "Hwy",
    "MG", "Oak", "Lotus", "Apt", "Flat", "Tower", "Nagar", "near", "Delhi", "NY", "560038", "10011", "India", "floor",
    "one", "twelve", "forty", "hundred", "ek", "do", "call", "before", "delivery", "please", "ring", "R0ad", "Str33t",
    "MGRoad", "M G R", "address:", "city:", "98450 12345", "a@b.co", "NW1 6XE", "UK", "Germany", "10115 Berlin",
    "NSW 2010", "Singapore", "x", "V", "(", ")", "3O2", "560-038", "Indiranagar", "double", "oh", "Place",
))  # fmt: skip


@settings(deadline=None, max_examples=300)
@given(pieces=st.lists(_PIECES, max_size=14))
def test_case_makes_no_difference(parser: AddressParser, pieces: list[str]) -> None:
    text = " ".join(pieces)
    wanted = parser.key(text)
    assert parser.key(text.upper()) == wanted
    assert parser.key(text.lower()) == wanted


_PARTS = (
    ("Flat 302", "Sunrise Apartments", "14 MG Road", "Indiranagar", "Bengaluru", "560038"),
    ("Flat 5", "Lotus Towers", "78 Tilak Road", "Kothrud", "Pune", "Maharashtra", "411038"),
    ("45 Sector 12", "Dwarka", "New Delhi", "110075"),
    ("221 W 23rd St", "Apt 412", "New York", "NY", "10011"),
    ("1450 Oak Avenue", "Suite 9", "Portland", "OR", "97205"),
)


@settings(deadline=None)
@given(data=st.data())
def test_the_order_of_parts_makes_no_difference(parser: AddressParser, data: st.DataObject) -> None:
    parts = data.draw(st.sampled_from(_PARTS))
    order = data.draw(st.permutations(parts))
    separator = data.draw(st.sampled_from((", ", ",", " ; ", "\n", ",,, ")))
    assert parser.key(separator.join(order)) == parser.key(", ".join(parts))
