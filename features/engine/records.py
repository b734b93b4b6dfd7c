"""Records of keys: found or made, and freed when no window will see what they hold any more."""

import numpy as np
from numba import njit

from features.engine import series
from features.engine.layout import (
    END_STREAM,
    EPOCH_MS,
    EPOCH_SHIFT,
    EPOCHS,
    FIRST_STREAM,
    HELPER,
    HORIZON,
    IN_RECORD,
    KEY,
    MASK,
    NEXT_STREAM,
    R_KEY,
    R_KIND,
    R_LAST,
    REACH,
    RECORD_CLASS,
    RECORDS,
    SPREAD,
    SWEEP_PLACE,
    SWEEP_TABLE,
    TABLE,
    TABLE_WORDS,
    TABLES,
    TABLES_AT,
    Int,
    Words,
)
from features.engine.memory import enter, find, give, is_full, leave, room_of, table_of, take

_REF = np.uint64(0xFFFFFFFF)
_CLEAR_EPOCH = np.uint64((1 << EPOCH_SHIFT) - 1)
_EPOCH_SHIFT = np.uint64(EPOCH_SHIFT)


@njit(**HELPER)
def _note_epoch(m: Words, entry: Int, kind: Int, time: Int) -> None:
    """Note in a key's entry when, in coarse and wrapping time, no window will see it any more."""
    epoch = ((time + m[kind + REACH]) // m[EPOCH_MS] + 1) % EPOCHS
    m[entry] = np.int64((np.uint64(m[entry]) & _CLEAR_EPOCH) | (np.uint64(epoch) << _EPOCH_SHIFT))


@njit(**HELPER)
def record_of(m: Words, kind: Int, time: Int, wanted: bool) -> tuple[Int, Int]:
    """(record of the event's key of `kind`, 0 where there is none and none is `wanted`; 1 where it was made)."""
    key = m[kind + KEY]
    spread = np.uint64(m[kind + SPREAD])
    entry = find(m, key, kind, spread)
    if entry:
        record = np.int64(np.uint64(m[entry]) & _REF) * 2
        if wanted and time > m[record + R_LAST]:
            m[record + R_LAST] = time
            _note_epoch(m, entry, kind, time)
        return record, np.int64(0)
    if not wanted:
        return np.int64(0), np.int64(0)
    if is_full(m, spread):
        _clear_table(m, table_of(spread))
    size_class = m[kind + RECORD_CLASS]
    record = take(m, size_class)
    for i in range(room_of(size_class)):
        m[record + i] = 0
    m[record + R_KEY], m[record + R_KIND], m[record + R_LAST] = key, kind, time
    m[RECORDS] += 1
    _note_epoch(m, enter(m, record, spread), kind, time)
    return record, np.int64(1)


@njit(**HELPER)
def _free_dead(m: Words, table: Int, place: Int) -> bool:
    """Free the record that an entry names and take the entry out, if no window will see it again; whether so."""
    entry = np.uint64(m[m[table + TABLE] + place])
    now = m[HORIZON] // m[EPOCH_MS]
    if entry == 0 or (np.int64(entry >> _EPOCH_SHIFT) - now) % EPOCHS < EPOCHS // 2:
        return False
    record = np.int64(entry & _REF) * 2
    kind = m[record + R_KIND]
    if m[record + R_LAST] >= m[HORIZON] - m[kind + REACH]:
        return False
    _free(m, record, kind)
    leave(m, table, place)
    return True


@njit(**HELPER)
def sweep(m: Words, entries: Int) -> None:
    """Look at some entries of the hash tables, and free the records that are dead."""
    number, place = m[SWEEP_TABLE], m[SWEEP_PLACE]
    for _ in range(entries):
        table = TABLES_AT + number * TABLE_WORDS
        if m[table + TABLE] == 0 or place > m[table + MASK]:
            number, place = (number + 1) % TABLES, np.int64(0)
        elif not _free_dead(m, table, place):
            place += 1  # else what moved up to this place is next
    m[SWEEP_TABLE], m[SWEEP_PLACE] = number, place


@njit(**HELPER)
def _clear_table(m: Words, table: Int) -> None:
    """Free all that is dead in one table: before it grows, for one that has grown stays so."""
    place = np.int64(0)
    while place <= m[table + MASK]:
        if not _free_dead(m, table, place):
            place += 1


@njit(**HELPER)
def _free(m: Words, record: Int, kind: Int) -> None:
    stream, end = m[kind + FIRST_STREAM], m[kind + END_STREAM]
    while stream < end:
        series.clear(m, stream, record + m[stream + IN_RECORD])
        stream = m[stream + NEXT_STREAM]
    give(m, record, m[kind + RECORD_CLASS])
    m[RECORDS] -= 1
