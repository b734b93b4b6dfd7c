"""The parser on real addresses written by others. Floors are what was measured, less a little."""

import json
import os
import re
from collections import defaultdict
from pathlib import Path

import pytest

from nlp import AddressParser, load_parser
from nlp.canonical import street_form
from nlp.text import number_form

DATA = (
    Path(os.environ.get("RINGWATCH_DATA", Path(__file__).resolve().parents[2] / "../shared/data"))
    / "addresses"
)

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA.is_dir(), reason="no data sets at ../shared/data (or RINGWATCH_DATA)"),
]


@pytest.fixture(scope="module")
def parser() -> AddressParser:
    return load_parser()


def test_indian_gold(parser: AddressParser) -> None:
    rows = [json.loads(line) for line in (DATA / "india/gold_200.jsonl").read_text().splitlines()]
    parsed = [(row["expected"], parser.parse(row["input"])) for row in rows]
    postcodes = sum((found.canonical.postcode or None) == wanted["pincode"] for wanted, found in parsed)
    numbers = sum(
        number_form(_squeezed(wanted["building_number"]))
        in _squeezed(f"{found.canonical.house} {found.canonical.unit}")
        for wanted, found in parsed
    )
    assert postcodes / len(rows) >= 0.98
    assert numbers / len(rows) >= 0.98
    # Villages, landmarks and streets without any number have no key: too little to tell a building by.
    assert sum(found.key is not None for _, found in parsed) / len(rows) >= 0.67


def _squeezed(text: str | None) -> str:
    return (text or "").replace(" ", "").lower()


def test_us_tagged(parser: AddressParser) -> None:
    marked = re.findall(
        r"<AddressString>(.*?)</AddressString>", (DATA / "us/us50_test_tagged.xml").read_text(), re.DOTALL
    )
    found = defaultdict(list)
    for address in marked:
        tags = defaultdict(list)
        for tag, value in re.findall(r"<(\w+)>(.*?)</\1>", address):
            tags[tag].append(value.strip(" ,").lower())
        if not tags["AddressNumber"] or not tags["StreetName"]:
            continue
        parsed = parser.parse(re.sub(r"<[^>]+>", "", address))
        street = street_form(tuple(" ".join(tags["StreetName"]).replace(".", "").split()), "US")
        found["house"].append(parsed.canonical.house == number_form("".join(tags["AddressNumber"])))
        found["street"].append(street in parsed.canonical.streets)
        found["postcode"].append(parsed.canonical.postcode == "".join(tags["ZipCode"])[:5])
        found["key"].append(parsed.key is not None)
    shares = {name: round(sum(right) / len(right), 3) for name, right in found.items()}
    print(shares)
    floors = {"house": 0.98, "street": 0.91, "postcode": 0.99, "key": 0.99}
    assert {name: share for name, share in shares.items() if share < floors[name]} == {}
