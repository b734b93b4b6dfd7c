"""A column that grows: what is known of an entity, one value a number."""

from typing import Any, Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Index = NDArray[np.int32]
S = TypeVar("S", bound=np.generic)


class Column(Generic[S]):
    """Values of one dtype (a structured one, too) in an array that doubles when it is full."""

    def __init__(self, dtype: Any) -> None:
        self._values: NDArray[S] = np.empty(64, dtype)
        self._n = 0

    def __len__(self) -> int:
        return self._n

    @property
    def values(self) -> NDArray[S]:
        """All of them; a view that the next `add` may leave behind."""
        return self._values[: self._n]

    def add(self, values: NDArray[S]) -> Index:
        """Put `values` behind the others and return their numbers."""
        end = self._n + len(values)
        if end > len(self._values):
            grown = np.empty(max(end, 2 * len(self._values)), self._values.dtype)
            grown[: self._n] = self.values
            self._values = grown
        self._values[self._n : end] = values
        start, self._n = self._n, end
        return np.arange(start, end, dtype=np.int32)
