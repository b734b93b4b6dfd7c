"""The velocity engine's memory: four flat arrays that kernels fill, that double when full and go to disk as they are.

An entity seen is a *slot*, found by hash table. A slot has a *series* for each stream in which it has had events. A
series holds rows by time (ties in fold order): time, running sum of amounts (where the stream sums), and the slots
of the partners. For each partner kind it also holds a list of (time, slot): its partners by the time last seen,
newest last. One more than the distinct limit is enough there, because whoever drops out was seen no later than all
who stay.

Series descriptors, rows and lists all live in one pool of 64-bit words. Rows and lists have blocks of 4, 8, 16 ...
words; one that was outgrown waits in a free list of its size.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.kernel import END_STREAM, FIRST_STREAM, HORIZON, META, NEVER, SERIES, SINCE, SLOTS, UNSET, WORDS
from features.plan import Plan


class State(NamedTuple):
    meta: NDArray[np.int64]  # [META]
    table: NDArray[np.int32]  # [2 * slots]: slot + 1, 0 where free; open addressing
    slots: NDArray[
        np.int64
    ]  # [slots, 4 + streams of a kind]; LAST is its latest time as owner or partner of a row
    pool: NDArray[np.int64]  # [words]; word 0 is never used


def make_state(plan: Plan, slots: int = 4096, words: int = 262_144) -> State:
    """An empty state with room for so many slots (a power of two) and words."""
    streams = int((plan.entities[:, END_STREAM] - plan.entities[:, FIRST_STREAM]).max())
    meta = np.zeros(META, dtype=np.int64)
    meta[WORDS], meta[SINCE], meta[HORIZON] = 1, UNSET, NEVER
    pool = np.empty(words, dtype=np.int64)
    pool[0] = 0
    return State(
        meta=meta,
        table=np.zeros(2 * slots, dtype=np.int32),
        slots=np.empty((slots, SERIES + streams), dtype=np.int64),
        pool=pool,
    )


def with_more_slots(state: State) -> State:
    """`state` with twice the slots, and an empty table: `kernel.reindex` fills it."""
    slots = np.empty((2 * len(state.slots), state.slots.shape[1]), dtype=np.int64)
    slots[: len(state.slots)] = state.slots
    return state._replace(slots=slots, table=np.zeros(2 * len(state.table), dtype=np.int32))


def with_more_words(state: State) -> State:
    """`state` with twice the words."""
    pool = np.empty(2 * len(state.pool), dtype=np.int64)
    pool[: len(state.pool)] = state.pool
    return state._replace(pool=pool)


def memory_of(state: State) -> int:
    """Bytes in use: slots and words up to where they are used, and the table."""
    return int(state.meta[SLOTS]) * state.slots[:1].nbytes + int(state.meta[WORDS]) * 8 + state.table.nbytes
