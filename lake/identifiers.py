"""Ids of payments as a column, and which of them stand as they are."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

from events.pan import MIN_DIGITS, has_card_number

_LONGEST = 128  # of `events.types.Name`
_SPACE, _TILDE, _ZERO, _NINE = 0x20, 0x7E, 0x30, 0x39
_EXACT = 2.0**53
_PLAIN, _DIGITS = 1, 2


@dataclass(frozen=True, slots=True)
class Identifiers:
    """`text` string[n] (Arrow); `sure` bool[n]: the door takes it letter by letter."""

    text: Any
    sure: NDArray[np.bool_]


def identifiers(column: Any) -> Identifiers:
    """Look at an Arrow column of texts or numbers. What is not `sure` has to go through the door to be known."""
    text = _as_text(column)
    found = _scan(text)
    sure = found == _PLAIN
    digits = np.flatnonzero(found == _DIGITS)
    if len(digits):
        sure[digits] = [not has_card_number(one) for one in text.take(pa.array(digits)).to_pylist()]
    return Identifiers(text, sure)


def _as_text(column: Any) -> Any:
    """A string array: whole numbers as the door writes them, null where that is not sure."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    kind = array.type
    if pa.types.is_string(kind):
        return array
    if pa.types.is_integer(kind) or pa.types.is_large_string(kind):
        return array.cast(pa.string())
    if pa.types.is_floating(kind):
        whole = pc.and_(pc.equal(pc.floor(array), array), pc.less(pc.abs(array), _EXACT))
        return pc.if_else(whole, array, None).cast(pa.int64()).cast(pa.string())
    return pa.nulls(len(array), pa.string())


def _scan(text: Any) -> NDArray[np.uint8]:
    """uint8[n] for a string array: `_PLAIN`, `_DIGITS` where so many digits could be a card number, else 0."""
    n = len(text)
    found = np.zeros(n, np.uint8)
    _, offsets, data = text.buffers()
    if n == 0 or data is None:
        return found
    at = np.frombuffer(offsets, np.int32)[text.offset : text.offset + n + 1]
    _scan_bytes(at, np.frombuffer(data, np.uint8), found)
    if text.null_count:
        found[np.asarray(text.is_null(), dtype=np.bool_)] = 0
    return found


@njit(cache=True)
def _scan_bytes(at: NDArray[np.int32], data: NDArray[np.uint8], found: NDArray[np.uint8]) -> None:
    for i in range(len(found)):
        start, stop = at[i], at[i + 1]
        digits, plain = 0, 0 < stop - start <= _LONGEST
        for place in range(start, stop):
            byte = data[place]
            digits += _ZERO <= byte <= _NINE
            plain &= _SPACE <= byte <= _TILDE
        if plain and data[start] != _SPACE and data[stop - 1] != _SPACE:
            found[i] = _PLAIN if digits < MIN_DIGITS else _DIGITS
