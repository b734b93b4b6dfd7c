"""What is known of each payment in the end, from labels that came one after the other."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator import rows as r
from simulator.rows import Rows

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The last verdict on each of n payments (`rows.VERDICTS`; -1: none), its reason, and when it became known.

    A payment that two verdicts call fraud was known as such from the first on.
    """

    payment: NDArray[np.uint64]  # sorted
    verdict: NDArray[np.int8]
    reason: NDArray[np.int8]
    known_at: Ints

    def of(self, ids: NDArray[np.uint64]) -> "Verdicts":
        """Those on payments of these ids, in their order."""
        if not len(self.payment):
            nothing = np.full(len(ids), -1, np.int8)
            return Verdicts(ids, nothing, nothing, np.zeros(len(ids), np.int64))
        at = np.minimum(np.searchsorted(self.payment, ids), len(self.payment) - 1)
        there = self.payment[at] == ids
        return Verdicts(
            ids,
            np.where(there, self.verdict[at], -1).astype(np.int8),
            np.where(there, self.reason[at], -1).astype(np.int8),
            np.where(there, self.known_at[at], 0),
        )


def last_verdicts(labels: Rows) -> Verdicts:
    """From LABEL rows in any order."""
    rows = labels[np.lexsort((labels["id"], labels["known_at"], labels["payment"]))]
    payment = rows["payment"]
    last = np.ones(len(rows), np.bool_)
    last[:-1] = payment[1:] != payment[:-1]
    final = np.flatnonzero(last)
    fraud = rows["verdict"] != r.CLEARED
    # The first label of the unbroken run of equal opinion that ends with the last one.
    breaks = np.ones(len(rows), np.bool_)
    breaks[1:] = (payment[1:] != payment[:-1]) | (fraud[1:] != fraud[:-1])
    first = np.maximum.accumulate(np.where(breaks, np.arange(len(rows)), 0))[final]
    return Verdicts(payment[final], rows["verdict"][first], rows["reason"][first], rows["known_at"][first])
