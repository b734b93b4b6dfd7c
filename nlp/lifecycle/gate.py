"""Whether a candidate may take the place of the current tagger: no field of any country may be surely worse."""

from collections.abc import Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from nlp.fields import FIELDS
from nlp.lifecycle.measure import Measured, f1

ADDRESS = "address"
"""Stands for the whole address, leniently, among the fields."""


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One field (or `ADDRESS`) of one country on one set: F1 (share of right addresses) of both taggers.

    `low` and `high` are the interval of candidate less current, by resampling addresses in pairs. `worse` stops the
    candidate.
    """

    set: str
    country: str
    field: str
    support: int
    current: float
    candidate: float
    low: float
    high: float
    worse: bool

    def __str__(self) -> str:
        return (
            f"{self.country} {self.field} on {self.set}: {self.current:.3f} -> {self.candidate:.3f} (difference "
            f"{self.low:+.3f} to {self.high:+.3f}, {self.support} values)"
        )


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """What is surely worse.

    Attributes:
        level: of the intervals. Some hundred are looked at, so at .95 five would be beyond theirs by chance alone.
        tolerance: a loss below this is none: wordings differ by as much.
        support: fields that fewer texts have are told, but stop nothing.
        draws, seed: of the bootstrap (Efron, 1979; in pairs, as Koehn, 2004, compares translations).
    """

    level: float = 0.99
    tolerance: float = 0.002
    support: int = 10
    draws: int = 1_000
    seed: int = 7

    def compare(self, set_: str, country: str, current: Measured, candidate: Measured) -> list[Finding]:
        """A finding a field that either has to do with, and one of the whole address."""
        n = len(current.lenient)
        if not n:
            return []
        rng = np.random.default_rng(self.seed)
        weights = rng.multinomial(n, np.full(n, 1 / n), size=self.draws).astype(np.float64)
        return list(self._findings(set_, country, current, candidate, weights))

    def _findings(
        self, set_: str, country: str, current: Measured, candidate: Measured, weights: NDArray[np.float64]
    ) -> Iterator[Finding]:
        before, after = current.counts.sum(axis=0), candidate.counts.sum(axis=0)
        for i, field in enumerate(FIELDS):
            if not before[i].any() and not after[i].any():
                continue
            drawn = f1(weights @ candidate.counts[:, i]) - f1(weights @ current.counts[:, i])
            support = int(before[i, 0] + before[i, 2])
            yield self._finding(
                set_, country, field, support, float(f1(before[i])), float(f1(after[i])), drawn
            )
        n = len(current.lenient)
        drawn = weights @ (candidate.lenient.astype(np.float64) - current.lenient) / n
        yield self._finding(
            set_, country, ADDRESS, n, float(current.lenient.mean()), float(candidate.lenient.mean()), drawn
        )

    def _finding(
        self,
        set_: str,
        country: str,
        field: str,
        support: int,
        current: float,
        candidate: float,
        drawn: NDArray[np.float64],
    ) -> Finding:
        edge = (1 - self.level) / 2
        low, high = (float(x) for x in np.quantile(drawn, (edge, 1 - edge)))
        return Finding(
            set=set_,
            country=country,
            field=field,
            support=support,
            current=current,
            candidate=candidate,
            low=low,
            high=high,
            worse=support >= self.support and high < 0 and current - candidate > self.tolerance,
        )
