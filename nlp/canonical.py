"""Canonical values: every spelling of a field into one form."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from nlp import labels as lb
from nlp.fields import Canonical
from nlp.key import QUARTERS
from nlp.places import PIN_STATES, Place, state_codes, zip_states
from nlp.post import city_name, locality, office_of, pin_of, zip_of
from nlp.resolve import Piece, Resolved
from nlp.routes import route_form
from nlp.text import fold, loose_fold, number_form
from nlp.words import (
    AREA_TYPES,
    BLOCK_WORDS,
    BUILDING_TYPES,
    DIRECTIONS,
    DROPPED_WORDS,
    FLOOR_NAMES,
    FLOOR_WORDS,
    HONORIFICS,
    HOUSE_WORDS,
    NAME_WORDS,
    NO_LETTERS,
    NO_WORDS,
    NUMBER_WORDS,
    PLAIN_NAMES,
    SECTOR_WORDS,
    SHORT_NAMES,
    SOCIETY_WORDS,
    SPELT_NUMBERS,
    STREET_TYPES,
    UNIT_WORDS,
)

_NOT_A_VALUE: Final = UNIT_WORDS | HOUSE_WORDS | NO_WORDS | frozenset({"old", "new"})
_ORDINAL_ENDS: Final = ("st", "nd", "rd", "th")
_PIN_LENGTH: Final = 6
_ZIP_LENGTH: Final = 5
_ZIP_STATES: Final = zip_states()
_STATE_CODES: Final = state_codes()
_folded = lru_cache(maxsize=65_536)(fold)
_loosely_folded = lru_cache(maxsize=65_536)(loose_fold)


def canonical(resolved: Resolved, places: Mapping[str, tuple[Place, ...]]) -> Canonical:
    """The canonical form of resolved fields; `places` is the gazetteer (`nlp.places.places`)."""
    words = {name: piece.words for name, piece in resolved.chosen.items()}
    postcode = _postcode(words.get(lb.POSTCODE, ()))
    city, state, country = _where(resolved.chosen, places, postcode)
    area = words.get(lb.AREA, ())
    if not postcode:
        named = tuple(piece.words for piece in resolved.areas)
        postcode = _postcode_of(" ".join(words.get(lb.CITY, ())), named, state, country)
    office = office_of(postcode)
    block, unit, house = (form(words.get(name, ())) for form, name in _NUMBER_FORMS)
    building = building_form(words.get(lb.BUILDING, ()))
    sectors = {sector_form(sector.words) for sector in resolved.sectors}
    if unit:
        # A wing or tower is part of the unit: the building level is the whole complex.
        unit = _in_block(block, unit)
    elif not building:
        house = _in_block(block, house)
    elif block and building.endswith(QUARTERS):
        sectors.add(f"block{block}")
    streets = _streets(resolved, country)
    return Canonical(
        unit=unit, floor=floor_form(words.get(lb.FLOOR, ())), house=house, in_sector=resolved.in_sector,
        building=building, streets=streets, sectors=tuple(sorted(sectors)), area=area_form(locality(area, postcode)),
        city=city, state=office.state or state, country=country or ("IN" if office.state else ""),
        postcode=postcode, po_box=value_form(words.get(lb.POBOX, ())[-1:]),
        district=office.district, post_office=office.office,
    )  # fmt: skip


def _streets(resolved: Resolved, country: str) -> tuple[str, ...]:
    """The house's street, and others with a number (`5th Cross, 3rd Main`); any beside a numbered one.

    Numbered lanes repeat in every locality; a named street does not, and a second one only tells where it is.
    """
    if resolved.house_street is None:
        return ()
    own = street_form(resolved.house_street.words, country)
    forms = {street_form(street.words, country) for street in resolved.streets}
    numbered = own[0].isdigit()
    return tuple(sorted(form for form in forms if form == own or numbered or form[0].isdigit()))


def _postcode_of(city: str, areas: tuple[tuple[str, ...], ...], state: str, country: str) -> str:
    """The postcode of a text without one, where city and locality have a single one."""
    return zip_of(city, state) if country == "US" else pin_of(areas, city, state)


def _postcode(words: tuple[str, ...]) -> str:
    """Six digits (PIN) or the first five of a ZIP."""
    digits = "".join(char for word in words for char in word if char.isdigit())
    return digits[:_ZIP_LENGTH] if len(digits) > _PIN_LENGTH else digits


def _where(
    chosen: Mapping[str, Piece], places: Mapping[str, tuple[Place, ...]], postcode: str
) -> tuple[str, str, str]:
    """City, state code and country code, the postcode's word first."""
    state = country = ""
    if len(postcode) == _PIN_LENGTH:
        state, country = PIN_STATES.get(postcode[:2], ""), "IN"
    elif len(postcode) == _ZIP_LENGTH:
        state, country = _ZIP_STATES.get(postcode[:3], ""), "US"
    if (piece := chosen.get(lb.STATE)) is not None and not state:
        place = _pick(places, piece, lb.STATE, "")
        state, country = (place.name, place.country) if place else (piece.text.upper(), country)
    city = ""
    if (piece := chosen.get(lb.CITY)) is not None:
        place = _pick(places, piece, lb.CITY, state)
        city = place.name if place else area_form(piece.words if country == "US" else city_name(piece.words))
        if place and not state:
            state, country = place.state, place.country
        elif place and not country:
            country = place.country
    if not country and len(countries := _STATE_CODES.get(state.lower(), ())) == 1:
        country = countries[0]
    if (piece := chosen.get(lb.COUNTRY)) is not None and (place := _pick(places, piece, lb.COUNTRY, "")):
        country = country or place.country
    return city, state, country


def _pick(places: Mapping[str, tuple[Place, ...]], piece: Piece, kind: str, state: str) -> Place | None:
    """The place a piece names: the one in `state` where there are several of that name."""
    named = [place for place in places.get(piece.place, ()) if place.kind == kind]
    return next((place for place in named if place.state == state), named[0] if named else None)


def value_form(words: tuple[str, ...]) -> str:
    """`Flat No. 4-B` -> `4b`, `#302` -> `302`.

    >>> value_form(("flat", "no", "b/302"))
    'b302'
    """
    kept = [word for word in words if word not in _NOT_A_VALUE]
    if len(kept) > 1 and kept[0] in NO_LETTERS and words[1] in NO_WORDS:
        kept = kept[1:]  # H No 5
    return number_form("".join(kept))


def block_form(words: tuple[str, ...]) -> str:
    """`B-Wing`, `Wing B` and `Block B` -> `b`."""
    kept = [word for word in words if word not in BLOCK_WORDS and word not in NO_WORDS]
    return number_form("".join(NUMBER_WORDS.get(word, word) if len(word) > 1 else word for word in kept))


def floor_form(words: tuple[str, ...]) -> str:
    """`Ground Floor` and `GF` -> `0`, `3rd Floor` and `Fl 3` -> `3`."""
    return "".join(FLOOR_NAMES.get(word) or _numeral(word) for word in words if word not in FLOOR_WORDS)


_NUMBER_FORMS: Final = ((block_form, lb.BLOCK), (value_form, lb.UNIT), (value_form, lb.HOUSE))


def _in_block(block: str, number: str) -> str:
    """`b` and `302` -> `b302`; a number that already begins with its block's letter stays."""
    said = block.isalpha() and number.startswith(block) and number[len(block) :][:1].isdigit()
    return number_form(f"{block}-{number}") if block and number and not said else number


def _numeral(word: str) -> str:
    """`23rd`, `fifth` -> `23`, `5`."""
    if word[0].isdigit():
        return word[:-2] if word.endswith(_ORDINAL_ENDS) else word
    return SPELT_NUMBERS.get(word, word)


def _name(words: Iterable[str], country: str = "") -> str:
    """Words of a name, folded and run together: `Gandhi Nagar` is `Gandhinagar`."""
    spelt = [NAME_WORDS.get(word, word) for word in words]
    if short := SHORT_NAMES.get("".join(spelt)):
        return short
    if country == "IN":
        return "".join(
            word if not word.isalpha() else _folded(word) if word in PLAIN_NAMES else _loosely_folded(word)
            for word in spelt
        )
    return "".join(_folded(word) if word.isalpha() else word for word in spelt)


@lru_cache(maxsize=16_384)
def street_form(words: tuple[str, ...], country: str = "") -> str:
    """Name, type and directions of a street, in that order whichever way it was written.

    >>> street_form(("west", "23rd", "street")), street_form(("w", "23", "st"))
    ('23 street w', '23 street w')
    """
    if country != "IN" and (route := route_form(words)):
        return route
    kept = [word for word in words if word not in DROPPED_WORDS] or list(words)
    if len(kept) > 1 and kept[0] in HONORIFICS:
        kept = kept[1:]
    last = next((i for i in range(len(kept) - 1, -1, -1) if kept[i] in STREET_TYPES), None)
    kind = STREET_TYPES[kept.pop(last)] if last is not None else ""
    if kind == "road" and last and last == len(kept) and STREET_TYPES.get(kept[-1]) in {"main", "cross"}:
        # 5th Main Road is 5th Main; Velachery Main Road is Velachery Road.
        inner = STREET_TYPES[kept.pop()]
        kind = inner if not kept or _numeral(kept[-1])[0].isdigit() else kind
    ways = sorted(DIRECTIONS[word] for word in kept if word in DIRECTIONS)
    name = [_numeral(word) for word in kept if word not in DIRECTIONS]
    if not name:
        name, ways = ways, []
    name = [word if word == "st" else STREET_TYPES.get(word, word) for word in name]
    return " ".join((_name(name, country), kind, *ways))


@lru_cache(maxsize=16_384)
def building_form(words: tuple[str, ...]) -> str:
    """Name and type of a building; a society's legal words are left out."""
    kept = [word for word in words if word not in DROPPED_WORDS and word not in SOCIETY_WORDS]
    types = [BUILDING_TYPES.get(word, word) for word in kept]
    return _name(word for word in types if word != "society")


@lru_cache(maxsize=16_384)
def sector_form(words: tuple[str, ...]) -> str:
    """`Phase II`, `2nd Phase` -> `phase2`."""
    kept = [word for word in words if word not in NO_WORDS]
    kinds = [SECTOR_WORDS[word] for word in kept if word in SECTOR_WORDS]
    values = [NUMBER_WORDS.get(word, _numeral(word)) for word in kept if word not in SECTOR_WORDS]
    return "".join(kinds[:1]) + number_form("-".join(values))


@lru_cache(maxsize=16_384)
def area_form(words: tuple[str, ...]) -> str:
    """A locality's name, with the usual short forms (`Ngr`, `Extn`) written out."""
    kept = [word for word in words if word not in DROPPED_WORDS]
    return _name([AREA_TYPES.get(word, word) if i else word for i, word in enumerate(kept)])
