"""Features: which columns of which neighbours say something together, as 64-bit numbers."""

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nlp.tagger.columns import COLUMNS


def _parse(text: str) -> tuple[tuple[tuple[str, int], ...], ...]:
    rows = []
    for line in text.split():
        terms = (term.partition("@") for term in line.split("+"))
        rows.append(tuple((name, int(offset or 0)) for name, _, offset in terms))
    return tuple(rows)


TEMPLATES: Final = _parse("""
word word@-1 word@1 word@-2 word@2 word@-3 word@3
word@-1+word word+word@1 word@-2+word@-1 word@1+word@2 word@-1+word+word@1
kind kind@-1 kind@1 kind@-2 kind@2 kind@3
kind@-1+kind kind+kind@1 kind@-2+kind@-1+kind kind@-1+kind+kind@1 kind+kind@1+kind@2 word@-1+kind kind+word@1
word+kind@-1+kind@1 kind@-3+kind@-2+kind@-1+kind kind+kind@1+kind@2+kind@3
shape shape@-1+shape+shape@1 fold prefix suffix suffix@-1 suffix@1 suffix+suffix@1
gazetteer gazetteer@-1 gazetteer@1 gazetteer@-1+gazetteer gazetteer+gazetteer@1 gazetteer@2
gazetteer+word gazetteer+kind@-1 gazetteer+kind@1 gazetteer+kind gazetteer+from_end gazetteer+segment_from_end
gazetteer+places
segment segment+from_start first first+from_start first+kind last last+from_end last+kind first+last
kinds kinds+from_start kinds+kind kinds+from_end places places+kind places+from_start
length+from_start from_start+kind from_end+kind from_start+segment_at from_end+segment_from_end
segment_at segment_from_end segment_at+kind segment_from_end+kind segment_from_end+gazetteer+kind
before before+kind after after+kind before+kinds after+kinds before+after+kinds
text text+word text+kind text+segment_from_end text+kinds
places_before+places places+places_after places_before+places+places_after places_after+kinds places_before+kinds
again+gazetteer again+places+places_after again+kind again+gazetteer@-1+gazetteer again@-1+again+gazetteer
""")
SIZE: Final = len(TEMPLATES)
_LONGEST: Final = max(len(terms) for terms in TEMPLATES)
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_FOLD: Final = np.uint64(29)
_EDGE: Final = np.uint64(0xED6E)


def _plan() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Column and offset of each term: int64[SIZE, _LONGEST], -1 past a template's last."""
    which = np.full((SIZE, _LONGEST), -1, np.int64)
    offset = np.zeros((SIZE, _LONGEST), np.int64)
    for at, terms in enumerate(TEMPLATES):
        for i, (name, by) in enumerate(terms):
            which[at, i], offset[at, i] = COLUMNS.index(name), by
    return which, offset


WHICH, OFFSET = _plan()


@njit(cache=True, nogil=True)
def features(
    columns: NDArray[np.uint32], which: NDArray[np.int64], offset: NDArray[np.int64], out: NDArray[np.uint64]
) -> None:
    """The features of T tokens, into `out` uint64[T, SIZE]. What lies past an end of the text reads as an edge."""
    size = columns.shape[0]
    for i in range(size):
        for at in range(which.shape[0]):
            mixed = np.uint64(at + 1) * _MIX
            for term in range(which.shape[1]):
                column = which[at, term]
                if column < 0:
                    break
                j = i + offset[at, term]
                value = np.uint64(columns[j, column]) if 0 <= j < size else _EDGE
                mixed = (mixed ^ value) * _MIX
                mixed ^= mixed >> _FOLD
            out[i, at] = mixed
