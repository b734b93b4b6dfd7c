"""Seeded chance, as the grammars draw on it."""

from bisect import bisect
from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """Chance from a seed. The same calls give the same draws on every machine."""

    def __init__(self, seed: int | str) -> None:
        self.random = Random(seed).random  # noqa: S311 - made-up addresses, no secrets

    def pick(self, among: Sequence[T]) -> T:
        """One of them, all alike."""
        return among[int(self.random() * len(among))]

    def chance(self, share: float) -> bool:
        """True in `share` of the draws."""
        return self.random() < share

    def number(self, least: int, most: int) -> int:
        """A whole number, both ends in."""
        return least + int(self.random() * (most - least + 1))

    def weighted(self, among: Sequence[T], cumulative: Sequence[float]) -> T:
        """One of them, by cumulative weights that end with 1."""
        return among[min(bisect(cumulative, self.random()), len(among) - 1)]

    def shuffled(self, among: Sequence[T]) -> list[T]:
        """All of them in a drawn order."""
        left = list(among)
        for at in range(len(left) - 1, 0, -1):
            other = int(self.random() * (at + 1))
            left[at], left[other] = left[other], left[at]
        return left
