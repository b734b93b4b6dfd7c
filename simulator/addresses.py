"""Places as structure, before anybody writes them down: columns, one row a place, for millions of them."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from simulator import streets
from simulator.streets import ROW, UNIT_WORDS, Countries, Place, Rows

__all__ = ["UNIT_WORDS", "Place", "Places"]

Index = NDArray[np.int32]

_UNIT_WORD = np.array([["Flat", "Apt"], ["Office", "Suite"]])  # of homes and offices, by country
_WORD = np.vectorize(UNIT_WORDS.index, otypes=[np.int8])(_UNIT_WORD)


@dataclass(slots=True)
class _Store:
    """Rows that all branches append to, in an array that doubles."""

    rows: Rows = field(default_factory=lambda: np.zeros(64, ROW))
    n: int = 0

    def add(self, rows: Rows) -> Index:
        end = self.n + len(rows)
        if end > len(self.rows):
            grown = np.zeros(max(end, 2 * len(self.rows)), ROW)
            grown[: self.n] = self.rows[: self.n]
            self.rows = grown
        self.rows[self.n : end] = rows
        start, self.n = self.n, end
        return np.arange(start, end, dtype=np.int32)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A set of keys that grows by making new ones: sorted runs, merged when alike in size, shared by branches."""

    runs: tuple[NDArray[np.uint64], ...] = ()

    def has(self, keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
        found = np.zeros(len(keys), np.bool_)
        for run in self.runs:
            found |= run[np.minimum(np.searchsorted(run, keys), len(run) - 1)] == keys
        return found

    def plus(self, keys: NDArray[np.uint64]) -> "_Taken":
        if not len(keys):
            return self
        runs, run = list(self.runs), np.sort(keys)
        while runs and len(runs[-1]) <= 2 * len(run):
            run = np.sort(np.concatenate([runs.pop(), run]), kind="stable")
        return _Taken((*runs, run))


@dataclass(slots=True)
class Places:
    """Draws places that nobody else has; a place is a number, a row of the store that all branches share.

    No two are at the same (number, street, type, direction, postcode) unless they are units of one building, and no
    unit is given out twice. A branch holds to that against what was there when it branched and within itself, so
    that what one concern draws never moves another's places: only their numbers depend on who drew first.
    """

    _store: _Store = field(default_factory=_Store)
    _taken: _Taken = field(default_factory=_Taken)
    _own: dict[int, int] | None = None  # of a branch: the turn of its next unit, by building

    def __len__(self) -> int:
        return self._store.n

    def branch(self) -> "Places":
        """A view to draw from without a trace in this one. Its numbers are places of this one, too."""
        return Places(self._store, self._taken, {})

    def houses(self, rng: np.random.Generator, country: Countries) -> Index:
        """New dwellings, one in each of int8[n] countries: int32[n]."""
        return self._fresh(rng, country, streets.houses)

    def buildings(self, rng: np.random.Generator, country: Countries, *, office: bool = False) -> Index:
        """New buildings with units, int32[n]; the row itself names none."""
        return self._fresh(rng, country, streets.offices if office else streets.towers)

    def units(self, rng: np.random.Generator, building: Index, word: str = "") -> Index:
        """A new unit in each of int32[n] buildings, which may repeat: int32[n].

        `word` is one of `UNIT_WORDS`; "" is the usual one: Flat or Apt, in offices Office or Suite.
        """
        if not len(building):
            return np.zeros(0, np.int32)
        rows = self._store.rows[building]
        rows["word"] = (
            UNIT_WORDS.index(word) if word else _WORD[rows["office"].astype(np.int8), rows["country"]]
        )
        rows["unit"] = streets.unit(rows, self._turns(rng, building, streets.wing(rows)))
        rows["parent"], rows["given"] = building, 0
        return self._store.add(rows)

    def country(self, places: Index) -> Countries:
        """int8[n]."""
        country: Countries = self._store.rows["country"][places]
        return country

    def building(self, places: Index) -> Index:
        """The building of each unit, and the place itself where it is no unit: int32[n]."""
        parent = self._store.rows["parent"][places]
        return np.where(parent >= 0, parent, places).astype(np.int32)

    def place(self, number: int) -> Place:
        """The place of that number, in words."""
        return streets.in_words(self._store.rows[number])

    def _turns(self, rng: np.random.Generator, building: Index, wing: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many units of its building come before each unit: int64[n]."""
        found, first, row, count = np.unique(
            building, return_index=True, return_inverse=True, return_counts=True
        )
        order = np.argsort(row, kind="stable")
        turn = np.empty(len(building), np.int64)
        turn[order] = np.arange(len(building)) - np.repeat(np.cumsum(count) - count, count)
        given = self._store.rows["given"]
        if self._own is None:
            begin = given[found].astype(np.int64)
            given[found] += count.astype(np.int32)
        else:
            begin = self._begin(rng, found, given[found] + count, wing[first])
            self._own |= dict(zip(found.tolist(), (begin + count).tolist(), strict=True))
        return turn + begin[row]

    def _begin(
        self, rng: np.random.Generator, building: Index, full: NDArray[np.int64], wing: NDArray[np.int64]
    ) -> NDArray[np.int64]:
        """Where a branch begins in each building: after its own units, or anywhere in the wing that is not full.

        Two branches that begin in one building hardly ever meet in one unit.
        """
        own = self._own or {}
        begun = np.array([own.get(each, -1) for each in building.tolist()], np.int64)
        free = -(-(full + 1) // wing) * wing - full
        count = full - self._store.rows["given"][building]
        fresh = full - count + rng.integers(free)
        return np.where(begun >= 0, begun, fresh)

    def _fresh(
        self,
        rng: np.random.Generator,
        country: Countries,
        draw: Callable[[np.random.Generator, Countries], Rows],
    ) -> Index:
        rows = draw(rng, country)
        keys = streets.keys(rows)
        again = self._again(keys)
        while again.any():
            rows[again] = draw(rng, country[again])
            keys[again] = streets.keys(rows[again])
            again = self._again(keys)
        self._taken = self._taken.plus(keys)
        return self._store.add(rows)

    def _again(self, keys: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Which to draw again: those that are taken, and all but the first of those that are equal."""
        again = np.ones(len(keys), np.bool_)
        again[np.unique(keys, return_index=True)[1]] = False
        return again | self._taken.has(keys)
