"""The compiled half of `features.assemble`. Brings in numba."""

from math import isnan, nan

import numpy as np
from numba import njit
from numpy.typing import NDArray

from events.types import Status

RATIO, DIFFERENCE, Z_SCORE = 0, 1, 2
"""Kinds of derived columns, the first word of a row of `derived`."""

_FRESH, _ABSENT, _FAILED, _PENDING = (
    np.uint8(int(it)) for it in (Status.FRESH, Status.ABSENT, Status.FAILED, Status.PENDING)
)


@njit(cache=True, nogil=True)
def put_rows(
    rows: NDArray[np.intp],
    velocity: NDArray[np.float64],
    velocity_status: NDArray[np.uint8],
    of_velocity: NDArray[np.intp],
    read: NDArray[np.float64],
    of_fields: NDArray[np.intp],
    graph: NDArray[np.float32],
    graph_status: NDArray[np.uint8],
    graph_one: NDArray[np.intp],
    graph_max: NDArray[np.intp],
    derived: NDArray[np.intp],
    lost: NDArray[np.uint8],
    of_address: NDArray[np.intp],
    rank: NDArray[np.uint8],
    x: NDArray[np.float32],
    status: NDArray[np.uint8],
) -> None:
    """Fill `x` and `status` [m, c] a row at a time; `features.assemble` says what from what."""
    values = np.empty(x.shape[1], np.float64)
    for at in range(len(rows)):
        told = status[at]
        row = rows[at]
        for i in range(len(of_velocity)):
            values[of_velocity[i]] = velocity[row, i]
            told[of_velocity[i]] = velocity_status[row, i]
        for i in range(len(of_fields)):
            values[of_fields[i]] = read[at, i]
            told[of_fields[i]] = _FRESH
        _put_graph(graph[at], graph_status[at], graph_one, graph_max, rank, values, told)
        if lost[at] != _FRESH:
            for i in range(len(of_address)):
                told[of_address[i]] = lost[at]
        _derive(derived, rank, values, told)
        for i in range(len(values)):
            x[at, i] = np.float32(values[i])
            if isnan(values[i]) and told[i] == _FRESH:
                told[i] = _ABSENT


@njit(cache=True, nogil=True)
def _worse(rank: NDArray[np.uint8], one: np.uint8, other: np.uint8) -> np.uint8:
    """Of two statuses the one that speaks for both."""
    return other if rank[other] < rank[one] else one


@njit(cache=True, nogil=True)
def _put_graph(
    graph: NDArray[np.float32],
    graph_status: NDArray[np.uint8],
    graph_one: NDArray[np.intp],
    graph_max: NDArray[np.intp],
    rank: NDArray[np.uint8],
    values: NDArray[np.float64],
    told: NDArray[np.uint8],
) -> None:
    for i in range(len(graph_one)):
        entity = graph_one[i, 1]
        values[graph_one[i, 0]] = graph[entity, graph_one[i, 2]]
        told[graph_one[i, 0]] = graph_status[entity]
    speaker = graph_status[0]
    for entity in range(1, len(graph_status)):
        speaker = _worse(rank, speaker, graph_status[entity])
    for i in range(len(graph_max)):
        highest = nan
        for entity in range(len(graph)):
            value = np.float64(graph[entity, graph_max[i, 1]])
            if not value <= highest and not isnan(value):
                highest = value
        values[graph_max[i, 0]] = highest
        told[graph_max[i, 0]] = speaker


@njit(cache=True, nogil=True, error_model="numpy")
def _derive(
    derived: NDArray[np.intp], rank: NDArray[np.uint8], values: NDArray[np.float64], told: NDArray[np.uint8]
) -> None:
    for i in range(len(derived)):
        kind, column, first, second, last = derived[i]
        one, other = values[first], values[second]
        over = one if kind == RATIO else one - other
        below = 1.0 if kind == DIFFERENCE else values[last]
        values[column] = nan if below == 0.0 else over / below
        speaker = _worse(rank, _worse(rank, told[first], told[second]), told[last])
        lost = speaker in (_FAILED, _PENDING)
        told[column] = _ABSENT if isnan(values[column]) and not lost else speaker
