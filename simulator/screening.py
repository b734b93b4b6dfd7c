"""The screening that was there before ringwatch: analysts look at some payments, as many as they have time for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator import rows as r
from simulator.chance import exponential, normal, uniform
from simulator.rows import Rows
from simulator.seeds import Seeds
from simulator.spec import DAY_MS, WorldSpec

Ints = NDArray[np.int64]

MINUTE_MS = 60_000
OVERSUBSCRIBED = 1.25  # payments that deserve a look, in multiples of what analysts have time for on a day
MOST_REVIEWED = 0.45  # of fraud: where fraud is rare, most of the time goes to genuine payments
DEAR = 1.6  # a payment's chance of a review grows with its amount, by this factor for every e-fold ...
DEAR_MOST = 4.0  # ... up to here
FRAUD_DEARER = 1.15  # the mean of that over fraud, beside genuine payments
QUICK_MINUTES = 150.0  # median from payment to verdict ...
QUICK_SPREAD = 1.3  # ... log-normal ...
SLOWEST_MINUTES = 2 * 24 * 60.0  # ... at most


@dataclass(frozen=True, slots=True)
class Reviews:
    """n reviews: rows of the payments they are of, when their verdicts come (epoch ms) and whether these are fraud."""

    payment: Ints
    known_at: Ints
    fraud: NDArray[np.bool_]


def capacity(spec: WorldSpec) -> float:
    """Reviews that analysts have time for a day."""
    return spec.labels.reviews_share * spec.purchases / (1 - spec.fraud.share) / spec.days


def reviewed_share(spec: WorldSpec) -> tuple[float, float]:
    """Chances that a genuine and a fraudulent purchase are reviewed, on average."""
    labels, share = spec.labels, spec.fraud.share
    bad = labels.reviews_share * (1 - labels.review_good_share) / share if share else 0.0
    bad = min(bad, MOST_REVIEWED)
    return (labels.reviews_share - bad * share) / (1 - share), bad


def review(spec: WorldSpec, seeds: Seeds, payments: Rows) -> Reviews:
    """Reviews of authorisations made online: dear ones rather than cheap ones, as many a day as there is time for."""
    at = np.flatnonzero((payments["kind"] == 0) & (payments["channel"] != r.CARD_PRESENT))
    fraud = payments["fraud"][at] != 0
    weight = _weight(payments[at])
    total, mean = float(weight[~fraud].sum()), float(weight[~fraud].mean()) if not fraud.all() else 1.0
    good, bad = reviewed_share(spec)
    chance = weight * np.where(fraud, bad / (FRAUD_DEARER * mean), good * spec.purchases / max(total, 1e-9))
    urgency = uniform(seeds, payments["id"][at], "review") / np.maximum(chance, 1e-12)
    wanted = np.flatnonzero(urgency < OVERSUBSCRIBED)
    day = (payments["time"][at[wanted]] - spec.start_ms) // DAY_MS
    order = np.lexsort((urgency[wanted], day))
    day = day[order]
    nth = np.arange(len(order)) - np.searchsorted(day, day, "left")
    done = np.sort(wanted[order[nth < _slots(spec, day)]])
    return _verdicts(spec, seeds, payments, at[done])


def _slots(spec: WorldSpec, day: Ints) -> Ints:
    """Reviews that there is time for on each of these days: a small shop's analyst looks every third day, say."""
    a_day = capacity(spec)
    slots: Ints = (np.floor((day + 1) * a_day) - np.floor(day * a_day)).astype(np.int64)
    return slots


def _weight(payments: Rows) -> NDArray[np.float64]:
    usual = np.where(payments["currency"] == 0, 100_000.0, 5_000.0)  # 1,000 INR, 50 USD
    weight: NDArray[np.float64] = np.clip(
        np.power(DEAR, np.log(payments["amount"] / usual)), 1 / DEAR_MOST, DEAR_MOST
    )
    return weight


def _verdicts(spec: WorldSpec, seeds: Seeds, payments: Rows, at: Ints) -> Reviews:
    ids, fraud = payments["id"][at], payments["fraud"][at] != 0
    minutes = QUICK_MINUTES * np.exp(QUICK_SPREAD * normal(seeds, ids, "review-wait"))
    late = SLOWEST_MINUTES / (1 + exponential(seeds, ids, "review-late"))
    minutes = np.clip(np.where(minutes > SLOWEST_MINUTES, late, minutes), 1, SLOWEST_MINUTES)
    wrong = uniform(seeds, ids, "review-wrong") < spec.labels.review_wrong_share
    # Whole minutes and a few seconds: see `chance.normal`.
    seconds = (60_000 * uniform(seeds, ids, "review-second")).astype(np.int64)
    known = payments["time"][at] + np.floor(minutes).astype(np.int64) * MINUTE_MS + seconds
    return Reviews(at, known, fraud ^ wrong)
