"""The place directory: what a PIN knows, and which words of an address it knows them by."""

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.directory import Directory, load_directory
from nlp.directory.runtime import ARTEFACT
from nlp.directory.slips import one_slip, same_name, skeletons

KINDS = ("state", "district", "city", "sub_district", "loc")
VOUCHED = ("pin", "district", "state", "any")


@pytest.fixture(scope="module")
def directory() -> Directory:
    return load_directory()


def tagged(directory: Directory, text: str, pin: str | None = None, country: str = "") -> dict[str, str]:
    """The named places of `text` (words and marks apart by spaces) with their tags."""
    words = text.split()
    found: dict[str, str] = {}
    name = ""
    for word, tag in zip(words, directory.tags(words, pin, country), strict=True):
        name = f"{name} {word}" if tag.startswith("I-") else word
        if tag:
            found.pop(name.rpartition(" ")[0], None)
            found[name] = tag[2:]
    return found


def test_a_pin_knows_its_offices_localities_city_district_and_state(directory: Directory) -> None:
    area = directory.postcode("123501")
    assert area is not None
    assert (area.state_code, area.state, area.district) == ("HR", "haryana", "rewari")
    assert area.sub_districts == ("bawal",)
    assert "bawal" in area.cities
    assert {"bawal", "asalwas", "jhabuwa"} <= set(area.offices)
    mumbai = directory.postcode("400002")
    assert mumbai is not None
    assert "marine lines" in mumbai.localities
    assert "kalbadevi" in mumbai.offices


@pytest.mark.parametrize(
    "pin", ["000000", "960001", "12345", "1234567", "", "12a456", "\u0661\u0661\u0660\u0660\u0660\u0661"]
)
def test_a_pin_that_does_not_exist_knows_nothing(directory: Directory, pin: str) -> None:
    assert directory.postcode(pin) is None
    assert directory.district_of(pin) == ""
    assert directory.near(pin, "hazratganj market") is None or directory.state_of(pin)


@pytest.mark.parametrize(
    ("pin", "state", "district"),
    [
        ("500001", "TS", "hyderabad"),  # Andhra Pradesh until 2014
        ("520001", "AP", "ntr"),
        ("194101", "LA", "leh"),  # Jammu and Kashmir until 2019
        ("180001", "JK", "jammu"),
        ("396210", "DH", "daman"),  # one territory since 2020
        ("396230", "DH", "dadra and nagar haveli"),
        ("122001", "HR", "gurugram"),
        ("211001", "UP", "prayagraj"),
        ("560001", "KA", "bengaluru urban"),
        ("125001", "HR", "hisar"),
        ("781029", "AS", "kamrup metropolitan"),
    ],
)
def test_states_and_districts_are_todays(directory: Directory, pin: str, state: str, district: str) -> None:
    assert (directory.state_of(pin), directory.district_of(pin)) == (state, district)


def test_state_codes_of_all_lists(directory: Directory) -> None:
    same = {
        "AS": "AS Assam asom", "TS": "TS TG Telangana telengana", "OD": "OR OD Orissa Odisha",
        "UK": "UT UK UA UR Uttaranchal Uttarakhand", "CG": "CT CG Chattisgarh", "DH": "DN DD DH", "LA": "Ladakh",
    }  # fmt: skip
    found = {code: {directory.state_code(name) for name in names.split()} for code, names in same.items()}
    assert found == {code: {code} for code in same}
    assert directory.state_code("Jammu & Kashmir") == directory.state_code("J&K") == "JK"
    assert directory.state_code("Texas") == ""
    assert directory.state_name("TS") == "telangana"


def test_other_names_of_districts_and_cities(directory: Directory) -> None:
    districts = {
        "Hissar": "hisar", "Dharwar": "dharwad", "Gurgaon": "gurugram", "Allahabad": "prayagraj", "Kutch": "kachchh",
        "Bangalore Urban": "bengaluru urban", "Faizabad": "ayodhya", "North Cachar Hills": "dima hasao",
        "Cuddapah": "ysr kadapa", "K.V. Rangareddy": "rangareddy", "Nowhere": "nowhere",
    }  # fmt: skip
    assert {name: directory.district_alias(name) for name in districts} == districts
    cities = {
        "Bangalore": "bengaluru", "BOMBAY": "mumbai", "Calcutta": "kolkata", "Hubli": "hubballi", "Pune": "pune",
        "New Delhi": "new delhi", "Allahabad": "prayagraj",
    }  # fmt: skip
    assert {name: directory.city_alias(name) for name in cities} == cities
    assert (
        directory.district_alias("Bilaspur") == "bilaspur"
    )  # of Himachal Pradesh or of Chhattisgarh: not said


def test_pins_of_a_district_or_a_city(directory: Directory) -> None:
    assert directory.pins_of("Gurgaon") == directory.pins_of("gurugram")
    assert {"122001", "122018"} <= set(directory.pins_of("Gurgaon"))
    assert {"560001", "560038", "560103"} <= set(directory.pins_of("bangalore"))
    assert "411038" in directory.pins_of("Pune")
    assert directory.pins_of("no such place") == ()


@pytest.mark.parametrize(
    ("pin", "phrase", "name", "kind"),
    [
        ("500033", "Hydrabad", "hyderabad", "city"),
        ("500032", "gachiboli", "gachibowli", "loc"),
        ("560038", "Indranagar", "indira nagar", "loc"),
        ("560038", "indira nagr", "indira nagar", "loc"),
        ("560102", "bangalaru", "bengaluru", "city"),
        ("411001", "Maharshtra", "maharashtra", "state"),
        ("221001", "Laxmi Kund", None, ""),
        ("110016", "hauz khas", "hauz khas", "loc"),
        ("110016", "Hauj Khaas", "hauz khas", "loc"),
        ("141001", "Ludihana", "ludhiana", "city"),
        ("123501", "Reawri", "rewari", "district"),
    ],
)
def test_slips_and_transliterations_within_the_pin(
    directory: Directory, pin: str, phrase: str, name: str | None, kind: str
) -> None:
    found = directory.near(pin, phrase)
    assert (found and found.name) == name
    if found is not None:
        assert found.kind == kind
        assert found.exact == (phrase == name)


def test_another_states_name_is_not_near(directory: Directory) -> None:
    assert directory.near("110001", "rajasthan") is None
    assert directory.near(None, "mumbai") is None


def test_one_slip_never_makes_another_name() -> None:
    assert same_name("gachiboli", "gachibowli")
    assert same_name("laxminagar", "lakshminagar")
    assert not same_name("rajnagar", "ramnagar")
    assert not same_name("kamlanagar", "vimlanagar")
    assert not same_name("pune", "puri")
    assert one_slip("ludihana", "ludhiana")
    assert not one_slip("amnagar", "ramnagar")  # a lost first letter
    assert skeletons(b"shivaji\nnagar") == b"svj\nngr"


def test_tags_say_kind_and_how_far_the_pin_vouches(directory: Directory) -> None:
    found = tagged(directory, "vill asalwas , tehsil bawal , distt rewari , haryana", "123501")
    assert found == {
        "asalwas": "loc.pin", "bawal": "sub_district.pin", "rewari": "district.pin", "haryana": "state.pin",
    }  # fmt: skip
    # Seen from the other end of the country.
    far = tagged(directory, "asalwas , distt rewari , haryana", "695001")
    assert far == {"asalwas": "loc.any", "rewari": "district.any", "haryana": "state.any"}
    # From another district of the state, and from another PIN of the district.
    assert tagged(directory, "asalwas", "125001") == {"asalwas": "loc.state"}
    assert tagged(directory, "asalwas", "123401") == {"asalwas": "loc.district"}


def test_the_longest_name_wins_and_a_second_name_of_a_city_is_its_district(directory: Directory) -> None:
    assert tagged(directory, "new delhi , delhi", "110001") == {"new delhi": "city.pin", "delhi": "state.pin"}
    tags = directory.tags(["jaipur", ",", "jaipur", ",", "rajasthan"], "302001")
    assert tags == ["B-city.pin", "", "B-district.pin", "", "B-state.pin"]
    assert tagged(directory, "24 parganas ( north ) , west bengal", "700124") == {
        "24 parganas ( north": "district.pin", "west bengal": "state.pin",
    }  # fmt: skip


def test_codes_are_states_only_where_the_pin_says_so(directory: Directory) -> None:
    assert tagged(directory, "kamrup unclassified as", "781029")["as"] == "state.pin"
    assert "as" not in tagged(directory, "same as above", "560001")
    assert tagged(directory, "bhopal , m . p .", "462016") == {"bhopal": "city.pin", "m . p": "state.pin"}


def test_ordinary_words_are_no_places_of_their_own(directory: Directory) -> None:
    text = "near railway station market road opp bus stand main colony"
    for pin in (None, "560001", "411001"):
        assert tagged(directory, text, pin) == {}


def test_without_a_pin_the_city_or_district_that_is_named_vouches(directory: Directory) -> None:
    assert tagged(directory, "flat 9 , powai , mumbai") == {
        "powai": "loc.district",
        "mumbai": "city.district",
    }
    assert tagged(directory, "flat 9 , bengalooru") == {"bengalooru": "city.district"}
    assert tagged(directory, "flat 9 , powai , mumbaii") == {"powai": "loc.district", "mumbaii": "city.any"}
    assert tagged(directory, "asalwas , haryana") == {"asalwas": "loc.state", "haryana": "state.state"}
    assert tagged(directory, "flat 9 , asalwas") == {"asalwas": "loc.any"}


def test_a_wrong_pin_still_says_its_state(directory: Directory) -> None:
    assert directory.postcode("560199") is None
    found = tagged(directory, "indiranagar , bangalore , karnataka", "560199")
    assert found == {"indiranagar": "loc.district", "bangalore": "city.district", "karnataka": "state.state"}


@pytest.mark.parametrize(
    ("text", "code", "tags"),
    [
        ("1 main st , new york , new york", "10001", ["city.pin", "state.pin"]),
        ("5 oak st , springfield , il", "62701", ["city.pin", "state.pin"]),
        ("5 oak st , springfield , il", None, ["city.state", "state.state"]),
        ("5 oak st , winston-salem , n.c", "27101", ["city.pin", "state.pin"]),
        ("350 5th ave , nyc", "10118", ["city.pin"]),
        ("12 elm rd , st . paul , mn", "55101", ["city.pin", "state.pin"]),
    ],
)
def test_towns_of_the_united_states(
    directory: Directory, text: str, code: str | None, tags: list[str]
) -> None:
    found = directory.tags(text.split(), code, "US")
    assert [tag[2:] for tag in found if tag.startswith("B-")] == tags


PIECES = ("hyderabad|new|delhi|m|g|.|(|)|-|&|24|parganas|north|mp|st|market|7th|,|sector|rampur").split("|")  # noqa: SIM905 - marks read better so
words = st.lists(st.sampled_from(PIECES) | st.text(max_size=12).map(str.lower), max_size=30)
codes = st.one_of(st.none(), st.sampled_from(["110001", "500032", "999999", "10001"]), st.text(max_size=7))


@settings(max_examples=300, deadline=None)
@given(words, codes, st.sampled_from(["", "IN", "US"]))
def test_any_words_get_well_formed_tags(written: list[str], code: str | None, country: str) -> None:
    tags = load_directory().tags(written, code, country)
    assert len(tags) == len(written)
    before = ""
    for tag in tags:
        if tag:
            position, _, rest = tag.partition("-")
            kind, _, vouched = rest.partition(".")
            assert kind in KINDS
            assert vouched in VOUCHED
            assert position == "B" or before[2:] == rest  # an inside follows its own beginning
            if code is None and country != "US":
                assert vouched != "pin"
        before = tag
    assert load_directory().tags(written, code, country) == tags


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_any_phrase_is_near_or_not(phrase: str) -> None:
    directory = load_directory()
    found = directory.near("110001", phrase)
    assert found is None or found.kind in KINDS
    assert directory.city_alias(phrase) == directory.city_alias(directory.city_alias(phrase))
    assert isinstance(directory.pins_of(phrase), tuple)


def test_a_very_long_text_is_read(directory: Directory) -> None:
    text = ["rampur", "x" * 10_000, "new", "delhi", "a" * 10_000] * 400
    start = time.perf_counter()
    tags = directory.tags(text, "110001")
    print(f"{len(text):,} words: {time.perf_counter() - start:.3f} s")
    assert len(tags) == len(text)
    assert all(tag.startswith("B-") for tag in tags[2::5])  # `new`, with `delhi` after it


def test_a_file_of_another_version_is_told(tmp_path: Path) -> None:
    (tmp_path / "places.bin").write_bytes(b"ringwatch places 0\n" + ARTEFACT.read_bytes()[19:])
    with pytest.raises(ValueError, match="compile it anew"):
        load_directory(tmp_path / "places.bin")
    with pytest.raises(FileNotFoundError):
        load_directory(tmp_path / "none.bin")
