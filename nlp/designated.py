"""What says what it is: flats, houses, blocks, floors, sectors, post boxes, numbers of land registers."""

from typing import Final

from nlp import labels as lb
from nlp.labels import Draft
from nlp.numerals import ORDINAL, has_digit, is_number
from nlp.words import (
    APARTMENT_WORDS,
    BLOCK_WORDS,
    FLOOR_NAMES,
    FLOOR_WORDS,
    HOUSE_WORDS,
    LOT_WORDS,
    NO_LETTERS,
    NO_WORDS,
    NUMBER_WORDS,
    SECTOR_WORDS,
    SPELT_NUMBERS,
    STREET_TYPES,
    UNIT_WORDS,
)

_UNIT_LETTERS: Final = frozenset({"f", "r", "off"})  # F No 5, R No 5, Off No 5
_BOX_WORDS: Final = frozenset({"po", "p", "pob"})


def label_designated(draft: Draft) -> None:
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
    is_unit = word in UNIT_WORDS or (word in _UNIT_LETTERS and numbered)
    if is_unit and not (word in APARTMENT_WORDS and _names_building(draft, i)):
        end = _unit_value_end(draft, value)
        return (i, end, lb.UNIT) if end > value else None
    if word == "#":
        return (i, value + 1, lb.NUMBER) if draft.free(value) and has_digit(draft.words[value]) else None
    if word in _BOX_WORDS and (end := _box_end(draft, i)):
        return i, end, lb.POBOX
    return (
        _house_at(draft, i, value)
        or _floor_at(draft, i)
        or _block_at(draft, i, value)
        or _sector_at(draft, i, value)
    )


def _box_end(draft: Draft, i: int) -> int:
    """The end of `PO Box 12`, `P O Box 12` or `POB 12` at `i`, else 0."""
    box = i + 2 if draft.word(i + 1) == "o" else i + 1
    named = draft.word(box) == "box"
    if not (named or draft.words[i] == "pob") or not draft.free(box):
        return 0
    number = box + 1 if named else box
    number += draft.word(number) in NO_WORDS
    return number + 1 if draft.free(number) else 0


def _house_at(draft: Draft, i: int, value: int) -> tuple[int, int, str] | None:
    """`House No 5`, `H No 5`, `No 5`; and numbers of land registers, `Khasra 262`, `Old No 5`."""
    word = draft.words[i]
    numbered, starts = value > i + 1, not draft.free(i - 1)
    is_house = (word in HOUSE_WORDS and starts) or (word in NO_LETTERS and numbered)
    if not (is_house or word in LOT_WORDS or word == "new" or (word in {"no", "number"} and starts)):
        return None
    if draft.free(value) and is_number(draft.words[value]) and (word != "new" or numbered):
        return i, value + 1, lb.LOT if word in LOT_WORDS else lb.HOUSE
    return None


def _names_building(draft: Draft, i: int) -> bool:
    """`Lotus Apartment 14 MG Road`: in India a building's name, where a word stands before it that is no street's."""
    before = draft.word(i - 1)
    return draft.country == "IN" and draft.free(i - 1) and before.isalpha() and before not in STREET_TYPES


def _unit_value_end(draft: Draft, i: int) -> int:
    """The end of `302`, `4 B`, `B 302` or `B` at `i`; `i` where there is no such value."""
    if not draft.free(i):
        return i
    word, after = draft.words[i], draft.word(i + 1)
    if is_number(word):
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
        (ORDINAL.fullmatch(word) or word in SPELT_NUMBERS or word.isdigit())
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
    return (len(word) == 1 and word.isalpha()) or is_number(word) or word in NUMBER_WORDS


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
    if (ORDINAL.fullmatch(word) or word in SPELT_NUMBERS) and after in SECTOR_WORDS and draft.free(i + 1):
        return i, i + 2, lb.SECTOR
    if word in SECTOR_WORDS and _short_value(draft, value):
        return i, value + 1, lb.SECTOR
    return None
