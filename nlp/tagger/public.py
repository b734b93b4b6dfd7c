"""Public labelled addresses, where somebody has them: the Delhi set as JSON lines, the American one as XML.

Neither is in the package. `delhi` reads files of howdoiusekeyboard/indian-address-parser (MIT), `usaddress` those of
datamade/usaddress (MIT; the us50 set University of Illinois/NCSA).
"""

import gzip
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

import msgspec

Span = tuple[int, int, str]


class Labelled(NamedTuple):
    """A text and its spans (start, end in characters, label), sorted, in the set's own labels."""

    text: str
    spans: tuple[Span, ...]


DELHI_FIELDS: Final[Mapping[str, str]] = {
    "HOUSE_NUMBER": "house_number", "PLOT": "house_number", "KHASRA": "house_number", "FLOOR": "floor",
    "BLOCK": "block", "GALI": "street", "SECTOR": "sub_locality", "COLONY": "sub_locality", "SUBAREA": "locality",
    "AREA": "locality", "CITY": "city", "STATE": "state", "PINCODE": "postcode",
}  # fmt: skip
"""The Delhi set's labels as fields."""

US_FIELDS: Final[Mapping[str, str]] = {
    "AddressNumberPrefix": "house_number", "AddressNumber": "house_number", "AddressNumberSuffix": "house_number",
    "OccupancyType": "unit", "OccupancyIdentifier": "unit", "SubaddressType": "block", "SubaddressIdentifier": "block",
    "BuildingName": "house_name", "LandmarkName": "poi", "Recipient": "poi", "USPSBoxType": "po_box",
    "USPSBoxID": "po_box", "USPSBoxGroupType": "po_box", "USPSBoxGroupID": "po_box", "PlaceName": "city",
    "StateName": "state", "ZipCode": "postcode", "ZipPlus4": "postcode", "CountryName": "country",
    "CornerOf": "street", "IntersectionSeparator": "street", "NotAddress": "",
}  # fmt: skip
"""The American set's labels as fields; every label of a street's parts is `street`."""
_ADDRESS: Final = re.compile(r"<AddressString>.*?</AddressString>", re.DOTALL)
_ENDS: Final = " ,;\n"


def delhi(path: Path) -> Iterator[Labelled]:
    """The addresses of a file of the Delhi set, their tokens joined by spaces."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = msgspec.json.decode(line)
        spans: list[Span] = []
        at, before = 0, "O"
        for token, tag in zip(row["tokens"], row["ner_tags"], strict=True):
            end = at + len(token)
            if tag != "O":
                if tag[0] == "I" and before[2:] == tag[2:]:
                    spans[-1] = (spans[-1][0], end, tag[2:])
                else:
                    spans.append((at, end, tag[2:]))
            at, before = end + 1, tag
        yield Labelled(" ".join(row["tokens"]), tuple(spans))


def usaddress(path: Path) -> Iterator[Labelled]:
    """The addresses of a file of the American set (`.xml` or `.xml.gz`), without what is not well formed."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    for found in _ADDRESS.findall(text):
        try:
            yield _address(ET.fromstring(found))  # noqa: S314 - a local file that somebody named; no entities are in it
        except ET.ParseError:
            continue


def _address(tree: ET.Element) -> Labelled:
    text = (tree.text or "").lstrip()
    spans: list[Span] = []
    for each in tree:
        start = len(text)
        text += each.text or ""
        end = start + len((each.text or "").rstrip(_ENDS))
        if spans and spans[-1][2] == each.tag and not text[spans[-1][1] : start].strip(_ENDS):
            spans[-1] = (spans[-1][0], end, each.tag)
        else:
            spans.append((start, end, each.tag))
        text += each.tail or " "
    return Labelled(text.rstrip(), tuple(span for span in spans if span[1] > span[0]))


def as_fields(labelled: Labelled, fields: Mapping[str, str]) -> Labelled:
    """The same address in the parser's own fields; neighbours that are one field then are one piece."""
    spans: list[Span] = []
    for start, end, label in labelled.spans:
        field = fields.get(label, "street")
        if not field:
            continue
        if spans and spans[-1][2] == field and not labelled.text[spans[-1][1] : start].strip():
            spans[-1] = (spans[-1][0], end, field)
        else:
            spans.append((start, end, field))
    return Labelled(labelled.text, tuple(spans))
