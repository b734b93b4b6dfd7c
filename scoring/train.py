"""From labelled rows to what a release needs: split by time, train, calibrate, choose thresholds, measure."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np
import numpy.typing as npt

from events.errors import ConflictError
from scoring.columns import Columns, Labels, Matrix, Scores
from scoring.metrics import average_precision, card_precision_top_k, roc_auc
from scoring.model import COLD_BASE_RATE, Model
from scoring.policy import APPROVE, Costs, Policy, Without
from scoring.trees import Params, train
from scoring.value import CapacityPoint, capacity_curve, choose_thresholds, net_value

DAY_MS = 86_400_000
MIN_FRAUDS = 20
"""Fewer known frauds than this teach nothing that rules do not know; the model stays cold."""

_CAPACITY_SHARES = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)


@dataclass(frozen=True, slots=True)
class Rows:
    """Labelled history, any order.

    `x` float32[n, c] as served; `y` 0/1 by what is known at training time (leave out rows too young for a label
    to have come); `time` int64[n] epoch ms; `amount` int64[n] base minor units; `cards`, where given, a card
    token a row, for card precision.
    """

    x: Matrix
    y: Labels
    time: npt.NDArray[np.int64]
    amount: npt.NDArray[np.int64]
    cards: Sequence[Hashable] | None = None

    def take(self, at: npt.NDArray[np.intp]) -> "Rows":
        cards = None if self.cards is None else [self.cards[row] for row in at.tolist()]
        return Rows(self.x[at], self.y[at], self.time[at], self.amount[at], cards)

    @property
    def frauds(self) -> int:
        return int(np.count_nonzero(self.y))

    @property
    def days(self) -> npt.NDArray[np.int64]:
        return self.time // DAY_MS


@dataclass(frozen=True, slots=True)
class Trained:
    """Artefact bytes for the registry, and how the procedure did on the latest rows, which it had not seen."""

    model: bytes
    policy: bytes
    metrics: Mapping[str, float]
    curve: tuple[CapacityPoint, ...]

    @property
    def is_cold(self) -> bool:
        return "cold" in self.metrics


def train_release(
    rows: Rows,
    *,
    columns: Columns,
    costs: Costs,
    seed: int,
    params: Params | None = None,
    without: Mapping[str, Without] | None = None,
    label_delay_ms: int = 0,
    shares: tuple[float, float] = (0.6, 0.8),
) -> Trained:
    """Train on the past, stop and calibrate on what followed, measure on the latest rows.

    `shares` cut the rows, in order of time, into these three; training rows younger than `label_delay_ms`
    before the second part are left out, as they would have been on that day (`metrics` says 0 where the history
    is too short for that). The model shipped is then grown on all rows with as many trees and the same
    calibration; its thresholds are chosen on both later parts (those measured were chosen on the second alone).
    With fewer than `MIN_FRAUDS` frauds, or none in a part, the model is cold and `metrics` says so.
    `ConflictError` where the arrays do not fit each other.
    """
    rows = _ordered(rows, columns)
    past, tune, test = _split(rows, shares, label_delay_ms)
    delayed = _teaches(past)
    if not delayed:  # history shorter than the delay: the measure is kinder than the day would have been
        past, tune, test = _split(rows, shares, 0)
    if rows.frauds < MIN_FRAUDS or not all(_teaches(part) for part in (past, tune, test)):
        return _cold(rows, costs, without)
    p = params or Params()
    tried = Model.load(train(past.x, past.y, columns=columns, seed=seed, params=p, held_out=(tune.x, tune.y)))
    tune_scores, test_scores = tried.predict(tune.x), tried.predict(test.x)
    candidate = choose_thresholds(tune_scores, tune.y, tune.amount, tune.days, costs)
    later = np.concatenate((tune_scores, test_scores))
    y, amount, days = (
        np.concatenate((getattr(tune, name), getattr(test, name))) for name in ("y", "amount", "days")
    )
    policy = choose_thresholds(later, y, amount, days, costs, without=without)
    capacities = sorted({round(costs.reviews_per_day * share, 1) for share in _CAPACITY_SHARES})
    trees = int(tried.facts["trees"])
    return Trained(
        model=train(
            rows.x,
            rows.y,
            columns=columns,
            seed=seed,
            params=msgspec.structs.replace(p, trees=trees),
            calibration=tried.calibration,
        ),
        policy=policy.to_bytes(),
        metrics={
            "rows": float(len(rows.y)),
            "frauds": float(rows.frauds),
            "trees": float(trees),
            "label_delay_ms": float(label_delay_ms if delayed else 0),
            **measure(test, test_scores, candidate),
        },
        curve=tuple(capacity_curve(later, y, amount, days, costs, capacities)),
    )


def measure(rows: Rows, scores: Scores, policy: Policy) -> dict[str, float]:
    """Ranking and money on rows the model has not seen. `saved` is against approving all, minor units."""
    severity = policy.severity(scores)
    worth = net_value(severity, rows.y, rows.amount, rows.days, policy.costs)
    fraud, stopped = np.asarray(rows.y, dtype=np.float64) > 0, severity > APPROVE
    caught = int((fraud & stopped).sum())
    found = {
        "test_rows": float(len(rows.y)),
        "test_frauds": float(rows.frauds),
        "auc": roc_auc(rows.y, scores),
        "average_precision": average_precision(rows.y, scores),
        "precision": caught / max(1, int(stopped.sum())),
        "recall": caught / max(1, rows.frauds),
        "saved": float(worth.saved),
        "saved_per_day": worth.saved / worth.days,
        "reviews_per_day": worth.reviews_per_day,
        "mean_score": float(np.mean(scores)),
        "fraud_rate": rows.frauds / max(1, len(rows.y)),
    }
    if rows.cards is not None:
        found["card_precision_100"] = card_precision_top_k(rows.days, rows.cards, scores, rows.y)
    return found


def _teaches(rows: Rows) -> bool:
    return 0 < rows.frauds < len(rows.y)


def _ordered(rows: Rows, columns: Columns) -> Rows:
    x = columns.check(rows.x)
    lengths = {len(x), len(rows.y), len(rows.time), len(rows.amount)}
    if rows.cards is not None:
        lengths.add(len(rows.cards))
    if len(lengths) != 1:
        raise ConflictError(f"columns of labelled rows differ in length: {sorted(lengths)}")
    return replace(rows, x=x).take(np.argsort(rows.time, kind="stable"))


def _split(rows: Rows, shares: tuple[float, float], label_delay_ms: int) -> tuple[Rows, Rows, Rows]:
    """Cut at instants, so that no two rows of one millisecond fall into different parts."""
    if not len(rows.y):
        return rows, rows, rows
    first, second = (int(rows.time[min(int(share * len(rows.y)), len(rows.y) - 1)]) for share in shares)
    return (
        rows.take(np.flatnonzero(rows.time < first - label_delay_ms)),
        rows.take(np.flatnonzero((rows.time >= first) & (rows.time < second))),
        rows.take(np.flatnonzero(rows.time >= second)),
    )


def _cold(rows: Rows, costs: Costs, without: Mapping[str, Without] | None) -> Trained:
    share = rows.frauds / len(rows.y) if rows.frauds else COLD_BASE_RATE
    policy = Policy(costs=costs) if without is None else Policy(costs=costs, without=dict(without))
    return Trained(
        model=Model.cold(min(share, 0.5)).to_bytes(),
        policy=policy.to_bytes(),
        metrics={"cold": 1.0, "rows": float(len(rows.y)), "frauds": float(rows.frauds)},
        curve=(),
    )
