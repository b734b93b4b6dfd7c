"""Addresses in India."""

from functools import cache
from typing import Final

from nlp.example import Example
from nlp.generate import noise
from nlp.generate.draw import Draw
from nlp.generate.grammar import Grammar, Piece, Segment
from nlp.generate.names import Area, Names
from nlp.generate.numbers import MAKERS
from nlp.generate.rule_text import rules
from nlp.generate.states_in import OTHER_NAMES, REGISTER_CODES, STATES
from nlp.generate.writing import write

# Style: share of all, and of its places: in large cities, in towns.
_STYLES: Final = {
    "company": (0.29, 0.5, 0.3), "bank": (0.27, 0.2, 0.45), "village_style": (0.13, 0.0, 0.1),
    "works": (0.07, 0.3, 0.5), "shop_style": (0.07, 0.4, 0.5), "home": (0.13, 0.85, 0.12),
    "delhi_style": (0.04, 1.0, 0.0),
}  # fmt: skip
_KINDS: Final = tuple(_STYLES)
_SHARES: Final = tuple(
    sum(share for share, _, _ in list(_STYLES.values())[: i + 1]) for i in range(len(_STYLES))
)
_SAYS: Final = ("dist", "unclassified", "dt", "dst", "jila", "zila")  # that a name is a district's
_CITY_STATES: Final = frozenset({"Delhi", "Chandigarh", "Puducherry", "Pondicherry"})
_ANY_STATE: Final = 0.25  # of the addresses lie in a state drawn first, so that the small ones are seen
_SEPARATORS: Final = (", ", " , ", ",", " ", "; ", "\n", ".", " - ", ",  ", ". ")
_SEPARATOR_SHARES: Final = (0.5, 0.68, 0.85, 0.93, 0.94, 0.955, 0.965, 0.975, 0.99, 1.0)
_DROPS: Final = (0.0, 0.15, 0.5, 0.9)
_DROP_SHARES: Final = (0.55, 0.75, 0.9, 1.0)

_RULES: Final = (
    "india_words", "india_numbers", "india_buildings", "india_streets", "india_areas", "india_landmarks",
    "india_styles",
)  # fmt: skip

_GIVEN: Final = (
    "pin", "state", "full_state", "code", "district", "taluk", "taluk_short", "city", "town_name", "city_short",
    "city_near", "place_near", "locality", "locality2", "village", "office",
)  # fmt: skip


@cache
def grammar() -> Grammar:
    """The rules of Indian addresses, compiled once."""
    return Grammar(rules(*_RULES), MAKERS, _GIVEN)


def example(names: Names, draw: Draw) -> Example:
    """One address, of a drawn style and place."""
    kind = draw.weighted(_KINDS, _SHARES)
    at = _position(names, kind, draw)
    region = STATES[names.areas[at].state_code][0]
    segments = grammar().segments(kind, draw, values(names, at, draw), region)
    segments = noise.structure(segments, draw)
    segments = _cities_named(segments, names)
    segments = noise.spelling(segments, draw)
    segments = noise.case(segments, draw)
    segments = noise.glue(segments, draw)
    separator = draw.weighted(_SEPARATORS, _SEPARATOR_SHARES)
    drop = draw.weighted(_DROPS, _DROP_SHARES) if kind != "delhi_style" else 0.0
    return write(segments, "IN", separator, drop, draw)


def _cities_named(segments: list[Segment], names: Names) -> list[Segment]:
    """A name of a district or a territory and of a city alike is the city's where the text names no other.

    Unless a word says that it is a district's: `Unclassified` does, it ends the register's column of districts. After a
    city it is a district, though it be the same name: that column is there.
    """
    if any(piece.field == "city" for segment in segments for piece in segment):
        return segments
    out = []
    for segment in segments:
        said = any(
            piece.field == "" and piece.text.lstrip("( ").lower().startswith(_SAYS) for piece in segment
        )
        out.append([_city_of(piece, names) if not said else piece for piece in segment])
    return out


def _city_of(piece: Piece, names: Names) -> Piece:
    alike = names.cities if piece.field == "district" else _CITY_STATES if piece.field == "state" else ()
    return Piece(piece.text, "city", piece.glued) if piece.text in alike else piece


def _position(names: Names, kind: str, draw: Draw) -> int:
    if kind == "delhi_style":
        delhi = [held for held in names.states if names.areas[held[0]].state_code == "DL"]
        return draw.pick(delhi[0] if delhi else names.metro)
    if draw.chance(_ANY_STATE):
        return draw.pick(draw.pick(names.states))
    _, metro, town = _STYLES[kind]
    share = draw.random()
    return draw.pick(names.metro if share < metro else names.town if share < metro + town else names.rural)


def values(names: Names, at: int, draw: Draw) -> dict[str, str]:
    """What `$city`, `$village` and the like stand for in one address at `names.areas[at]`."""
    area = names.areas[at]
    near = names.areas[min(max(0, at + draw.number(-6, 6)), len(names.areas) - 1)]
    villages = area.offices or area.localities or area.districts
    localities = area.localities or villages
    district = area.districts[0] if draw.chance(0.6) else draw.pick(area.districts)
    district = _other(district, draw)
    taluk = draw.pick(area.sub_districts or villages)
    city = _city(area, draw) or (taluk if draw.chance(0.5) else district)
    town = city if draw.chance(0.5) else taluk
    spellings = STATES[area.state_code][1]
    state = spellings[0] if draw.chance(0.65) else draw.pick(spellings)
    pin = area.pin
    if draw.chance(0.02):
        pin = f"{pin[:3]} {pin[3:]}"
    values = {
        "pin": pin, "state": state, "full_state": spellings[0],
        "code": REGISTER_CODES.get(area.state_code, area.state_code) if draw.chance(0.7) else area.state_code,
        "district": district, "taluk": taluk, "taluk_short": taluk, "city": city, "town_name": town,
        "city_short": city, "city_near": _city(near, draw) or near.districts[0],
        "place_near": draw.pick(near.offices or near.localities or near.districts),
        "locality": draw.pick(localities), "locality2": draw.pick(localities),
        "village": draw.pick(villages if draw.chance(0.8) else localities), "office": draw.pick(villages),
    }  # fmt: skip
    if area.streets and draw.chance(0.35):
        values["street"] = draw.pick(area.streets)
    return values


def _city(area: Area, draw: Draw) -> str:
    if not area.cities:
        return ""
    names = draw.pick(area.cities)
    return _other(names[0] if draw.chance(0.6) else draw.pick(names), draw)


def _other(name: str, draw: Draw) -> str:
    others = OTHER_NAMES.get(name)
    return draw.pick(others) if others and draw.chance(0.4) else name
