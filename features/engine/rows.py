"""Rows in one block, by time, ties in fold order.

A row holds its time; where the stream sums, the sum of amounts up to and with it (from the block's first row); where it
wants deviations, the same of squares in two words; then the keys of its partners. The lowest bit of such a key says
whether it is the newest row with that partner in a short series, so that counting different ones is counting bits.
"""

import numpy as np
from numba import njit

from features.engine.layout import (
    HAS_SQUARE,
    HAS_SUM,
    HELPER,
    KEY,
    PARTNER,
    PARTNERS,
    STRIDE,
    Int,
    Words,
)
from features.engine.squares import add, less, square

_SPREAD = np.int64(-7046029254386353131)  # odd, so that different keys stay different


@njit(**HELPER)
def outwards(m: Words, block: Int, stride: Int, first: Int, end: Int, time: Int, hint: Int) -> Int:
    """The first of the rows `first` .. `end` - 1 that is at `time` or later (`end`: none), searched from `hint` on."""
    low = min(max(hint, first), end)
    step = 1
    if low < end and m[block + low * stride] < time:
        high = low + 1
        while high < end and m[block + high * stride] < time:
            low = high
            high += step
            step *= 2
        high = min(high, end)
    else:
        high = low
        low -= 1
        while low >= first and m[block + low * stride] >= time:
            high = low
            low -= step
            step *= 2
        low = max(low, first - 1)
    while high - low > 1:
        middle = (low + high) >> 1
        if m[block + middle * stride] >= time:
            high = middle
        else:
            low = middle
    return high


@njit(**HELPER)
def lower(m: Words, block: Int, stride: Int, end: Int, time: Int) -> Int:
    """The first of the rows 0 .. `end` - 1 that is at `time` or later, searched from the end."""
    return outwards(m, block, stride, np.int64(0), end, time, end)


@njit(**HELPER)
def amount_at(m: Words, block: Int, stride: Int, row: Int) -> Int:
    """The amount of a row: its running sum less the one before."""
    at = block + row * stride + 1
    return m[at] - m[at - stride] if row else m[at]


@njit(**HELPER)
def partner(m: Words, stream: Int, p: Int) -> Int:
    """The event's `p`-th partner as rows and lists hold it: its key, spread, with the last bit set; 0 for none."""
    key = m[m[stream + PARTNER + p] + KEY]
    return (key * _SPREAD) | 1 if key else key


@njit(**HELPER)
def insert(m: Words, stream: Int, block: Int, rows: Int, time: Int, amount: Int, short: bool) -> None:
    """Put a row among the `rows` of a block that has room for it; `short`: the block is a short series."""
    stride, partners = m[stream + STRIDE], m[stream + PARTNERS]
    has_sum, has_square = m[stream + HAS_SUM], m[stream + HAS_SQUARE]
    low, high = square(amount) if has_square else (np.uint64(0), np.uint64(0))
    row = block + rows * stride
    while row > block and m[row - stride] > time:
        for i in range(stride):
            m[row + i] = m[row - stride + i]
        if has_sum:
            m[row + 1] += amount
        if has_square:
            add(m, row + 2, low, high)
        row -= stride
    m[row] = time
    at = row + 1
    if has_sum:
        m[at] = amount + (m[at - stride] if row > block else 0)
        at += 1
    if has_square:
        m[at], m[at + 1] = np.int64(low), np.int64(high)
        if row > block:
            add(m, at, np.uint64(m[at - stride]), np.uint64(m[at + 1 - stride]))
        at += 2
    for p in range(partners):
        key = partner(m, stream, p)
        m[at + p] = key
        if key and short:
            _mark_newest(m, block + stride - partners + p, stride, (row - block) // stride, rows, key)


@njit(**HELPER)
def _mark_newest(m: Words, column: Int, stride: Int, place: Int, rows: Int, key: Int) -> None:
    """A row with `key` was put at `place` before or among `rows` others: it, or one behind it, is the newest."""
    for row in range(place + 1, rows + 1):
        if m[column + row * stride] | 1 == key:
            m[column + place * stride] = key ^ 1
            return
    for row in range(place - 1, -1, -1):
        if m[column + row * stride] == key:
            m[column + row * stride] = key ^ 1
            return


@njit(**HELPER)
def move_rows(m: Words, stream: Int, source: Int, first: Int, rows: Int, target: Int) -> None:
    """Copy rows `first` .. `rows` - 1 of `source` to the front of `target`, sums counted from there."""
    stride = m[stream + STRIDE]
    has_sum, has_square = m[stream + HAS_SUM], m[stream + HAS_SQUARE]
    before = source + (first - 1) * stride
    total = m[before + 1] if first and has_sum else np.int64(0)
    low, high = np.uint64(0), np.uint64(0)
    if first and has_square:
        low, high = np.uint64(m[before + 2]), np.uint64(m[before + 3])
    for i in range((rows - first) * stride):
        m[target + i] = m[source + first * stride + i]
    if first and has_sum:
        for row in range(target, target + (rows - first) * stride, stride):
            m[row + 1] -= total
            if has_square:
                left, above = less(np.uint64(m[row + 2]), np.uint64(m[row + 3]), low, high)
                m[row + 2], m[row + 3] = np.int64(left), np.int64(above)
