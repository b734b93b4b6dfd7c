"""Street and building names: words up to a type word (`MG Road`, `W 23rd St`, `Sunrise Apartments`)."""

import re
from typing import Final

from nlp import labels as lb
from nlp.labels import Draft
from nlp.numerals import ORDINAL
from nlp.routes import route_at
from nlp.words import (
    AREA_TYPES,
    BUILDING_TYPES,
    DIRECTIONS,
    LOCALITY_TYPES,
    NO_WORDS,
    NUMBERED_TYPES,
    SHARED_TYPES,
    SOCIETY_WORDS,
    STREET_TYPES,
    TYPELESS_STREETS,
)

_NUMBER: Final = re.compile(r"[a-z]{0,2}[-/]?\d[\da-z/-]*")
_LONGEST_STREET: Final = 5
_LONGEST_BUILDING: Final = 4
# A name that ends an area also ends the reach of a name to its right, where commas are missing.
_AREA_ENDS: Final = frozenset(
    word
    for word, kind in AREA_TYPES.items()
    if kind in {"nagar", "colony", "layout", "vihar", "puram", "enclave"}
)
_FEET: Final = frozenset({"feet", "ft", "foot"})


def label_streets(draft: Draft) -> None:
    """Take the streets. Names that may as well be a building's (`Royal Court`) only where no other street is."""
    shared: list[tuple[int, int]] = []
    found = False
    i = 0
    while i < draft.size:
        span = (_typeless_at(draft, i) or _street_at(draft, i)) if draft.free(i) else None
        if span is None:
            i += 1
            continue
        kind = STREET_TYPES.get(draft.words[_type_index(draft, span)])
        if kind in SHARED_TYPES or kind in LOCALITY_TYPES:
            shared.append(span)
        else:
            draft.take(*span, lb.STREET)
            found = True
        i = span[1]
    for start, end in shared[: 0 if found else None]:
        # `12 Elm Ct Foxcroft Sq`: both reach for `Elm`
        untaken = all(draft.free(i) for i in range(start, end))
        beside = draft.free(start - 1) and _NUMBER.fullmatch(draft.words[start - 1])
        locality = STREET_TYPES.get(draft.words[end - 1]) in LOCALITY_TYPES
        if untaken and (beside or (locality and _house_before(draft, start))):
            draft.take(start, end, lb.STREET)


def _type_index(draft: Draft, span: tuple[int, int]) -> int:
    start, end = span
    return next((i for i in range(end - 1, start, -1) if draft.words[i] in STREET_TYPES), start)


def _typeless_at(draft: Draft, i: int) -> tuple[int, int] | None:
    """`Broadway`, `Route 66`: streets without one of the usual types."""
    word = draft.words[i]
    if word in TYPELESS_STREETS and draft.word(i + 1) not in STREET_TYPES:
        start = i - 1 if draft.free(i - 1) and draft.words[i - 1] in DIRECTIONS else i
        return start, _with_direction(draft, i + 1)
    if (route := route_at(draft, i)) is not None:
        return route[0], _with_direction(draft, route[1])
    return None


def _street_at(draft: Draft, i: int) -> tuple[int, int] | None:
    word = draft.words[i]
    if word not in STREET_TYPES:
        return None
    end = i + 1
    while draft.free(end) and draft.words[end] in STREET_TYPES and not _is_title(draft, end):
        end += 1
    start = _reach_left(draft, i, alone=end == i + 1)
    beside = start == i - 1 and _is_plain(draft.words[start])
    if end == i + 1 and (start == i or (beside and _is_numbered(draft, i))):
        return _type_first(draft, i)
    if draft.free(end) and draft.words[end] in BUILDING_TYPES and not draft.free(end + 1):
        return None  # Park Lane Apartments
    return start, _with_direction(draft, end)


def _is_title(draft: Draft, i: int) -> bool:
    """`Car Street Dr Ambedkar Nagar`, `Washington Place St Lawrence`: the saint's or doctor's, not a second type."""
    return draft.words[i] in {"dr", "st"} and draft.free(i + 1) and draft.words[i + 1].isalpha()


def _with_direction(draft: Draft, end: int) -> int:
    """`15th Street Southwest`: a direction after the type, where the name ends with it."""
    return end + 1 if draft.free(end) and draft.words[end] in DIRECTIONS and not draft.free(end + 1) else end


def _number_after(draft: Draft, i: int) -> int:
    """End of `[no] 36` at `i`, else 0."""
    while draft.free(i) and draft.words[i] in NO_WORDS:
        i += 1
    return i + 1 if draft.free(i) and _NUMBER.fullmatch(draft.words[i]) else 0


def _type_first(draft: Draft, i: int) -> tuple[int, int] | None:
    """`Road No. 36`, `Gali 5`, `Avenue of the Americas`; None for `St Johns Place`, whose type comes later."""
    if STREET_TYPES[draft.words[i]] in NUMBERED_TYPES and (end := _number_after(draft, i + 1)):
        return i, _with_direction(draft, end)
    if draft.word(i + 1) == "of" and draft.words[i] not in {"st", "dr"}:
        end = i + 1
        while draft.free(end) and end - i <= _LONGEST_STREET and not _NUMBER.fullmatch(draft.words[end]):
            end += 1
        return i, end
    return None


def _is_numbered(draft: Draft, i: int) -> bool:
    """`14 Road No 36`, `302 Gali 5`: the name follows the type, the number before it is the house's."""
    says_so = draft.word(i + 1) in NO_WORDS or STREET_TYPES[draft.words[i]] in {"gali", "lane", "highway"}
    return says_so and _number_after(draft, i + 1) > 0


def _reach_left(draft: Draft, i: int, *, alone: bool) -> int:
    """Where the name begins whose type stands at `i`; `alone`: no second type follows it (`14 Cross St`)."""
    start = i
    while draft.free(start - 1) and i - start < _LONGEST_STREET:
        word = draft.words[start - 1]
        before = draft.words[start - 2] if draft.free(start - 2) else ","
        if ORDINAL.fullmatch(word):
            return _before_ordinal(draft, start - 1)
        if _NUMBER.fullmatch(word):
            return start if start != i else _plain_name(draft, i, alone=alone)
        if word in _FEET and before.isdigit():
            return start - 2
        if start < i and (word in BUILDING_TYPES or word in _AREA_ENDS):
            return start
        start -= 1
    return start


def _before_ordinal(draft: Draft, start: int) -> int:
    """Where the name begins that has an ordinal at `start`: with a direction, or what may be one misspelt."""
    if not draft.free(start - 1):
        return start
    before = draft.words[start - 1]
    unknown = before.isalpha() and draft.free(start - 2) and _is_plain(draft.words[start - 2])
    return start - 1 if before in DIRECTIONS or unknown else start


def _is_lane(draft: Draft, i: int) -> bool:
    return STREET_TYPES[draft.words[i]] in {"cross", "main"}


def _house_before(draft: Draft, i: int) -> bool:
    """Whether a house's number stands right before token `i`, or with a comma between."""
    at = i - 2 if draft.at_edge(i - 1) else i - 1
    if at < 0:
        return False
    return draft.labels[at] in {lb.HOUSE, lb.NUMBER} or (draft.free(at) and _is_plain(draft.words[at]))


def _is_plain(word: str) -> bool:
    return bool(_NUMBER.fullmatch(word)) and not ORDINAL.fullmatch(word)


def _plain_name(draft: Draft, i: int, *, alone: bool) -> int:
    """Where the name begins if the number before the type at `i` is one (`221 W 23 St`, `12 Cross`), else `i`.

    In `12 St Johns Place` it is the house's. Before a second type (not `alone`) it is one in `498, 13 Main Road` and
    `287-B 22 Cross Lane`, for there is a house before it; `13 Main Road` and `14 Cross St` are without a number.
    """
    start = i - 1
    if not alone:
        return start if draft.country == "IN" and _is_lane(draft, i) and _house_before(draft, start) else i
    if draft.free(start - 1) and draft.words[start - 1] in DIRECTIONS:
        start -= 1
    house_before = draft.free(start - 1) and _is_plain(draft.words[start - 1])
    ends = not draft.free(i + 1) or draft.words[i + 1] in DIRECTIONS or _is_lane(draft, i)
    return start if house_before or ends else i


def label_buildings(draft: Draft) -> None:
    """Take the buildings: at least one word and a building's type, with what a housing society adds."""
    i = 0
    while i < draft.size:
        if not draft.free(i) or draft.words[i] not in BUILDING_TYPES:
            i += 1
            continue
        end = i + 1
        while draft.free(end) and (draft.words[end] in BUILDING_TYPES or draft.words[end] in SOCIETY_WORDS):
            end += 1
        start = i
        while draft.free(start - 1) and i - start < _LONGEST_BUILDING:
            word = draft.words[start - 1]
            if _NUMBER.fullmatch(word) or (start < i and word in _AREA_ENDS):
                break
            start -= 1
        if start < i or end > i + 1:
            draft.take(start, end, lb.BUILDING)
        i = end
