"""The velocity engine's memory: flat arrays that kernels fill, that grow by doubling and go to disk as they are.

An entity seen is a *slot*, found by hash table. A slot has a *series* for each stream in which it has had events:
rows by time (ties in fold order) with a running sum of amounts and the slots of the partners, in one block of the
row pool. For each partner kind a series also keeps its partners by the time last seen, newest last, in a block of
the item pool; one more than the distinct limit is enough there, because who drops out was seen before all who stay.
Blocks have 2, 4, 8, ... places; one that was outgrown waits in a free list of its size.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.plan import Plan

# Places in `State.meta`.
SLOTS, SERIES, ROWS, ITEMS = 0, 1, 2, 3  # used of each pool; also the names of the pools
SINCE = 4  # time of the first event folded
HORIZON = 5  # events before it are no longer expected (watermark less the allowed lateness)
TICK = 6  # marks what one scan has already counted
KEPT_SLOTS, KEPT_ROWS = 7, 8  # used behind the last compaction
META = 9

NEVER = -(1 << 62)  # before all time, and far enough from the edge of int64 to subtract a window
UNSET = 1 << 62
_SIZES = 40  # of blocks: up to 2 ** 40 places


class State(NamedTuple):
    """See the module. `series` columns are int64 so that a kernel reads a series with one cache line."""

    meta: NDArray[np.int64]  # [META]
    table: NDArray[np.int32]  # [2 * slots]: slot + 1, 0 where free; open addressing
    slot_key: NDArray[np.uint64]  # [slots]
    slot_kind: NDArray[np.uint8]  # [slots]: index into ENTITY_KINDS
    slot_last: NDArray[np.int64]  # [slots]: latest time it was owner or partner of a row
    slot_series: NDArray[np.int32]  # [slots, streams of a kind]: series, or -1
    slot_stamp: NDArray[np.int64]  # [slots]: the last TICK that counted it
    series_block: NDArray[np.int64]  # [series]: where its block begins in the row pool
    series_room: NDArray[np.int64]  # [series]: places in the block
    series_size: NDArray[np.int64]  # [series]: places used
    series_base: NDArray[np.int64]  # [series]: running sum before its first row
    list_block: NDArray[np.int64]  # [series, p]
    list_room: NDArray[np.int64]  # [series, p]
    list_size: NDArray[np.int64]  # [series, p]
    row_time: NDArray[np.int64]  # [rows]
    row_sum: NDArray[np.int64]  # [rows]
    row_partner: NDArray[np.int32]  # [rows, p]: slot, or -1
    item_time: NDArray[np.int64]  # [items]
    item_slot: NDArray[np.int32]  # [items]
    free_rows: NDArray[np.int64]  # [_SIZES]: first free block of 2 ** i places, or -1
    free_items: NDArray[np.int64]  # [_SIZES]


# The arrays of each pool, by its place in `meta`.
POOLS: tuple[tuple[str, ...], ...] = (
    ("slot_key", "slot_kind", "slot_last", "slot_series", "slot_stamp"),
    (
        "series_block", "series_room", "series_size", "series_base", "list_block", "list_room", "list_size",
    ),
    ("row_time", "row_sum", "row_partner"),
    ("item_time", "item_slot"),
)  # fmt: skip


def make_state(plan: Plan, capacity: tuple[int, int, int, int] = (4096, 4096, 32_768, 16_384)) -> State:
    """An empty state with room for so many slots (a power of two), series, rows and items."""
    slots, series, rows, items = capacity
    width = plan.stream_partner.shape[1]
    streams = max(1, int(np.diff(plan.first_stream).max(initial=0)))
    meta = np.zeros(META, dtype=np.int64)
    meta[SINCE], meta[HORIZON] = UNSET, NEVER
    return State(
        meta=meta,
        table=np.zeros(2 * slots, dtype=np.int32),
        slot_key=np.empty(slots, dtype=np.uint64),
        slot_kind=np.empty(slots, dtype=np.uint8),
        slot_last=np.empty(slots, dtype=np.int64),
        slot_series=np.empty((slots, streams), dtype=np.int32),
        slot_stamp=np.empty(slots, dtype=np.int64),
        series_block=np.empty(series, dtype=np.int64),
        series_room=np.empty(series, dtype=np.int64),
        series_size=np.empty(series, dtype=np.int64),
        series_base=np.empty(series, dtype=np.int64),
        list_block=np.empty((series, width), dtype=np.int64),
        list_room=np.empty((series, width), dtype=np.int64),
        list_size=np.empty((series, width), dtype=np.int64),
        row_time=np.empty(rows, dtype=np.int64),
        row_sum=np.empty(rows, dtype=np.int64),
        row_partner=np.empty((rows, width), dtype=np.int32),
        item_time=np.empty(items, dtype=np.int64),
        item_slot=np.empty(items, dtype=np.int32),
        free_rows=np.full(_SIZES, -1, dtype=np.int64),
        free_items=np.full(_SIZES, -1, dtype=np.int64),
    )


def capacity_of(state: State) -> tuple[int, int, int, int]:
    """Places of each pool, used or not."""
    return len(state.slot_key), len(state.series_block), len(state.row_time), len(state.item_time)


def grown(state: State, pool: int) -> State:
    """`state` with twice the places in `pool`. A grown slot pool needs its table filled anew (`kernel.reindex`)."""
    arrays: dict[str, NDArray[np.generic]] = {}
    for name in POOLS[pool]:
        old: NDArray[np.generic] = getattr(state, name)
        new = np.empty((2 * len(old), *old.shape[1:]), dtype=old.dtype)
        new[: len(old)] = old
        arrays[name] = new
    if pool == SLOTS:
        arrays["table"] = np.zeros(2 * len(state.table), dtype=np.int32)
    return state._replace(**arrays)


def memory_of(state: State) -> int:
    """Bytes in use: pools up to where they are used, and the table."""
    used = sum(
        int(state.meta[pool]) * getattr(state, name)[:1].nbytes for pool, names in enumerate(POOLS) for name in names
    )
    return used + state.table.nbytes


