"""Reading windows: two places in a series, the difference of what came before them, and what lies between."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from events.types import Status
from features.engine.distinct import count, start_count
from features.engine.large import entry_at, seek
from features.engine.layout import (
    ADDED,
    B_END,
    B_LISTS,
    CHUNK,
    COLUMN,
    COUNT,
    DELAY,
    DISTINCT,
    DISTINCT_LIMIT,
    E_BEFORE,
    E_CHUNK,
    E_ROWS,
    E_SQUARE,
    E_SUM,
    END_OUT,
    END_WINDOW,
    ENTRY,
    FIRST,
    FIRST_OUT,
    FIRST_WINDOW,
    HAS_EXTREME,
    HAS_SQUARE,
    HAS_SUM,
    HELPER,
    HINT_BITS,
    HINT_SHIFT,
    HORIZON,
    LARGE,
    LAST,
    LENGTH,
    LIST,
    LONGEST,
    MEAN,
    MIN,
    OUT,
    PARTNERS,
    S_BLOCK,
    S_INFO,
    SINCE,
    SINCE_LAST,
    SIZE_BITS,
    STD,
    STRIDE,
    SUM,
    WHAT,
    WHOSE,
    WINDOW,
    Int,
    Words,
)
from features.engine.rows import amount_at, lower
from features.engine.squares import deviation, less, plus

_FRESH, _WARMING = np.uint8(int(Status.FRESH)), np.uint8(int(Status.WARMING))
_CAPPED = np.uint8(int(Status.CAPPED))
_HIGHEST = np.iinfo(np.int64).max
_SECOND = 1000.0
Values = NDArray[np.float64]
Statuses = NDArray[np.uint8]


@njit(**HELPER)
def _before(
    m: Words, stream: Int, block: Int, rows: Int, entry: Int, row: Int
) -> tuple[Int, Int, np.uint64, np.uint64]:
    """Rows, sum and sum of squares of all before a place."""
    stride = m[stream + STRIDE]
    has_sum, has_square = m[stream + HAS_SUM], m[stream + HAS_SQUARE]
    count, total, low, high = np.int64(row), np.int64(0), np.uint64(0), np.uint64(0)
    if block == 0:
        return count, total, low, high
    chunk = block
    if rows < 0:
        at = entry_at(m, stream, block, entry)
        chunk = m[at + E_CHUNK]
        count += m[at + E_BEFORE]
        if has_sum:
            total = m[at + E_SUM]
        if has_square:
            low, high = np.uint64(m[at + E_SQUARE]), np.uint64(m[at + E_SQUARE + 1])
    if row:
        at = chunk + (row - 1) * stride
        if has_sum:
            total += m[at + 1]
        if has_square:
            low, high = plus(low, high, np.uint64(m[at + 2]), np.uint64(m[at + 3]))
    return count, total, low, high


@njit(**HELPER)
def _row_at(m: Words, stream: Int, block: Int, rows: Int, entry: Int, row: Int) -> tuple[Int, Int]:
    """(block, row) of a row that exists, whose number may be below 0 or past the chunk's end."""
    if rows >= 0:
        return block, row
    at = entry_at(m, stream, block, entry)
    while row < 0:
        entry -= 1
        at = entry_at(m, stream, block, entry)
        row += m[at + E_ROWS]
    while row >= m[at + E_ROWS]:
        row -= m[at + E_ROWS]
        entry += 1
        at = entry_at(m, stream, block, entry)
    return m[at + E_CHUNK], row


@njit(**HELPER)
def _span(
    m: Words, stream: Int, block: Int, rows: Int,
    low: Int, low_row: Int, high: Int, high_row: Int, least: Int, most: Int,
) -> tuple[Int, Int]:  # fmt: skip
    """The lowest and the highest amount between two places, and of `least` and `most`."""
    stride = m[stream + STRIDE]
    for entry in range(low, high + 1):
        chunk, first, end = block, low_row if entry == low else 0, high_row
        if rows < 0:
            at = entry_at(m, stream, block, entry)
            chunk = m[at + E_CHUNK]
            end = high_row if entry == high else m[at + E_ROWS]
            if first == 0 and end == m[at + E_ROWS]:
                mark = at + m[stream + ENTRY] - 2
                least, most = min(least, m[mark]), max(most, m[mark + 1])
                continue
        for row in range(first, end):
            amount = amount_at(m, chunk, stride, row)
            least, most = min(least, amount), max(most, amount)
    return least, most


@njit(**HELPER)
def _of_amounts(
    what: Int, found: Int, total: Int, low_bits: np.uint64, high_bits: np.uint64, least: Int, most: Int
) -> tuple[float, bool]:
    """(value, whether there is one) of an aggregate that needs no row's own place."""
    if what == COUNT:
        return float(found), True
    if what == SUM:
        return float(total), True
    if what == STD:
        return (deviation(found, total, low_bits, high_bits), True) if found > 1 else (0.0, False)
    if found == 0:
        return 0.0, False
    if what == MEAN:
        return float(total) / float(found), True
    return (float(least), True) if what == MIN else (float(most), True)


@njit(**HELPER)
def _of_a_row(
    m: Words,
    stream: Int,
    what: Int,
    time: Int,
    block: Int,
    rows: Int,
    high: Int,
    high_row: Int,
    low: Int,
    low_row: Int,
) -> tuple[float, bool]:
    """What an aggregate takes from the newest row, at place (high, high_row), or the oldest."""
    if what in {LAST, SINCE_LAST}:
        block, row = _row_at(m, stream, block, rows, high, high_row)
    else:
        block, row = _row_at(m, stream, block, rows, low, low_row)
    stride = m[stream + STRIDE]
    if what in {LAST, FIRST}:
        return float(amount_at(m, block, stride, row)), True
    return float(time - m[block + row * stride]) / _SECOND, True


@njit(**HELPER)
def _low_edge(
    m: Words,
    stream: Int,
    block: Int,
    rows: Int,
    since: Int,
    high: Int,
    high_row: Int,
    low_row: Int,
    hint_at: Int,
) -> tuple[Int, Int]:
    """(entry, row) before the first row at `since` or later, but not behind the high edge."""
    if rows >= 0:
        return np.int64(0), lower(m, block, m[stream + STRIDE], low_row, since) if rows else np.int64(0)
    hint = m[hint_at]
    low, low_row = seek(m, stream, block, since, hint >> HINT_SHIFT, hint & HINT_BITS)
    m[hint_at] = (low << HINT_SHIFT) | low_row
    if low > high or (low == high and low_row > high_row):
        return high, high_row  # all that the window could hold has been evicted
    return low, low_row


@njit(**HELPER)
def _high_edge(m: Words, stream: Int, block: Int, rows: Int, until: Int) -> tuple[Int, Int]:
    """(entry, row) behind the last row before `until`."""
    if rows >= 0:
        return np.int64(0), lower(m, block, m[stream + STRIDE], rows, until) if rows else np.int64(0)
    return seek(m, stream, block, until, m[block + B_END] - 1, np.int64(CHUNK))


@njit(**HELPER)
def read(m: Words, stream: Int, series: Int, time: Int, values: Values, status: Statuses) -> None:
    """The columns of `stream` as seen at `time`, into a row; series 0: nothing has happened yet."""
    seen_from = m[HORIZON] - m[stream + LONGEST]
    block = m[series + S_BLOCK] if series else np.int64(0)
    rows = np.int64(0)
    if block:
        info = m[series + S_INFO]
        rows = np.int64(-1) if info & LARGE else info & SIZE_BITS
    hint_at = block + B_LISTS + LIST * m[stream + PARTNERS] - 1
    high, high_row, low, low_row = np.int64(0), np.int64(0), np.int64(0), np.int64(0)
    behind, total_behind, low_behind, high_behind = np.int64(0), np.int64(0), np.uint64(0), np.uint64(0)
    least, most = _HIGHEST, -_HIGHEST
    delay = np.int64(-1)
    for window in range(m[stream + FIRST_WINDOW], m[stream + END_WINDOW], WINDOW):
        hint_at += 1
        if m[window + DELAY] != delay:
            delay = m[window + DELAY]
            high, high_row = _high_edge(m, stream, block, rows, time - delay + 1)
            low, low_row = high, high_row
            behind, total_behind, low_behind, high_behind = _before(m, stream, block, rows, high, high_row)
            least, most = _HIGHEST, -_HIGHEST
            start_count(m, stream, block, rows, high, high_row, time - delay)
        since = time - delay - m[window + LENGTH]
        quality = _WARMING if since < m[SINCE] else _FRESH
        since = max(since, seen_from)
        last, last_row = low, low_row
        low, low_row = _low_edge(m, stream, block, rows, since, high, high_row, low_row, hint_at)
        before, total_before, low_before, high_before = _before(m, stream, block, rows, low, low_row)
        found, total = behind - before, total_behind - total_before
        low_bits, high_bits = less(low_behind, high_behind, low_before, high_before)
        if m[stream + HAS_EXTREME] and found > 0:
            least, most = _span(m, stream, block, rows, low, low_row, last, last_row, least, most)
        own = m[stream + ADDED] if delay == 0 else np.int64(0)
        for out in range(m[window + FIRST_OUT], m[window + END_OUT], OUT):
            what, column = m[out + WHAT], m[out + COLUMN]
            value, good = 0.0, False
            if what < LAST:
                value, good = _of_amounts(what, found, total, low_bits, high_bits, least, most)
            elif what == DISTINCT:
                different = count(m, stream, block, rows, m[out + WHOSE], low, low_row, since)
                values[column] = float(min(different, m[DISTINCT_LIMIT]))
                status[column] = _CAPPED if different > m[DISTINCT_LIMIT] else quality
            elif found > own:
                value, good = _of_a_row(
                    m, stream, what, time, block, rows, high, high_row - 1 - own, low, low_row
                )
            if good:
                values[column], status[column] = value, quality
