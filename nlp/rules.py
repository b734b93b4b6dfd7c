"""The rules: lower-case tokens in, labelled spans out. Each rule takes tokens that no earlier rule took."""

import re
from collections.abc import Sequence
from typing import Final

from nlp import labels as lb
from nlp.labels import Draft
from nlp.places import Place
from nlp.streets import label_buildings, label_streets
from nlp.words import (
    ADMIN_WORDS,
    BLOCK_WORDS,
    BUILDING_TYPES,
    CARE_WORDS,
    DIRECTIONS,
    FLOOR_NAMES,
    FLOOR_WORDS,
    HOUSE_PREFIXES,
    HOUSE_WORDS,
    LANDMARK_NOUNS,
    LANDMARK_WORDS,
    LOT_WORDS,
    NO_LETTERS,
    NO_WORDS,
    NUMBER_WORDS,
    SECTOR_WORDS,
    SPELT_NUMBERS,
    STREET_TYPES,
    UNIT_WORDS,
)

_PIN: Final = re.compile(r"[1-9]\d{5}")
_ZIP: Final = re.compile(r"\d{5}(?:-\d{4})?")
_THREE_DIGITS: Final = re.compile(r"\d{3}")
_POSTCODE_WORDS: Final = frozenset({"pin", "pincode", "code", "zip", "zipcode", "no", "postal"})
_ORDINAL: Final = re.compile(r"\d+(?:st|nd|rd|th)")
_LONGEST_ASIDE: Final = 4  # words of a landmark that no comma and no known noun ends


def label(words: Sequence[str], known: Sequence[tuple[int, int, str]], states: frozenset[str]) -> Draft:
    """Label a whole text.

    Args:
        words: lower-case tokens, separators included (`nlp.text.TOKEN`).
        known: spans (start, end, label) the gazetteer found, in order, without overlaps.
        states: two-letter codes of states.
    """
    draft = Draft(list(words))
    for start, end, name in known:
        draft.take(start, end, name)
    _label_postcode(draft, states)
    _label_state_codes(draft, states)
    _label_asides(draft)
    _label_designated(draft)
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


def has_digit(word: str) -> bool:
    """Whether `word` is a number with or without letters (`4b`, `8-2-293/82/A`), ordinals included."""
    return word[0].isdigit() or word[-1].isdigit() or any(char.isdigit() for char in word)


def _is_number(word: str) -> bool:
    return has_digit(word) and not _ORDINAL.fullmatch(word)


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
        elif not (_PIN.fullmatch(word) or (ends and i and _ZIP.fullmatch(word))):
            continue
        while draft.free(start - 1) and draft.words[start - 1] in _POSTCODE_WORDS:
            start -= 1
        draft.take(start, i + 1, lb.POSTCODE)
        return


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
        if _is_number(word) or (
            (word in UNIT_WORDS or word in HOUSE_WORDS) and _is_number(draft.word(i + 1))
        ):
            break
        i += 1
        if word in nouns and draft.word(i) not in nouns:
            break
    return i


def _label_designated(draft: Draft) -> None:
    """Everything that says what it is: flats, houses, blocks, floors, sectors, post boxes, register numbers."""
    i = 0
    while i < draft.size:
        taken = _designated_at(draft, i) if draft.free(i) else None
        if taken is not None:
            draft.take(*taken)
            i = taken[1]
        else:
            i += 1


def _designated_at(draft: Draft, i: int) -> tuple[int, int, str] | None:
    word = draft.words[i]
    value = i + 1
    while draft.free(value) and draft.words[value] in NO_WORDS:
        value += 1
    numbered = value > i + 1
    if word in UNIT_WORDS or (word == "f" and numbered):
        end = _unit_value_end(draft, value)
        return (i, end, lb.UNIT) if end > value else None
    if word in {"po", "p", "pob"}:
        box = i + 2 if draft.word(i + 1) == "o" else i + 1
        if (word == "pob" or draft.word(box) == "box") and draft.free(box):
            number = box + 1 if draft.word(box) == "box" else box
            number += draft.word(number) in NO_WORDS
            if draft.free(number):
                return i, number + 1, lb.POBOX
    starts = not draft.free(i - 1)
    is_house = (word in HOUSE_WORDS and starts) or (word in NO_LETTERS and numbered)
    if word in LOT_WORDS or word == "new" or is_house or (word in {"no", "number"} and starts):
        if draft.free(value) and _is_number(draft.words[value]) and (word != "new" or numbered):
            return i, value + 1, lb.LOT if word in LOT_WORDS else lb.HOUSE
        if not is_house:
            return None
    if word == "#":
        return (i, value + 1, lb.NUMBER) if draft.free(value) and has_digit(draft.words[value]) else None
    return _floor_at(draft, i) or _block_at(draft, i, value) or _sector_at(draft, i, value)


def _unit_value_end(draft: Draft, i: int) -> int:
    """The end of `302`, `4 B`, `B 302` or `B` at `i`; `i` where there is no such value."""
    if not draft.free(i):
        return i
    word, after = draft.words[i], draft.word(i + 1)
    if _is_number(word):
        joined = word.isdigit() and len(after) == 1 and after.isalpha() and draft.free(i + 1)
        return i + 2 if joined and draft.at_edge(i + 2) else i + 1
    if len(word) == 1 and word.isalpha() and draft.word(i + 1) not in BLOCK_WORDS:
        return i + 2 if draft.free(i + 1) and after.isdigit() and draft.at_edge(i + 2) else i + 1
    return i


def _floor_at(draft: Draft, i: int) -> tuple[int, int, str] | None:
    word, after = draft.words[i], draft.word(i + 1)
    if word in FLOOR_NAMES:
        end = i + 1
        while draft.free(end) and (draft.words[end] in FLOOR_WORDS or draft.words[end] in FLOOR_NAMES):
            end += 1
        initials = len(word) == len("gf") and "/" not in word
        if end == i + 1 and (word in {"ground", "upper", "lower"} or (initials and not _alone(draft, i))):
            return None
        return i, end, lb.FLOOR
    if (
        (_ORDINAL.fullmatch(word) or word in SPELT_NUMBERS or word.isdigit())
        and after in FLOOR_WORDS
        and draft.free(i + 1)
    ):
        return i, i + 2, lb.FLOOR
    if word in FLOOR_WORDS and draft.free(i + 1) and after.isdigit():
        return i, i + 2, lb.FLOOR
    return None


def _alone(draft: Draft, i: int) -> bool:
    """Between separators; and not a city's initials before its state (`SF, CA`)."""
    before_state = i + 2 < draft.size and draft.labels[i + 2] == lb.STATE
    return draft.at_edge(i - 1) and draft.at_edge(i + 1) and not before_state


def _short_value(draft: Draft, i: int) -> bool:
    """A letter, a small number or a roman numeral: what blocks and sectors are called."""
    if not draft.free(i):
        return False
    word = draft.words[i]
    return (len(word) == 1 and word.isalpha()) or _is_number(word) or word in NUMBER_WORDS


def _block_at(draft: Draft, i: int, value: int) -> tuple[int, int, str] | None:
    word, after = draft.words[i], draft.word(i + 1)
    if (
        len(word) == 1
        and word.isalpha()
        and draft.free(i + 1)
        and after in BLOCK_WORDS
        and after not in {"bl", "building"}
    ):
        return i, i + 2, lb.BLOCK
    if word not in BLOCK_WORDS or not _short_value(draft, value):
        return None
    if BLOCK_WORDS[word] in {"tower", "building"} and (draft.free(i - 1) or len(draft.words[value]) > 2):  # noqa: PLR2004 - towers have short names; more is a house number
        return None
    return i, value + 1, lb.BLOCK


def _sector_at(draft: Draft, i: int, value: int) -> tuple[int, int, str] | None:
    word, after = draft.words[i], draft.word(i + 1)
    if (_ORDINAL.fullmatch(word) or word in SPELT_NUMBERS) and after in SECTOR_WORDS and draft.free(i + 1):
        return i, i + 2, lb.SECTOR
    if word in SECTOR_WORDS and _short_value(draft, value):
        return i, value + 1, lb.SECTOR
    return None


def _is_prefix(word: str) -> bool:
    """The letters of a house number that stand apart from it: `B 302`, `RZ 132`."""
    return (len(word) == 1 and word.isalpha()) or word in HOUSE_PREFIXES


def _label_rest(draft: Draft) -> None:
    """Bare numbers, then what is left: names of areas."""
    for i in range(draft.size):
        if not draft.free(i):
            continue
        word, after = draft.words[i], draft.word(i + 1)
        if _is_number(word):
            letter = word.isdigit() and len(after) == 1 and after.isalpha() and draft.at_edge(i + 2)
            letter = letter or after == "1/2"
            draft.take(i, i + 2 if letter and draft.free(i + 1) else i + 1, lb.NUMBER)
        elif _is_prefix(word) and draft.at_edge(i - 1) and draft.free(i + 1) and _is_number(after):
            draft.take(i, i + 2, lb.NUMBER)
    i = 0
    while i < draft.size:
        end = i
        while draft.free(end):
            end += 1
        if end > i:
            draft.take(i, end, lb.AREA)
        i = end + 1
