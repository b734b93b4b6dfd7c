"""Two spellings of one name: by sound, or one slip of the finger apart.

Candidates are found in bytes, for a PIN's names are searched anew for every address: a name's skeleton (its
consonants, those that transliterations mix up made one) as a whole, then its first or its last letters, one of which
a single slip leaves as they were.
"""

import itertools
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from nlp.text import fold, loose_fold

SHORTEST_SKELETON: Final = 3
SHORTEST_SLIP: Final = 6  # letters of a name that may have one wrong
END: Final = 3  # letters at either end that a slip elsewhere leaves
_MOST: Final = 6  # candidates looked at from either end
_SHORTEST_SOUND: Final = 6
_LONGER: Final = 2  # letters, of two spellings of one sound

_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")  # of keys
_BESIDE: Final = frozenset(
    pair for row in _ROWS for one, two in itertools.pairwise(row) for pair in ((one, two), (two, one))
)
_VOWELS: Final = "aeiouy"
_SAME_SOUND: Final = bytes.maketrans(b"wzqcfx", b"vjkkps")
_SILENT: Final = b"aeiouyh"
_DOUBLES: Final = tuple((bytes((letter,)) * 2, bytes((letter,))) for letter in b"bdgjklmnprstv")


def skeletons(text: bytes) -> bytes:
    """The consonants of every word of lower-case `text`; what separates words stays.

    >>> skeletons(b"lakshmi nagar"), skeletons(b"laxmi nager")
    (b'lksm ngr', b'lksm ngr')
    """
    bare = text.replace(b"x", b"ks").translate(_SAME_SOUND, _SILENT)
    for double, single in _DOUBLES:
        if double in bare:
            bare = bare.replace(double, single)
    return bare


def at_either_end(names: bytes, word: bytes) -> Iterator[int]:
    """Where a line of `names` (newline before and after each) begins that `word` may be a slip in."""
    for at, back in ((b"\n" + word[:END], 0), (word[-END:] + b"\n", 1)):
        start = names.find(at)
        for _ in range(_MOST):
            if start < 0:
                break
            yield names.rindex(b"\n", 0, start + 1) + 1 if back else start + 1
            start = names.find(at, start + 1)


@lru_cache(maxsize=8192)
def same_name(written: str, name: str) -> bool:
    """Whether `written` is `name` (both without spaces) by sound or with one slip.

    A wrong letter is a slip only where it is beside the right one on the keyboard or a vowel for a vowel: Raj Nagar
    is not Ram Nagar.

    >>> same_name("gachiboli", "gachibowli"), same_name("rajnagar", "ramnagar")
    (True, False)
    """
    if written == name:
        return True
    if min(len(written), len(name)) >= SHORTEST_SLIP and one_slip(written, name):
        return True
    if abs(len(written) - len(name)) > _LONGER:
        return False
    if min(len(written), len(name)) < _SHORTEST_SOUND or written[0] != name[0]:
        return fold(written) == fold(name)
    return loose_fold(written) == loose_fold(name)


def one_slip(a: str, b: str) -> bool:
    """Whether one letter left out, added, swapped with the next, or mistyped makes `b` of `a`."""
    if abs(len(a) - len(b)) > 1:
        return False
    if len(a) > len(b):
        a, b = b, a
    at = 0
    while at < len(a) and a[at] == b[at]:
        at += 1
    if at == len(a):
        return True
    if not at:  # first letters are hardly ever wrong, and tell names apart
        return False
    if len(a) < len(b):
        return a[at:] == b[at + 1 :]
    if a[at + 1 :] == b[at + 1 :]:
        return (a[at], b[at]) in _BESIDE or (a[at] in _VOWELS and b[at] in _VOWELS)
    return a[at : at + 2] == b[at : at + 2][::-1] and a[at + 2 :] == b[at + 2 :]
