"""Addresses of other countries by general habits, and which texts show another country at all."""

import csv
import os
import re
from collections import defaultdict
from pathlib import Path

import msgspec
import pytest

from nlp import AddressParser, load_parser
from nlp.elsewhere import country_shown
from nlp.generic import generic_fields, read_generic
from nlp.text import clean

FEBRL = (
    Path(os.environ.get("RINGWATCH_DATA", Path(__file__).resolve().parents[2] / "../shared/data"))
    / "entity-resolution"
)


@pytest.fixture(scope="module")
def parser() -> AddressParser:
    return load_parser()


@pytest.mark.parametrize(
    ("text", "country", "wanted"),
    [
        (
            "Flat 3, 12 High Street, Camden, London, NW1 0JH, United Kingdom",
            "GB",
            "12|High Street|London||NW1 0JH|Flat 3",
        ),
        ("221b Baker Street, London NW1 6XE", "GB", "221b|Baker Street|London||NW1 6XE|"),
        ("12 High St London N1 9GU", "GB", "12|High St|London||N1 9GU|"),
        ("3/12 Smith St, Surry Hills NSW 2010, Australia", "AU", "12|Smith St|Surry Hills|NSW|2010|3"),
        ("6 Tullaroop Street, St James, 4011, WA", "AU", "6|Tullaroop Street|St James|WA|4011|"),
        ("100 Queen St W, Toronto, ON M5H 2N2", "CA", "100|Queen St W|Toronto|ON|M5H 2N2|"),
        ("Hauptstr. 5a, 10115 Berlin, Germany", "DE", "5a|Hauptstr|Berlin||10115|"),
        ("12 rue de la Paix, 75002 Paris, France", "FR", "12|rue de la Paix|Paris||75002|"),
        ("Calle Mayor 12, 28013 Madrid, Spain", "ES", "12|Calle Mayor|Madrid||28013|"),
        ("Via Roma, 12, 20121 Milano (MI), Italia", "IT", "12|Via Roma|Milano|MI|20121|"),
        ("Keizersgracht 123, 1015 CJ Amsterdam", "NL", "123|Keizersgracht|Amsterdam||1015 CJ|"),
        ("Rua Augusta, 1500, Sao Paulo - SP, 01305-100", "BR", "1500|Rua Augusta|Sao Paulo|SP|01305-100|"),
        ("#05-12, 10 Orchard Road, Singapore 238801", "SG", "10|Orchard Road|Singapore||238801|#05-12"),
        ("Blk 123 Ang Mo Kio Ave 3 Singapore 560123", "SG", "123|Ang Mo Kio Ave 3|Singapore||560123|"),
    ],
)
def test_fields_of_other_countries(text: str, country: str, wanted: str) -> None:
    assert country_shown(clean(text)) == country
    fields, sure = generic_fields(text)
    names = ("house_number", "street", "city", "state", "postcode", "unit")
    assert "|".join(getattr(fields, name) or "" for name in names) == wanted
    assert sure.keys() == {name for name, value in msgspec.structs.asdict(fields).items() if value}
    assert all(0 < chance < 1 for chance in sure.values())


@pytest.mark.parametrize(
    "text",
    [
        "14 MG Road, Bengaluru 560038",
        "1234 MG Road, Pune",
        "10 Main Road, Dehradun, UK",
        "Dehradun UK 248001",
        "12 Oak St, Las Cruces, New Mexico",
        "465 East 170th Street South Holland",
        "4527 NE Roosevelt Cir, Saxonburg, Pennsylvania",
        "Flat B12 5TH, Cross",
        "",
    ],
)
def test_no_other_country_is_shown(text: str) -> None:
    assert country_shown(clean(text)) == ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("221b Baker Street, London NW1 6XE", "221B BAKER ST, LONDON, NW16XE, UK"),
        ("12 Smith St, Surry Hills NSW 2010", "12 Smith Street, Surry Hills, 2010 NSW, Australia"),
        (
            "M\u00fcllerstra\u00dfe 12, 80331 M\u00fcnchen, Germany",
            "Muellerstr. 12, D-80331 Muenchen, Deutschland",
        ),
        ("10 Orchard Road, Singapore 238801", "10 Orchard Rd, Singapore 238801"),
        ("Calle Mayor 12, 28013 Madrid, Spain", "C/ Mayor, 12, 28013 Madrid, Espa\u00f1a"),
    ],
)
def test_spellings_join(parser: AddressParser, one: str, other: str) -> None:
    first, second = parser.keys((one, other))
    assert first is not None
    assert first == second


def test_neighbours_stay_apart(parser: AddressParser) -> None:
    texts = (
        "221b Baker Street, London NW1 6XE", "221 Baker Street, London NW1 6XE", "221b Baker Street, London NW1 6XF",
        "221b Baker Road, London NW1 6XE", "12 Hauptstr., 10115 Berlin, Germany", "12 Hauptstr., 10115 Berlin, France",
    )  # fmt: skip
    keys = parser.keys(texts)
    assert len({key.building for key in keys if key}) == len(texts)


def test_a_country_the_caller_knows_is_believed() -> None:
    assert read_generic("Hauptstr. 5, 10115 Berlin", "DE").country == "DE"
    assert read_generic("Hauptstr. 5, 10115 Berlin").country == ""


@pytest.mark.data
@pytest.mark.skipif(not FEBRL.is_dir(), reason="no data sets at ../shared/data (or RINGWATCH_DATA)")
def test_australian_records() -> None:
    """Records with slips of the pen (febrl): shares that are right, and chances that do not promise too much."""
    right: dict[str, list[bool]] = defaultdict(list)
    promised: dict[float, list[bool]] = defaultdict(list)
    places: dict[object, set[str]] = defaultdict(set)
    for row in csv.DictReader((FEBRL / "dataset1.csv").read_text().splitlines()):
        record = {name.strip(): value.strip() for name, value in row.items()}
        line = f"{record['street_number']} {record['address_1']}".strip()
        region = f"{record['state']} {record['postcode']}".strip()
        parts = (line, record["address_2"], record["suburb"], region)
        found = read_generic(", ".join(part for part in parts if part), "AU")
        for field, name in FIELDS.items():
            value = (getattr(found.fields, field) or "").lower()
            if value or record[name]:
                right[field].append(value == record[name].replace("'", ""))
            if value:
                promised[found.confidence[field]].append(right[field][-1])
        canonical = found.canonical
        if canonical.house and canonical.streets:
            person = re.split(r"-(?=org|dup)", record["rec_id"])[0]
            places[canonical.postcode, canonical.house, canonical.streets].add(person)
    shares = {field: round(sum(each) / len(each), 3) for field, each in right.items()}
    print(shares, {chance: round(sum(each) / len(each), 3) for chance, each in promised.items()})
    assert {field: share for field, share in shares.items() if share < LEAST[field]} == {}
    assert all(sum(each) / len(each) > chance - 0.03 for chance, each in promised.items() if len(each) > 50)
    assert not [people for people in places.values() if len(people) > 1]


FIELDS = {
    "house_number": "street_number", "street": "address_1", "city": "suburb", "state": "state", "postcode": "postcode",
}  # fmt: skip
LEAST = {"house_number": 0.96, "street": 0.94, "city": 0.96, "state": 0.98, "postcode": 0.99}
