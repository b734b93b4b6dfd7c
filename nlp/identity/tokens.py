# ruff: noqa: PLR2004 - a pair, a digit, a slip or two: small numbers that say themselves
"""A plain text cut into words, numbers and separators, with numbers written apart put together."""

import re
from typing import Final

from nlp.identity.lexicon import AREA_WORDS, STREET_TYPES, UNIT_WORDS

_TOKEN: Final = re.compile(
    r"""
      [cswdh]/o\b | [gfst]/f\b
    | (?<![^\W_])(?!(?:no|nr|fl|km|ph|st|rm|kv)[-/]?\d)(?:[a-z]{1,2}[-/]?)?\d+(?:[a-z]{1,3}(?![a-z]))?
      (?:[-/]\d+(?:[a-z](?![a-z]))?|[-/][a-z](?![a-z])\d*)*
    | \d+(?:[a-z]{1,3}(?![a-z]))?(?:[-/]\d+(?:[a-z](?![a-z]))?|[-/][a-z](?![a-z])\d*)*
    | [^\W\d_]+ | [,;|()\n] | \#
    """,
    re.VERBOSE,
)
_RANGE: Final = re.compile(
    r"(?<!\d)(\d{1,4}[a-z]?)\s*([-/+&])\s+(?=\d{1,4}(?!\d))|(?<!\d)(\d{1,4}[a-z]?)\s+([-/+&])(?=\d{1,4}(?!\d))"
)
_ENDS: Final = {"st": "1", "nd": "2", "rd": "3"}
_SAY_NUMBER: Final = UNIT_WORDS | {"no", "number", "#"}
_DASH: Final = re.compile(r"\s-\s")
_BEHIND: Final = frozenset({"bis", "ter", "quater", "quinquies"})
_DIRECTIONS: Final = frozenset("nsew")
_POINTED: Final = frozenset({"US", "CA"})
_UNIT_LETTERS: Final = frozenset("mkd")
_LINKS: Final = frozenset("eyoi")
# Letters that stand for a street's type: Calle, Rua, Rue, Via.
_TYPES: Final = {
    "c": "ES MX AR CL CO PE VE EC UY PY BO IT",
    "r": "BR PT FR BE CH LU",
    "v": "IT",
    "g": "AT",
    "k": "CO",
}
_ONES: Final = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS: Final = {
    word: 10 * at
    for at, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2
    )
}
_SPELT: Final = {word: at for at, word in enumerate(_ONES)} | _TENS
_NTH: Final = {
    word: f"{at}th"
    for at, word in enumerate(
        ["fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth"], 4
    )
} | {"first": "1st", "second": "2nd", "third": "3rd"}
SEPARATORS: Final = frozenset(",;|()\n")
_CJK: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_CHOME: Final = re.compile(
    r"(?<=\d)\s*(?:丁目|番地?|号|號|[- ]?chome|[- ]?ban(?=\b|\d)|[- ]?go\b)\s*[-,]?\s*(?=\d)"
)
_CHOME_END: Final = re.compile(r"(?<=\d)(?:番地?|号|號|[- ]?go\b)")


def tokens(text: str, country: str = "") -> list[str]:
    """The tokens of a plain text; a separator is any of `SEPARATORS`, as it stands."""
    text = _CHOME_END.sub("", _CHOME.sub("-", text))
    text = _RANGE.sub(lambda match: f"{match[1] or match[3]}-", text)
    text = _DASH.sub(" , ", text)
    return _joined([part for word in _TOKEN.findall(text) for part in _parts(word)], country)


def _parts(word: str) -> list[str]:
    """Chinese and Japanese words in pairs of characters: they are written without spaces."""
    if word.isascii() or not _CJK.search(word) or len(word) <= 2:
        return [word]
    return [word[at : at + 2] for at in range(len(word) - 1)]


def _joined(found: list[str], country: str) -> list[str]:
    """`12 bis`, `12 a`, `b 302` as one number each; numbers in words as digits."""
    out: list[str] = []
    spelt = False  # whether the last number was one digit in words: one zero nine
    for at, word in enumerate(found):
        before = out[-1] if out else ","
        after = found[at + 1] if at + 1 < len(found) else ","
        if word in _NTH:
            out.append(_NTH[word])
        elif word in _SPELT:
            value = _SPELT[word]
            if before.isdigit() and found[at - 1] in _TENS and 0 < value < 10:
                out[-1] = str(int(before) + value)
            elif spelt and value < 10:
                out[-1] = f"{before}{value}"
            else:
                out.append(str(value))
            spelt = value < 10
            continue
        elif (
            country == "CO"
            and before.isdigit()
            and word.isdigit()
            and len(out) > 1
            and out[-2] in {"#", "no", "n"}
        ):
            out[-1] = f"{before}-{word}"
        elif before.isdigit() and _is_ordinal(before, word, after):
            out[-1] = before + word
        elif (
            word.isdigit()
            and len(before) == 1
            and before.isalpha()
            and len(out) > 1
            and out[-2] in _SAY_NUMBER
        ):
            out[-1] = before + word  # Flat No A 1102
        elif before.isdigit() and (word in _BEHIND or _is_letter_of(word, after, country)):
            out[-1] = before + word
        else:
            out.append(word)
        spelt = False
    return out


def _is_ordinal(number: str, end: str, after: str) -> bool:
    """Whether `21` and `st` apart are `21st`; `12 St` may be a street's type or a saint."""
    teens = number[-2:-1] == "1"
    if end == "th":
        return True
    if _ENDS.get(end) != number[-1] or teens:
        return False
    return end == "nd" or after in STREET_TYPES or after in AREA_WORDS or after in {"floor", "flr", "fl"}


def _is_letter_of(word: str, after: str, country: str) -> bool:
    """Whether a letter after a number is part of it: `12 a, Berlin`; not `12 n main st`, `12 e 14`."""
    if len(word) != 1 or not ("a" <= word <= "z") or after == "no":
        return False
    if any(char.isdigit() for char in after) and (
        word in _UNIT_LETTERS or (word in _DIRECTIONS and country in _POINTED)
    ):
        return False
    if after in SEPARATORS or after[0].isdigit():
        return word not in _LINKS or after in SEPARATORS
    return word not in _DIRECTIONS and word not in _LINKS and country not in _TYPES.get(word, "").split()
