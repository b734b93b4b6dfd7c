"""The velocity engine's memory: address space that is reserved once and filled as it is used, so nothing ever moves."""

import mmap

import numpy as np
from numpy.typing import NDArray

from features.engine.distinct import CURSOR
from features.engine.layout import (
    CHUNK,
    CURSORS,
    DISTINCT_LIMIT,
    FREE_WORDS,
    HORIZON,
    LATER,
    MET,
    MET_MASK,
    NEVER,
    PLAN_AT,
    SINCE,
    SPARE,
    UNSET,
    WORDS,
)
from features.plan import Plan

_RESERVED = 1 << 35  # bytes of address space; memory is taken a page at a time, when first written
_LEAST = 1 << 28
_NO_RESERVE = getattr(mmap, "MAP_NORESERVE", 0x4000)
_WORD = 8


def make_state(plan: Plan) -> NDArray[np.int64]:
    """An empty state (`features.engine.layout`), int64[words], with the plan in its place."""
    memory = np.frombuffer(_reserve(), dtype=np.int64)
    memory[[SINCE, HORIZON]] = UNSET, NEVER
    at = PLAN_AT + len(plan.words)
    memory[PLAN_AT:at] = plan.words
    for place, value in plan.facts.items():
        memory[place] = value
    memory[CURSORS], memory[MET] = at, at + plan.partners * CURSOR
    slots = 1 << int(2 * max(CHUNK, int(memory[DISTINCT_LIMIT]) + 2)).bit_length()
    memory[MET_MASK] = slots - 1
    memory[LATER] = int(memory[MET]) + plan.partners * 2 * slots
    used = int(memory[LATER]) + plan.partners * (int(memory[DISTINCT_LIMIT]) + 1 + SPARE)
    memory[WORDS] = used + used % 2
    return memory


def bytes_of(memory: NDArray[np.int64]) -> int:
    """Bytes in use: blocks that hold something, hash tables, plan and scratch."""
    return int(memory[WORDS] - memory[FREE_WORDS]) * _WORD


def _reserve() -> mmap.mmap:
    """As much address space as the system gives."""
    size = _RESERVED
    while True:
        try:
            space = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | _NO_RESERVE)
        except OSError:
            if size <= _LEAST:
                raise
            size //= 2
        else:
            space.madvise(mmap.MADV_HUGEPAGE)
            return space
