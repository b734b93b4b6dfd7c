"""Blocks of the pool, and the hash tables that find a key's record."""

import numpy as np
from numba import njit

from features.engine import layout
from features.engine.layout import (
    FIRST_ROOM,
    FREE,
    FREE_WORDS,
    HELPER,
    MASK,
    R_KEY,
    R_KIND,
    TABLE,
    TABLE_SHIFT,
    TABLE_WORDS,
    TABLES_AT,
    TAG_BITS,
    TAG_SHIFT,
    USED,
    WORDS,
    Int,
    Words,
)
from features.engine.pointer import fetch

_U32 = np.uint64(0xFFFFFFFF)
_ONE = np.uint64(1)
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2 ** 64 over the golden ratio
_MIX2 = np.uint64(0xD6E8FEB86659FD93)
_S29, _S32 = np.uint64(29), np.uint64(32)
_TABLE_SHIFT, _TAG_SHIFT, _TAG_BITS = np.uint64(TABLE_SHIFT), np.uint64(TAG_SHIFT), np.uint64(TAG_BITS)


room_of = njit(**HELPER)(layout.room_of)


@njit(**HELPER)
def class_of(words: Int) -> Int:
    """The smallest class that holds so many words."""
    size_class = 0
    while room_of(size_class) < words:
        size_class += 1
    return size_class


@njit(**HELPER)
def take(m: Words, size_class: Int) -> Int:
    """A block, not cleared: a free one, whose first word links to the next, else a fresh one."""
    block: Int = m[FREE + size_class]
    if block:
        m[FREE + size_class] = m[block]
        m[FREE_WORDS] -= room_of(size_class)
        return block
    block = m[WORDS]
    m[WORDS] += room_of(size_class)
    return block


@njit(**HELPER)
def give(m: Words, block: Int, size_class: Int) -> None:
    """Put a block on the list of free ones."""
    m[block] = m[FREE + size_class]
    m[FREE + size_class] = block
    m[FREE_WORDS] += room_of(size_class)


@njit(**HELPER)
def mixed(one: np.uint64, other: np.uint64) -> np.uint64:
    """The key of a pair."""
    pair = (one * _MIX) ^ (other + _MIX2)
    pair = (pair ^ (pair >> _S29)) * _MIX2
    return (pair ^ (pair >> _S32)) | _ONE


@njit(**HELPER)
def hash_of(key: Int, kind: Int) -> np.uint64:
    """Spreads keys over tables (top bits) and places (the bits below)."""
    spread = (np.uint64(key) ^ (np.uint64(kind) * _MIX2)) * _MIX
    return spread ^ (spread >> _S32)


@njit(**HELPER)
def tag_of(spread: np.uint64) -> np.uint64:
    """The bits of a hash that an entry keeps: enough to place it in a table of any size."""
    return (spread >> _S29) & _TAG_BITS


@njit(**HELPER)
def table_of(spread: np.uint64) -> Int:
    """Where the table of a hash is described."""
    return TABLES_AT + np.int64(spread >> _TABLE_SHIFT) * TABLE_WORDS


@njit(**HELPER)
def is_full(m: Words, spread: np.uint64) -> bool:
    """Whether the table of a hash, if there is one, would have to grow for another entry."""
    table = table_of(spread)
    return bool(m[table + TABLE]) and (m[table + USED] + 1) * 4 > (m[table + MASK] + 1) * 3


@njit(**HELPER)
def _home(m: Words, spread: np.uint64) -> Int:
    """Where an entry should be; it may lie behind."""
    table = table_of(spread)
    return m[table + TABLE] + (np.int64(tag_of(spread)) & m[table + MASK])


@njit(**HELPER)
def await_entry(m: Words, spread: np.uint64) -> None:
    """Have the place where an entry should be brought near."""
    fetch(m, _home(m, spread))


@njit(**HELPER)
def await_record(m: Words, spread: np.uint64) -> None:
    """Have the record brought near that stands where an entry should be."""
    entry = np.uint64(m[_home(m, spread)])
    if (entry >> _TAG_SHIFT) & _TAG_BITS == tag_of(spread):
        fetch(m, np.int64(entry & _U32) * 2)


@njit(**HELPER)
def find(m: Words, key: Int, kind: Int, spread: np.uint64) -> Int:
    """Where the entry of (key, kind) is in the pool; 0 where there is none."""
    table = table_of(spread)
    first, mask = m[table + TABLE], m[table + MASK]
    if first == 0:
        return 0
    tag = tag_of(spread)
    place = np.int64(tag) & mask
    while True:
        entry = np.uint64(m[first + place])
        if entry == 0:
            return 0
        if (entry >> _TAG_SHIFT) & _TAG_BITS == tag:
            record = np.int64(entry & _U32) * 2
            if m[record + R_KEY] == key and m[record + R_KIND] == kind:
                return first + place
        place = (place + 1) & mask


@njit(**HELPER)
def _put(m: Words, first: Int, mask: Int, entry: np.uint64) -> Int:
    place = np.int64((entry >> _TAG_SHIFT) & _TAG_BITS) & mask
    while m[first + place] != 0:
        place = (place + 1) & mask
    m[first + place] = np.int64(entry)
    return first + place


@njit(**HELPER)
def enter(m: Words, record: Int, spread: np.uint64) -> Int:
    """Enter a record that is in no table yet; where its entry is."""
    table = table_of(spread)
    first, mask = m[table + TABLE], m[table + MASK]
    if first == 0 or is_full(m, spread):
        bigger = FIRST_ROOM if first == 0 else 2 * (mask + 1)
        fresh = take(m, class_of(bigger))
        for i in range(bigger):
            m[fresh + i] = 0
        if first:
            for i in range(mask + 1):
                if m[first + i] != 0:
                    _put(m, fresh, bigger - 1, np.uint64(m[first + i]))
            give(m, first, class_of(mask + 1))
        first, mask = fresh, np.int64(bigger - 1)
        m[table + TABLE], m[table + MASK] = first, mask
    m[table + USED] += 1
    return _put(m, first, mask, np.uint64(record >> 1) | (tag_of(spread) << _TAG_SHIFT))


@njit(**HELPER)
def leave(m: Words, table: Int, place: Int) -> None:
    """Take the entry at `place` of the table at `table` out; those behind it move up (Knuth 6.4, algorithm R)."""
    first, mask = m[table + TABLE], m[table + MASK]
    hole, at = place, place
    while True:
        at = (at + 1) & mask
        entry = np.uint64(m[first + at])
        if entry == 0:
            break
        home = np.int64((entry >> _TAG_SHIFT) & _TAG_BITS) & mask
        if ((at - home) & mask) >= ((at - hole) & mask):
            m[first + hole] = m[first + at]
            hole = at
    m[first + hole] = 0
    m[table + USED] -= 1
