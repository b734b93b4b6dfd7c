"""The loop over events: find the keys, add the event where streams want it, read every window, forget a little."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from events.types import Status
from features.engine import series
from features.engine.layout import (
    ADDED,
    AMOUNT_BELOW,
    AMOUNT_FROM,
    CHANNELS,
    END_KIND,
    END_STREAM,
    ENTRY_POINT,
    EVENT_KINDS,
    FIRST_KIND,
    FIRST_STREAM,
    HELPER,
    HORIZON,
    IN_RECORD,
    KEY,
    KIND,
    LONGEST,
    NEXT_STREAM,
    ONE,
    OTHER,
    RECORD,
    SINCE,
    SPREAD,
    SWEPT,
    UNSET,
    WORDS,
    Int,
    Words,
)
from features.engine.memory import await_entry, await_record, hash_of, mixed
from features.engine.pointer import pointer_to
from features.engine.read import Statuses, Values, read
from features.engine.records import record_of, sweep

_ABSENT = np.uint8(int(Status.ABSENT))
_SLACK = 1 << 22  # words that one event may need at most
Keys = NDArray[np.uint64]


@njit(**HELPER)
def _wants(m: Words, stream: Int, kind: Int, channel: Int, amount: Int) -> bool:
    return bool(
        m[stream + EVENT_KINDS] >> kind & 1
        and m[stream + CHANNELS] >> channel & 1
        and m[stream + AMOUNT_FROM] <= amount < m[stream + AMOUNT_BELOW]
    )


@njit(**HELPER)
def _find_keys(m: Words, keys: Keys, i: Int) -> None:
    """Note in the plan the key that event `i` has of each kind (0: none), and its hash.

    Where a key's record is found lies anywhere in the memory, so all those places are asked for before any is read.
    """
    for kind in range(m[FIRST_KIND], m[END_KIND], KIND):
        one, other = keys[i, m[kind + ONE]], m[kind + OTHER]
        if other >= 0 and one != 0:
            one = mixed(one, keys[i, other]) if keys[i, other] != 0 else np.uint64(0)
        m[kind + KEY] = np.int64(one)
        if one != 0 and m[kind + FIRST_STREAM] != 0:
            spread = hash_of(np.int64(one), kind)
            m[kind + SPREAD] = np.int64(spread)
            await_entry(m, spread)


@njit(**HELPER)
def _find_records(m: Words, kind: Int, channel: Int, time: Int, amount: Int) -> Int:
    """Note in the plan the records of the event's keys and the streams that want it; how many records were made."""
    made = np.int64(0)
    for key in range(m[FIRST_KIND], m[END_KIND], KIND):
        if m[key + KEY] != 0 and m[key + FIRST_STREAM] != 0:
            await_record(m, np.uint64(m[key + SPREAD]))
    for key in range(m[FIRST_KIND], m[END_KIND], KIND):
        m[key + RECORD] = 0
        stream, end = m[key + FIRST_STREAM], m[key + END_STREAM]
        if m[key + KEY] == 0 or stream == end:
            continue
        wanted = False
        while stream < end:
            m[stream + ADDED] = 0
            if _wants(m, stream, kind, channel, amount) and time >= m[HORIZON] - m[stream + LONGEST]:
                m[stream + ADDED] = 1
                wanted = True
            stream = m[stream + NEXT_STREAM]
        record, fresh = record_of(m, key, time, wanted)
        m[key + RECORD] = record
        made += fresh
    return made


@njit(**HELPER)
def _update(m: Words, time: Int, amount: Int) -> None:
    for kind in range(m[FIRST_KIND], m[END_KIND], KIND):
        record, stream, end = m[kind + RECORD], m[kind + FIRST_STREAM], m[kind + END_STREAM]
        if record == 0:
            continue
        while stream < end:
            if m[stream + ADDED]:
                cutoff = m[HORIZON] - m[stream + LONGEST]
                series.add_row(m, stream, record + m[stream + IN_RECORD], time, amount, cutoff)
            stream = m[stream + NEXT_STREAM]


@njit(**HELPER)
def _read(m: Words, time: Int, columns: Int, values: Values, status: Statuses) -> None:
    for column in range(columns):
        values[column] = np.nan
        status[column] = _ABSENT
    for kind in range(m[FIRST_KIND], m[END_KIND], KIND):
        stream, end, record = m[kind + FIRST_STREAM], m[kind + END_STREAM], m[kind + RECORD]
        if m[kind + KEY] == 0:
            continue
        while stream < end:
            at = record + m[stream + IN_RECORD] if record else np.int64(0)
            read(m, stream, at, time, values, status)
            stream = m[stream + NEXT_STREAM]


def _stamp() -> str:
    """A hash of all compiled sources.

    numba's cache notices a change of the file that an entry point is in, and of no other. The hash is a value that
    the entry points close over, so any change makes other entries of the cache.
    """
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


Fold = Callable[..., int]


def _compiled(stamp: str) -> Fold:
    @njit(**ENTRY_POINT)
    def fold(
        memory: Words,
        times: Words,
        kinds: NDArray[np.uint8],
        channels: NDArray[np.uint8],
        keys: Keys,
        amounts: Words,
        wanted: NDArray[np.bool_],
        values: Values,
        status: Statuses,
    ) -> int:
        stamp  # noqa: B018 - closed over, see `_stamp`
        m = pointer_to(memory, 0)
        for i in range(times.size):
            if m[WORDS] + _SLACK > memory.size:
                return i
            if m[SINCE] == UNSET:
                m[SINCE] = times[i]
            _find_keys(m, keys, i)
            made = _find_records(m, np.int64(kinds[i]), np.int64(channels[i]), times[i], amounts[i])
            _update(m, times[i], amounts[i])
            if made:
                sweep(m, made * SWEPT)
            if wanted.size and wanted[i]:
                row, told = pointer_to(values, i), pointer_to(status, i)
                _read(m, times[i], values.shape[1], row, told)
        return int(times.size)

    return cast("Fold", fold)


fold = _compiled(_stamp())
"""Fold n events; where `wanted` bool[n] says so, write their rows of `values` [n, v] and `status` [n, v].

With an empty `wanted` nothing is read. Returns how many were folded: fewer than n when the memory is full.
"""
