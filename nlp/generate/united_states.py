"""Addresses in the United States."""

from functools import cache
from typing import Final

from nlp.example import Example
from nlp.generate import noise
from nlp.generate.draw import Draw
from nlp.generate.grammar import Grammar
from nlp.generate.names import Names
from nlp.generate.numbers import MAKERS, ordinal
from nlp.generate.rule_text import rules
from nlp.generate.writing import write

_SEPARATORS: Final = (", ", ",", " ", "\n", " , ", "; ")
_SEPARATOR_SHARES: Final = (0.74, 0.8, 0.93, 0.96, 0.99, 1.0)
_DROPS: Final = (0.0, 0.3, 0.8)
_DROP_SHARES: Final = (0.75, 0.88, 1.0)
_GIVEN: Final = ("zip", "town", "st", "state_name_us")
_CASES: Final = (0.2, 0.22, 0.3, 0.42, 1.0)
STATES: Final = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas",
    "KY": "Kentucky", "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan",
    "MN": "Minnesota", "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada",
    "NH": "New Hampshire", "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina",
    "ND": "North Dakota", "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania",
    "RI": "Rhode Island", "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas",
    "UT": "Utah", "VT": "Vermont", "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin",
    "WY": "Wyoming", "PR": "Puerto Rico", "GU": "Guam", "VI": "Virgin Islands",
}  # fmt: skip
_SHORT_TOWNS: Final = {
    "Saint": ("St.", "St"), "Fort": ("Ft.", "Ft"), "Mount": ("Mt.", "Mt"), "North": ("N.", "N"),
    "South": ("S.", "So."), "East": ("E.", "E"), "West": ("W.", "W"), "Port": ("Pt.",), "New": ("New",),
    "Point": ("Pt",), "Lake": ("Lk",),
}  # fmt: skip
_SHORT_ENDS: Final = {
    "Beach": ("Bch", "Bh"), "Park": ("Pk",), "Valley": ("Vly", "Vy"), "Hill": ("Hl",), "Hills": ("Hls",),
    "Point": ("Pt",), "Heights": ("Hts", "Hgts"), "Springs": ("Spgs", "Sprgs"), "Township": ("Twp", "Tw"),
    "City": ("Cty",), "Falls": ("Fls",), "Village": ("Vlg", "Vlge"), "Lake": ("Lk",), "Branch": ("Br",),
    "Grove": ("Grv",), "Island": ("Is", "Isl"), "Center": ("Ctr",), "Junction": ("Jct",), "Harbor": ("Hbr",),
    "Creek": ("Crk",), "Spring": ("Spg",), "Bluff": ("Blf",), "Mountain": ("Mtn",),
}  # fmt: skip
_SHORT: Final = {
    "IL": "Ill.", "MA": "Mass.", "CA": "Calif.", "PA": "Penn.", "CT": "Conn.", "TN": "Tenn.", "TX": "Tex.",
    "FL": "Fla.", "MI": "Mich.", "MN": "Minn.", "WI": "Wisc.", "NY": "N.Y.", "NJ": "N.J.", "NC": "N.C.",
    "SC": "S.C.", "DC": "D.C.", "VA": "Va.", "WA": "Wash.", "AZ": "Ariz.", "CO": "Colo.", "OR": "Ore.",
    "IN": "Ind.", "GA": "Ga.", "MD": "Md.",
}  # fmt: skip


@cache
def grammar() -> Grammar:
    """The rules of American addresses, compiled once."""
    makers = dict(MAKERS)
    makers["n4"] = lambda draw: f"{draw.number(1, 9999):04d}"
    makers["n9999"] = lambda draw: str(draw.number(1, 9999) if draw.chance(0.3) else draw.number(100, 9999))
    makers["n99999"] = lambda draw: str(draw.number(10_000, 39_999))
    makers["nth99"] = lambda draw: ordinal(draw.number(1, 199))
    return Grammar(rules("united_states"), makers, _GIVEN)


def example(names: Names, draw: Draw) -> Example:
    """One address, at a drawn ZIP code."""
    town = draw.pick(names.us)
    state = STATES.get(town.state, town.state)
    form = draw.random()
    written = town.state if form < 0.8 else state if form < 0.95 else _SHORT.get(town.state, town.state)  # noqa: PLR2004
    values = {
        "zip": town.code,
        "town": _shorter(draw.pick(town.towns), draw),
        "st": written,
        "state_name_us": state,
    }
    segments = grammar().segments("united_states", draw, values)
    segments = noise.slips(segments, draw, 0.12)
    segments = noise.case(segments, draw, _CASES)
    if draw.chance(0.05):
        segments = noise.glue(segments, draw)
    separator = draw.weighted(_SEPARATORS, _SEPARATOR_SHARES)
    return write(segments, "US", separator, draw.weighted(_DROPS, _DROP_SHARES), draw)


def _shorter(town: str, draw: Draw) -> str:
    """`Saint George` as `St. George`, `Machesney Park` as `Machesney Pk`, in a share of the draws."""
    first, _, rest = town.partition(" ")
    if rest and first in _SHORT_TOWNS and draw.chance(0.4):
        return f"{draw.pick(_SHORT_TOWNS[first])} {rest}"
    before, _, last = town.rpartition(" ")
    if before and last in _SHORT_ENDS and draw.chance(0.3):
        return f"{before} {draw.pick(_SHORT_ENDS[last])}"
    return town
