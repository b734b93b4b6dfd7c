"""A canonical address as text, in a grammar of its own, and read back.

    text   = (part *("; " part) / "none") "; " postcode " " state " " country
    part   = name "=" value / "in sector"
    value  = plain / JSON string

`name` is one of `NAMES` in that order, a street or sector each by itself; `plain` is lower-case letters, digits and
`*`, `/`, `-`, `.` with single spaces between; of the place, `-` is what is missing. So

    unit=b302; house=14; building=sunriseapartments; street=mg road; area=indiranagar; city=bengaluru; 560038 KA IN

There is one text for an address: whatever is not written exactly so (capital letters, another order) is no canonical
text, and is parsed as any other.
"""

import re
from typing import Final

import msgspec

from nlp.fields import Canonical, Fields

NAMES: Final = {
    "unit": "unit", "floor": "floor", "house": "house", "building": "building", "street": "streets",
    "sector": "sectors", "area": "area", "box": "po_box", "city": "city", "district": "district",
    "office": "post_office",
}  # fmt: skip
"""A part's name -> the field of `Canonical` it holds."""

_PLACE: Final = ("postcode", "state", "country")
_MANY: Final = frozenset({"streets", "sectors"})
_IN_SECTOR: Final = "in sector"
_NOTHING: Final = "none"
_MISSING: Final = "-"
_WORD: Final = r"[a-z0-9*/.-]{1,2000}"
_QUOTED: Final = r'"(?:[^"\\]|\\.)*"'
_PLAIN: Final = re.compile(rf"{_WORD}(?: {_WORD})*")
_CODE: Final = re.compile(r"[A-Za-z0-9]+")
_STARTS: Final = (*(f"{name}=" for name in NAMES), f"{_IN_SECTOR}; ", f"{_NOTHING}; ")
_PART: Final = re.compile(
    rf"(?:(?P<name>{'|'.join(NAMES)})=(?P<value>{_PLAIN.pattern}|{_QUOTED})|(?P<flag>{_IN_SECTOR}|{_NOTHING})); "
)
_AREA: Final = re.compile(
    rf"([A-Za-z0-9]+|-|{_QUOTED}) ([A-Za-z0-9]+|-|{_QUOTED}) ([A-Za-z0-9]+|-|{_QUOTED})"
)


def canonical_text(address: Canonical) -> str:
    """The one text of a canonical address.

    >>> canonical_text(Canonical(house="14", streets=("mg road",), postcode="560038", state="KA", country="IN"))
    'house=14; street=mg road; 560038 KA IN'
    """
    parts = []
    for name, field in NAMES.items():
        value = getattr(address, field)
        parts += [f"{name}={_value(each)}" for each in (value if field in _MANY else (value,)) if each]
        if field == "house" and address.in_sector:
            parts.append(_IN_SECTOR)
    place = " ".join(_code(getattr(address, field)) for field in _PLACE)
    return "; ".join((*(parts or [_NOTHING]), place))


def read_canonical(text: str) -> Canonical | None:
    """The address whose canonical text this is; None where it is any other text.

    >>> read_canonical("house=14; street=mg road; 560038 KA IN").streets
    ('mg road',)
    >>> read_canonical("house=14, street=MG Road, 560038")
    """
    text = text.strip()
    if not text.startswith(_STARTS):
        return None
    found: dict[str, list[str]] = {}
    at = 0
    while (match := _PART.match(text, at)) is not None:
        if match["name"]:
            found.setdefault(NAMES[match["name"]], []).append(_read(match["value"]))
        elif match["flag"] == _IN_SECTOR:
            found["in_sector"] = []
        at = match.end()
    place = _AREA.fullmatch(text, at)
    if place is None:
        return None
    values: dict[str, str | tuple[str, ...] | bool] = {
        field: tuple(values) if field in _MANY else values[-1] if values else True
        for field, values in found.items()
    }
    codes = ("" if code == _MISSING else _read(code) for code in place.groups())
    try:
        address = msgspec.convert(values | dict(zip(_PLACE, codes, strict=True)), Canonical)
    except msgspec.ValidationError:
        return None
    return address if canonical_text(address) == text else None


def fields_of(address: Canonical) -> Fields:
    """The fields that a canonical text states, in its canonical values."""
    values = {
        "house_number": address.house, "house_name": address.building, "unit": address.unit, "floor": address.floor,
        "street": " ".join(address.streets), "sub_locality": " ".join(address.sectors), "locality": address.area,
        "district": address.district, "city": address.city, "state": address.state, "postcode": address.postcode,
        "po_box": address.po_box, "country": address.country,
    }  # fmt: skip
    return Fields(**{name: value or None for name, value in values.items()})


def _value(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else _quoted(value)


def _code(value: str) -> str:
    if not value:
        return _MISSING
    return value if _CODE.fullmatch(value) else _quoted(value)


def _quoted(value: str) -> str:
    return msgspec.json.encode(value).decode()


def _read(value: str) -> str:
    """The value that `_value` wrote; a string that is no JSON gives one that is written otherwise."""
    if not value.startswith('"'):
        return value
    try:
        return msgspec.json.decode(value, type=str)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return ""
