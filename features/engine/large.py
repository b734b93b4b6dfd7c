"""Large series: chunks of rows under a directory, so that no row is ever far to move and old ones go a chunk at a time.

A place in a large series is an entry of its directory and a row in that entry's chunk; the end of one chunk and the
start of the next are the same place. For each partner it also keeps a list (`features.engine.partners`).
"""

import numpy as np
from numba import njit

from features.engine.layout import (
    B_CLASS,
    B_DIRECTORY,
    B_END,
    B_HEAD,
    B_LISTS,
    CHUNK,
    E_BEFORE,
    E_CHUNK,
    E_ROWS,
    E_SQUARE,
    E_SUM,
    E_TIME,
    END_WINDOW,
    ENTRY,
    FIRST_ENTRIES,
    FIRST_WINDOW,
    HAS_EXTREME,
    HAS_SQUARE,
    HAS_SUM,
    HELPER,
    LIST,
    PARTNERS,
    ROWS,
    STRIDE,
    WINDOW,
    Int,
    Words,
)
from features.engine.memory import class_of, give, room_of, take
from features.engine.partners import forget, see
from features.engine.rows import amount_at, insert, move_rows, outwards, partner
from features.engine.squares import add, square

_HIGHEST = np.iinfo(np.int64).max


@njit(**HELPER)
def header_class(m: Words, stream: Int) -> Int:
    """The class of a large series' header."""
    windows = (m[stream + END_WINDOW] - m[stream + FIRST_WINDOW]) // WINDOW
    return class_of(B_LISTS + LIST * m[stream + PARTNERS] + windows)


@njit(**HELPER)
def chunk_class(m: Words, stream: Int) -> Int:
    """The class of a full block of rows."""
    return class_of(CHUNK * m[stream + STRIDE])


@njit(**HELPER)
def entry_at(m: Words, stream: Int, header: Int, entry: Int) -> Int:
    """Where entry number `entry` of the directory is in the pool."""
    return m[header + B_DIRECTORY] + entry * m[stream + ENTRY]


@njit(**HELPER)
def enlarge(m: Words, stream: Int, block: Int) -> Int:
    """Make a full block the first chunk of a large series; where its header is."""
    width, stride = m[stream + ENTRY], m[stream + STRIDE]
    size_class = header_class(m, stream)
    header = take(m, size_class)
    for i in range(room_of(size_class)):
        m[header + i] = 0
    directory_class = class_of(FIRST_ENTRIES * width)
    directory = take(m, directory_class)
    m[header + B_DIRECTORY], m[header + B_CLASS] = directory, directory_class
    m[header + B_END] = 1
    for i in range(width):
        m[directory + i] = 0
    m[directory + E_CHUNK], m[directory + E_ROWS], m[directory + E_TIME] = block, CHUNK, m[block]
    _set_extremes(m, stream, directory)
    partners = m[stream + PARTNERS]
    for row in range(CHUNK):
        at = block + row * stride
        for p in range(partners):
            see(m, header + B_LISTS + LIST * p, m[at + stride - partners + p], m[at])
    return header


@njit(**HELPER)
def _set_extremes(m: Words, stream: Int, entry: Int) -> None:
    if not m[stream + HAS_EXTREME]:
        return
    at = entry + m[stream + ENTRY] - 2
    m[at], m[at + 1] = _HIGHEST, -_HIGHEST
    for row in range(m[entry + E_ROWS]):
        amount = amount_at(m, m[entry + E_CHUNK], m[stream + STRIDE], row)
        m[at], m[at + 1] = min(m[at], amount), max(m[at + 1], amount)


@njit(**HELPER)
def add_row(
    m: Words,
    stream: Int,
    header: Int,
    time: Int,
    amount: Int,
    cutoff: Int,
) -> None:
    """Add a row to a large series."""
    stride = m[stream + STRIDE]
    last = m[header + B_END] - 1
    at = entry_at(m, stream, header, last)
    rows = m[at + E_ROWS]
    if time >= m[m[at + E_CHUNK] + (rows - 1) * stride]:
        if rows == CHUNK:
            _expire(m, stream, header, cutoff)
            last = _open_entry(m, stream, header, m[header + B_END])
            at = entry_at(m, stream, header, last)
    else:
        last, row = seek(m, stream, header, time + 1, m[header + B_END] - 1, np.int64(CHUNK))
        at = entry_at(m, stream, header, last)
        if m[at + E_ROWS] == CHUNK:
            last = _split(m, stream, header, last) + (row > CHUNK // 2)
            at = entry_at(m, stream, header, last)
    insert(m, stream, m[at + E_CHUNK], m[at + E_ROWS], time, amount, False)
    m[at + E_ROWS] += 1
    m[at + E_TIME] = m[m[at + E_CHUNK]]
    if m[stream + HAS_EXTREME]:
        mark = at + m[stream + ENTRY] - 2
        m[mark], m[mark + 1] = min(m[mark], amount), max(m[mark + 1], amount)
    _count_behind(m, stream, header, last, amount)
    for p in range(m[stream + PARTNERS]):
        see(m, header + B_LISTS + LIST * p, partner(m, stream, p), time)


@njit(**HELPER)
def _count_behind(m: Words, stream: Int, header: Int, entry: Int, amount: Int) -> None:
    """A late row: the entries behind its own have one more before them."""
    if entry + 1 == m[header + B_END]:
        return
    low, high = square(amount)
    for behind in range(entry + 1, m[header + B_END]):
        at = entry_at(m, stream, header, behind)
        m[at + E_BEFORE] += 1
        if m[stream + HAS_SUM]:
            m[at + E_SUM] += amount
        if m[stream + HAS_SQUARE]:
            add(m, at + E_SQUARE, low, high)


@njit(**HELPER)
def _expire(m: Words, stream: Int, header: Int, cutoff: Int) -> None:
    """Free the chunks that no window will see again; the last one stays."""
    stride = m[stream + STRIDE]
    size_class = chunk_class(m, stream)
    while m[header + B_HEAD] + 1 < m[header + B_END]:
        at = entry_at(m, stream, header, m[header + B_HEAD])
        chunk, rows = m[at + E_CHUNK], m[at + E_ROWS]
        if m[chunk + (rows - 1) * stride] >= cutoff:
            return
        give(m, chunk, size_class)
        m[ROWS] -= rows
        m[header + B_HEAD] += 1


@njit(**HELPER)
def _open_entry(m: Words, stream: Int, header: Int, at: Int) -> Int:
    """A new entry at number `at`, with an empty chunk and the sums of all before it; its number now."""
    width, stride = m[stream + ENTRY], m[stream + STRIDE]
    head, end, size_class = m[header + B_HEAD], m[header + B_END], m[header + B_CLASS]
    directory = m[header + B_DIRECTORY]
    if (end + 1) * width > room_of(size_class):
        target = directory
        if 2 * head < end:
            target = take(m, size_class + 2)
            m[header + B_DIRECTORY], m[header + B_CLASS] = target, size_class + 2
        for i in range((end - head) * width):
            m[target + i] = m[directory + head * width + i]
        if target != directory:
            give(m, directory, size_class)
        directory = target
        at, end = at - head, end - head
        m[header + B_HEAD] = 0
    for i in range(directory + (end + 1) * width - 1, directory + (at + 1) * width - 1, -1):
        m[i] = m[i - width]
    m[header + B_END] = end + 1
    entry, before = directory + at * width, directory + (at - 1) * width
    rows = m[before + E_ROWS]
    final = m[before + E_CHUNK] + (rows - 1) * stride
    m[entry + E_CHUNK] = take(m, chunk_class(m, stream))
    m[entry + E_ROWS] = 0
    m[entry + E_BEFORE] = m[before + E_BEFORE] + rows
    if m[stream + HAS_SUM]:
        m[entry + E_SUM] = m[before + E_SUM] + m[final + 1]
    if m[stream + HAS_SQUARE]:
        m[entry + E_SQUARE], m[entry + E_SQUARE + 1] = m[before + E_SQUARE], m[before + E_SQUARE + 1]
        add(m, entry + E_SQUARE, np.uint64(m[final + 2]), np.uint64(m[final + 3]))
    if m[stream + HAS_EXTREME]:
        m[entry + width - 2], m[entry + width - 1] = _HIGHEST, -_HIGHEST
    return at


@njit(**HELPER)
def _split(m: Words, stream: Int, header: Int, entry: Int) -> Int:
    """Move the second half of a full chunk into a new one behind it; the number of the first half's entry now."""
    at = entry_at(m, stream, header, entry)
    m[at + E_ROWS] = CHUNK // 2
    behind = _open_entry(m, stream, header, entry + 1)
    at = entry_at(m, stream, header, behind - 1)
    fresh = entry_at(m, stream, header, behind)
    move_rows(m, stream, m[at + E_CHUNK], CHUNK // 2, CHUNK, m[fresh + E_CHUNK])
    m[fresh + E_ROWS] = CHUNK - CHUNK // 2
    m[fresh + E_TIME] = m[m[fresh + E_CHUNK]]
    _set_extremes(m, stream, at)
    _set_extremes(m, stream, fresh)
    return behind - 1


@njit(**HELPER)
def seek(m: Words, stream: Int, header: Int, time: Int, entry: Int, row: Int) -> tuple[Int, Int]:
    """(entry, row): the place before the first row at `time` or later, searched outwards from the place given."""
    width, stride = m[stream + ENTRY], m[stream + STRIDE]
    head, end = m[header + B_HEAD], m[header + B_END]
    directory = m[header + B_DIRECTORY]
    low = outwards(m, directory + E_TIME, width, head, end, time, entry) - 1
    if low < head:
        return head, np.int64(0)
    at = directory + low * width
    rows = m[at + E_ROWS]
    return low, outwards(m, m[at + E_CHUNK], stride, np.int64(0), rows, time, row if low == entry else rows)


@njit(**HELPER)
def clear(m: Words, stream: Int, header: Int) -> None:
    """Give everything back."""
    size_class = chunk_class(m, stream)
    for entry in range(m[header + B_HEAD], m[header + B_END]):
        at = entry_at(m, stream, header, entry)
        m[ROWS] -= m[at + E_ROWS]
        give(m, m[at + E_CHUNK], size_class)
    give(m, m[header + B_DIRECTORY], m[header + B_CLASS])
    for p in range(m[stream + PARTNERS]):
        forget(m, header + B_LISTS + LIST * p)
    give(m, header, header_class(m, stream))
