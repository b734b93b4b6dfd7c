"""The table behind `streaming.seen.Seen`: a ring of 128-bit digests and an open-addressing index into it."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

_Ring = NDArray[np.uint64]
_Slots = NDArray[np.int32]
NEXT, SIZE = 0, 1
"""Places in `Table.meta`: the ring's next slot, and how many of its slots hold a digest."""


class Table(NamedTuple):
    ring: NDArray[np.uint64]  # [horizon, 2]
    slots: NDArray[np.int32]  # [a power of 2]: 1 + a slot of the ring, 0 where empty
    meta: NDArray[np.int64]  # [2]


def make_table(horizon: int) -> Table:
    """An empty table for `horizon` digests; pages are taken as they are written."""
    size = 1 << (2 * horizon).bit_length()
    return Table(np.zeros((horizon, 2), np.uint64), np.zeros(size, np.int32), np.zeros(2, np.int64))


@njit(cache=True, nogil=True)
def _find(ring: _Ring, slots: _Slots, high: np.uint64, low: np.uint64) -> int:
    """The place in the index that holds the digest, or the empty one where it would go."""
    mask = len(slots) - 1
    at = np.int64(high & np.uint64(mask))
    while slots[at] != 0:
        row = slots[at] - 1
        if ring[row, 0] == high and ring[row, 1] == low:
            break
        at = (at + 1) & mask
    return int(at)


@njit(cache=True, nogil=True)
def _remove(ring: _Ring, slots: _Slots, at: int) -> None:
    """Empty place `at` of the index, moving up what had to go behind it."""
    mask = len(slots) - 1
    hole, look = at, at
    while True:
        look = (look + 1) & mask
        if slots[look] == 0:
            break
        home = np.int64(ring[slots[look] - 1, 0] & np.uint64(mask))
        if ((look - home) & mask) >= ((look - hole) & mask):
            slots[hole] = slots[look]
            hole = look
    slots[hole] = 0


@njit(cache=True, nogil=True)
def add_all(
    ring: _Ring, slots: _Slots, meta: NDArray[np.int64], digests: NDArray[np.uint64], fresh: NDArray[np.bool_]
) -> None:
    """Note digests [n, 2] in order; `fresh` bool[n] tells which were not known."""
    horizon = len(ring)
    for i in range(len(digests)):
        high, low = digests[i, 0], digests[i, 1]
        at = _find(ring, slots, high, low)
        fresh[i] = slots[at] == 0
        if not fresh[i]:
            continue
        slot = meta[NEXT]
        # A slot whose digest was taken back is named by no place of the index.
        old = _find(ring, slots, ring[slot, 0], ring[slot, 1])
        if slots[old] == slot + 1:
            _remove(ring, slots, old)
            meta[SIZE] -= 1
            at = _find(ring, slots, high, low)
        ring[slot, 0], ring[slot, 1] = high, low
        slots[at] = slot + 1
        meta[NEXT] = (slot + 1) % horizon
        meta[SIZE] += 1


@njit(cache=True, nogil=True)
def take_back(ring: _Ring, slots: _Slots, meta: NDArray[np.int64], high: np.uint64, low: np.uint64) -> None:
    """Forget one digest."""
    at = _find(ring, slots, high, low)
    if slots[at] != 0:
        _remove(ring, slots, at)
        meta[SIZE] -= 1
