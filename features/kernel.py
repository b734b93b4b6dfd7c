"""The compiled loops of the velocity engine, and the layout of the memory they work on.

They take plan and state as data, so that they compile once, whatever the catalogue. To keep that first compile short,
they pass few arrays, never assign slices, and pass no bare literals (numba compiles for each anew).

One file, though a long one: numba's cache notices a change of the file that a function is in and of no other, so
constants and helpers kept elsewhere could leave a stale kernel that writes to the wrong places.
"""

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from events.types import Status

if TYPE_CHECKING:
    from features.plan import Plan
    from features.state import State

# --- layout ------------------------------------------------------------------------------------------------

NONE = -1

# Columns of `Plan.entities`; from NEEDED on, one for each EventKind: 1 where such an event must know the entity.
FIRST_STREAM, END_STREAM, NEEDED = 0, 1, 2
# Columns of `Plan.streams`; from PARTNER on, the entity kinds counted as partners, NONE where fewer.
KINDS, LONGEST, FIRST_WINDOW, END_WINDOW, HAS_SUM, PARTNERS, PARTNER = 0, 1, 2, 3, 4, 5, 6
# Columns of `Plan.windows`: the length, then output columns (NONE: not asked for), from DISTINCT on one a partner.
LENGTH, COUNT, SUM, MEAN, DISTINCT = 0, 1, 2, 3, 4
# Places in `Plan.limits`.
TTL, DISTINCT_LIMIT = 0, 1

# Places in `State.meta`.
SLOTS, WORDS = 0, 1  # used of each
SINCE = 2  # time of the first event folded
HORIZON = 3  # events before it are no longer expected (watermark less the allowed lateness)
TICK = 4  # marks what one scan has already counted
KEPT_SLOTS, KEPT_WORDS = 5, 6  # used behind the last compaction
FREE = 8  # + i: the first free block of 2 ** i words, 0 where there is none
META = FREE + 40

# Columns of `State.slots`; from SERIES on, where the descriptor of each of its series is in the pool (0: none yet).
KEY, KIND, LAST, STAMP, SERIES = 0, 1, 2, 3, 4
# A descriptor: the running sum before its first row; then for the rows, and for the list of each partner, three
# words: where the block begins (0: none), its words, and how many rows or items are in it.
BASE, ROWS, LIST = 0, 1, 4
BLOCK, ROOM, SIZE = 0, 1, 2
SMALLEST = 4  # words of a first block

NEVER = -(1 << 62)  # before all time, and far enough from the edge of int64 to subtract a window
UNSET = 1 << 62

Words = NDArray[np.int64]
Int = int | np.int64

_FRESH, _WARMING = int(Status.FRESH), int(Status.WARMING)
_CAPPED, _ABSENT = int(Status.CAPPED), int(Status.ABSENT)
_ENTITIES = 8
_MIX = -7046029254386353131  # 2 ** 64 over the golden ratio, as int64
MORE_SLOTS, MORE_WORDS = 1, 2

# Helpers are called from compiled code alone, so numba need not make them callable from Python. Its annotations do
# not know these options, hence the mapping.
_HELPER: dict[str, Any] = {"no_cpython_wrapper": True, "no_cfunc_wrapper": True, "error_model": "numpy"}
_ENTRY: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}


# --- memory ------------------------------------------------------------------------------------------------


@njit(**_HELPER)
def _place(state: "State", key: Int, kind: Int) -> Int:
    """Where in the table (key, kind) is, or where it would go."""
    table, slots = state.table, state.slots
    mask = table.size - 1
    place = (((key ^ (kind << 56)) * _MIX) >> 32) & mask
    while True:
        slot = table[place] - 1
        if slot < 0 or (slots[slot, KEY] == key and slots[slot, KIND] == kind):
            return place
        place = (place + 1) & mask


@njit(**_ENTRY)
def reindex(state: "State") -> None:
    """Fill an empty table."""
    for slot in range(state.meta[SLOTS]):
        state.table[_place(state, state.slots[slot, KEY], state.slots[slot, KIND])] = slot + 1


@njit(**_HELPER)
def _lower(pool: Words, block: Int, stride: Int, last: Int, time: Int) -> Int:
    """The first of the rows 0 .. last of `block` that is at `time` or later (`last`: none), searched from the end."""
    step = 1
    high = last
    low = last - 1
    while low >= 0 and pool[block + low * stride] >= time:
        high = low
        low -= step
        step *= 2
    low = max(low, -1)
    while high - low > 1:
        middle = (low + high) >> 1
        if pool[block + middle * stride] >= time:
            high = middle
        else:
            low = middle
    return high


@njit(**_HELPER)
def _take(meta: Words, pool: Words, room: Int) -> Int:
    """A block of `room` words (a power of two): a free one, whose first word links to the next, else a fresh one."""
    free = FREE
    while (1 << (free - FREE)) < room:
        free += 1
    block: Int = meta[free]
    if block:
        meta[free] = pool[block]
        return block
    block = meta[WORDS]
    meta[WORDS] += room
    return block


@njit(**_HELPER)
def _make_room(meta: Words, pool: Words, at: Int, stride: Int, horizon: Int, base: Int) -> None:
    """Make room in the full block that the words at `at` describe; `base`: where a running sum begins, or 0.

    Rows that no window will see again go; if that frees less than a quarter, the rest moves to a block of twice
    the size.
    """
    block, room, size = pool[at + BLOCK], pool[at + ROOM], pool[at + SIZE]
    gone = _lower(pool, block, stride, size, horizon)
    if gone and base:
        pool[base] = pool[block + (gone - 1) * stride + 1]
    source = block + gone * stride
    target = block
    if gone * 4 < size or size == 0:
        bigger = max(SMALLEST, 2 * room)
        while bigger < stride:
            bigger *= 2
        target = _take(meta, pool, bigger)
        pool[at + BLOCK], pool[at + ROOM] = target, bigger
    for i in range((size - gone) * stride):
        pool[target + i] = pool[source + i]
    pool[at + SIZE] = size - gone
    if target != block and room:
        free = FREE
        while (1 << (free - FREE)) < room:
            free += 1
        pool[block] = meta[free]
        meta[free] = block


@njit(**_HELPER)
def _short(plan: "Plan", state: "State", kind: Int, slots: Words) -> bool:
    """Whether the pool might not hold what an event of `kind` adds."""
    pool = state.pool
    words = 0
    for entity in range(_ENTITIES):
        if slots[entity] < 0:
            continue
        first = plan.entities[entity, FIRST_STREAM]
        for stream in range(first, plan.entities[entity, END_STREAM]):
            if plan.streams[stream, KINDS] >> kind & 1:
                partners = plan.streams[stream, PARTNERS]
                stride = 1 + plan.streams[stream, HAS_SUM] + partners
                series = state.slots[slots[entity], SERIES + stream - first]
                if series == 0:
                    words += LIST + 3 * partners + max(SMALLEST, 2 * stride) + partners * SMALLEST
                    continue
                for at in range(series + ROWS, series + LIST + 3 * partners, 3):
                    if (pool[at + SIZE] + 1) * stride > pool[at + ROOM]:
                        words += max(SMALLEST, 2 * stride, 2 * pool[at + ROOM])
                    stride = 2
    return bool(state.meta[WORDS] + words > pool.size)


@njit(**_HELPER)
def _see_partner(meta: Words, pool: Words, at: Int, slot: Int, time: Int, limit: Int, horizon: Int) -> None:
    """Keep in the list that `at` describes the `limit` + 1 partners seen last, by the time they were."""
    size = pool[at + SIZE]
    place = size - 1
    block = pool[at + BLOCK]
    while place >= 0 and pool[block + 2 * place + 1] != slot:
        place -= 1
    if place < 0 and size > limit:
        place = 0  # the one that drops out
    if place >= 0:
        if pool[block + 2 * place] >= time:
            return
    else:
        if 2 * (size + 1) > pool[at + ROOM]:
            _make_room(meta, pool, at, np.int64(2), horizon, np.int64(0))
            block, size = pool[at + BLOCK], pool[at + SIZE]
        place = size
        size += 1
        pool[at + SIZE] = size
        while place > 0 and pool[block + 2 * (place - 1)] > time:
            pool[block + 2 * place] = pool[block + 2 * (place - 1)]
            pool[block + 2 * place + 1] = pool[block + 2 * (place - 1) + 1]
            place -= 1
    while place + 1 < size and pool[block + 2 * (place + 1)] <= time:
        pool[block + 2 * place] = pool[block + 2 * (place + 1)]
        pool[block + 2 * place + 1] = pool[block + 2 * (place + 1) + 1]
        place += 1
    pool[block + 2 * place] = time
    pool[block + 2 * place + 1] = slot


@njit(**_HELPER)
def _add_row(
    plan: "Plan", state: "State", stream: Int, series: Int, time: Int, amount: Int, slots: Words
) -> None:
    meta, pool = state.meta, state.pool
    horizon = meta[HORIZON] - plan.streams[stream, LONGEST]
    has_sum, partners = plan.streams[stream, HAS_SUM], plan.streams[stream, PARTNERS]
    stride = 1 + has_sum + partners
    if (pool[series + ROWS + SIZE] + 1) * stride > pool[series + ROWS + ROOM]:
        _make_room(meta, pool, series + ROWS, stride, horizon, series + BASE if has_sum else 0)
    first = pool[series + ROWS + BLOCK]
    row = first + pool[series + ROWS + SIZE] * stride
    pool[series + ROWS + SIZE] += 1
    while row > first and pool[row - stride] > time:
        for i in range(stride):
            pool[row + i] = pool[row - stride + i]
        if has_sum:
            pool[row + 1] += amount
        row -= stride
    pool[row] = time
    if has_sum:
        pool[row + 1] = amount + (pool[row - stride + 1] if row > first else pool[series + BASE])
    for p in range(partners):
        slot = slots[plan.streams[stream, PARTNER + p]]
        pool[row + 1 + has_sum + p] = slot
        if slot >= 0:
            limit = plan.limits[DISTINCT_LIMIT]
            _see_partner(meta, pool, series + LIST + 3 * p, slot, time, limit, horizon)


@njit(**_HELPER)
def _new_series(meta: Words, pool: Words, partners: Int) -> Int:
    series: Int = meta[WORDS]
    meta[WORDS] += LIST + 3 * partners
    for at in range(series, meta[WORDS]):
        pool[at] = 0
    return series


@njit(**_HELPER)
def _update(plan: "Plan", state: "State", kind: Int, time: Int, amount: Int, slots: Words) -> None:
    for entity in range(_ENTITIES):
        if slots[entity] < 0:
            continue
        first = plan.entities[entity, FIRST_STREAM]
        for stream in range(first, plan.entities[entity, END_STREAM]):
            wanted = plan.streams[stream, KINDS] >> kind & 1
            if wanted and time >= state.meta[HORIZON] - plan.streams[stream, LONGEST]:
                series = state.slots[slots[entity], SERIES + stream - first]
                if series == 0:
                    series = _new_series(state.meta, state.pool, plan.streams[stream, PARTNERS])
                    state.slots[slots[entity], SERIES + stream - first] = series
                _add_row(plan, state, stream, series, time, amount, slots)


@njit(**_HELPER)
def _read_distinct(
    plan: "Plan",
    state: "State",
    stream: Int,
    series: Int,
    p: Int,
    time: Int,
    values: NDArray[np.float64],
    status: NDArray[np.uint8],
) -> None:
    """The distinct counts of partner column `p`.

    The list has the answer, unless rows later than `time` are there already (this event is late): then the rows
    are scanned, newest first.
    """
    meta, pool, slots = state.meta, state.pool, state.slots
    limit = plan.limits[DISTINCT_LIMIT]
    partner = 1 + plan.streams[stream, HAS_SUM] + p
    stride = 1 + plan.streams[stream, HAS_SUM] + plan.streams[stream, PARTNERS]
    block, at = pool[series + ROWS + BLOCK], pool[series + ROWS + SIZE]
    late = at > 0 and pool[block + (at - 1) * stride] > time
    if late:
        at = _lower(pool, block, stride, at, time + 1)
        meta[TICK] += 1
    else:
        stride = 2
        block, at = pool[series + LIST + 3 * p + BLOCK], pool[series + LIST + 3 * p + SIZE]
    found = 0
    for window in range(plan.streams[stream, FIRST_WINDOW], plan.streams[stream, END_WINDOW]):
        since = max(time - plan.windows[window, LENGTH], meta[HORIZON] - plan.streams[stream, LONGEST])
        while at > 0 and found <= limit and pool[block + (at - 1) * stride] >= since:
            at -= 1
            if late:
                slot = pool[block + at * stride + partner]
                if slot < 0 or slots[slot, STAMP] == meta[TICK]:
                    continue
                slots[slot, STAMP] = meta[TICK]
            found += 1
        column = plan.windows[window, DISTINCT + p]
        if column != NONE:
            values[column] = min(found, limit)
            if found > limit:
                status[column] = _CAPPED


@njit(**_HELPER)
def _read(
    plan: "Plan",
    state: "State",
    stream: Int,
    series: Int,
    time: Int,
    values: NDArray[np.float64],
    status: NDArray[np.uint8],
) -> None:
    """The columns of `stream` as seen at `time`; series 0: nothing has happened yet."""
    meta, pool = state.meta, state.pool
    partners = plan.streams[stream, PARTNERS]
    stride = 1 + plan.streams[stream, HAS_SUM] + partners
    block = pool[series + ROWS + BLOCK] if series else 0
    end = _lower(pool, block, stride, pool[series + ROWS + SIZE], time + 1) if series else 0
    low = end
    for window in range(plan.streams[stream, FIRST_WINDOW], plan.streams[stream, END_WINDOW]):
        since = time - plan.windows[window, LENGTH]
        quality = _WARMING if since < meta[SINCE] else _FRESH
        low = _lower(pool, block, stride, low, max(since, meta[HORIZON] - plan.streams[stream, LONGEST]))
        total = 0
        if end > low and plan.streams[stream, HAS_SUM]:
            before = pool[block + (low - 1) * stride + 1] if low else pool[series + BASE]
            total = pool[block + (end - 1) * stride + 1] - before
        for column, value in (
            (plan.windows[window, COUNT], np.float64(end - low)),
            (plan.windows[window, SUM], np.float64(total)),
        ):
            if column != NONE:
                values[column] = value
                status[column] = quality
        column = plan.windows[window, MEAN]
        if column != NONE and end > low:
            values[column] = np.float64(total) / np.float64(end - low)
            status[column] = quality
        for p in range(partners):
            column = plan.windows[window, DISTINCT + p]
            if column != NONE:
                values[column] = 0.0
                status[column] = quality
    if series:
        for p in range(partners):
            _read_distinct(plan, state, stream, series, p, time, values, status)


@njit(**_HELPER)
def _find(plan: "Plan", state: "State", kind: Int, time: Int, keys: Words, slots: Words) -> None:
    """The slots of an event's entities, -1 where absent or unknown; those that the event adds to are made."""
    meta, table = state.meta, state.slots
    for entity in range(_ENTITIES):
        slots[entity] = -1
        if keys[entity]:
            place = _place(state, keys[entity], entity)
            slot = np.int64(state.table[place]) - 1
            if plan.entities[entity, NEEDED + kind]:
                if slot < 0:
                    slot = meta[SLOTS]
                    meta[SLOTS] += 1
                    state.table[place] = slot + 1
                    for column in range(table.shape[1]):
                        table[slot, column] = 0
                    table[slot, KEY], table[slot, KIND], table[slot, LAST] = keys[entity], entity, time
                table[slot, LAST] = max(table[slot, LAST], time)
            slots[entity] = slot


@njit(**_ENTRY)
def fold(
    plan: "Plan",
    state: "State",
    times: Words,
    kinds: NDArray[np.uint8],
    keys: Words,
    amounts: Words,
    slots: Words,
    start: Int,
    values: NDArray[np.float64],
    status: NDArray[np.uint8],
) -> tuple[int, int]:
    """Fold events from `start` on and write their rows of `values` [n, v] and `status` [n, v].

    `slots` [8] is scratch. Returns (n, 0), or (i, what) where event i needs more of what (MORE_SLOTS, MORE_WORDS)
    before it is folded: give it and go on from i.
    """
    for i in range(start, times.size):
        if state.meta[SLOTS] + _ENTITIES > state.slots.shape[0]:
            return i, MORE_SLOTS
        time, kind = times[i], np.int64(kinds[i])
        _find(plan, state, kind, time, keys[i], slots)
        if _short(plan, state, kind, slots):
            return i, MORE_WORDS
        if state.meta[SINCE] == UNSET:
            state.meta[SINCE] = time
        _update(plan, state, kind, time, amounts[i], slots)
        for column in range(values.shape[1]):
            values[i, column] = np.nan
            status[i, column] = _ABSENT
        for entity in range(_ENTITIES):
            if keys[i, entity]:
                first = plan.entities[entity, FIRST_STREAM]
                for stream in range(first, plan.entities[entity, END_STREAM]):
                    series = np.int64(0)
                    if slots[entity] >= 0:
                        series = state.slots[slots[entity], SERIES + stream - first]
                    _read(plan, state, stream, series, time, values[i], status[i])
    return times.size, 0


@njit(**_HELPER)
def _move(old: "State", new: "State", at: Int, to: Int, stride: Int, horizon: Int) -> Int:
    """Move what is at or after `horizon` of the block described at `at`; where it now is (0: nothing is left)."""
    size = old.pool[at + SIZE]
    gone = _lower(old.pool, old.pool[at + BLOCK], stride, size, horizon)
    size -= gone
    if size == 0:
        return 0
    room = SMALLEST
    while room < size * stride:
        room *= 2
    target: Int = _take(new.meta, new.pool, room)
    new.pool[to + BLOCK], new.pool[to + ROOM], new.pool[to + SIZE] = target, room, size
    source = old.pool[at + BLOCK] + gone * stride
    for i in range(size * stride):
        new.pool[target + i] = old.pool[source + i]
    for i in range(size * stride, room):
        new.pool[target + i] = 0
    return target


@njit(**_HELPER)
def _rename(pool: Words, block: Int, stride: Int, size: Int, column: Int, moved: Words) -> None:
    for place in range(block + column, block + column + size * stride, stride):
        if pool[place] >= 0:
            pool[place] = moved[pool[place]]


@njit(**_ENTRY)
def compact(plan: "Plan", old: "State", new: "State", moved: Words) -> None:
    """Copy what some window may still see from `old` to the empty `new` of the same capacity.

    `moved` [slots of old] is scratch. The table of `new` is left empty.
    """
    for slot in range(old.meta[SLOTS]):
        moved[slot] = -1
        if old.slots[slot, LAST] >= old.meta[HORIZON] - plan.limits[TTL]:
            to = new.meta[SLOTS]
            moved[slot] = to
            new.meta[SLOTS] += 1
            for column in range(new.slots.shape[1]):
                new.slots[to, column] = old.slots[slot, column] if column < STAMP else 0
    for slot in range(old.meta[SLOTS]):
        entity = old.slots[slot, KIND]
        first = plan.entities[entity, FIRST_STREAM]
        for stream in range(first, plan.entities[entity, END_STREAM]):
            series = old.slots[slot, SERIES + stream - first]
            if moved[slot] < 0 or series == 0:
                continue
            horizon = old.meta[HORIZON] - plan.streams[stream, LONGEST]
            has_sum, partners = plan.streams[stream, HAS_SUM], plan.streams[stream, PARTNERS]
            stride = 1 + has_sum + partners
            block, size = old.pool[series + ROWS + BLOCK], old.pool[series + ROWS + SIZE]
            gone = _lower(old.pool, block, stride, size, horizon)
            if gone == size:
                continue
            to = _new_series(new.meta, new.pool, partners)
            new.slots[moved[slot], SERIES + stream - first] = to
            new.pool[to + BASE] = old.pool[series + BASE]
            if gone and has_sum:
                new.pool[to + BASE] = old.pool[block + (gone - 1) * stride + 1]
            block = _move(old, new, series + ROWS, to + ROWS, stride, horizon)
            for p in range(partners):
                _rename(new.pool, block, stride, size - gone, 1 + has_sum + p, moved)
                at, goal = series + LIST + 3 * p, to + LIST + 3 * p
                items = _move(old, new, at, goal, np.int64(2), horizon)
                _rename(new.pool, items, np.int64(2), new.pool[goal + SIZE], np.int64(1), moved)
