"""Numbers written apart, put together: `61 - 17`, `18 th Main`, `532 A MG Road`, `C 45`; and `CR640` taken apart."""

import re
from collections.abc import Sequence
from typing import Final

from nlp.words import (
    APARTMENT_WORDS,
    BLOCK_WORDS,
    DIRECTIONS,
    FLOOR_WORDS,
    HOUSE_PREFIXES,
    NO_LETTERS,
    NO_WORDS,
    SECTOR_WORDS,
    STREET_TYPES,
    UNIT_WORDS,
)

_PIN: Final = re.compile(r"[1-9]\d{5}")
_ZIP: Final = re.compile(r"\d{5}(?:-\d{4})?")
_DIGITS: Final = re.compile(r"\d{1,4}")
_PART: Final = re.compile(r"\d{1,3}[A-Za-z]?")
_ROUTE: Final = re.compile(r"(cr|sr|sh|fm|us)-?(\d{1,4})", re.IGNORECASE)
_ORDINAL_ENDS: Final = frozenset({"st", "nd", "rd", "th"})
_COUNTRY_WORDS: Final = {"india": "IN", "bharat": "IN", "usa": "US", "us": "US"}
_NUMBERED_LANES: Final = frozenset({"cross", "main"})
_PARTS: Final = BLOCK_WORDS.keys() | SECTOR_WORDS.keys()
_CLAIMS: Final = UNIT_WORDS | _PARTS | FLOOR_WORDS | STREET_TYPES.keys()
_AFTER_ST: Final = _PARTS | FLOOR_WORDS | STREET_TYPES.keys() | {"x"}
_HALF_OF_PIN: Final = 3
_SEPARATORS: Final = frozenset({",", ";", "|", "\n"})
_SHORTEST_WITH_ZIP: Final = 4
_ZIP_LENGTH: Final = 5
_NO_LETTERS: Final = NO_LETTERS | {"r"}


def country_of(words: Sequence[str]) -> str:
    """`IN` or `US` by the last postcode, else by the country's name at the end, else `""`."""
    for i in range(len(words) - 1, -1, -1):
        word = words[i]
        if word[0].isdigit():
            if _PIN.fullmatch(word) or (i and _is_split_pin(words, i - 1)):
                return "IN"
            if (i or leads_as_zip(words)) and _ZIP.fullmatch(word):
                return "US"
    return _COUNTRY_WORDS.get(words[-1].lower(), "") if words else ""


def leads_as_zip(words: Sequence[str]) -> bool:
    """Whether the first token is a ZIP code in front (`10011, New York, 221 W 23rd St`), and no house number.

    It is one with a separator after it, where a number is left for the house.
    """
    if len(words) < _SHORTEST_WITH_ZIP or words[1] not in _SEPARATORS or not _ZIP.fullmatch(words[0]):
        return False
    return any(
        _DIGITS.match(word) is not None and _word(words, i - 1) not in UNIT_WORDS and word[-1].isdigit()
        for i, word in enumerate(words[2:], start=2)
    )


def joined(words: Sequence[str], country: str) -> list[str]:
    """Tokens (`nlp.text.TOKEN`, any case) with the parts of one number in one token.

    Where an American letter may be a direction (`12 E Oak St`) it stays one; in India it belongs to the number.
    Initials (`61 S V Road`), blocks (`45 C Block`) and what another word claims (`Flat 302 - 14 MG Road`) stay apart.
    """
    out: list[str] = []
    size = len(words)
    i = 0
    while i < size:
        word = words[i]
        after = words[i + 1] if i + 1 < size else ","
        if word[0].isdigit():
            if len(after) == 1 and after.isalpha():
                take = _letter_belongs(words, i, country)
            elif after == " - ":
                take = 3 if _dash_joins(words, i, country) else 0
            else:
                take = 2 if after.lower() in _ORDINAL_ENDS and _ends_ordinal(words, i) else 0
        elif word == "(" and words[i + 2 : i + 3] == [")"] and after.lower() in DIRECTIONS:
            out.append(after)  # (W) Mambalam
            i += 3
            continue
        elif (len(word) == 1 and word.isalpha()) or word.lower() in HOUSE_PREFIXES:
            take = _number_belongs(words, i, country)
        elif country == "US" and (route := _ROUTE.fullmatch(word)):
            out += route.groups()
            take, i = 0, i + 1
            continue
        else:
            take = 0
        out.append("".join(part.strip() for part in words[i : i + take]) if take else word)
        i += take or 1
    return out


def _is_split_pin(words: Sequence[str], i: int) -> bool:
    """`560 038` at `i`."""
    pair = words[i : i + 2]
    return all(len(word) == _HALF_OF_PIN for word in pair) and bool(_PIN.fullmatch("".join(pair)))


def _is_value(word: str) -> bool:
    """A number that is no postcode."""
    return word[0].isdigit() and len(word) < _ZIP_LENGTH


def _word(words: Sequence[str], i: int) -> str:
    return words[i].lower() if 0 <= i < len(words) else ","


def _claimed(words: Sequence[str], i: int, country: str) -> bool:
    """Whether the number at `i` is another word's: `Flat No 302`, `Sector 12`, `Road 36`."""
    before, at = _word(words, i - 1), i - 1
    while before in NO_WORDS:
        at -= 1
        before = _word(words, at)
    if at == i - 1 and before not in _PARTS:
        named = _word(words, at - 1)
        if before in FLOOR_WORDS and named[0].isdigit():
            return False  # 3rd Floor 131 - 21
        if before in APARTMENT_WORDS and len(named) > 1 and named.isalpha() and country == "IN":
            return False  # Lotus Apartment 30 - 20
    return before in _CLAIMS


def _dash_joins(words: Sequence[str], i: int, country: str) -> bool:
    """`61 - 17`; not `New Delhi 3 - 110003`."""
    second = _word(words, i + 2)
    return bool(_PART.fullmatch(words[i]) and _PART.fullmatch(second)) and not (
        _claimed(words, i, country) or _is_split_pin(words, i + 2)
    )


def _ends_ordinal(words: Sequence[str], i: int) -> bool:
    """`18 th`; `1 st` and `3 rd` only where they are no street or road (`21 St Marks Place`, `3 Rd No 5`)."""
    number, end, after = words[i], _word(words, i + 1), _word(words, i + 2)
    if not number.isdigit() or len(number) > _HALF_OF_PIN:
        return False
    if end == "st":
        lettered = len(after) == 1 and _word(words, i + 3) in STREET_TYPES  # 1 st A Cross
        if STREET_TYPES.get(after) in {"highway", "road"} and _is_value(_word(words, i + 3)):
            return False  # 901 St Hwy 339
        return number[-1] == "1" and number[-2:] != "11" and (after in _AFTER_ST or lettered)
    if end == "rd":
        return number[-1] == "3" and number[-2:] != "13" and after.isalpha() and after not in NO_WORDS
    return end == "th" or (number[-1] == "2" and number[-2:] != "12" and after.isalpha())


def _letter_belongs(words: Sequence[str], i: int, country: str) -> int:
    """2 where the number at `i` and the letter after it are one number, else 0."""
    letter, after, value = (_word(words, at) for at in range(i + 1, i + 4))
    direction = letter in DIRECTIONS
    if (
        not _DIGITS.fullmatch(words[i])
        or (letter == "x" and country != "US")  # 12 X: a cross
        or (after in NO_WORDS and letter in _NO_LETTERS)  # Flat 306 H No 12
    ):
        belongs = False
    elif direction and country != "IN":
        # `12 E North St`, but `12 N E 2nd Ave`
        belongs = after in DIRECTIONS and not (letter in "ns" and after in "ew")
    elif direction and _claimed(words, i, country):
        belongs = False  # Lane No 1 S Bopal
    elif after in STREET_TYPES:
        belongs = _is_before_type(letter, after, value, country)
    elif after in _PARTS:  # `45 A Ward No 3`, but `45 C Block`
        belongs = (len(value) == 1 and value.isalnum()) or value in NO_WORDS or _is_value(value)
    else:
        pointed = country == "US" and after in DIRECTIONS
        belongs = len(after) > 1 or not after.isalpha() or after == "x" or pointed
    return 2 if belongs else 0


def _is_before_type(letter: str, after: str, value: str, country: str) -> bool:
    """`45 A Gali No 5`, `45 A St Hwy 12`, `7 A Cross`; not `278 I Main`, `100 B Street`."""
    if letter in "ivx" and country != "US":
        return False
    lane = STREET_TYPES[after] in _NUMBERED_LANES and letter not in DIRECTIONS
    return lane or value in NO_WORDS or value in STREET_TYPES or _is_value(value)


def _number_belongs(words: Sequence[str], i: int, country: str) -> int:
    """How many tokens from the letter at `i` and the number after it are one number: `C 45`, `A - 1404`; else 0."""
    letter, before = _word(words, i), _word(words, i - 1)
    dashed = _word(words, i + 1) == " - "
    at = i + 2 if dashed else i + 1
    if not _DIGITS.fullmatch(_word(words, at)) or _is_split_pin(words, at):
        return 0
    if country != "IN" and (letter in DIRECTIONS or letter == "i"):
        return 0
    apart = before in _PARTS or (len(before) == 1 and before.isalnum()) or before[0].isdigit()
    return 0 if apart else at + 1 - i
