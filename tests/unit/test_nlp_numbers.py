"""Numbers written apart or in words, and routes by their names."""

import pytest

from nlp import AddressParser, load_parser
from nlp.joins import country_of, joined
from nlp.numerals import reread, roman
from nlp.routes import route_form
from nlp.text import TOKEN, clean, loose_fold


@pytest.fixture(scope="module")
def parser() -> AddressParser:
    return load_parser()


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("61 / 17 MG Road 560038", "61/17 MG Road 560038"),
        ("61 - 17 MG Road 560038", "61-17 MG Road 560038"),
        ("Flat 302 - 14 MG Road 560038", "Flat 302  -  14 MG Road 560038"),
        ("Lotus Apt 30 - 20 MG Road 560038", "Lotus Apt 30-20 MG Road 560038"),
        ("Delhi 3 - 110003", "Delhi 3  -  110003"),
        ("18 th Main 2 nd Cross 3 rd Road 560038", "18th Main 2nd Cross 3rd Road 560038"),
        ("1 st Cross 560038", "1st Cross 560038"),
        ("21 St Marks Pl 10003", "21 St Marks Pl 10003"),
        ("901 St Hwy 339 02067", "901 St Hwy 339 02067"),
        ("532 A MG Road 560038", "532A MG Road 560038"),
        ("61 S V Road 400061", "61 S V Road 400061"),
        ("45 C Block Dwarka 110075", "45 C Block Dwarka 110075"),
        ("45 C Block A Dwarka 110075", "45C Block A Dwarka 110075"),
        ("45 A Gali No 5 110075", "45A Gali No 5 110075"),
        ("Flat 306 H No 12 110075", "Flat 306 H No 12 110075"),
        ("Lane No 1 S Bopal 380057", "Lane No 1 S Bopal 380057"),
        ("C 45 Sector 6 110075", "C45 Sector 6 110075"),
        ("Block C 45 MG Road 110075", "Block C 45 MG Road 110075"),
        ("12 E Oak St 10003", "12 E Oak St 10003"),
        ("12 A N Oak St 10003", "12A N Oak St 10003"),
        ("100 B Street 92101", "100 B Street 92101"),
        ("2195 B 35th Ln 92101", "2195B 35th Ln 92101"),
        ("540 CR-640 92101", "540 CR 640 92101"),
        ("12, (W) Mambalam 600033", "12 , W Mambalam 600033"),
    ],
)
def test_numbers_are_put_together(text: str, tokens: str) -> None:
    words = TOKEN.findall(clean(text))
    assert " ".join(joined(words, country_of(words))) == tokens


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("14 MG Road 560038", "IN"),
        ("14 MG Road 560 038, India", "IN"),
        ("12345 Oak St, Reno, NV 89501", "US"),
        ("12 Oak St, Reno, USA", "US"),
        ("12345", ""),
        ("", ""),
    ],
)
def test_country(text: str, country: str) -> None:
    assert country_of(TOKEN.findall(clean(text))) == country


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("v main xi cross", "5th main 11th cross"),
        ("5th x 2 x", "5th cross 2 cross"),
        ("12 x main road", "12 10th main road"),
        ("vii a cross", "7th a cross"),
        ("s v road", "s v road"),
        ("80 ft road", "80 feet road"),
        ("phase ii", "phase ii"),
    ],
)
def test_lanes_in_roman_numerals_and_crosses(words: str, read: str) -> None:
    assert " ".join(reread(words.split())) == read


def test_roman_numerals() -> None:
    assert [roman(word) for word in ("i", "iv", "ix", "xii", "xxix", "mix", "a")] == [1, 4, 9, 12, 29, 0, 0]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("cr 640", "county road 640"),
        ("co rd 640", "cnty rd 640"),
        ("sr 543", "state rte 543"),
        ("sh 10", "st hwy 10"),
        ("us hwy 50 west", "w us highway 50"),
        ("fm 12", "farm to market road 12"),
        ("rte 66", "route 66"),
        ("county road aa", "cr aa"),
    ],
)
def test_routes_have_one_form(one: str, other: str) -> None:
    assert route_form(tuple(one.split())) == route_form(tuple(other.split())) != ""


@pytest.mark.parametrize("words", ["old mill road", "state street", "county line road", "us 50 60"])
def test_other_streets_are_no_routes(words: str) -> None:
    assert route_form(tuple(words.split())) == ""


@pytest.mark.parametrize(
    "names",
    [
        ("chowk", "chauk", "chouk"),
        ("nagar", "nagara", "nager"),
        ("kaveri", "cauvery"),
        ("dutta", "datta"),
        ("vivekananda", "vivekanand"),
        ("shanti", "shanthi", "santi"),
        ("krishna", "krisna"),
    ],
)
def test_indian_names_fold_together(names: tuple[str, ...]) -> None:
    assert len({loose_fold(name) for name in names}) == 1


@pytest.mark.parametrize(("one", "other"), [("tilak", "patel"), ("karve", "kothrud"), ("rani", "rama")])
def test_other_names_do_not(one: str, other: str) -> None:
    assert loose_fold(one) != loose_fold(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("61 / 17 MG Road, Pune 411001", "61/17, M.G. Rd, Pune 411001"),
        ("14, V Main, XI Cross, JP Nagar, Bengaluru 560078", "14 5th Mn 11th X JP Nagar Bangalore 560078"),
        ("45-A Gali No 5, Durga Park, Delhi 110045", "45 A Gali 5 Durga Park Delhi 110045"),
        ("540 CR 640, Reno, NV 89501", "540 County Road 640, Reno 89501, US"),
        ("12 Martin Luther King Jr Blvd, Reno, NV 89501", "12 MLK Boulevard, Reno, NV 89501"),
        ("C-45, Block B, Sector 6, Noida 201301", "H No C 45 Blk B Sec 6 Noida 201 301"),
        ("12 Rabindra Sarani, Kolkata 700001", "12, Rabindra Saroni, Calcutta-700001"),
    ],
)
def test_spellings_join(parser: AddressParser, one: str, other: str) -> None:
    first, second = parser.keys((one, other))
    assert first is not None
    assert first == second


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("61 / 17 MG Road, Pune 411001", "61 / 18 MG Road, Pune 411001"),
        ("226 Ward No 1, Golden Villa, Muktsar 152112", "226 Ward No 2, Golden Villa, Muktsar 152112"),
        ("45 Block C, Sector 6, Noida 201301", "45 Block D, Sector 6, Noida 201301"),
        ("45, Phase 2, Main Road, Mohali 160055", "45, Phase 3, Main Road, Mohali 160055"),
        ("182 A Ward No 20, Nandyal 518583", "182 Ward No 20, Nandyal 518583"),
        ("12 Mill Road, Pune 411001", "12 Mall Road, Pune 411001"),
        ("540 CR 640, Reno, NV 89501", "540 CR 641, Reno, NV 89501"),
        ("540 US Hwy 50, Reno, NV 89501", "540 State Hwy 50, Reno, NV 89501"),
        ("6785 A S 71st Pkwy, Reno, NV 89501", "6785 S 71st Pkwy, Reno, NV 89501"),
        ("14, 5th Cross, JP Nagar 560078", "14, 5th A Cross, JP Nagar 560078"),
    ],
)
def test_neighbours_do_not_join(parser: AddressParser, one: str, other: str) -> None:
    first, second = parser.keys((one, other))
    assert first is not None
    assert second is not None
    assert first.building != second.building
