"""The rules: lower-case tokens in, labelled spans out. Each rule takes tokens that no earlier rule took."""

import re
from collections.abc import Sequence
from typing import Final

from nlp import labels as lb
from nlp.designated import label_designated
from nlp.joins import leads_as_zip
from nlp.labels import Draft
from nlp.numerals import has_digit, is_number
from nlp.places import Place
from nlp.streets import label_buildings, label_streets
from nlp.words import (
    ADMIN_WORDS,
    BUILDING_TYPES,
    CARE_WORDS,
    DIRECTIONS,
    HOUSE_PREFIXES,
    HOUSE_WORDS,
    LANDMARK_NOUNS,
    LANDMARK_WORDS,
    STREET_TYPES,
    UNIT_WORDS,
)

_PIN: Final = re.compile(r"[1-9]\d{5}")
_ZIP: Final = re.compile(r"\d{5}(?:-\d{4})?")
_THREE_DIGITS: Final = re.compile(r"\d{3}")
_POSTCODE_WORDS: Final = frozenset({"pin", "pincode", "code", "zip", "zipcode", "no", "postal"})
_LONGEST_ASIDE: Final = 4  # words of a landmark that no comma and no known noun ends


def label(
    words: Sequence[str],
    known: Sequence[tuple[int, int, str]],
    states: frozenset[str],
    country: str = "",
) -> Draft:
    """Label a whole text.

    Args:
        words: lower-case tokens, separators included (`nlp.text.TOKEN`).
        known: spans (start, end, label) the gazetteer found, in order, without overlaps.
        states: two-letter codes of states.
        country: `IN`, `US` or `""` (`nlp.joins.country_of`).
    """
    draft = Draft(list(words), country)
    for start, end, name in known:
        draft.take(start, end, name)
    if draft.size > 1 and draft.words[-1] == "us" and draft.free(draft.size - 1):
        draft.take(draft.size - 1, draft.size, lb.COUNTRY)
    _label_postcode(draft, states)
    _label_state_codes(draft, states)
    _label_asides(draft)
    label_designated(draft)
    label_streets(draft)
    label_buildings(draft)
    _label_rest(draft)
    draft.spans.sort()
    return draft


def choose_places(words: Sequence[str], found: Sequence[tuple[int, int, tuple[Place, ...]]]) -> list[str]:
    """The label of each span the gazetteer found, in order; `""` where the name is part of a street's or building's.

    A name that is a state as well as a city (`New York, New York`) is the state once a city is named.
    """
    chosen = []
    for start, end, candidates in found:
        kinds = {place.kind for place in candidates}
        if _names_something_else(words, start, end):
            chosen.append("")
        elif len(kinds) > 1:
            chosen.append(lb.STATE if lb.CITY in chosen else lb.CITY)
        else:
            chosen.append(candidates[0].kind)
    return chosen


def _names_something_else(words: Sequence[str], start: int, end: int) -> bool:
    """`Delhi Road`, `Bombay House`, `12 Jackson Heights Blvd`."""
    after = words[end : end + 2]
    if after and (after[0] in STREET_TYPES or after[0] in BUILDING_TYPES):
        return True
    begins_name = start > 0 and (has_digit(words[start - 1]) or words[start - 1] in DIRECTIONS)
    return begins_name and len(after) > 1 and after[0].isalpha() and after[1] in STREET_TYPES


def _label_postcode(draft: Draft, states: frozenset[str]) -> None:
    """The last PIN or ZIP that ends a segment or stands before a place. One at most."""
    for i in range(draft.size - 1, -1, -1):
        word = draft.words[i]
        if not draft.free(i) or not word[0].isdigit():
            continue
        ends = not draft.free(i + 1) or draft.word(i + 1) in states
        start = i
        if _THREE_DIGITS.fullmatch(word) and i and draft.free(i - 1) and ends:
            if not _PIN.fullmatch(draft.words[i - 1] + word):
                continue
            start = i - 1
        elif not (
            _PIN.fullmatch(word)
            or (
                _ZIP.fullmatch(word)
                and (ends or _after_place(draft, i, states))
                and (i or leads_as_zip(draft.words))
            )
        ):
            continue
        while draft.free(start - 1) and draft.words[start - 1] in _POSTCODE_WORDS:
            start -= 1
        draft.take(start, i + 1, lb.POSTCODE)
        return


def _after_place(draft: Draft, i: int, states: frozenset[str]) -> bool:
    """`CA 94117 Unted Stetes`: whether the word before a ZIP is a state or city."""
    return draft.labels[i - 1] in {lb.STATE, lb.CITY} or (i > 1 and draft.words[i - 1] in states)


def _label_state_codes(draft: Draft, states: frozenset[str]) -> None:
    """`NY` is a state at the end, before the postcode, after a city, or alone between commas.

    Elsewhere `in`, `or`, `me` are words.
    """
    for i in range(draft.size):
        if not draft.free(i) or draft.words[i] not in states:
            continue
        after = i + 1
        ends = after >= draft.size or draft.labels[after] in {lb.POSTCODE, lb.COUNTRY}
        alone = draft.at_edge(i - 1) and draft.at_edge(after)
        if i and (ends or alone or draft.labels[i - 1] == lb.CITY):
            draft.take(i, after, lb.STATE)


def _label_asides(draft: Draft) -> None:
    """Landmarks (`near SBI Bank`), people (`c/o ...`), post offices and districts."""
    for i in range(draft.size):
        if not draft.free(i):
            continue
        word, after = draft.words[i], draft.word(i + 1)
        if word in CARE_WORDS:
            draft.take(i, _aside_end(draft, i + 1, frozenset()), lb.CARE_OF)
        elif word in LANDMARK_WORDS:
            is_front = word == "front" and (draft.word(i - 1) == "in" or after == "of")
            if (word == "next" and after != "to") or (word == "front" and not is_front) or has_digit(after):
                continue
            start = i - 1 if is_front and draft.free(i - 1) and draft.word(i - 1) == "in" else i
            draft.take(start, _aside_end(draft, i + 1, LANDMARK_NOUNS), lb.LANDMARK)
        elif word in ADMIN_WORDS and after != "box":
            draft.take(i, _aside_end(draft, i + 1, frozenset()), lb.LOT)


def _aside_end(draft: Draft, i: int, nouns: frozenset[str]) -> int:
    """Where an aside that begins before token `i` ends: its noun, a separator, a number, or four words on."""
    while draft.free(i) and draft.words[i] in {"to", "of", "the", "from"}:
        i += 1
    last = i + _LONGEST_ASIDE
    while i < last and draft.free(i):
        word = draft.words[i]
        if is_number(word) or ((word in UNIT_WORDS or word in HOUSE_WORDS) and is_number(draft.word(i + 1))):
            break
        i += 1
        if word in nouns and draft.word(i) not in nouns:
            break
    return i


def _is_prefix(word: str) -> bool:
    """The letters of a house number that stand apart from it: `B 302`, `RZ 132`."""
    return (len(word) == 1 and word.isalpha()) or word in HOUSE_PREFIXES


def _label_rest(draft: Draft) -> None:
    """Bare numbers, then what is left: names of areas."""
    for i in range(draft.size):
        if not draft.free(i):
            continue
        word, after = draft.words[i], draft.word(i + 1)
        if is_number(word) and after in {"am", "pm"}:
            draft.take(i, i + 1, lb.LOT)  # deliver after 6 pm
        elif is_number(word):
            letter = word.isdigit() and len(after) == 1 and after.isalpha() and draft.at_edge(i + 2)
            letter = letter or after == "1/2"
            draft.take(i, i + 2 if letter and draft.free(i + 1) else i + 1, lb.NUMBER)
        elif _is_prefix(word) and draft.at_edge(i - 1) and draft.free(i + 1) and is_number(after):
            draft.take(i, i + 2, lb.NUMBER)
    i = 0
    while i < draft.size:
        end = i
        while draft.free(end):
            end += 1
        if end > i:
            draft.take(i, end, lb.AREA)
        i = end + 1
