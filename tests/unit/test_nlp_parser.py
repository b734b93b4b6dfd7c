"""The parser through its door: fields, keys, what joins and what must not."""

import subprocess
import sys

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.errors import NotFoundError
from events.identity import content_hash
from nlp import AddressParser, load_parser
from nlp.canonical_text import canonical_text
from nlp.parser import RULES_REVISION

# Each group is one address in the ways people write it.
BENGALURU_FLAT = (
    "Flat 302, B-Wing, Sunrise Apartments, 14 MG Road, Indiranagar, Bengaluru 560038",
    "FLAT 302 B WING SUNRISE APTS 14 MG RD INDIRANAGAR BANGALORE 560038",
    "flat no. 302, wing b, sunrise apartments, 14, m.g. road, indiranagar, bengaluru - 560038",
    "Sunrise Apartments, Flat No 302, B Wing, 14 Mahatma Gandhi Road, Bangalore, Karnataka 560 038",
    "Apt 302, Wing B, 14 MG Rd., Indira Nagar, Bengaluru, KA, India, PIN: 560038",
    "B-302, Sunrise Apartments, No. 14, MG Road, near SBI Bank, Indiranagar, Bengaluru 560038",
    "C/O Ramesh Kumar, Flat B-302, 14 MG Road, opp. Metro Station, 560038",
    "Flat 302, B-Wing, Sunrise Apartments, 14 MG Road, Indrianagar, Bengaluru-560038",
    "14 MG Road, Sunrise Apartments, B Wing, Flat 302, Indiranagar 560038, Karnataka",
    "Flat 302,B-Wing,Sunrise Apartments,14 MG Raod,Indiranagar,560038",
    "Flat\u200b 302, B\u2011Wing, Sunr\u00edse Apartments, \uff11\uff14 MG Road, Indiranagar, Bengaluru 56OO38",
    "Fl\u0430t 302, B-Wing, Sunrise Apts, 14 MG R\u043ead, B\u0435ngaluru \u096b\u096c\u0966\u0966\u0969\u096e",
)
NEW_YORK_APARTMENT = (
    "221 West 23rd Street, Apt 4B, New York, NY 10011",
    "apt 4b 221 w 23rd st new york ny 10011",
    "221 W. 23rd St. #4B, New York, New York 10011-1234",
    "221 W 23 ST APT 4-B NYC NY 10011 USA",
    "221 West 23rd Street Apt. 4b, 10011",
    "Unit 4B, 221 W 23RD STREET, Manhattan, NY, 10011",
    "221 W 23rd Steet, Apartment 4B, New York NY 10011",
    "#4B, 221 W 23rd St, New York, NY 10011, United States",
    "221 West 23rd Street, Apt 4B, next to the gas station, New York, 10011",
    "attn: J Smith, 221 w 23rd st, apt 4b, new york, new york 10011",
)
DELHI_PLOT = (
    "H.No. 45, Sector 12, Dwarka, New Delhi 110075",
    "HOUSE NO 45 SEC-12 DWARKA DELHI 110075",
    "45, Sector-12, Dwarka, South West Delhi, Delhi, 110075",
    "H No 45, Near Metro Station, Sector 12, Dwarka 110075",
    "Plot No. 45, Sec. 12, Dwarka, Distt. South West Delhi, New Delhi - 110075",
)
HYDERABAD_HOUSE = (
    "H.No. 8-2-293/82/A, Road No. 36, Jubilee Hills, Hyderabad 500033",
    "8-2-293/82/A ROAD NO 36 JUBILEE HILLS HYDERABAD TELANGANA 500033",
    "8-2-293/82-A, Rd No 36, Jubliee Hills, Hyd 500033",
)
GROUPS = (BENGALURU_FLAT, NEW_YORK_APARTMENT, DELHI_PLOT, HYDERABAD_HOUSE)


@pytest.fixture(scope="module")
def parser() -> AddressParser:
    return load_parser()


@pytest.mark.parametrize("spellings", GROUPS, ids=("bengaluru", "new-york", "delhi", "hyderabad"))
def test_spellings_of_one_address_have_one_key(parser: AddressParser, spellings: tuple[str, ...]) -> None:
    keys = dict(zip(spellings, parser.keys(spellings), strict=True))
    wanted = keys[spellings[0]]
    assert wanted is not None
    assert {text: key for text, key in keys.items() if key != wanted} == {}


def test_different_addresses_have_different_keys(parser: AddressParser) -> None:
    keys = [parser.key(group[0]) for group in GROUPS]
    assert len({key.building for key in keys if key}) == len(GROUPS)


def test_two_flats_of_a_tower_share_the_building(parser: AddressParser) -> None:
    one = parser.key("Flat 302, Sunrise Apartments, 14 MG Road, Bengaluru 560038")
    other = parser.key("Flat 1203, Sunrise Apartments, 14 MG Road, Bengaluru 560038")
    no_unit = parser.key("Sunrise Apartments, 14 MG Road, Bengaluru 560038")
    assert one is not None
    assert other is not None
    assert no_unit is not None
    assert one.building == other.building == no_unit.building == no_unit.token
    assert one.unit != other.unit
    assert no_unit.unit is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("221 W 23rd St, New York, NY 10011", "221 E 23rd St, New York, NY 10011"),
        ("14 2nd Cross, Indiranagar 560038", "14 2nd Main, Indiranagar 560038"),
        ("14 2nd Cross, Sector 6, HSR Layout 560102", "14 2nd Cross, Sector 7, HSR Layout 560102"),
        ("14 MG Road, Bengaluru 560038", "14 MG Road, Pune 411001"),
        ("100 5th Ave, New York, NY 10011", "100 5th St, New York, NY 10011"),
        ("14/2 MG Road 560038", "142 MG Road 560038"),
        ("Flat 5, Lotus Towers, Pune 411001", "Flat 5, Lotus Heights, Pune 411001"),
        ("12 Oak St, Portland, OR", "12 Oak St, Portland, ME"),
        ("PO Box 12, Dallas, TX 75312", "PO Box 21, Dallas, TX 75312"),
    ],
)
def test_neighbours_stay_apart(parser: AddressParser, one: str, other: str) -> None:
    first, second = parser.keys((one, other))
    assert first is not None
    assert second is not None
    assert first.building != second.building


@pytest.mark.parametrize(
    "text", ["", "   ", ",,,", "asdf", "MG Road, Bengaluru 560038", "560038", "Flat 302", "\u200b"]
)
def test_too_little_gives_no_key(parser: AddressParser, text: str) -> None:
    assert parser.key(text) is None


def test_canonical_values_are_filled_in(parser: AddressParser) -> None:
    parsed = parser.parse(
        "Flat 302, B-Wing, Sunrise Apts, 14 MG Rd, Indra Nagar, near SBI Bank, Bangalore - 560038"
    )
    filled = {name: value for name, value in msgspec.structs.asdict(parsed.canonical).items() if value}
    assert filled == {
        "unit": "b302", "building": "sunriseapartments", "house": "14", "streets": ("mg road",), "area": "indiranagar",
        "city": "bengaluru", "state": "KA", "country": "IN", "postcode": "560038", "district": "bengaluru urban",
        "post_office": "indiranagar",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("12 St Johns Place, Brooklyn, NY 11217", "streets", ("saintjohns place",)),
        ("1 Avenue of the Americas, New York, NY 10013", "streets", ("americas avenue",)),
        ("8523 Highway 23, Belle Chasse, LA 70037", "streets", ("highway 23",)),
        ("23, 100 Feet Road, Indiranagar, Bangalore 560038", "house", "23"),
        ("12345 Main St, Smallville, KS 66002", "house", "12345"),
        ("100 Washington Ave, Albany, NY 12210", "city", "albany"),
        ("400 Delhi Road, Meerut 250001", "city", "meerut"),
        ("po box 2303 indianapolis in 46206", "state", "IN"),
        ("po box 2303 indianapolis in 46206", "po_box", "2303"),
        ("42/3, 2nd Cross, JP Nagar 7th Phase, Bengaluru 560078", "sectors", ("phase7",)),
        ("Plot 5, Ground Floor, Lajpat Nagar, New Delhi 110024", "floor", "0"),
        ("10 Main St, Seattle, Washington 98101", "state", "WA"),
        ("15 Court St, Brooklyn, NY 11201", "streets", ("curt street",)),
        ("Khasra No 262, H No 9, Raj Nagar, New Delhi 110038", "house", "9"),
        ("14 Tilak Road, Baroda, Gujrat", "city", "vadodara"),
        ("14 Station Road, Dibrugarh, AS 786001", "state", "AS"),
        ("14 Station Road, Dibrugarh 786001", "district", "dibrugarh"),
        ("14 MG Road, Indiranagar, Bangalore", "postcode", "560038"),
        ("14 MG Road, Jayanagar, Bangalore", "postcode", ""),  # five PINs
        ("One Two B MG Road, Bengaluru 560038", "house", "12b"),
    ],
)
def test_canonical_value(parser: AddressParser, text: str, field: str, value: object) -> None:
    assert getattr(parser.parse(text).canonical, field) == value


def test_a_floor_is_no_unit(parser: AddressParser) -> None:
    floor = parser.key("2nd Floor, 45 MG Road, Bengaluru 560001")
    assert floor == parser.key("45 MG Road, Bengaluru 560001")
    assert floor is not None
    assert floor.unit is None


def test_blocks_and_sectors_of_a_quarter_stay_apart(parser: AddressParser) -> None:
    parts = ("Block A5, ", "Block A6, ", "Sector 3, ", "")
    keys = parser.keys([f"{part}Nehru Place, New Delhi 110019" for part in parts])
    assert len({key.building for key in keys if key}) == len(parts)


def test_a_locality_stands_for_its_postcode(parser: AddressParser) -> None:
    one, other = parser.keys(
        ("14 MG Road, Indiranagar, Bengaluru 560038", "14 M.G. Rd, Indiranagar, Bangalore")
    )
    assert one is not None
    assert one == other


def test_a_batch_gives_what_single_texts_give(parser: AddressParser) -> None:
    texts = [text for group in GROUPS for text in group] * 20
    assert parser.keys(texts) == [parser.key(text) for text in texts]
    assert parser.keys(()) == []


def test_tokens_name_the_parser_version(parser: AddressParser) -> None:
    key = parser.key(BENGALURU_FLAT[0])
    assert key is not None
    assert key.unit is not None
    for token in (key.building, key.unit):
        kind, version, digest = token.split(".")
        assert (kind, version, len(digest)) == ("address", parser.version, 32)
        assert int(digest, 16) >= 0


def test_keys_change_only_with_the_version(parser: AddressParser) -> None:
    """Fails where code gives a text another key under the same version: raise `nlp.parser.RULES_REVISION` then."""
    texts = [text for group in GROUPS for text in group[:3]]
    digest = content_hash(*(canonical_text(parser.parse(text).canonical) for text in texts))
    assert (RULES_REVISION, digest) == (3, "1b3523ed067148e7e5dad1d79c0cc884")


def test_versions_are_found_by_name(parser: AddressParser) -> None:
    assert load_parser(parser.version).version == parser.version
    with pytest.raises(NotFoundError, match="no address parser 0000"):
        load_parser("0000")


def test_vocabulary_stays_bounded() -> None:
    parser = load_parser()
    nlp = parser._nlp
    parser.keys(["1 Zork0 Road, Quux 560038"])
    before = len(nlp.vocab.strings), sum(1 for _ in nlp.vocab)
    parser.keys([f"{i} Zork{'abcdefgh'[i % 8] * (i % 50)}{i} Road, Quux 560038" for i in range(3000)])
    assert (len(nlp.vocab.strings), sum(1 for _ in nlp.vocab)) == before


def test_importing_the_room_does_not_import_spacy() -> None:
    code = "import nlp, sys; sys.exit('spacy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0  # noqa: S603 - our own interpreter


# --- noise that must not change a key -----------------------------------------------------------------------

_WORDS = st.sampled_from(
    ("Lotus", "Shanti", "Oak", "Nehru", "Temple", "Maple", "Ashoka", "Willow", "Ganga", "Elm")
)
_NUMBERS = st.integers(1, 9999)
_SHORTER = (("Road", "Rd"), ("Street", "St"), ("Avenue", "Ave"), ("Apartments", "Apts"), ("Nagar", "Ngr"))
_CONFUSED = str.maketrans({"a": "\u0430", "o": "\u043e", "5": "\uff15", "0": "\u0966", " ": "\u00a0"})


@st.composite
def _addresses(draw: st.DrawFn) -> list[str]:
    """The comma-separated parts of an address in India or the United States; the postcode is the last."""
    house, unit = draw(_NUMBERS), draw(_NUMBERS)
    if draw(st.booleans()):
        street = f"{house} {draw(_WORDS)} {draw(st.sampled_from(('Road', 'Street', 'Marg')))}"
        parts = [
            f"Flat {unit}",
            f"{draw(_WORDS)} Apartments",
            street,
            f"{draw(_WORDS)} Nagar",
            "Bengaluru",
            "560038",
        ]
    else:
        street = f"{house} {draw(_WORDS)} {draw(st.sampled_from(('Street', 'Avenue', 'Boulevard')))}"
        parts = [street, f"Apt {unit}", "Chicago", "60614"]
    return parts


@st.composite
def _rewritten(draw: st.DrawFn, parts: list[str]) -> str:
    *lines, postcode = parts
    if draw(st.booleans()):
        lines = [line for line in lines if line not in {"Bengaluru", "Chicago"}]
    if draw(st.booleans()):
        lines.insert(draw(st.integers(0, len(lines))), "near SBI Bank")
    if draw(st.booleans()):
        lines = draw(st.permutations(lines))
    separator = draw(st.sampled_from((", ", " , ", ",", "; ", "\n")))
    text = f"{separator.join(lines)} {postcode}"
    for long, short in _SHORTER:
        if draw(st.booleans()):
            text = text.replace(long, short)
    return draw(_retyped(text))


@st.composite
def _retyped(draw: st.DrawFn, text: str) -> str:
    """Another case, letters and digits of other scripts, and something invisible."""
    match draw(st.sampled_from(("as is", "upper", "lower", "title"))):
        case "upper":
            text = text.upper()
        case "lower":
            text = text.lower()
        case "title":
            text = text.title()
    if draw(st.booleans()):
        text = text.translate(_CONFUSED)
    spot = draw(st.integers(0, len(text)))
    return text[:spot] + draw(st.sampled_from(("", "\u200b", "\u00ad"))) + text[spot:]


@settings(deadline=None)
@given(data=st.data())
def test_noise_keeps_the_key(parser: AddressParser, data: st.DataObject) -> None:
    parts = data.draw(_addresses())
    text = data.draw(_rewritten(parts))
    wanted = parser.key(", ".join(parts))
    assert wanted is not None
    assert parser.key(text) == wanted


@settings(deadline=None)
@given(parts=_addresses(), other=_NUMBERS, data=st.data())
def test_different_house_numbers_never_join(
    parser: AddressParser, parts: list[str], other: int, data: st.DataObject
) -> None:
    at = next(i for i, part in enumerate(parts) if part[0].isdigit())
    number, _, rest = parts[at].partition(" ")
    moved = [*parts[:at], f"{other} {rest}", *parts[at + 1 :]]
    one, two = parser.keys((data.draw(_rewritten(parts)), data.draw(_rewritten(moved))))
    assert one is not None
    assert two is not None
    assert (one.building == two.building) == (int(number) == other)


@settings(deadline=None)
@given(text=st.text(max_size=2_000))
def test_any_text_is_parsed(parser: AddressParser, text: str) -> None:
    parsed = parser.parse(text)
    assert parsed.key == parser.key(text)


_PIECES = st.sampled_from((
    "12", "302", "4B", "A", "C-45", " - ", ",", "/", "(", ")", "#", "No", "fl", "NO14", "x", "V", "th", "st", "Rd",
    "Street", "Cross", "Main", "Block", "Sector", "Gali", "CR", "US", "Hwy", "N", "East", "MG", "Oak", "Lotus", "Apt",
    "Flat", "Tower", "Nagar", "near", "Bazar", "Delhi", "NY", "560038", "560 038", "10011", "India", "floor", "PO Box",
))  # fmt: skip
_MIXED = st.lists(_PIECES | st.text(alphabet=st.characters(codec="latin-1"), max_size=6), max_size=16)


@settings(deadline=None)
@given(pieces=_MIXED)
def test_pieces_of_addresses_in_any_order_are_parsed(parser: AddressParser, pieces: list[str]) -> None:
    text = " ".join(pieces)
    wanted = parser.key(text)
    assert parser.key(text.upper()) == wanted
    assert parser.key(text.lower()) == wanted
    assert parser.key(f"\n {text}\t ") == wanted


def test_two_names_that_reach_for_the_same_words_do_not_overlap() -> None:
    (key,) = load_parser().keys(["1274 elm ct foxcroft sq pa 19046"])
    assert key is not None
