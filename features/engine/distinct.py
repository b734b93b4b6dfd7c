"""Counting different partners, window after window from the newest row back.

At the end of a series, a large one answers from its list of partners and a short one from the marks of its rows. A
window that ends a little earlier, as a late event's does, can do with the list, too: few partners were seen behind its
end, and of those the list knows when they were seen before; only where it does not are rows looked at, as far back as
the window goes. One that ends long before must look at rows, newest first, until they or the limit end; what was met
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
    I_BEFORE,
    I_FIRST,
    I_KEY,
    L_BLOCK,
    L_DROPPED,
    L_END,
    L_ROOM,
    LATER,
    LIST,
    MET,
    MET_MASK,
    NEVER,
    PARTNERS,
    SPARE,
    STRIDE,
    TICK,
    UNSET,
    Int,
    Words,
)
from features.engine.partners import seen_since

# A cursor, one a partner column: what `start_count` left for `count` to go on from. Of partners seen behind the end:
# how many there are, of how many nobody knows yet whether they were seen before it, and where it says when (UNSET:
# nobody knows).
WAY, ENTRY_AT, ROW_AT, FOUND, MARK, BEHIND, OPEN, SEEN = 0, 1, 2, 3, 4, 5, 6, 7
CURSOR = 8
LISTED, MARKED, SCANNED, LATE = 0, 1, 2, 3
_MIX = np.int64(-7046029254386353131)


@njit(**HELPER)
def start_count(m: Words, stream: Int, block: Int, rows: Int, entry: Int, row: Int, until: Int) -> None:
    """Stand before the newest row of the windows that end at place (entry, row), behind the last one at `until`."""
    way = SCANNED
    if rows < 0:
        last = m[block + B_END] - 1
        way = LISTED if entry == last and row == m[entry_at(m, stream, block, last) + E_ROWS] else LATE
    elif row == rows:
        way = MARKED
    for p in range(m[stream + PARTNERS]):
        at = m[CURSORS] + p * CURSOR
        m[at + WAY], m[at + FOUND], m[at + ENTRY_AT], m[at + ROW_AT] = way, 0, entry, row
        m[at + SEEN] = m[LATER] + p * (m[DISTINCT_LIMIT] + 1 + SPARE)
        if way == LATE and not _note_later(m, at, block + B_LISTS + LIST * p, until):
            m[at + WAY] = SCANNED
        if m[at + WAY] == SCANNED:
            m[TICK] += 1
            m[at + MARK] = m[TICK]


@njit(**HELPER)
def _note_later(m: Words, cursor: Int, at: Int, until: Int) -> bool:
    """Note of the partners seen after `until` when they were seen before; False where they are too many.

    What the list no longer knows, of one that had dropped out and came back, does not matter: a window that goes back
    so far has all who are listed in it, and is above the limit.
    """
    behind = seen_since(m, at, until + 1)
    if behind > SPARE and m[at + L_DROPPED]:
        return False
    room, item = m[at + L_ROOM], m[at + L_BLOCK] + m[at + L_END] - behind
    m[cursor + BEHIND], m[cursor + OPEN] = behind, 0
    for i in range(behind):
        seen: Int = m[item + i + I_BEFORE * room]
        if seen > until:
            seen = UNSET
            if m[item + i + I_FIRST * room] > until:
                seen = NEVER
            else:
                m[cursor + OPEN] += 1
        m[m[cursor + SEEN] + i] = seen
    return True


@njit(**HELPER)
def _count_late(m: Words, stream: Int, block: Int, p: Int, low: Int, low_row: Int, since: Int) -> Int:
    """`count` of a window that ends a little before the series does."""
    at, cursor = block + B_LISTS + LIST * p, m[CURSORS] + p * CURSOR
    behind = m[cursor + BEHIND]
    found = seen_since(m, at, since) - behind
    if found > m[DISTINCT_LIMIT]:
        return found
    if m[cursor + OPEN]:
        _look_back(m, stream, block, p, low, low_row)
    for i in range(behind):
        seen = m[m[cursor + SEEN] + i]
        found += since <= seen and seen != UNSET
    return found


@njit(**HELPER)
def _row_before(m: Words, stream: Int, block: Int, rows: Int, cursor: Int, low: Int, low_row: Int) -> Int:
    """Where the row before the cursor is, which moves there; 0 where that would be before place (low, low_row)."""
    entry, row = m[cursor + ENTRY_AT], m[cursor + ROW_AT]
    while row == 0 and entry > low:
        entry -= 1
        row = m[entry_at(m, stream, block, entry) + E_ROWS]
    if entry < low or (entry == low and row <= low_row):
        return np.int64(0)
    row -= 1
    m[cursor + ENTRY_AT], m[cursor + ROW_AT] = entry, row
    chunk = block if rows >= 0 else m[entry_at(m, stream, block, entry) + E_CHUNK]
    return chunk + row * m[stream + STRIDE]


@njit(**HELPER)
def _look_back(m: Words, stream: Int, block: Int, p: Int, low: Int, low_row: Int) -> None:
    """Look for partners that nobody knows of yet, in rows from the cursor back to place (low, low_row)."""
    at, cursor = block + B_LISTS + LIST * p, m[CURSORS] + p * CURSOR
    column = m[stream + STRIDE] - m[stream + PARTNERS] + p
    behind, seen = m[cursor + BEHIND], m[cursor + SEEN]
    keys = m[at + L_BLOCK] + I_KEY * m[at + L_ROOM] + m[at + L_END] - behind
    while m[cursor + OPEN]:
        row = _row_before(m, stream, block, np.int64(-1), cursor, low, low_row)
        if row == 0:
            return
        key = m[row + column] | 1
        for i in range(behind):
            if m[keys + i] == key and m[seen + i] == UNSET:
                m[seen + i] = m[row]
                m[cursor + OPEN] -= 1


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
    if m[at + WAY] == LATE:
        return _count_late(m, stream, block, p, low, low_row, since)
    stride = m[stream + STRIDE]
    found: Int = m[at + FOUND]
    column = stride - m[stream + PARTNERS] + p
    if m[at + WAY] == MARKED:
        for row in range(low_row, m[at + ROW_AT]):
            found += m[block + row * stride + column] & 1
        m[at + ROW_AT], m[at + FOUND] = low_row, found
        return found
    while found <= m[DISTINCT_LIMIT]:
        place = _row_before(m, stream, block, rows, at, low, low_row)
        if place == 0:
            break
        key = m[place + column] | 1
        if key != 1 and _is_new(m, p, key):
            found += 1
    m[at + FOUND] = found
    return found
