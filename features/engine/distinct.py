"""Counting different partners, window after window from the newest row back.

At the end of a series, a large one answers from its list of partners and a short one from the marks of its rows. A late
event, and a window that ends earlier, must look at rows, newest first, until they or the limit end; what was met
already is then in a small hash set a partner column, emptied by a new tick.
"""

import numpy as np
from numba import njit

from features.engine.large import entry_at
from features.engine.layout import (
    B_END,
    B_LISTS,
    CURSORS,
    DISTINCT_LIMIT,
    E_CHUNK,
    E_ROWS,
    HELPER,
    LIST,
    MET,
    MET_MASK,
    PARTNERS,
    STRIDE,
    TICK,
    Int,
    Words,
)
from features.engine.partners import seen_since

# A cursor, one a partner column: what `start_count` left for `count` to go on from.
WAY, ENTRY_AT, ROW_AT, FOUND, MARK = 0, 1, 2, 3, 4
CURSOR = 5
LISTED, MARKED, SCANNED = 0, 1, 2
_MIX = np.int64(-7046029254386353131)


@njit(**HELPER)
def start_count(m: Words, stream: Int, block: Int, rows: Int, entry: Int, row: Int) -> None:
    """Stand before the newest row of the windows that end at place (entry, row)."""
    way = SCANNED
    if rows < 0:
        if entry == m[block + B_END] - 1 and row == m[entry_at(m, stream, block, entry) + E_ROWS]:
            way = LISTED
    elif row == rows:
        way = MARKED
    for p in range(m[stream + PARTNERS]):
        at = m[CURSORS] + p * CURSOR
        m[at + WAY], m[at + FOUND], m[at + ENTRY_AT], m[at + ROW_AT] = way, 0, entry, row
        if way == SCANNED:
            m[TICK] += 1
            m[at + MARK] = m[TICK]


@njit(**HELPER)
def _is_new(m: Words, p: Int, key: Int) -> bool:
    """Whether this scan meets `key` for the first time."""
    mask = m[MET_MASK]
    first = m[MET] + p * 2 * (mask + 1)
    place = ((key * _MIX) >> 40) & mask
    mark = m[m[CURSORS] + p * CURSOR + MARK]
    while m[first + 2 * place] == mark:
        if m[first + 2 * place + 1] == key:
            return False
        place = (place + 1) & mask
    m[first + 2 * place], m[first + 2 * place + 1] = mark, key
    return True


@njit(**HELPER)
def count(m: Words, stream: Int, block: Int, rows: Int, p: Int, low: Int, low_row: Int, since: Int) -> Int:
    """Different partners from place (low, low_row), or time `since`, on; above the limit it may be any number above."""
    if block == 0:
        return np.int64(0)
    at = m[CURSORS] + p * CURSOR
    if m[at + WAY] == LISTED:
        return seen_since(m, block + B_LISTS + LIST * p, since)
    stride = m[stream + STRIDE]
    found: Int = m[at + FOUND]
    column = stride - m[stream + PARTNERS] + p
    if m[at + WAY] == MARKED:
        for row in range(low_row, m[at + ROW_AT]):
            found += m[block + row * stride + column] & 1
        m[at + ROW_AT], m[at + FOUND] = low_row, found
        return found
    entry, row = m[at + ENTRY_AT], m[at + ROW_AT]
    chunk = block if rows >= 0 else m[entry_at(m, stream, block, entry) + E_CHUNK]
    while found <= m[DISTINCT_LIMIT] and (entry > low or (entry == low and row > low_row)):
        if row == 0:
            entry -= 1
            of = entry_at(m, stream, block, entry)
            chunk, row = m[of + E_CHUNK], m[of + E_ROWS]
            continue
        row -= 1
        key = m[chunk + row * stride + column] | 1
        if key != 1 and _is_new(m, p, key):
            found += 1
    m[at + ENTRY_AT], m[at + ROW_AT], m[at + FOUND] = entry, row, found
    return found
