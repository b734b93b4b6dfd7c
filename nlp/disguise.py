"""Disguises undone in a cleaned text, before it is cut into tokens.

`M G R o a d`, `R0ad`, `3O2`, `560-038`; telephone numbers, web addresses and the labels of forms (`Address:`) that
are stuffed in. What may as well be an address's own way of writing (`B-302`, `5th`, `Sec5`) stays as it is.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise, product
from typing import Final

from nlp import words
from nlp.places import places
from nlp.spelling import known_words, slips

# Single letters and digits with little between them; four at least. A gap wider than the others ends a word.
_SET_APART: Final = re.compile(r"(?<![^\W_])[^\W_](?:[ ._*~^=+-]{1,4}[^\W_]){3,}(?![^\W_])")
_GAP: Final = re.compile(r"[\W_]+")
_LEAST_LETTERS: Final = 4
_LEAST_UNKNOWN: Final = 5  # singles in a run that makes no word we know; four may be initials
_CASE_ENDS_WORD: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_LETTERS_OR_DIGITS: Final = re.compile(r"[^\W\d_]+|\d+")
_POSTCODE_LENGTHS: Final = (5, 6)

# A word with a digit (or `@`, `$`) beside its letters; `302B` and the like are sorted out by `_with_letters`.
_MIXED: Final = re.compile(
    r"(?<![\w@$/-])(?:[A-Za-z]{1,20}[0-9@$]|[A-Za-z]{1,20}!(?=[A-Za-z])|[0-9@$][A-Za-z]{3})[A-Za-z0-9@$]{0,30}(?![@$/\w]|-(?!\d{5}))"
)
_READINGS: Final = {
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g", "@": "a", "$": "s",
    "!": "i",
}  # fmt: skip
_MOST_DIGITS: Final = 6
_LONGEST_WORD: Final = 20
_LONGEST_GLUED: Final = 40
_LEAST_WORD: Final = 4
_SHORT_WORDS: Final = frozenset({"box", "apt"})
_INNER: Final = re.compile(r"[a-z]{1,20}(?:(?:[0134578@$!]|[03]{2})[a-z]{1,20}){1,6}(?:[0134@]|33|00)?")
_ENDING: Final = re.compile(r"[a-z]{3,20}(?:0|3|00|33)")  # Ontari0, Sinth33
_ORDINAL: Final = re.compile(r"(?:1st|2nd|3rd|[04-9]th)\Z")
_SHORT_PIECE: Final = 2
_VOWEL_DIGITS: Final = re.compile(r"[a-z]{1,2}(?:0|3)[a-z]{2,3}")  # P3th, Kh0r; not WZ3A

_DIGIT_O: Final = re.compile(r"(?<=\d)[oO](?=\d)")
_DIGIT_L: Final = re.compile(r"(?<=\d)[lI](?=\d)")
_LETTER_IN_NUMBER: Final = re.compile(r"\d[oOlI]\d")

_PIN: Final = re.compile(r"(?<!\d)[1-9]\d{5}(?!\d)")
_PIN_APART: Final = re.compile(
    r"(?<![\w/.-])(?:[1-9]\d{2}[.,-]\d{3}|[1-9]\d(?:[ .-]\d\d){2}|[1-9]\d{3}[ .-]\d\d)"
    r"(?=\W*(?:india|bharat|ind)?\W*\Z)",
    re.IGNORECASE,
)
_TAIL: Final = 24  # characters at the end in which a PIN written apart is looked for
_NOT_DIGITS: Final = re.compile(r"\D")

_MANY_DIGITS: Final = re.compile(r"(?<!\d)(?:\d[ ().-]{0,2}){9}\d|\+\d")
_TELEPHONE: Final = re.compile(
    r"""
    (?:\b(?:ph|phone|mob|mobile|tel|telephone|contact|cell|call|whatsapp)\b[ .:#-]{0,3}
       (?:(?:no|num|number)\b[ .:#-]{0,3})?)?
    (?<![\w/-])
    (?: (?:\+?91[ -]?|0)?[6-9]\d{4}[ -]?\d{5}        # an Indian mobile
      | (?:\+91[ -]?|0)\d{2,4}[ -]\d{7,8}           # a landline with its area
      | (?:\+?1[ .-]?)?(?:\([2-9]\d{2}\)\ ?|[2-9]\d{2}[.-])\d{3}[ .-]\d{4}
      | \+\d{1,3}(?:[ ().-]{0,2}\d){7,12}
    )
    (?![\w/-])
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}")
_WEB: Final = re.compile(r"(?:https?://|www\.)\S{1,2000}", re.IGNORECASE)

_KIND: Final = (
    r"(?:(?:my|our|full|complete|delivery|shipping|billing|postal|mailing|residential|residence|permanent|present|"
    r"current|correspondence|registered|home|new)\s{1,4}){0,3}"
)
_OPENING: Final = re.compile(
    rf"\A\W*{_KIND}(?:address|adress|addres|addr|add)\b(?:\s{{1,4}}is\b)?[\s.:=>-]{{0,8}}", re.IGNORECASE
)
_LABEL: Final = re.compile(
    rf"(?:\b{_KIND}(?:address|adress|addres|addr|city|town|state|country)|"
    rf"(?:(?<![^,;|(\n])|(?<=[,;|(\n]\s))(?:{_KIND}add|street|road|area|locality|location|building|region|province|to))"
    rf"(?:\s{{0,4}}(?:line\s{{0,4}})?[1-4]|\s{{1,4}}name)?\s{{0,4}}[:=]\s{{0,4}}",
    re.IGNORECASE,
)
_NAME: Final = re.compile(
    r"\b(?:(?:customer|recipient|receiver|full|first|last)\s{1,4})?(?:name|recipient|receiver)\s{0,4}[:=]\s{0,4}",
    re.IGNORECASE,
)


def undisguised(text: str) -> str:
    """`text` (cleaned: `nlp.text.clean`) as it would be written plainly.

    >>> undisguised("Address: 1 4 M G R o a d, Bengaluru 560-038, Ph 98450 12345")
    '14 MG Road, Bengaluru 560038, , '
    """
    if _SET_APART.search(text):
        text = _SET_APART.sub(_together, text)
    if "@" in text:
        text = _MAIL.sub(", ", text)
    if "www." in text or "://" in text:
        text = _WEB.sub(", ", text)
    if _MANY_DIGITS.search(text):
        text = _TELEPHONE.sub(", ", text)
    text = _OPENING.sub("", text)
    if ":" in text or "=" in text:
        text = _LABEL.sub(", ", _NAME.sub(", c/o ", text))
    if _LETTER_IN_NUMBER.search(text):
        text = _DIGIT_L.sub("1", _DIGIT_O.sub("0", text))
    if _MIXED.search(text):
        text = _with_letters(text)
    if _PIN_APART.search(text, max(len(text) - _TAIL, 0)) and not _PIN.search(text):
        text = _PIN_APART.sub(lambda match: _NOT_DIGITS.sub("", match.group()), text)
    return text


def _together(match: re.Match[str]) -> str:
    """The words of a run of single letters and digits; the run itself where it may be initials or a number."""
    run = match.group()
    singles, gaps = _GAP.split(run), _GAP.findall(run)
    letters = sum(single.isalpha() for single in singles)
    if not letters:
        spaced = len(singles) in _POSTCODE_LENGTHS and set(gaps) == {" "}
        return "".join(singles) if spaced else run
    if letters < _LEAST_LETTERS:
        return run
    narrow = min(len(gap) for gap in gaps)
    text = singles[0]
    for gap, single in zip(gaps, singles[1:], strict=True):
        text += single if len(gap) == narrow else f" {single}"
    parts = (word for part in _LETTERS_OR_DIGITS.findall(text) for word in _CASE_ENDS_WORD.split(part))
    found = [word for part in parts for word in unglued(part)]
    if len(singles) < _LEAST_UNKNOWN and not any(word.lower() in _known() for word in found):
        return run
    out = found[0]
    for before, word in pairwise(found):
        # A letter beside a number is part of it: 12B.
        numbered = before.isdigit() != word.isdigit() and min(len(before), len(word)) == 1
        lettered = numbered and not (before.isdigit() and word.isalpha() and len(word) > 1)
        out += word if lettered and not (before.isalpha() and len(before) > 1) else f" {word}"
    return out


@cache
def _endings() -> tuple[str, ...]:
    """Type words, the longest first, that a name may run into."""
    tables = (words.STREET_TYPES, words.BUILDING_TYPES)
    found = {word for table in tables for word in table if len(word) >= _LEAST_WORD} | words.UNIT_WORDS
    return tuple(
        sorted((word for word in found if len(word) >= _LEAST_WORD), key=lambda word: (-len(word), word))
    )


@cache
def _known() -> frozenset[str]:
    return known_words()


@lru_cache(maxsize=4_096)
def unglued(word: str) -> tuple[str, ...]:
    """`MGRoad` and `mgroad` -> `MG`, `Road`; a word that is known as it is stays, and one that is no word's length."""
    parts: list[str] = []
    while _LEAST_WORD < len(word) <= _LONGEST_GLUED and word.lower() not in _known():
        lowered = word.lower()
        ending = next((each for each in _endings() if lowered.endswith(each) and len(word) > len(each)), "")
        if not ending:
            break
        parts.append(word[-len(ending) :])
        word = word[: -len(ending)]
    return (word, *reversed(parts))


@cache
def _vocabulary() -> frozenset[str]:
    """Words that letters hidden behind digits may make: known ones, those of place names, landmarks and numbers."""
    of_places = {word for phrase in places() for word in phrase.split()}
    return (
        known_words() | of_places | words.LANDMARK_NOUNS | frozenset({"india", "near", "opposite", "house"})
    )


@cache
def _claims() -> frozenset[str]:
    """Words that a number belongs to: `Sec5Pkt2` has no letter behind its digits."""
    tables = (words.BLOCK_WORDS, words.SECTOR_WORDS, words.STREET_TYPES)
    known = {word for table in tables for word in table}
    return frozenset(known) | words.UNIT_WORDS | words.HOUSE_WORDS | words.FLOOR_WORDS | words.NO_WORDS


def _with_letters(text: str) -> str:
    """`R0ad`, `Str33t`, `K0ramangala` -> `Road`, `Street`, `Koramangala`; numbers with letters stay.

    Where a word that is known hides behind digits, the same digits stand for letters in the text's other words, too:
    `D33r Cr33k R0ad`.
    """
    used: set[str] = set()

    def known(match: re.Match[str]) -> str:
        read = _known_letters(match.group())
        if read:
            used.update(char for char in match.group() if not char.isalpha())
        return read or match.group()

    text = _MIXED.sub(known, text)
    digits = frozenset(used)
    return _MIXED.sub(lambda match: _likely_letters(match.group(), digits) or match.group(), text)


@lru_cache(maxsize=4_096)
def _known_letters(written: str) -> str:
    """The word known that hides behind a mixed one; "" where none does."""
    word = written.lower()
    hidden = sum(not char.isalpha() for char in word)
    if len(word) > _LONGEST_WORD or hidden > _MOST_DIGITS:
        return ""
    head = word.rstrip("0123456789")
    if head in _claims():
        return ""  # Phase3
    wanted = _vocabulary() if len(word) >= _LEAST_WORD else _SHORT_WORDS
    readings = list(_spelt(word))
    known = next((reading for reading in readings if reading in wanted), None)
    if known is None and len(word) >= _LEAST_WORD and not head.isalpha():
        known = next((reading for reading in readings if slips().get(reading) in wanted), None)
    if known is not None:
        return _in_case(known, written)
    if head != word and not head.isalpha() and (read := _known_letters(written[: len(head)])):
        return read + written[len(head) :]  # Fl4t302
    return ""


def _likely_letters(written: str, used: frozenset[str]) -> str:
    """The letters of a mixed word that nobody knows, where it is no number; else "".

    `used`: the digits that stand for letters elsewhere in the text.
    """
    word = written.lower()
    pieces = re.split(r"[^a-z]+", word)
    letters = sum(map(len, pieces))
    alike = used.issuperset(char for char in word if not char.isalpha())
    if _ENDING.fullmatch(word):
        likely = pieces[0] not in _claims() and (alike or (word[-1] == "0" and letters > _LEAST_LETTERS))
    elif _INNER.fullmatch(word):
        sure = (
            letters >= _LEAST_LETTERS or _VOWEL_DIGITS.fullmatch(word) or (alike and len(word) >= _LEAST_WORD)
        )
        likely = bool(sure) and not _has_claim(word, pieces)
    else:
        likely = False
    return _in_case(next(_spelt(word)), written) if likely else ""


def _has_claim(word: str, pieces: list[str]) -> bool:
    """`Sec5Pkt2`, `A3GF`, `B5th`: words and ends that a number belongs to."""
    claimed = pieces[0] in _claims() or any(
        len(piece) > _SHORT_PIECE and piece in _claims() for piece in pieces
    )
    return claimed or pieces[-1] in words.FLOOR_NAMES or _ORDINAL.search(word) is not None


def _in_case(word: str, written: str) -> str:
    return word.upper() if written.isupper() else word.title()


def _spelt(word: str) -> Iterator[str]:
    for chars in product(*(_READINGS.get(char, char) for char in word)):
        yield "".join(chars)
