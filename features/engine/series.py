"""A series: a block of rows while it is short, a large series from then on."""

from numba import njit

from features.engine import large
from features.engine.layout import (
    CHUNK,
    CLASS_BITS,
    CLASS_SHIFT,
    HELPER,
    LARGE,
    ROWS,
    S_BLOCK,
    S_INFO,
    SIZE_BITS,
    STRIDE,
    Int,
    Words,
)
from features.engine.memory import class_of, give, room_of, take
from features.engine.rows import insert, lower, move_rows


@njit(**HELPER)
def add_row(m: Words, stream: Int, series: Int, time: Int, amount: Int, cutoff: Int) -> None:
    """Add a row to the series at `series`; rows before `cutoff`, which no window will see again, may go."""
    stride = m[stream + STRIDE]
    block, info = m[series + S_BLOCK], m[series + S_INFO]
    m[ROWS] += 1
    if block and not info & LARGE:
        size, size_class = info & SIZE_BITS, (info >> CLASS_SHIFT) & CLASS_BITS
        if size == CHUNK or (size + 1) * stride > room_of(size_class):
            _make_room(m, stream, series, cutoff)
            block, info = m[series + S_BLOCK], m[series + S_INFO]
    elif block == 0:
        size_class = class_of(stride)
        block, info = take(m, size_class), size_class << CLASS_SHIFT
        m[series + S_BLOCK] = block
    if info & LARGE:
        large.add_row(m, stream, block, time, amount, cutoff)
        return
    insert(m, stream, block, info & SIZE_BITS, time, amount, True)
    m[series + S_INFO] = info + 1


@njit(**HELPER)
def _make_room(m: Words, stream: Int, series: Int, cutoff: Int) -> None:
    """Make room in a full block: rows gone by go; if those are few, the rest moves to a block of twice the size."""
    stride = m[stream + STRIDE]
    block, info = m[series + S_BLOCK], m[series + S_INFO]
    size, size_class = info & SIZE_BITS, (info >> CLASS_SHIFT) & CLASS_BITS
    gone = lower(m, block, stride, size, cutoff)
    target, bigger = block, size_class
    if gone * 4 < size:
        if size == CHUNK:
            m[series + S_BLOCK] = large.enlarge(m, stream, block)
            m[series + S_INFO] = LARGE
            return
        bigger = min(size_class + 2, large.chunk_class(m, stream))
        target = take(m, bigger)
    move_rows(m, stream, block, gone, size, target)
    if target != block:
        give(m, block, size_class)
    m[ROWS] -= gone
    m[series + S_BLOCK] = target
    m[series + S_INFO] = (size - gone) | (bigger << CLASS_SHIFT)


@njit(**HELPER)
def clear(m: Words, stream: Int, series: Int) -> None:
    """Free all that a series holds."""
    block, info = m[series + S_BLOCK], m[series + S_INFO]
    if block == 0:
        return
    if info & LARGE:
        large.clear(m, stream, block)
    else:
        m[ROWS] -= info & SIZE_BITS
        give(m, block, (info >> CLASS_SHIFT) & CLASS_BITS)
    m[series + S_BLOCK], m[series + S_INFO] = 0, 0
