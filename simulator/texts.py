"""Spellings of places as columns: a place, a writer's care and a seed each, spelled when asked for."""

from dataclasses import dataclass, field

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from simulator.addresses import Places
from simulator.gazetteer import COUNTRIES
from simulator.seeds import Seeds
from simulator.spelling import CARES, DRAWS, Care, spell

Index = NDArray[np.int32]

_MEMO = 1 << 16  # texts of about 300 bytes

_ROW = np.dtype([("seed", "<u8"), ("place", "<i4"), ("care", "i1")])
_STEPS = np.arange(1, DRAWS + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)


class Written(Struct, frozen=True):
    """A spelling: its text and country as the door takes them, the tricks it uses and the place it means."""

    text: str
    country: str
    tricks: tuple[str, ...]
    place: int


@dataclass(slots=True)
class Texts:
    """One text a row; a text is a number. What a text says depends on its place, care, concern and turn in it."""

    places: Places
    seeds: Seeds
    _rows: NDArray[np.void] = field(default_factory=lambda: np.zeros(64, _ROW))
    _n: int = 0
    _memo: dict[int, Written] = field(default_factory=dict)

    def __len__(self) -> int:
        return self._n

    def add(self, places: Index, care: Care, *concern: str) -> Index:
        """One spelling of each of int32[n] places: int32[n]. A concern is added once (see `Seeds`)."""
        end = self._n + len(places)
        if end > len(self._rows):
            grown = np.zeros(max(end, 2 * len(self._rows)), _ROW)
            grown[: self._n] = self._rows[: self._n]
            self._rows = grown
        new = self._rows[self._n : end]
        new["seed"] = self.seeds.ids(len(places), "texts", *concern)
        new["place"], new["care"] = places, CARES.index(care)
        start, self._n = self._n, end
        return np.arange(start, end, dtype=np.int32)

    def place(self, texts: Index) -> Index:
        """The places that int32[n] texts mean: int32[n]."""
        place: Index = self._rows["place"][texts]
        return place

    def written(self, number: int) -> Written:
        """The text of that number."""
        known = self._memo.get(number)
        if known is None:
            if len(self._memo) >= _MEMO:
                self._memo.clear()
            known = self._memo[number] = self._write(number)
        return known

    def _write(self, number: int) -> Written:
        seed, place, care = self._rows[number].tolist()
        where = self.places.place(place)
        text, tricks = spell(where, draws(seed), CARES[care])
        return Written(text, COUNTRIES[where.country], tricks, place)


def draws(seed: int) -> list[float]:
    """`DRAWS` uniform draws in 0..1, by SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) from a 64-bit seed."""
    x = np.uint64(seed) + _STEPS
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    uniform: list[float] = (((x ^ (x >> np.uint64(31))) >> np.uint64(11)) * 2.0**-53).tolist()
    return uniform
