"""Small statistics of the world card. Nothing to divide by gives nan."""

from collections.abc import Sequence
from math import nan

import numpy as np
from numpy.typing import NDArray

from simulator import WorldSpec

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def over(part: float, whole: float) -> float:
    return float(part) / float(whole) if whole else nan


def share(flags: Sequence[bool] | Flags) -> float:
    return float(np.mean(flags)) if len(flags) else nan


def mean(values: Sequence[float] | Floats) -> float:
    return float(np.mean(values)) if len(values) else nan


def quantile(values: Sequence[float] | Floats, q: float) -> float:
    return float(np.quantile(values, q)) if len(values) else nan


def shares(values: NDArray[np.int64], n: int) -> list[float]:
    counts = np.bincount(values, minlength=n)
    return [over(count, len(values)) for count in counts.tolist()]


def auc(bad: Floats, good: Floats) -> float:
    """The chance that a fraud's value lies above a genuine one's, ties counted half."""
    if not len(bad) or not len(good):
        return nan
    ordered = np.sort(good)
    below, upto = np.searchsorted(ordered, bad, "left"), np.searchsorted(ordered, bad, "right")
    return float(np.mean(below + upto) / 2 / len(good))


def settings(spec: WorldSpec) -> dict[str, float]:
    """The settings that have a published figure beside them, by the key of their measure."""
    india, us = spec.people.tower_share
    return {
        "set_recycled": spec.shared.recycled_phone_share, "set_tower_in": india, "set_tower_us": us,
        "set_office_tail": spec.people.office_tail,
    }  # fmt: skip
