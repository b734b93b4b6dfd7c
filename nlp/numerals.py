"""What is a number, and what stands beside one: `IX Cross` is the ninth, `5th X` a cross, `80 Ft` are feet."""

import re
from collections.abc import Sequence
from typing import Final

from nlp.words import NO_WORDS, SPELT_NUMBERS, STREET_TYPES

_ROMAN: Final = re.compile(r"(x{0,2})(ix|iv|v?i{0,3})")
_ONES: Final = {"": 0, "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9}
_LONGEST: Final = 5  # xviii
# Streets that are numbered by the hundred in Indian towns.
_LANES: Final = frozenset({"cross", "main", "street", "avenue", "lane", "road"})
_NUMERAL: Final = re.compile(r"\d+[a-z]?|\d+(?:st|nd|rd|th)")
ORDINAL: Final = re.compile(r"\d+(?:st|nd|rd|th)")


def has_digit(word: str) -> bool:
    """Whether `word` is a number with or without letters (`4b`, `8-2-293/82/A`), ordinals included."""
    return word[0].isdigit() or word[-1].isdigit() or any(char.isdigit() for char in word)


def is_number(word: str) -> bool:
    """Whether `word` is a number of a house, unit or the like: no ordinal."""
    return has_digit(word) and not ORDINAL.fullmatch(word)


def roman(word: str) -> int:
    """The value of a lower-case roman numeral up to 29; 0 where `word` is none.

    >>> roman("xiv"), roman("mix")
    (14, 0)
    """
    if len(word) > _LONGEST or not (match := _ROMAN.fullmatch(word)):
        return 0
    return 10 * len(match[1]) + _ONES[match[2]]


def reread(words: Sequence[str]) -> list[str]:
    """Lower-case tokens of an Indian address with its numbered lanes written out."""
    out = list(words)
    size = len(out)
    for i, word in enumerate(out):
        before = out[i - 1] if i else ","
        after = out[i + 1] if i + 1 < size else ","
        if (
            word == "x"
            and not (before.isdigit() and STREET_TYPES.get(after) in {"cross", "main"})
            and (_is_numeral(before) or (len(before) == 1 and i > 1 and _is_numeral(out[i - 2])))
        ):
            out[i] = "cross"
        elif word == "ft" and before.isdigit():
            out[i] = "feet"
        elif word[0] in "ivx" and (value := roman(word)) and _names_lane(out, i, after):
            initials = len(word) == 1 and len(before) == 1 and before.isalpha()  # S V Road
            if not initials:
                out[i] = f"{value}th"
    return out


def _is_numeral(word: str) -> bool:
    return bool(_NUMERAL.fullmatch(word)) or word in SPELT_NUMBERS or roman(word) > 0


def _names_lane(words: Sequence[str], i: int, after: str) -> bool:
    """`IX Cross`, `I A Cross`, `VII X`; not `X No 5`."""
    if after in NO_WORDS:
        return False
    if len(after) == 1 and after.isalpha() and after != "x" and i + 2 < len(words):
        after = words[i + 2]
        return STREET_TYPES.get(after) in {"cross", "main"} or after == "x"
    return STREET_TYPES.get(after) in _LANES or (after == "x" and words[i] != "x")
