"""Kinds of places, as bits of one number: a name may be a city's, a district's and a post office's at once."""

from typing import Final

from nlp.directory.areas import PlaceKind
from nlp.directory.words import DISTRICT_CUES, LOC_CUES, SUB_DISTRICT_CUES

LOC: Final = 1  # a locality or village
OFFICE: Final = 2  # with a post office of its own
SUB_DISTRICT: Final = 4  # taluk, tehsil, mandal
DISTRICT: Final = 8
CITY: Final = 16
STATE: Final = 32

_CUES: Final[tuple[tuple[frozenset[str], int, PlaceKind], ...]] = (
    (DISTRICT_CUES, DISTRICT, "district"),
    (SUB_DISTRICT_CUES, SUB_DISTRICT, "sub_district"),
    (LOC_CUES, LOC | OFFICE, "loc"),
)


def kind_of(kinds: int, before: str = "", *, again: bool = False, in_city: bool = False) -> PlaceKind:
    """Which of its kinds a name is meant as, with the word `before` it.

    Without such a word a city first; where the text has a city already (`in_city`) or the same name (`again`), then
    what else the name is: `New Delhi, Delhi` and `Jaipur, Jaipur` end in a state and in a district.
    """
    for cues, bits, kind in _CUES:
        if kinds & bits and before in cues:
            return kind
    is_city = kinds & CITY
    if kinds & STATE and (in_city or not is_city):
        return "state"
    if kinds & DISTRICT and (again or not is_city):
        return "district"
    if is_city:
        return "city"
    return "loc" if kinds & (LOC | OFFICE) else "sub_district"
