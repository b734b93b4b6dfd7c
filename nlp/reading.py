"""A text -> what the pipeline begins with: tokens undisguised, without chaff, numbers in digits and in one piece."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from nlp import words as w
from nlp.canonical_text import read_canonical
from nlp.chaff import capped, may_instruct, may_repeat, without_instructions, without_repeats
from nlp.disguise import undisguised, unglued
from nlp.elsewhere import country_shown
from nlp.fields import Canonical
from nlp.generic import Generic, read_generic
from nlp.joins import country_of, joined
from nlp.spoken import has_spoken, parts_of_numbers, spoken
from nlp.text import TOKEN, clean
from nlp.world import COUNTRIES

_BY_RULES: Final = frozenset({"IN", "US"})
_ELSEWHERE: Final = frozenset(name.split()[-1] for name, code in COUNTRIES.items() if code not in _BY_RULES)

_SEPARATORS: Final = frozenset({",", ";", "|", "\n"})
# Type words that names are seen to run into (`MGRoad`), and words that end so by themselves.
_ENDINGS: Final = (
    "road",
    "street",
    "marg",
    "avenue",
    "drive",
    "boulevard",
    "parkway",
    "apartments",
    "towers",
)
_LAST_LETTERS: Final = frozenset(ending[-4:] for ending in _ENDINGS)
_WHOLE: Final = frozenset({"broad", "abroad", "railroad", "crossroad", "byroad"}) | w.STREET_TYPES.keys()
_NUMBERED: Final = (
    w.UNIT_WORDS
    | w.HOUSE_WORDS
    | w.SECTOR_WORDS.keys()
    | w.BLOCK_WORDS.keys()
    | {"road", "gali", "lane", "street"}
)
_NO: Final = "no"
_LONGEST_SPOKEN: Final = 1_000  # characters of a text in which `two three eight-14` is looked for


class Reading(NamedTuple):
    """A text as the pipeline begins with it.

    Attributes:
        text: cleaned (`nlp.text.clean`).
        words: tokens in the case they are written in; none where the text is not for the rules.
        country: `IN`, `US`, another country's code, or `""` where the text does not say.
        canonical: where it is known already: a canonical text, or another country's address.
        generic: another country's address (`nlp.generic`).
    """

    text: str
    words: list[str]
    country: str
    canonical: Canonical | None = None
    generic: Generic | None = None


def read(text: str, country: str | None = None) -> Reading:
    """A text by its own grammar (`nlp.canonical_text`), as another country's address, or as tokens for the rules.

    `country`: an ISO code the caller knows; None to go by the text.
    """
    if (known := read_canonical(text)) is not None:
        return Reading(text, [], known.country, canonical=known)
    text = clean(text)
    words, shown = tokens(text)
    other = country or (shown_elsewhere(text, words, shown) if words else "")
    if other and other not in _BY_RULES:
        generic = read_generic(text, other)
        return Reading(text, [], other, generic.canonical, generic)
    return Reading(text, words, country or shown)


def shown_elsewhere(text: str, words: Sequence[str], country: str) -> str:
    """Another country's code where the text shows one (`nlp.generic.country_shown`); "" else.

    A PIN or ZIP code speaks for India or the United States unless the country is named: Singapore's codes have six
    digits, too.
    """
    if country and not any(word.lower() in _ELSEWHERE for word in words[-2:]):
        return ""
    return country_shown(text)


def tokens(cleaned: str) -> tuple[list[str], str]:
    """The tokens of a cleaned text, in the case they are written in, and its country (`""`: unknown)."""
    text = undisguised(cleaned)
    words = capped(TOKEN.findall(text))
    lowered = frozenset(map(str.lower, words))
    if len(text) <= _LONGEST_SPOKEN and has_spoken(lowered) and (parted := parts_of_numbers(text)) != text:
        words = capped(TOKEN.findall(parted))
        lowered = frozenset(map(str.lower, words))
    if glued := _glued(lowered):
        words = [part for word in words for part in (_apart(word) if word.lower() in glued else (word,))]
    repeats = may_repeat(words, lowered)
    if may_instruct(lowered):
        words, repeats = without_instructions(words), True
    if has_spoken(lowered):
        words, repeats = spoken(words), True
    if repeats:
        words = without_repeats(words)
    country = country_of(words)
    return _once(joined(words, country)), country


def _glued(lowered: Iterable[str]) -> set[str]:
    return {
        word
        for word in lowered
        if (word[-4:] in _LAST_LETTERS and word.endswith(_ENDINGS) and word not in _WHOLE)
        or (word.endswith(_NO) and word[:-2] in _NUMBERED)
    }


def _apart(word: str) -> tuple[str, ...]:
    return (word[:-2], word[-2:]) if word.lower().endswith(_NO) else unglued(word)


def _once(words: list[str]) -> list[str]:
    """One separator where several follow each other."""
    return [
        word
        for i, word in enumerate(words)
        if not (i and word in _SEPARATORS and words[i - 1] in _SEPARATORS)
    ]
