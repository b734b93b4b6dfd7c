"""Pairs of addresses with the truth about them: one place in two spellings, or two places that look alike."""

from typing import Final

import msgspec

from nlp.generate.draw import Draw
from nlp.generate.names import Names, directory_names
from nlp.generate.places import Place, parts, place, same_building, same_unit
from nlp.generate.swaps import SWAPS
from nlp.generate.tricks import PARTS_TRICKS, TEXT_TRICKS, Parts, abbreviations_us

NO_UNIT: Final = "unit left out"
SEVERAL: Final = "several"
POSITIVE: Final = (*TEXT_TRICKS, *PARTS_TRICKS, NO_UNIT, SEVERAL)
"""Names of the tricks that keep the place."""
_ELSEWHERE: Final = tuple(name for name in POSITIVE if name != "transliteration")
NEGATIVE: Final = tuple(SWAPS)
"""Names of the swaps that leave it."""
_CASES: Final = ("upper case", "lower case", "no commas", "punctuation")
_MILD: Final = (
    "upper case",
    "lower case",
    "no commas",
    "punctuation",
    "abbreviations",
    "added landmark",
    "stuffed text",
    "other words",
)


class Pair(msgspec.Struct, frozen=True):
    """Two addresses and what is true of them.

    Attributes:
        a, b: the texts.
        country: ISO 3166 alpha-2.
        same_building: whether both are in one building.
        same_unit: whether both are one flat or one household's house; None where a text does not say its unit.
        trick: how `b` was made: one of `POSITIVE` or `NEGATIVE`.
    """

    a: str
    b: str
    country: str
    same_building: bool
    same_unit: bool | None
    trick: str


class Drawn(msgspec.Struct, frozen=True):
    """A pair and the places behind it."""

    pair: Pair
    first: Place
    second: Place


def pairs(country: str, seed: int, count: int, names: Names | None = None) -> list[Pair]:
    """`count` pairs, half of one building (about) and half of two that look alike; the same seed gives the same.

    Args:
        country: ISO 3166 alpha-2.
        seed: any whole number.
        count: how many.
        names: places to take instead of the compiled directory's.
    """
    return [each.pair for each in drawn(country, seed, count, names)]


def drawn(country: str, seed: int, count: int, names: Names | None = None) -> list[Drawn]:
    """As `pairs`, with the places."""
    draw = Draw(f"pairs {country} {seed}")
    held = names or directory_names()
    return [
        _positive(country, held, draw) if draw.chance(0.5) else _negative(country, held, draw)
        for _ in range(count)
    ]


def _positive(country: str, names: Names, draw: Draw) -> Drawn:
    choice = POSITIVE if country == "IN" else _ELSEWHERE
    trick = draw.pick(choice)
    while True:
        first = place(country, names, draw)
        a = text_of(parts(first))
        if trick == NO_UNIT:
            if not first.unit:
                if draw.chance(0.1):
                    trick = draw.pick(_CASES)
                continue
            b = text_of([row for row in parts(first) if row[0] != "unit"])
        elif trick == SEVERAL:
            b = applied(
                first,
                draw.shuffled([name for name in choice if name not in (NO_UNIT, SEVERAL)])[
                    : draw.number(2, 3)
                ],
                draw,
            )
        else:
            b = applied(first, [trick], draw)
        if a != b:
            break
        if draw.chance(0.1):  # a trick that its country has no use for
            trick = draw.pick(_CASES)
    pair = Pair(a, b, country, same_building=True, same_unit=None if trick == NO_UNIT else True, trick=trick)
    return Drawn(pair, first, first)


def _negative(country: str, names: Names, draw: Draw) -> Drawn:
    while True:
        trick = draw.pick(NEGATIVE)
        first, other = place(country, names, draw), place(country, names, draw)
        second = SWAPS[trick](first, other, draw)
        if second is not None and not same_unit(first, second):
            break
    a = text_of(parts(first))
    b = applied(second, [draw.pick(_MILD)] if draw.chance(0.5) else [], draw)
    pair = Pair(a, b, country, same_building(first, second), same_unit(first, second), trick)
    return Drawn(pair, first, second)


def applied(place: Place, tricks: list[str], draw: Draw) -> str:
    """A place's text under tricks: those on its parts first."""
    rows = parts(place)
    for name in tricks:
        if name in PARTS_TRICKS:
            rows = PARTS_TRICKS[name](rows, place, draw)
    text = text_of(rows)
    for name in tricks:
        if name == "abbreviations" and place.country == "US":
            text = abbreviations_us(text, draw)
        elif name in TEXT_TRICKS:
            text = TEXT_TRICKS[name](text, draw)
    return text


def text_of(rows: Parts) -> str:
    """Parts joined by commas."""
    return ", ".join(text for _, text in rows)
