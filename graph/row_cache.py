"""Graph feature rows that the process remembers, found by token and gathered a batch at a time."""

from collections import deque
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from events.types import EntityKind
from features.feature import GRAPH_KINDS

Missing = dict[str, list[int]]
"""Tokens, and where in `RowCache.find`'s answer, counted row by row, each stands."""

ABSENT, UNKNOWN = 0, -1
"""Places that are no row: nothing is served of this entity; nobody has asked yet."""


class RowCache:
    """Rows float32[width] of up to `size` tokens, the oldest forgotten first; of some it knows that there is none."""

    def __init__(self, width: int, size: int) -> None:
        self._width = width
        self._size = size
        self.clear()

    def clear(self) -> None:
        # An entity that a payment lacks is absent like one that the store lacks.
        self._places: dict[str | None, int] = {None: ABSENT}
        self._order: deque[str] = deque()
        self._free: list[int] = []
        self._used = 1
        self._rows = np.full((1, self._width), np.nan, np.float32)

    def __len__(self) -> int:
        return len(self._order)

    def find(self, entities: Sequence[Mapping[EntityKind, str]]) -> tuple[NDArray[np.intp], Missing]:
        """The place of each of `GRAPH_KINDS`, intp[m, 7], and the tokens that are `UNKNOWN`."""
        place = self._places.get
        tokens = [found.get(kind) for found in entities for kind in GRAPH_KINDS]
        at = np.array([place(token, UNKNOWN) for token in tokens], np.intp)
        missing: Missing = {}
        for i in np.flatnonzero(at == UNKNOWN).tolist():
            if (token := tokens[i]) is not None:
                missing.setdefault(token, []).append(i)
        return at.reshape(len(entities), len(GRAPH_KINDS)), missing

    def add(self, at: NDArray[np.intp], missing: Missing, rows: Sequence[bytes | None]) -> None:
        """Note what the store has of `missing` tokens, little-endian float32s or None, and put their places in `at`."""
        there = [row for row in rows if row is not None]
        slots = self._slots(len(there))
        if there:
            self._rows[slots] = np.frombuffer(b"".join(there), "<f4").reshape(-1, self._width)
        following = iter(slots)
        for (token, where), row in zip(missing.items(), rows, strict=True):
            self._places[token] = ABSENT if row is None else next(following)
            at.flat[where] = self._places[token]
        self._order.extend(missing)

    def rows(self, at: NDArray[np.intp]) -> NDArray[np.float32]:
        """float32[..., width] at `at`; NaN where there is no row."""
        found: NDArray[np.float32] = self._rows[np.maximum(at, ABSENT)]
        return found

    def trim(self) -> None:
        """Forget what is more than `size`. Places that `find` gave are of no use any more."""
        while len(self._order) > self._size:
            place = self._places.pop(self._order.popleft())
            if place != ABSENT:
                self._free.append(place)

    def _slots(self, many: int) -> list[int]:
        """`many` rows that nobody uses."""
        old, self._free = self._free[:many], self._free[many:]
        end = self._used + many - len(old)
        if end > len(self._rows):
            more = np.empty((max(end, 2 * len(self._rows)) - len(self._rows), self._width), np.float32)
            self._rows = np.concatenate((self._rows, more))
        fresh = list(range(self._used, end))
        self._used = end
        return [*old, *fresh]
