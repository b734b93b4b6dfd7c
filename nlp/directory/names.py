"""Names of post offices, towns and taluks as people write them in an address.

`Sanganer Bazar S.O (Jaipur)` is a sorting label: the office's class and the district that tells two of a name apart
are no part of the place's name.
"""

import re
from typing import Final

from nlp.directory.words import ORDINARY
from nlp.text import clean

MOST_WORDS: Final = 5  # of a name; a longer one is a description
_SHORTEST: Final = 3
_LONGEST: Final = 40

APART: Final = re.compile(r"[^\W\d_]+|\d+")

# From the office's class on, all is sorting: `S.O (Murshidabad)`, `G.P.O.`, `BO`.
_CLASS: Final = re.compile(
    r"""
    [ .,\-]*
    (?: \b[BSHPD]\.?[ ]?O\b\.? | \b[GH]\.?[ ]?P\.?[ ]?O\b\.? | \bE\.?D\.?[BS]\.?O\b\.?
      | \b(?:EDA?|MDG|GDS|N?D?TSO|NSH|TMO|HQ)\b(?=[ ]*(?:[BSH]\.?O|$)) )
    .*$
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
_BRACKETS: Final = re.compile(r"\(([^()]*)\)?")
_SIDES: Final = frozenset({"east", "west", "north", "south", "e", "w", "n", "s"})
# Bazar by the railway, the larger and the smaller of two villages: the name is written without as often.
_TAILS: Final = frozenset({"rs", "bk", "kh", "kd", "te"})
# Words that an office's name adds to the place's.
_ADDED: Final = frozenset(
    {"colony", "bazar", "bazaar", "market", "extension", "extn", "east", "west", "north", "south", "town", "city",
     "cantt", "station", "rs", "village", "vill"}
)  # fmt: skip
_BESIDE: Final = frozenset({"road", "iit", "camp", "court"})
_SHORTEST_BASE: Final = 5
_TALUK_WORDS: Final = re.compile(
    r"\b(?:mandalam|mandal|taluka?|tahsil|tehsil|block|ho|so|mc|urban|rural|ns|sadar|subdivision|circle|nil|na)\b"
    r"|\bnot available\b|\bH\.O\b|\*+|[-_ ]+(?:i{1,3}|iv|v|\d)$",
    re.IGNORECASE,
)


def words_of(text: str) -> str:
    """`text` in lower case, runs of letters and of digits apart, one space between.

    >>> words_of("B.R. Street 4th Cross")
    'b r street 4 th cross'
    """
    return " ".join(APART.findall(clean(text).lower()))


def spellings(raw: str) -> tuple[str, ...]:
    """The names that one entry of a directory gives, the fullest first; none where it names no place.

    >>> spellings("A.C.Nagar S.O (Nellore)")
    ('a c nagar', 'ac nagar')
    >>> spellings("Andheri (East) S.O"), spellings("Nevasa Bk"), spellings("12 B.O")
    (('andheri east',), ('nevasa bk', 'nevasa'), ())
    """
    text = _CLASS.sub("", " ".join(raw.split()))
    while "(" in text:
        fewer = _BRACKETS.sub(lambda found: _inside(found.group(1)), text)
        if fewer == text:
            break
        text = fewer
    name = words_of(text)
    words = name.split(" ")
    joined = _initials(words)
    found = [name, " ".join(joined)]
    if joined[-1] in _TAILS and len(joined) > 1:
        found.append(" ".join(joined[:-1]))
    return tuple(dict.fromkeys(each for each in found if _good(each)))


def shorter(name: str, *, office: bool = True) -> str:
    """The name that a name is made of: `dilsukhnagar colony` -> `dilsukhnagar`; "" where that is none of its own.

    An `office` on Kanke Road is Kanke's; a locality so called is the road.
    """
    words = name.split(" ")
    while len(words) > 1 and (words[-1] in _ADDED or (office and words[-1] in _BESIDE)):
        words.pop()
    base = " ".join(words)
    known = base != name and len(base) >= _SHORTEST_BASE and _good(base)
    return base if known and not ORDINARY.issuperset(words) else ""


def taluk(raw: str) -> str:
    """The name of a taluk, mandal or tehsil; "" where the source has none: `Habra - I` -> `habra`."""
    names = spellings(_TALUK_WORDS.sub(" ", raw).strip(" -"))
    return names[0] if names else ""


def _inside(text: str) -> str:
    return f" {text} " if text.strip().lower() in _SIDES else " "


def _initials(words: list[str]) -> list[str]:
    """Runs of single letters joined: people write `RK Puram`, `R K Puram` and `R.K. Puram`."""
    joined: list[str] = []
    run = False
    for word in words:
        single = len(word) == 1 and word.isalpha()
        if single and run:
            joined[-1] += word
        else:
            joined.append(word)
        run = single
    return joined


def _good(name: str) -> bool:
    words = name.split(" ")
    return (
        len(words) <= MOST_WORDS
        and len(name) <= _LONGEST
        and name.isascii()
        and any(len(word) >= _SHORTEST and word.isalpha() for word in words)
    )
