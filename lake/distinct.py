"""What distinct values mean, found once: columns of a chunk as codes into a table that is kept from chunk to chunk."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Codes = NDArray[np.int64]
Meaning = tuple[bool, tuple[int, ...], tuple[float, ...]]
"""Whether the value stands; numbers of 64 bits without sign; floats."""


class Meanings:
    """What values mean, by the tuple of what they are made of. Bounded: a full table is forgotten and begun anew.

    Args:
        make: the meanings of so many tuples that were not seen before.
        keys, floats: how many numbers of each kind a meaning has.
        limit: how many are remembered.
    """

    def __init__(
        self,
        make: Callable[[Sequence[tuple[object, ...]]], Sequence[Meaning]],
        keys: int,
        floats: int,
        limit: int = 400_000,
    ) -> None:
        self._make = make
        self._limit = limit
        self._place: dict[tuple[object, ...], int] = {}
        self._used = 0  # not the size of that: 0.0 and -0.0 are one to Python and two to Arrow
        self._good: NDArray[np.bool_] = np.empty(1024, np.bool_)
        self._keys: NDArray[np.uint64] = np.empty((1024, keys), np.uint64)
        self._floats: NDArray[np.float64] = np.empty((1024, floats), np.float64)

    def of(
        self, columns: Sequence[Any], n: int
    ) -> tuple[NDArray[np.bool_], NDArray[np.uint64], NDArray[np.float64]]:
        """bool[n], uint64[n, keys] and float64[n, floats] for n rows of Arrow `columns`. Nested values never stand."""
        if any(pa.types.is_nested(column.type) for column in columns):
            keys, floats = self._keys.shape[1], self._floats.shape[1]
            return np.zeros(n, np.bool_), np.zeros((n, keys), np.uint64), np.zeros((n, floats))
        codes, values = distinct(columns, n)
        if self._used + len(values) > self._limit:
            self._place.clear()
            self._used = 0
        places = list(map(self._place.get, values))
        fresh = [i for i, place in enumerate(places) if place is None]
        if fresh:
            first = self._used
            self._learn([values[i] for i in fresh])
            for nth, i in enumerate(fresh):
                places[i] = first + nth
        at = np.array(places, np.int64)[codes]
        return self._good[at], self._keys[at], self._floats[at]

    def _learn(self, values: Sequence[tuple[object, ...]]) -> None:
        first = self._used
        self._used += len(values)
        while first + len(values) > len(self._good):
            self._good = _double(self._good)
            self._keys, self._floats = _double(self._keys), _double(self._floats)
        for place, (value, (good, keys, floats)) in enumerate(
            zip(values, self._make(values), strict=True), first
        ):
            self._place[value] = place
            self._good[place], self._keys[place], self._floats[place] = good, keys, floats


def distinct(columns: Sequence[Any], n: int) -> tuple[Codes, list[tuple[object, ...]]]:
    """Codes int64[n] and the different tuples of values that they name, in order of appearance."""
    if not columns:
        return np.zeros(n, np.int64), [()] * min(n, 1)
    parts = [_encoded(column) for column in columns]
    codes, size = parts[0][0], len(parts[0][1])
    for more, values in parts[1:]:
        codes, size = _again(codes * len(values) + more)
    if len(parts) == 1:
        return codes, [(value,) for value in parts[0][1]]
    first = np.full(size, -1, np.int64)
    first[codes[::-1]] = np.arange(n - 1, -1, -1)  # where each is seen first
    picked = [[values[code] for code in part[first].tolist()] for part, values in parts]
    return codes, list(zip(*picked, strict=True))


def _encoded(column: Any) -> tuple[Codes, list[object]]:
    found = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    found = found.dictionary_encode(null_encoding="encode")
    return np.asarray(found.indices, dtype=np.int64), found.dictionary.to_pylist()


def _again(codes: Codes) -> tuple[Codes, int]:
    found = pa.array(codes).dictionary_encode()
    return np.asarray(found.indices, dtype=np.int64), len(found.dictionary)


def _double(array: Any) -> Any:
    return np.concatenate([array, np.empty_like(array)])
