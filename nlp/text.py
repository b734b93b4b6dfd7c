"""Characters: Unicode cleaning, the token pattern, and the folding that keys are made of."""

import re
from typing import Final

from nlp.characters import plain

LONGEST: Final = 10_000
"""Characters of a text that are read: of a longer one the first and the last `LONGEST // 2`."""

_DROPPED: Final = re.compile("['`\u00b4\u02b9\u02bb-\u02bd\u02c8\u2018\u2019\u201b\u2032]")
_LATIN_DIGITS: Final = re.compile(
    r"(?<![A-Za-z0-9])(?=[0-9OoIiLl]*[0-9])[0-9OoIiLl]{4,5}[0-9Oo](?![A-Za-z0-9])"
)
_LATIN_POSTCODE: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:(?=[OoIl]*[0-9])[0-9OoIl]{5,6}|[1-9]\d\d (?=[OoIl]*[0-9])[0-9OoIl]{3})(?=[^A-Za-z0-9]*\Z)"
)
_TAIL: Final = 16  # characters at the end in which a misread postcode is looked for
_DIGIT_LETTERS: Final = str.maketrans("OoIiLl", "001111")
_MAX_MISREAD: Final = 2
_APART: Final = re.compile(r"(?<=[0-9])[ ]*/[ ]+(?=[0-9])|(?<=[0-9])[ ]+/(?=[0-9])")  # 61 / 17

# A house or flat number with its letters (`B-302`, `8-2-293/82/A`, `12A`, `23rd`) is one token; a word and a number
# run together (`Flat302`, `Sector-12`) are two; `c/o` and `G/F` are one; of punctuation only what separates stays.
TOKEN: Final = re.compile(
    r"""
      [cswdhCSWDH]/[oO]\b | [gfstGFST]/[fF]\b
    | (?<![^\W_])
      (?:
        (?!(?i:no|fl|rm|ph)(?:\b|[-/\d]))[A-Za-z]{1,2}[-/]?(?!\d{5})
        (?!(?<=[A-Za-z]{2}[-/])\d{3}\s\d{3}\s*(?:,|$))  # TN-600 040
      )?
      \d+(?:[A-Za-z]{1,2}(?![^\W\d_]))?(?:[-/](?:\d+(?:[A-Za-z]{1,2}(?![^\W\d_]))?|[A-Za-z]\d*(?![^\W_])))*
    | [^\W\d_]+ | \d+(?:[A-Za-z]{1,2}(?![^\W\d_])|-\d{4}(?![^\W_]))? | \s-\s | [,#;|()\n]
    """,
    re.VERBOSE,
)


def clean(text: str) -> str:
    """`text` with compatibility forms, accents, invisible characters, look-alike letters and digits made plain.

    Case and punctuation stay, so that fields can be given as they were written.
    """
    text = _DROPPED.sub("", _cut(text))
    if not text.isprintable() or not text.isascii():
        text = _DROPPED.sub("", _cut(plain(text)))  # some characters stand for many
    if "/" in text:
        text = _APART.sub("/", text)
    text = _LATIN_DIGITS.sub(_read_digits, text)
    text = text.strip()
    if (match := _LATIN_POSTCODE.search(text, max(len(text) - _TAIL, 0))) is not None:
        text = text[: match.start()] + match.group().translate(_DIGIT_LETTERS) + text[match.end() :]
    return text


def legible(text: str) -> str:
    """`text` as the tagger reads it and as fields give it: accents, invisible and look-alike characters made plain.

    Unlike in `clean`, what is written with apostrophes, spaces about a slash or letters for digits stays as it is.
    """
    text = _cut(text)
    return (text if text.isascii() and text.isprintable() else _cut(plain(text))).strip()


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST // 2]}\n{text[-LONGEST // 2 + 1 :]}"


def _read_digits(match: re.Match[str]) -> str:
    """`56OO38` was meant as digits; `4lOOO` with more letters than `_MAX_MISREAD` may be anything, `1200L` a house."""
    word = match.group()
    letters = sum(char.isalpha() for char in word)
    return word.translate(_DIGIT_LETTERS) if letters <= _MAX_MISREAD else word


_FOLDS: Final = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"ks?h?(?=[mys])|x", "ks"),  # Laxmi, Lakshmi, Laksmi
        (r"ee", "i"),  # Sree, Sri
        (r"oo|ou", "u"),
        (r"w", "v"),
        (r"z", "j"),
        (r"ph", "f"),
        (r"(?<=[kgcjtdpbs])h", ""),  # Gandhi, Gandi; Shivaji, Sivaji
        (r"y(?![aeiou])", "i"),
        (r"([a-z])\1+", r"\1"),  # doubled letters, long vowels (aa)
    )
)


def fold(word: str) -> str:
    """A lower-case word as keys see it: transliterations of one name fall together; digits are kept as they are.

    The classes follow everyday English spellings of Indian names; they are coarse on purpose, for a key also holds
    a number and a postcode. Texts that are one place but fold apart are the business of the alias map.
    """
    for pattern, by in _FOLDS:
        word = pattern.sub(by, word)
    return word


_LEADING_ZEROS: Final = re.compile(r"(?<!\d)0+(?=\d)")
_BESIDE_LETTER: Final = re.compile(r"(?<=[a-z])-(?=[a-z0-9])|(?<=\d)-(?=[a-z])")


# What English spellings of one Indian name differ in beyond `_FOLDS`: k and c, a silent w, a last short a, and
# every vowel (Chowk, Chauk; Marg, Maarg; Nagar, Nagara, Nager; Cauvery, Kaveri; Datta, Dutta).
_LOOSE: Final = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"t?ch", "ch"),
        (r"ck|q|c(?![hiey])", "k"),
        (r"(?<=[aeiou])w(?![aeiouyh])", ""),
        (r"(?<=[^aeiouy])a$", ""),
    )
)
_VOWELS: Final = re.compile("(?<=.)[aeiouy]+")
_FEW_CONSONANTS: Final = 3


def loose_fold(word: str) -> str:
    """`fold` for Indian names: their consonants; of a name with few, also where its vowels are.

    >>> loose_fold("vivekanand") == loose_fold("vivekananda"), loose_fold("koil") == loose_fold("koyil")
    (True, True)
    """
    if len(word) <= _FEW_CONSONANTS:
        return fold(word)
    for pattern, by in _LOOSE:
        word = pattern.sub(by, word)
    word = fold(word)
    bare = _VOWELS.sub("", word)
    return bare if len(bare) >= _FEW_CONSONANTS else _VOWELS.sub("*", word)


def number_form(word: str) -> str:
    """A house or unit number in one form: `B-302` -> `b302`, `12/A` -> `12a`, `8-2-293/82` -> `8-2-293-82`.

    >>> number_form("0012-A")
    '12a'
    """
    return _LEADING_ZEROS.sub("", _BESIDE_LETTER.sub("", word.lower().replace("/", "-").strip("-")))
