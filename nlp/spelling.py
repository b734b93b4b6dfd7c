"""One slip of the finger in a word everybody knows: `Steet`, `Apratments`, `Chesnut`, `Raod`."""

from collections.abc import Iterator
from functools import cache
from typing import Final

from nlp import words

_SAFE_LENGTH: Final = 6  # shorter words are too often another word with a letter left out (Road, Rod)
_SHORTEST: Final = 4
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
    )
    known = {word for table in tables for word in (*table, *table.values())}
    known |= (
        words.COMMON_NAMES | words.UNIT_WORDS | words.HOUSE_WORDS | words.FLOOR_WORDS | words.LANDMARK_WORDS
    )
    return frozenset(known | words.LANDMARK_NOUNS | set(words.NUMBER_WORDS) | {"feet", "wing"})


@cache
def slips() -> dict[str, str]:
    """Misspelling -> word: neighbouring letters swapped, a letter doubled, or (in long words) one left out.

    What two words may have been, or is a known word itself, is left as it is.
    """
    known = known_words()
    found: dict[str, str | None] = {}
    for word in sorted(known):
        if len(word) < _SHORTEST:
            continue
        for slip in set(_slips_of(word)):
            found[slip] = None if slip in found and found[slip] != word else word
    return {slip: word for slip, word in found.items() if word is not None and slip not in known}


def _slips_of(word: str) -> Iterator[str]:
    for i in range(len(word)):
        yield word[:i] + word[i] + word[i:]
        if i + 1 < len(word):
            yield word[:i] + word[i + 1] + word[i] + word[i + 2 :]
        if len(word) >= _SAFE_LENGTH and i:
            yield word[:i] + word[i + 1 :]


def normal_word(word: str) -> str:
    """The norm of a token: lower case, mended where one slip explains it.

    >>> normal_word("Steet"), normal_word("27ht"), normal_word("Rod")
    ('street', '27th', 'rod')
    """
    word = word.lower()
    if word[:1].isdigit() and word[-_ORDINAL_END:] in _ORDINAL_SLIPS and word[:-_ORDINAL_END].isdigit():
        return word[:-_ORDINAL_END] + _ORDINAL_SLIPS[word[-_ORDINAL_END:]]
    return slips().get(word, word)
