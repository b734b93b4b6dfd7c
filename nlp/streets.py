"""Street and building names: words up to a type word (`MG Road`, `W 23rd St`, `Sunrise Apartments`)."""

import re
from typing import Final

from nlp import labels as lb
from nlp.labels import Draft
from nlp.words import (
    AREA_TYPES,
    BUILDING_TYPES,
    DIRECTIONS,
    NO_WORDS,
    NUMBERED_STREETS,
    NUMBERED_TYPES,
    ROUTE_WORDS,
    SHARED_TYPES,
    SOCIETY_WORDS,
    STREET_TYPES,
    TYPELESS_STREETS,
)

_NUMBER: Final = re.compile(r"[a-z]{0,2}[-/]?\d[\da-z/-]*")
_ORDINAL: Final = re.compile(r"\d+(?:st|nd|rd|th)")
_LONGEST_STREET: Final = 5
_LONGEST_BUILDING: Final = 4
_LONGEST_ROUTE_LETTERS: Final = 3
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
        if STREET_TYPES.get(draft.words[_type_index(draft, span)]) in SHARED_TYPES:
            shared.append(span)
        else:
            draft.take(*span, lb.STREET)
            found = True
        i = span[1]
    for start, end in shared[: 0 if found else None]:
        untaken = all(
            draft.free(i) for i in range(start, end)
        )  # `12 Elm Ct Foxcroft Sq`: both reach for `Elm`
        if untaken and draft.free(start - 1) and _NUMBER.fullmatch(draft.words[start - 1]):
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
    if word in NUMBERED_STREETS and (route := _route_at(draft, i)):
        return route
    return None


def _street_at(draft: Draft, i: int) -> tuple[int, int] | None:
    word = draft.words[i]
    if word not in STREET_TYPES:
        return None
    end = i + 1
    while draft.free(end) and draft.words[end] in STREET_TYPES:
        end += 1
    start = _reach_left(draft, i, alone=end == i + 1)
    beside = start == i - 1 and _is_plain(draft.words[start])
    if end == i + 1 and (start == i or (beside and _is_numbered(draft, i))):
        return _type_first(draft, i)
    if end == i + 1 and all(word in ROUTE_WORDS or word in DIRECTIONS for word in draft.words[start:i]):
        return _route_at(draft, i) or (start, end)
    if draft.free(end) and draft.words[end] in BUILDING_TYPES:
        return None  # Park Lane Apartments
    return start, _with_direction(draft, end)


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


def _route_at(draft: Draft, i: int) -> tuple[int, int] | None:
    """`US Highway 50 West` or `County Road AA` around its type at `i`."""
    start = i
    while draft.free(start - 1) and (
        draft.words[start - 1] in ROUTE_WORDS or draft.words[start - 1] in DIRECTIONS
    ):
        start -= 1
    end = _number_after(draft, i + 1)
    if not end and start < i and draft.free(i + 1) and len(draft.words[i + 1]) <= _LONGEST_ROUTE_LETTERS:
        end = i + 2
    return (start, _with_direction(draft, end)) if end else None


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
        if _ORDINAL.fullmatch(word):
            start -= 1
            return start - 1 if before in DIRECTIONS else start
        if _NUMBER.fullmatch(word):
            return _plain_name(draft, i) if start == i and alone else start
        if word in _FEET and before.isdigit():
            return start - 2
        if start < i and (word in BUILDING_TYPES or word in _AREA_ENDS):
            return start
        start -= 1
    return start


def _is_plain(word: str) -> bool:
    return bool(_NUMBER.fullmatch(word)) and not _ORDINAL.fullmatch(word)


def _plain_name(draft: Draft, i: int) -> int:
    """Where the name begins if the number before the type at `i` is one (`221 W 23 St`, `12 Cross`), else `i`.

    In `12 St Johns Place` it is the house's.
    """
    start = i - 1
    if draft.free(start - 1) and draft.words[start - 1] in DIRECTIONS:
        start -= 1
    house_before = draft.free(start - 1) and _is_plain(draft.words[start - 1])
    ends = (
        not draft.free(i + 1)
        or draft.words[i + 1] in DIRECTIONS
        or STREET_TYPES[draft.words[i]] in {"cross", "main"}
    )
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
