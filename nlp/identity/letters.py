# ruff: noqa: PLR2004, RUF001, RUF002 - what looks alike is what this is about
"""Letters of any script made plain: accents off, Cyrillic and Greek in Latin letters, look-alikes undone, digits ASCII.

Apart from `nlp.text`, whose folding strict keys are made of: this one only has to bring spellings near each other.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

_MARKS: Final = re.compile("[\u0300-\u036f]")
_SPECIAL: Final = str.maketrans(
    {
        "ß": "ss", "ø": "o", "Ø": "o", "đ": "d", "Đ": "d", "ł": "l", "Ł": "l", "æ": "ae", "Æ": "ae", "œ": "oe",
        "Œ": "oe", "ı": "i", "þ": "th", "Þ": "th", "ð": "d", "Ð": "d", "№": "no ", "º": "o ", "ª": "a ", "°": "o ",
        "'": "", "`": "", "´": "", "‘": "", "’": "", "ʼ": "",
    }
)  # fmt: skip
_CYRILLIC: Final = dict(
    zip(
        "абвгдезийклмнопрстуфхцчшщъыьэюяіїєґјљњћџёђ",
        "a,b,v,g,d,e,z,i,i,k,l,m,n,o,p,r,s,t,u,f,h,ts,ch,sh,sch,,y,,e,yu,ya,i,i,e,g,j,lj,nj,c,dz,e,dj".split(","),  # noqa: SIM905 - one a letter
        strict=True,
    )
) | {"ж": "zh"}  # fmt: skip
_GREEK: Final = dict(
    zip(
        "αβγδεζηθικλμνξοπρσςτυφχψω",
        [
            "a",
            "v",
            "g",
            "d",
            "e",
            "z",
            "i",
            "th",
            "i",
            "k",
            "l",
            "m",
            "n",
            "x",
            "o",
            "p",
            "r",
            "s",
            "s",
            "t",
            "y",
            "f",
            "ch",
            "ps",
            "o",
        ],
        strict=True,
    )
)
_LATIN_OF: Final = {ord(char): by for char, by in (_CYRILLIC | _GREEK).items()}
_ALIKE: Final = str.maketrans("авекмнорстухѕіјαβεζηικμνορτυχ", "abekmhopctyxsijabezhikmnoptyx")
_ALIKE_LETTERS: Final = frozenset("авекмнорстухѕіјαβεικνορτυχ")
_WORD: Final = re.compile(r"[^\W\d_]+")
_LATIN: Final = re.compile("[a-z]")
_OTHER: Final = re.compile("[\u0370-\u03ff\u0400-\u04ff]")


def plain(text: str) -> str:
    """`text` in lower case and plain letters; separators, digits and line ends stay.

    >>> plain("Straße des 17. Juni, ул. Ленина"), plain("Мain Ѕt")
    ('strasse des 17. juni, ul. lenina', 'main st')
    """
    if text.isascii():
        return text.lower().replace("'", "").replace("`", "")
    text = unicodedata.normalize("NFKD", text.translate(_SPECIAL))
    text = _MARKS.sub("", text).lower().translate(_SPECIAL)
    if not text.isascii():
        text = "".join(_char(char) for char in text)
        if _OTHER.search(text):
            mixed = 2 * len(_LATIN.findall(text)) > sum(char.isalpha() for char in text)
            text = _WORD.sub(lambda match: _latin(match.group(), mixed), text)
        text = unicodedata.normalize("NFKC", text)
    return text


def _char(char: str) -> str:
    if char.isascii():
        return char
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    if category == "Pd" or char == "\u2212":
        return "-"
    if char in "、，；":
        return ","
    return "" if category == "Cf" else " " if category[0] in "ZC" else char


def _latin(word: str, mixed: bool) -> str:
    """A word with Latin letters in it, or all of look-alikes within a Latin text, was written to deceive."""
    if not _OTHER.search(word):
        return word
    others = [char for char in word if not char.isascii()]
    if all(char in _ALIKE_LETTERS for char in others) and (mixed or len(others) < len(word)):
        return word.translate(_ALIKE)
    return word.translate(_LATIN_OF)


_FOLDS: Final = tuple(
    (re.compile(pattern), by)
    for pattern, by in (
        (r"ae", "a"),
        (r"ee|ea", "e"),
        (r"oe|oo|ou", "o"),
        (r"ue", "u"),
        (r"ph", "f"),
        (r"ks?h?(?=[mys])|x", "ks"),
        (r"sch|sh", "s"),
        (r"t?ch|tsch|cz", "c"),
        (r"ck|q|c(?![hiey])", "k"),
        (r"[wu](?=[aeiou])", "v"),
        (r"z", "s"),
        (r"(?<=[kgcjtdpbsr])h", ""),
        (r"[yj]", "i"),
        (r"w", "v"),
        (r"([a-z])\1+", r"\1"),
    )
)
_VOWELS: Final = re.compile("(?<=.)[aeiou]+")
_SHORT: Final = 4


@lru_cache(maxsize=65_536)
def sound(word: str) -> str:
    """A coarse sound of a plain word, the same for usual transliterations and many slips; for blocking.

    >>> sound("muenchen") == sound("munchen"), sound("lakshmi") == sound("laxmi")
    (True, True)
    """
    if not word.isascii() or not word.isalpha():
        return word
    for pattern, by in _FOLDS:
        word = pattern.sub(by, word)
    bare = _VOWELS.sub("", word)
    return bare if len(bare) >= _SHORT - 1 else word


def slips(a: str, b: str) -> int:
    """Damerau-Levenshtein distance (optimal string alignment); 3 where it is more than 2."""
    before2: list[int] = []
    before = list(range(len(b) + 1))
    for i, char in enumerate(a, 1):
        row = [i]
        for j, other in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (char != other))
            if i > 1 and j > 1 and char == b[j - 2] and a[i - 2] == other:
                cost = min(cost, before2[j - 2] + 1)
            row.append(cost)
        if min(row) > 2:
            return 3
        before2, before = before, row
    return min(before[-1], 3)
