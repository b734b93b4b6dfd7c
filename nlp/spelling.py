"""One slip of the finger in a word everybody knows: `Steet`, `Apratments`, `Chesnut`, `Raod`."""

from collections.abc import Iterator
from functools import cache
from typing import Final

from nlp import words
from nlp.routes import ROUTES

_SAFE_LENGTH: Final = 6  # shorter words are too often another word with a letter left out (Road, Rod)
_SAFE_TYPE_LENGTH: Final = 5  # of what a street's name ends or begins with; other words there are few
_SHORTEST: Final = 4
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")  # of keys
_BESIDE: Final = {
    key: row[max(at - 1, 0) : at] + row[at + 1 : at + 2] for row in _ROWS for at, key in enumerate(row)
}
_ORDINAL_SLIPS: Final = {"ht": "th", "dn": "nd"}
_ORDINAL_END: Final = 2


def known_words() -> frozenset[str]:
    """The words that misspellings are mended to, and that are never mended themselves."""
    tables = (
        words.STREET_TYPES,
        words.BUILDING_TYPES,
        words.AREA_TYPES,
        words.BLOCK_WORDS,
        words.SECTOR_WORDS,
        words.DIRECTIONS,
    )
    known = {word for table in tables for word in (*table, *table.values())}
    known |= {word for name in ROUTES for word in name.split()}
    known |= (
        words.COMMON_NAMES
        | words.NEVER_MENDED
        | words.UNIT_WORDS
        | words.HOUSE_WORDS
        | words.FLOOR_WORDS
        | words.LANDMARK_WORDS
    )
    return frozenset(known | words.LANDMARK_NOUNS | set(words.NUMBER_WORDS) | {"feet", "wing"})


@cache
def slips() -> dict[str, str]:
    """Misspelling -> word.

    Neighbouring letters swapped, a letter doubled, or, in longer words, one left out or that of the key beside it.
    What two words may have been, or is a known word itself, is left as it is.
    """
    known = known_words()
    mended = known - words.NEVER_MENDED
    found: dict[str, str | None] = {}
    for word in sorted(mended):
        if len(word) < _SHORTEST:
            continue
        is_type = word in words.STREET_TYPES or word in words.DIRECTIONS or word in words.SECTOR_WORDS
        for slip in set(_slips_of(word, _SAFE_TYPE_LENGTH if is_type else _SAFE_LENGTH)):
            found[slip] = None if slip in found and found[slip] != word else word
    return {slip: word for slip, word in found.items() if word is not None and slip not in known}


def _slips_of(word: str, safe: int) -> Iterator[str]:
    for i in range(len(word)):
        yield word[:i] + word[i] + word[i:]
        if i + 1 < len(word):
            yield word[:i] + word[i + 1] + word[i] + word[i + 2 :]
        if len(word) >= safe and i:
            yield word[:i] + word[i + 1 :]
            for beside in _BESIDE[word[i]]:
                yield word[:i] + beside + word[i + 1 :]


def normal_word(word: str) -> str:
    """The norm of a token: lower case, mended where one slip explains it.

    >>> normal_word("Steet"), normal_word("27ht"), normal_word("Rod")
    ('street', '27th', 'rod')
    """
    word = word.lower() if word.isascii() else word.upper().casefold()
    if word[:1].isdigit() and word[-_ORDINAL_END:] in _ORDINAL_SLIPS and word[:-_ORDINAL_END].isdigit():
        return word[:-_ORDINAL_END] + _ORDINAL_SLIPS[word[-_ORDINAL_END:]]
    return slips().get(word, word)
