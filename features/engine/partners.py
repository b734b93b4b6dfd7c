"""The partners of a large series by the time they were last seen, newest last.

`SPARE` and one more than the distinct limit are enough, because whoever drops out was seen no later than all who stay.
Of each there are, beside its key, the time it was seen before the last, and first; an item lies in columns of one block
of twice the room, so that most of the time an end moves, and no item does.
"""

import numpy as np
from numba import njit

from features.engine.layout import (
    DISTINCT_LIMIT,
    FIRST_ITEMS,
    HELPER,
    I_BEFORE,
    I_FIRST,
    I_KEY,
    ITEM,
    L_BLOCK,
    L_CLASS,
    L_DROPPED,
    L_END,
    L_FIRST,
    L_ROOM,
    NEVER,
    SPARE,
    Int,
    Words,
)
from features.engine.memory import class_of, give, take

_STEP = 8


@njit(**HELPER)
def see(m: Words, at: Int, key: Int, time: Int) -> None:
    """Note in the list at `at` that a partner, as rows hold it, was seen at `time`."""
    if key == 0:
        return
    key = key | 1
    first, end, room = m[at + L_FIRST], m[at + L_END], m[at + L_ROOM]
    times = m[at + L_BLOCK]
    place = _find(m, times + I_KEY * room, first, end, key)
    earliest: Int = time
    if place < first:
        if end - first > m[DISTINCT_LIMIT] + SPARE:
            m[at + L_DROPPED] = 1
            if m[times + first] >= time:
                return
            first += 1  # the one that drops out
            m[at + L_FIRST] = first
        if end == room:
            _make_room(m, at)
            first, end, room = m[at + L_FIRST], m[at + L_END], m[at + L_ROOM]
            times = m[at + L_BLOCK]
        place = end
        m[at + L_END] = end + 1
        before: Int = NEVER
    else:
        last = times + place
        earliest = min(m[last + I_FIRST * room], time)
        if m[last] >= time:
            m[last + I_BEFORE * room] = max(m[last + I_BEFORE * room], time)
            m[last + I_FIRST * room] = earliest
            return
        before = m[last]
    place = _make_place(m, times, room, first, place, m[at + L_END], time)
    at = times + place
    m[at], m[at + I_KEY * room], m[at + I_BEFORE * room], m[at + I_FIRST * room] = time, key, before, earliest


@njit(**HELPER)
def _find(m: Words, keys: Int, first: Int, end: Int, key: Int) -> Int:
    """Which item has `key`, from the end; `first` - 1 where none."""
    at = end
    while at - _STEP >= first:
        hit = False
        for i in range(_STEP):
            hit |= m[keys + at - _STEP + i] == key
        if hit:
            break
        at -= _STEP
    at -= 1
    while at >= first and m[keys + at] != key:
        at -= 1
    return at


@njit(**HELPER)
def _make_place(m: Words, times: Int, room: Int, first: Int, place: Int, end: Int, time: Int) -> Int:
    """Where an item of `time` belongs; it is free, and the item at `place` is gone."""
    while place > first and m[times + place - 1] > time:
        _move(m, times + place - 1, times + place, room, room)
        place -= 1
    while place + 1 < end and m[times + place + 1] <= time:
        _move(m, times + place + 1, times + place, room, room)
        place += 1
    return place


@njit(**HELPER)
def _move(m: Words, source: Int, target: Int, room: Int, target_room: Int) -> None:
    for column in range(ITEM):
        m[target + column * target_room] = m[source + column * room]


@njit(**HELPER)
def _make_room(m: Words, at: Int) -> None:
    """The items to the front of their block, or of one of twice the room where more than half is in use."""
    block, first, end, room = m[at + L_BLOCK], m[at + L_FIRST], m[at + L_END], m[at + L_ROOM]
    items, bigger = end - first, room
    if 2 * items >= room:
        bigger = max(FIRST_ITEMS, 2 * room)
        m[at + L_BLOCK], m[at + L_ROOM] = take(m, class_of(ITEM * bigger)), bigger
    target = m[at + L_BLOCK]
    for i in range(items):
        _move(m, block + first + i, target + i, room, bigger)
    if target != block:
        if room:
            give(m, block, m[at + L_CLASS])
        m[at + L_CLASS] = class_of(ITEM * bigger)
    m[at + L_FIRST], m[at + L_END] = 0, items


@njit(**HELPER)
def seen_since(m: Words, at: Int, time: Int) -> Int:
    """How many of the list at `at` were seen at `time` or later."""
    end = m[at + L_END]
    base, left = m[at + L_BLOCK] + m[at + L_FIRST], end - m[at + L_FIRST]
    last = m[at + L_BLOCK] + end
    while left > 1:  # no branch that could be guessed wrong
        half = left >> 1
        base += half if m[base + half - 1] < time else 0
        left -= half
    if left and m[base] < time:
        base += 1
    return np.int64(last - base)


@njit(**HELPER)
def forget(m: Words, at: Int) -> None:
    """Give the list back."""
    if m[at + L_ROOM]:
        give(m, m[at + L_BLOCK], m[at + L_CLASS])
