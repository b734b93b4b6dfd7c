"""How sure a ranking's figures are: resampled by cluster, the same resamples for all that is compared.

Rows that share a cause (the payments of one ring, of one customer) are not so many independent observations: they are
drawn together or not at all (Field and Welsh, "Bootstrapping clustered data", 2007). Frauds and genuine rows are
drawn apart, so that every resample has as many clusters of each as the rows themselves.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.columns import Scores

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
METRICS = ("average_precision", "roc_auc", "value_caught")
_ENDS = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure with the ends of its 95 % interval; NaN where there is nothing to say."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Observed:
    """n rows that rankings are compared on.

    `fraud` bool[n]; `amount` int64[n] base minor units; `day` int64[n]; `cluster` int64[n] names what is drawn
    together (a fraud and a genuine row of one number are two clusters); `weight` float64[n]: how many rows of the
    world each stands for.
    """

    fraud: Bools
    amount: npt.NDArray[np.int64]
    day: npt.NDArray[np.int64]
    cluster: npt.NDArray[np.int64]
    weight: Floats

    def take(self, at: npt.NDArray[np.intp]) -> "Observed":
        """These rows alone."""
        return Observed(self.fraud[at], self.amount[at], self.day[at], self.cluster[at], self.weight[at])


@dataclass(frozen=True, slots=True)
class _Ranked:
    """One ranking made ready: genuine rows in order, and where among them each different score of a fraud lies."""

    genuine: npt.NDArray[np.intp]  # positions among the genuine rows, most suspicious first
    above: npt.NDArray[np.intp]  # genuine rows that outscore each level
    through: npt.NDArray[np.intp]  # those, and the ones that tie with it
    level: npt.NDArray[np.intp]  # of each fraud, 0 the highest score
    picked: Bools  # of each fraud: among the day's top by expected value


def top_of_days(worth: Scores, day: npt.NDArray[np.int64], a_day: float, weight: Floats) -> Bools:
    """bool[n]: the rows of highest `worth` of each day until `weight` of them reach `a_day`; ties by position."""
    order = np.lexsort((-np.asarray(worth, np.float64), day))
    summed = np.cumsum(weight[order])
    first = np.flatnonzero(np.diff(day[order], prepend=day[order][:1] - 1))
    before = np.repeat(summed[first] - weight[order][first], np.diff(np.append(first, len(order))))
    picked = np.zeros(len(order), np.bool_)
    picked[order] = summed - before <= a_day
    return picked


def resampled(
    test: Observed, scores: Sequence[Scores], *, a_day: float, resamples: int = 500, seed: int = 7
) -> Floats:
    """float64[resamples + 1, len(scores), 3]: `METRICS` of each ranking, first on the rows as they are.

    The value caught is the fraud amount among the `a_day` payments of a day that have most expected value at stake
    (score times amount), over all fraud amount; who is picked is not drawn anew, for that is the operating point.
    All figures count rows by their weight. NaN without fraud or without genuine rows.
    """
    fraud = np.asarray(test.fraud, np.bool_)
    out = np.full((resamples + 1, len(scores), len(METRICS)), math.nan)
    if not fraud.any() or fraud.all():
        return out
    ranked = [_rank(test, np.asarray(each, np.float64), fraud, a_day) for each in scores]
    names = [np.unique(test.cluster[side], return_inverse=True)[1] for side in (fraud, ~fraud)]
    counts = [int(name.max()) + 1 for name in names]
    weights = [test.weight[side] for side in (fraud, ~fraud)]
    amount = test.amount[fraud].astype(np.float64)
    in_order = [names[1][one.genuine] for one in ranked]
    weight_in_order = [weights[1][one.genuine] for one in ranked]
    rng = np.random.default_rng([seed, 0xB007])
    for draw in range(resamples + 1):
        times = [
            np.ones(count) if draw == 0 else _draw(rng, count) for count in counts
        ]  # the first row is the sample itself
        caught = times[0][names[0]] * weights[0]
        for at, one in enumerate(ranked):
            good = np.concatenate(([0.0], np.cumsum(times[1][in_order[at]] * weight_in_order[at])))
            out[draw, at] = _figures(one, caught, good, amount)
    return out


def interval(drawn: Floats) -> Interval:
    """The figure of `drawn` float64[resamples + 1] (the sample itself first) with its percentile interval."""
    rest = drawn[1:][np.isfinite(drawn[1:])]
    if not len(rest) or not math.isfinite(drawn[0]):
        return Interval(float(drawn[0]), math.nan, math.nan)
    low, high = np.percentile(rest, _ENDS)
    return Interval(float(drawn[0]), float(low), float(high))


def _draw(rng: np.random.Generator, count: int) -> Floats:
    return np.bincount(rng.integers(0, count, count), minlength=count).astype(np.float64)


def _rank(test: Observed, scores: Scores, fraud: Bools, a_day: float) -> _Ranked:
    levels, level = np.unique(-scores[fraud], return_inverse=True)
    order = np.argsort(-scores[~fraud], kind="stable")
    good = -scores[~fraud][order]
    return _Ranked(
        genuine=order,
        above=np.searchsorted(good, levels, side="left"),
        through=np.searchsorted(good, levels, side="right"),
        level=level,
        picked=top_of_days(scores * test.amount, test.day, a_day, test.weight)[fraud],
    )


def _figures(one: _Ranked, caught: Floats, good: Floats, amount: Floats) -> tuple[float, float, float]:
    """`caught`: weight of each fraud; `good`: summed weight of the genuine rows in order, from 0."""
    here = np.bincount(one.level, weights=caught)
    found, all_good = np.cumsum(here), good[-1]
    above, through = good[one.above], good[one.through]
    if not found[-1] or not all_good:
        return math.nan, math.nan, math.nan
    reached = found + through
    precision = found / np.where(reached > 0, reached, 1.0)
    money = caught * amount
    return (
        float((here * precision).sum() / found[-1]),
        float((here * (all_good - (above + through) / 2.0)).sum() / (found[-1] * all_good)),
        float(money[one.picked].sum() / money.sum()) if money.sum() else math.nan,
    )
