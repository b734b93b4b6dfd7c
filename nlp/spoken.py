"""Numbers in words where a number is meant: `one two B`, `Flat forty two`, `Twelve MG Road`, `ek do teen`.

In names they stay words: `Seven Hills Road`, `Four Seasons`, `near Seven Eleven`. Ordinals (`Fifth Cross`) are the
business of `nlp.canonical`, but for those of two words.
"""

import re
from collections.abc import Sequence
from typing import Final

from nlp.words import (
    BLOCK_WORDS,
    BUILDING_TYPES,
    FLOOR_WORDS,
    HOUSE_WORDS,
    LANDMARK_WORDS,
    NO_WORDS,
    SECTOR_WORDS,
    STREET_TYPES,
    UNIT_WORDS,
)


def _valued(names: str, first: int) -> dict[str, int]:
    """Names of numbers that follow each other from `first` on; other spellings after a `|`."""
    return {
        spelling: value
        for value, spellings in enumerate(names.split(), start=first)
        for spelling in spellings.split("|")
    }


_TEN: Final = 10
_ONES: Final = _valued(
    "zero|nought|naught|nil one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen",
    0,
)
_HINDI: Final = _valued(
    "shunya|sunya ek do teen|tin char|chaar panch|paanch chhe|chheh|cheh|chah|chhah saat aath|aanth nau das|dus gyarah "
    "barah|baarah terah chaudah pandrah|pandarah solah satrah|satarah atharah|athaarah unnis|unnees bees",
    0,
)
_TENS: Final = {
    word: 10 * value
    for word, value in _valued(
        "twenty thirty forty|fourty fifty sixty seventy eighty ninety|ninty", 2
    ).items()
}
_HUNDREDS: Final = frozenset({"hundred", "sau"})
_TIMES: Final = {"double": 2, "triple": 3}
_ORDINALS: Final = _valued("first second third fourth fifth sixth seventh eighth ninth", 1)
_GLUED: Final = {
    tens + ones: _TENS[tens] + _ONES[ones] for tens in _TENS for ones in _ONES if 0 < _ONES[ones] < _TEN
}
_SMALL: Final = _ONES | _HINDI
_NUMBERS: Final = frozenset(_SMALL) | frozenset(_TENS) | frozenset(_GLUED) | frozenset(_TIMES) | {"hundred"}
_ANY: Final = "|".join(sorted(_NUMBERS - _HINDI.keys(), key=lambda word: (-len(word), word)))
_PARTED: Final = re.compile(
    rf"\b((?:(?:{_ANY})\s{{1,4}}){{0,8}}(?:{_ANY}))\s{{0,4}}([/-])\s{{0,4}}(?=\d)", re.IGNORECASE
)
_ZEROS: Final = frozenset({"o", "oh"})
_NAME_REACH: Final = 4  # words after a number within which a street's type shows that the number is a house's
_SEPARATORS: Final = frozenset({",", ";", "|", "(", ")", "\n", " - "})
_PARTS: Final = BLOCK_WORDS.keys() | SECTOR_WORDS.keys() | FLOOR_WORDS
_CLAIMS: Final = (
    UNIT_WORDS | HOUSE_WORDS | NO_WORDS | _PARTS | {"gali", "galli", "pin", "pincode", "code", "box"}
)
_HINDI_RUN: Final = 2  # `Char Das` are names
_FEET: Final = frozenset({"feet", "ft", "foot"})


def has_spoken(lowered: frozenset[str]) -> bool:
    """Whether any of a text's lower-case words is a numeral."""
    return not _NUMBERS.isdisjoint(lowered)


def parts_of_numbers(text: str) -> str:
    """`two three eight-14` -> `238-14`: numerals that a part in digits follows."""
    return _PARTED.sub(lambda match: f"{_run(match[1].lower().split(), 0)[0]}{match[2]}", text)


def spoken(words: Sequence[str]) -> list[str]:
    """Tokens (`nlp.text.TOKEN`, any case) with the numbers that are written in words as digits."""
    lowered = [word.lower() for word in words]
    out: list[str] = []
    i = 0
    while i < len(words):
        if lowered[i] in _NUMBERS:
            value, end, ordinal = _run(lowered, i)
            if value and _is_meant(lowered, i, end, ordinal=ordinal):
                out.append(value)
                i = end
                continue
        out.append(words[i])
        i += 1
    return out


def _run(words: Sequence[str], i: int) -> tuple[str, int, bool]:
    """The digits of the numerals from `i` on, where they end, and whether they are an ordinal (`42nd`)."""
    digits = ""
    while i < len(words):
        word, after = words[i], words[i + 1] if i + 1 < len(words) else ","
        if word in _TIMES and after in _SMALL and _SMALL[after] < _TEN:
            digits += str(_SMALL[after]) * _TIMES[word]
            i += 2
            continue
        if word in _ZEROS and digits and (after in _SMALL or after in _TENS):
            digits += "0"
            i += 1
            continue
        if word in _TENS and after in _ORDINALS and not digits:
            value = _TENS[word] + _ORDINALS[after]
            return f"{value}{_ordinal_end(value)}", i + 2, True
        value, end = _cardinal(words, i)
        if end == i:
            break
        digits += str(value)
        i = end
    return digits, i, False


def _cardinal(words: Sequence[str], i: int) -> tuple[int, int]:
    """One number at `i` and where it ends: `two thousand five hundred and six`; `i` itself where none is."""
    value, end = _below_thousand(words, i)
    if end > i and words[end : end + 1] == ["thousand"]:
        rest, end_of_rest = _below_thousand(words, _past_and(words, end + 1))
        value, end = 1000 * value + rest, end_of_rest if rest else end + 1
    return value, end


def _below_thousand(words: Sequence[str], i: int) -> tuple[int, int]:
    value, end = _below_hundred(words, i)
    if end < len(words) and words[end] in _HUNDREDS and (value or end == i):
        rest, end_of_rest = _below_hundred(words, _past_and(words, end + 1))
        value, end = 100 * (value or 1) + rest, end_of_rest if rest else end + 1
    return value, end


def _past_and(words: Sequence[str], i: int) -> int:
    return i + 1 if words[i : i + 1] == ["and"] else i


def _below_hundred(words: Sequence[str], i: int) -> tuple[int, int]:
    """The number at `i` and where it ends: `i` itself where none is."""
    if i >= len(words):
        return 0, i
    word = words[i]
    if word in _GLUED:
        return _GLUED[word], i + 1
    if word in _TENS:
        after = words[i + 1] if i + 1 < len(words) else ","
        ones = _ONES.get(after, 0)
        return (_TENS[word] + ones, i + 2) if 0 < ones < _TEN else (_TENS[word], i + 1)
    return (_SMALL[word], i + 1) if word in _SMALL else (0, i)


def _ordinal_end(value: int) -> str:
    return {1: "st", 2: "nd", 3: "rd"}.get(value % _TEN, "th")


def _is_meant(words: Sequence[str], start: int, end: int, *, ordinal: bool) -> bool:
    """Whether the numerals at [start, end) are a number here, and not a name's."""
    before = words[start - 1] if start else ","
    after = words[end] if end < len(words) else ","
    if ordinal:
        return True
    if before in LANDMARK_WORDS or (start > 1 and words[start - 2] in LANDMARK_WORDS):
        return False
    if before in _CLAIMS or after in _FEET:
        return True
    hindi = all(word in _HINDI for word in words[start:end])
    if end > start + 1:
        return after not in BUILDING_TYPES and (not hindi or end > start + _HINDI_RUN)
    if hindi or before not in _SEPARATORS:
        return words[start] in _GLUED and after not in BUILDING_TYPES
    return after in _SEPARATORS or _begins_street(words, start, end)


def _begins_street(words: Sequence[str], start: int, end: int) -> bool:
    """`Twelve MG Road` at the beginning of a part; not `12, Seven Hills Road`, and not plurals: `Twelve Oaks Drive`."""
    at = start - 2
    if at >= 0 and words[at][-1:].isdigit() and (at < 1 or words[at - 1] not in _CLAIMS):
        return False
    name = words[end]
    if name in STREET_TYPES or name in BUILDING_TYPES or (name.endswith("s") and not name.endswith("ss")):
        return False
    for word in words[end : end + _NAME_REACH]:
        if word in _SEPARATORS or word in BUILDING_TYPES:
            return False
        if word in STREET_TYPES:
            return True
    return False
