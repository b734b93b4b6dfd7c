"""Platt scaling: log-odds of a model to calibrated log-odds.

Method: J. Platt, "Probabilistic outputs for support vector machines" (1999), with the smoothed targets of
that paper and Newton steps as in H.-T. Lin, C.-J. Lin, R. Weng, "A note on Platt's probabilistic outputs"
(2007). A rising line keeps the model's ranking, which isotonic steps would tie.
"""

import math

import numpy as np
from msgspec import Struct

from scoring.columns import Labels, Scores

_STEPS = 50
_SHORTEST = 1e-6
_SLOPES = (0.2, 5.0)  # beyond these the sample says more about itself than about the model


class Calibration(Struct, frozen=True):
    """`calibrated log-odds = slope * log-odds + intercept`."""

    slope: float = 1.0
    intercept: float = 0.0


def probability(log_odds: Scores) -> Scores:
    """Of float64[n] log-odds, elementwise; a sample's value does not depend on the others'."""
    return 1.0 / (1.0 + np.exp(-np.clip(log_odds, -60.0, 60.0)))


def log_odds(share: float) -> float:
    """Of a probability in (0, 1)."""
    return math.log(share / (1.0 - share))


def fit(margins: Scores, y: Labels) -> Calibration:
    """The line that makes `probability` fit the labels best; identity where one class is missing."""
    fraud = np.asarray(y, dtype=np.float64) > 0
    frauds, rest = int(fraud.sum()), int((~fraud).sum())
    if not frauds or not rest:
        return Calibration()
    target = np.where(fraud, (frauds + 1.0) / (frauds + 2.0), 1.0 / (rest + 2.0))
    margins = np.asarray(margins, dtype=np.float64)
    slope, intercept = 1.0, 0.0
    best = _loss(slope, intercept, margins, target)
    for _ in range(_STEPS):
        p = probability(slope * margins + intercept)
        error, weight = p - target, np.maximum(p * (1.0 - p), 1e-12)
        g0, g1 = float(np.sum(error * margins)), float(np.sum(error))
        h00 = float(np.sum(weight * margins * margins)) + 1e-9
        h01, h11 = float(np.sum(weight * margins)), float(np.sum(weight)) + 1e-9
        determinant = h00 * h11 - h01 * h01
        if determinant <= 0:
            break
        d0, d1 = (h11 * g0 - h01 * g1) / determinant, (h00 * g1 - h01 * g0) / determinant
        step, improved = 1.0, False
        while step > _SHORTEST and not improved:
            loss = _loss(slope - step * d0, intercept - step * d1, margins, target)
            improved = loss < best - 1e-10
            if improved:
                slope, intercept, best = slope - step * d0, intercept - step * d1, loss
            step /= 2
        if not improved:
            break
    if _SLOPES[0] <= slope <= _SLOPES[1]:
        return Calibration(slope=slope, intercept=intercept)
    bounded = min(max(slope, _SLOPES[0]), _SLOPES[1])
    return Calibration(slope=bounded, intercept=_intercept(bounded * margins, float(np.mean(fraud))))


def _intercept(margins: Scores, share: float) -> float:
    """The shift that makes the mean probability equal `share`, by bisection."""
    low, high = -60.0, 60.0
    for _ in range(60):
        middle = (low + high) / 2
        if float(np.mean(probability(margins + middle))) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _loss(slope: float, intercept: float, margins: Scores, target: Scores) -> float:
    z = slope * margins + intercept
    return float(np.sum(np.logaddexp(0.0, z) - target * z))
