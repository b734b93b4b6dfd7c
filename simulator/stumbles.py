"""Attempts that fail before a genuine purchase goes through: a mistyped CVV, an empty account, then once more."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator import rows as r
from simulator.clock import SECOND_MS
from simulator.rows import Rows
from simulator.seeds import Seeds
from simulator.spec import WorldSpec

# Of genuine declines, those that are followed by another attempt at once; the others are `outcomes.answer`'s.
RETRIED = 0.35
_MORE = 0.55  # chance that an attempt is the last but one
_CODES = (r.NO_FUNDS, r.CVV_WRONG, r.DO_NOT_HONOUR, r.OVER_LIMIT)
_SHARES = (0.55, 0.25, 0.12, 0.08)


@dataclass(frozen=True, slots=True)
class Attempts:
    """PAYMENT `rows` and the row of the purchase that each came `of`: int64[n]."""

    rows: Rows
    of: NDArray[np.int64]


def attempts_share(spec: WorldSpec) -> float:
    """Failed attempts to expect as a share of all genuine purchases."""
    return spec.labels.decline_good_share * RETRIED


def failed_attempts(spec: WorldSpec, seeds: Seeds, rows: Rows) -> Attempts:
    """Attempts before some of the purchases in `rows`, with their `code`: one to several each."""
    rng = seeds.rng("stumbles")
    there = np.flatnonzero(rows["device"] >= 0)
    share = attempts_share(spec) * _MORE * len(rows) / max(len(there), 1)
    then = there[rng.random(len(there)) < min(share, 1.0)]
    times = rng.geometric(_MORE, len(then))
    of = np.repeat(then, times)
    failed = rows[of].copy()
    wait = 15 * SECOND_MS + rng.exponential(50.0, len(failed)) * SECOND_MS
    # The k-th attempt before the one that goes through came that much earlier than the one after it.
    end = np.cumsum(wait)
    start = np.repeat((end - wait)[np.cumsum(times) - times] if len(times) else end, times)
    failed["time"] -= (end - start).astype(np.int64)
    failed["code"] = np.repeat(rng.choice(_CODES, len(then), p=_SHARES), times)
    failed["id"] = seeds.ids(len(failed), "stumbles")
    inside = failed["time"] >= spec.start_ms
    return Attempts(failed[inside], of[inside])
