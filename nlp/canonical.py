"""Canonical values: every spelling of a field into one form."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from nlp import labels as lb
from nlp.fields import Canonical, Fields
from nlp.places import PIN_STATES, Place, zip_states
from nlp.resolve import Piece
from nlp.text import fold, number_form
from nlp.words import (
    AREA_TYPES,
    BLOCK_WORDS,
    BUILDING_TYPES,
    DIRECTIONS,
    DROPPED_WORDS,
    FLOOR_NAMES,
    FLOOR_WORDS,
    HOUSE_WORDS,
    NAME_WORDS,
    NO_WORDS,
    NUMBER_WORDS,
    SECTOR_WORDS,
    SOCIETY_WORDS,
    SPELT_NUMBERS,
    STREET_TYPES,
    UNIT_WORDS,
)

_NOT_A_VALUE: Final = (UNIT_WORDS | HOUSE_WORDS | NO_WORDS | frozenset({"old", "new"})) - {"penthouse"}
_ORDINAL_ENDS: Final = ("st", "nd", "rd", "th")
_PIN_LENGTH: Final = 6
_ZIP_LENGTH: Final = 5
_ZIP_STATES: Final = zip_states()
_folded = lru_cache(maxsize=65_536)(fold)


def canonical(fields: Fields, chosen: Mapping[str, Piece], places: Mapping[str, Place]) -> Canonical:
    """The canonical form of resolved fields.

    Args:
        fields: as written (streets and sectors are taken from here).
        chosen: the piece behind each single-valued field.
        places: the gazetteer's places by id (`Piece.place`).
    """
    postcode = "".join(char for char in fields.postcode or "" if char.isdigit())
    postcode = postcode[:_ZIP_LENGTH] if len(postcode) > _PIN_LENGTH else postcode
    city, state, country = _where(chosen, places, postcode)
    block, unit, house = block_form(fields.block), value_form(fields.unit), value_form(fields.house)
    if unit or fields.building:
        # A wing or tower is part of the unit: the building level is the whole complex.
        unit = _in_block(block, unit) if unit else (f"floor{floor}" if (floor := floor_form(fields.floor)) else "")
    else:
        house = _in_block(block, house)
        unit = f"floor{floor}" if house and (floor := floor_form(fields.floor)) else ""
    return Canonical(
        unit=unit, house=house, building=building_form(fields.building),
        streets=tuple(sorted({street_form(street) for street in fields.streets})),
        sectors=tuple(sorted({sector_form(sector) for sector in fields.sectors})),
        area=area_form(fields.area), city=city, state=state, country=country, postcode=postcode,
        po_box=value_form((fields.po_box or "").rpartition(" ")[2]),
    )  # fmt: skip


def _where(chosen: Mapping[str, Piece], places: Mapping[str, Place], postcode: str) -> tuple[str, str, str]:
    """City, state code and country code, the postcode's word first."""
    state = country = ""
    if len(postcode) == _PIN_LENGTH:
        state, country = PIN_STATES.get(postcode[:2], ""), "IN"
    elif len(postcode) == _ZIP_LENGTH:
        state, country = _ZIP_STATES.get(postcode[:3], ""), "US"
    city = ""
    if (piece := chosen.get(lb.CITY)) is not None:
        place = places.get(piece.place)
        city = place.name if place else area_form(piece.text)
        if place and not country:
            state, country = place.state, place.country
    if (piece := chosen.get(lb.STATE)) is not None and not state:
        place = places.get(piece.place)
        state, country = (place.name, country or place.country) if place else (piece.text.upper(), country)
    if (piece := chosen.get(lb.COUNTRY)) is not None and not country and (place := places.get(piece.place)):
        country = place.country
    return city, state, country


def value_form(written: str | None) -> str:
    """`Flat No. 4-B` -> `4b`.

    >>> value_form("Flat No B/302")
    'b302'
    """
    if not written:
        return ""
    words = [word for word in written.lower().split() if word not in _NOT_A_VALUE]
    if len(words) > 1 and words[0] in {"h", "p", "d", "f"} and "no" in written.lower().split():
        words = words[1:]
    return number_form("".join(words))


def block_form(written: str | None) -> str:
    """`B-Wing`, `Wing B` and `Block B` -> `b`."""
    if not written:
        return ""
    words = [word for word in written.lower().split() if word not in BLOCK_WORDS and word not in NO_WORDS]
    return number_form("".join(NUMBER_WORDS.get(word, word) if len(word) > 1 else word for word in words))


def floor_form(written: str | None) -> str:
    """`Ground Floor` and `GF` -> `0`, `3rd Floor` and `Fl 3` -> `3`."""
    words = (written or "").lower().split()
    return "".join(FLOOR_NAMES.get(word) or _numeral(word) for word in words if word not in FLOOR_WORDS)


def _in_block(block: str, number: str) -> str:
    """`b` and `302` -> `b302`; a number that already begins with its block stays."""
    if not block or not number or number.startswith(block) and number != block and not number[len(block)].isalpha():
        return number
    return number_form(f"{block}-{number}")


def _numeral(word: str) -> str:
    """`23rd`, `fifth` -> `23`, `5`."""
    if word[0].isdigit():
        return word[:-2] if word.endswith(_ORDINAL_ENDS) else word
    return SPELT_NUMBERS.get(word, word)


def _name(words: Iterable[str]) -> str:
    """Words of a name, folded and run together: `Gandhi Nagar` is `Gandhinagar`."""
    return "".join(_folded(NAME_WORDS.get(word, word)) if word.isalpha() else word for word in words)


@lru_cache(maxsize=16_384)
def street_form(written: str) -> str:
    """Name, type and directions of a street, in that order whichever way it was written.

    >>> street_form("West 23rd Street"), street_form("W 23 St")
    ('23 street w', '23 street w')
    """
    words = written.lower().replace("-", " ").split()
    kept = [word for word in words if word not in DROPPED_WORDS] or words
    last = next((i for i in range(len(kept) - 1, -1, -1) if kept[i] in STREET_TYPES), None)
    kind = ""
    if last is not None:
        kind = STREET_TYPES[kept.pop(last)]
        if kind == "road" and last and last == len(kept) and STREET_TYPES.get(kept[-1]) in {"main", "cross"}:
            # 5th Main Road is 5th Main; Velachery Main Road is Velachery Road.
            inner = STREET_TYPES[kept.pop()]
            kind = inner if kept and kept[-1][0].isdigit() or not kept else kind
    ways = sorted(DIRECTIONS[word] for word in kept if word in DIRECTIONS)
    name = [_numeral(word) for word in kept if word not in DIRECTIONS]
    if not name:
        name, ways = ways, []
    return " ".join((_name(STREET_TYPES.get(word, word) if word != "st" else "saint" for word in name), kind, *ways))


@lru_cache(maxsize=16_384)
def building_form(written: str | None) -> str:
    """Name and type of a building; a society's legal words are left out."""
    words = [word for word in (written or "").lower().split() if word not in DROPPED_WORDS and word not in SOCIETY_WORDS]
    types = [BUILDING_TYPES.get(word, word) for word in words]
    return _name(word for word in types if word != "society")


@lru_cache(maxsize=16_384)
def sector_form(written: str) -> str:
    """`Phase II`, `2nd Phase` -> `phase2`."""
    words = [word for word in written.lower().split() if word not in NO_WORDS]
    kinds = [SECTOR_WORDS[word] for word in words if word in SECTOR_WORDS]
    values = [NUMBER_WORDS.get(word, _numeral(word)) for word in words if word not in SECTOR_WORDS]
    return "".join(kinds[:1]) + number_form("-".join(values))


@lru_cache(maxsize=16_384)
def area_form(written: str | None) -> str:
    """A locality's name, with the usual short forms (`Ngr`, `Extn`) written out."""
    words = [word for word in (written or "").lower().split() if word not in DROPPED_WORDS]
    return _name(AREA_TYPES.get(word, word) if i else word for i, word in enumerate(words))
