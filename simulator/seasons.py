"""When people buy: weekends, pay days, sales and festivals, and a slow drift."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from simulator.seeds import Seeds
from simulator.spec import DAY_MS, WorldSpec

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_WEEK = (0.96, 0.95, 0.96, 0.99, 1.08, 1.10, 0.96)  # Monday first
_PAY_DAYS = {1: 1.18, 2: 1.12, 3: 1.06, 30: 1.05, 31: 1.10}  # by day of the month
_DAYS_A_SALE = 45.0
_SALE_LIFTS = (1.6, 2.6)


@dataclass(frozen=True, slots=True)
class Calendar:
    """`start` is the first day (days since 1970), `upto` [days + 1] how much of all buying lies before each.

    `sale` [days]: whether it is a day of a sale.
    """

    start: int
    upto: Floats
    sale: NDArray[np.bool_]

    def share(self, time: Ints) -> Floats:
        """How much of all buying lies before epoch ms `time`, 0..1."""
        day = time / DAY_MS - self.start
        found: Floats = np.interp(day, np.arange(len(self.upto)), self.upto)
        return found

    def day(self, share: Floats) -> Ints:
        """The inverse, as days since 1970."""
        at = np.searchsorted(self.upto, share, side="right") - 1
        return self.start + np.clip(at, 0, len(self.upto) - 2)


def make_calendar(spec: WorldSpec, seeds: Seeds) -> Calendar:
    """UTC days; customers' local ones are close enough for what days are like."""
    rng = seeds.rng("calendar")
    first = spec.start_ms // DAY_MS
    days = first + np.arange(spec.days)
    weight = np.array(_WEEK)[(days + 3) % 7]  # 1970-01-01 was a Thursday
    date = datetime.fromtimestamp(0, UTC)
    of_month = [(date + timedelta(days=int(day))).day for day in days]
    weight = weight * np.array([_PAY_DAYS.get(day, 1.0) for day in of_month])
    # A wave over the year, strongest in autumn, and what nobody can explain.
    weight *= 1 + 0.12 * np.sin(2 * np.pi * (days % 365.25 - 200) / 365.25)
    weight *= np.exp(0.05 * rng.standard_normal(spec.days))
    sale = np.zeros(spec.days, np.bool_)
    for _ in range(max(1, round(spec.days / _DAYS_A_SALE))):
        begin, length = int(rng.integers(spec.days)), int(rng.integers(2, 5))
        sale[begin : begin + length] = True
        weight[begin : begin + length] *= rng.uniform(*_SALE_LIFTS)
    return Calendar(first, np.concatenate([[0.0], np.cumsum(weight) / weight.sum()]), sale)
