"""Which country's address a text is, and where it has no postcode, most likely is."""

from collections.abc import Sequence
from functools import cache
from typing import Final

from nlp.joins import country_of
from nlp.places import places, state_codes
from nlp.text import TOKEN
from nlp.words import AREA_TYPES

_INDIAN: Final = frozenset({
    "vill", "village", "tehsil", "taluk", "taluka", "mandal", "thana", "dist", "distt", "gali", "galli", "marg",
    "chowk", "opp", "plot", "khasra", "ward", "mohalla", "po", "ps", "nagar", "colony", "sector", "phase", "cross",
    "main", "layout", "bhavan", "bhawan",
})  # fmt: skip
_AMERICAN: Final = frozenset({
    "st", "ave", "blvd", "dr", "ln", "ct", "pkwy", "hwy", "ste", "apt", "pl", "ter", "cir", "rt", "rte", "street",
    "avenue", "boulevard", "drive",
})  # fmt: skip
_LONGEST: Final = 3
_A_PLACE: Final = 3  # a city or state by name says more than a word
_A_CODE: Final = 2


@cache
def _names() -> dict[str, frozenset[str]]:
    return {name: frozenset(place.country for place in found) for name, found in places().items()}


def likely_country(words: Sequence[str]) -> str:
    """`IN` or `US` by the places and words it names, `""` where neither says more (`nlp.generic` reads those).

    >>> likely_country("12 Oak St Portland OR".split()), likely_country("Vill Rampur Dist Gaya".split())
    ('US', 'IN')
    """
    lower = [word.lower().strip(".") for word in words]
    score = {"IN": 0, "US": 0}
    names, codes = _names(), state_codes()
    for i, word in enumerate(lower):
        for end in range(min(len(lower), i + _LONGEST), i, -1):
            found = names.get(" ".join(lower[i:end]), frozenset())
            for country in found:
                score[country] += _A_PLACE
            if found:
                break
        score["IN"] += word in _INDIAN or (word in AREA_TYPES and word.isalpha() and word not in _AMERICAN)
        score["US"] += word in _AMERICAN
    for country in codes.get(lower[-1], ()) if lower else ():
        score[country] += _A_CODE
    if score["IN"] == score["US"]:
        return ""
    return "IN" if score["IN"] > score["US"] else "US"


def country_of_text(text: str) -> str:
    """`IN` or `US` for a legible text, by its postcode or else by the places it names; `""` where neither tells."""
    words = TOKEN.findall(text)
    return country_of(words) or likely_country(words)
