"""Training a release: determinism, honest measurement, cold starts."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from events.errors import ConflictError
from scoring import Costs, Model, Params, Policy, Rows, Trained, train_release
from scoring.train import DAY_MS
from tests.unit.scoring_rows import COLUMNS, world

COSTS = Costs(reviews_per_day=5)
SMALL = Params(trees=60, depth=3, rate=0.1, patience=10)
W = world(6000)
ROWS = Rows(W.x, W.y, W.time, W.amount, W.cards)


@cache
def trained() -> Trained:
    return train_release(ROWS, columns=COLUMNS, costs=COSTS, seed=3, params=SMALL)


def test_equal_rows_give_equal_bytes_in_any_order() -> None:
    again = train_release(ROWS, columns=COLUMNS, costs=COSTS, seed=3, params=SMALL)
    assert again == trained()
    order = np.random.default_rng(0).permutation(len(W.y))
    # Rows of one millisecond keep the order they came in, so give each its own.
    apart = replace(ROWS, time=np.arange(len(W.y)) * (20 * DAY_MS // len(W.y)))
    shuffled = train_release(apart.take(order), columns=COLUMNS, costs=COSTS, seed=3, params=SMALL)
    assert shuffled == train_release(apart, columns=COLUMNS, costs=COSTS, seed=3, params=SMALL)


def test_the_release_is_worth_having() -> None:
    metrics = trained().metrics
    assert metrics["rows"] == 6000
    assert metrics["auc"] > 0.85
    assert metrics["average_precision"] > 5 * metrics["fraud_rate"]
    assert metrics["saved"] > 0
    assert 0 < metrics["precision"] <= 1
    assert 0 < metrics["recall"] <= 1
    assert 0 < metrics["card_precision_100"] < 1
    assert metrics["mean_score"] == pytest.approx(metrics["fraud_rate"], rel=0.35)
    assert [point.saved for point in trained().curve] == sorted(point.saved for point in trained().curve)
    assert not trained().is_cold


def test_the_artefacts_load_and_belong_together() -> None:
    model, policy = Model.load(trained().model), Policy.load(trained().policy)
    model.check(COLUMNS)
    assert model.facts["rows"] == 6000
    assert model.facts["trees"] == trained().metrics["trees"]
    assert policy.costs == COSTS
    assert policy.challenge <= policy.review <= policy.decline
    named = train_release(
        ROWS, columns=COLUMNS, costs=COSTS, seed=3, params=SMALL, without={"graph": "closed"}
    )
    assert Policy.load(named.policy).without == {"graph": "closed"}


def test_the_last_rows_teach_nothing_that_is_measured() -> None:
    """Other labels in the measured part change the measure, but not what was tried on it."""
    flipped = W.y.copy()
    last = W.time >= W.time[int(0.8 * len(W.y))]
    flipped[last] = np.random.default_rng(1).permutation(flipped[last])
    other = train_release(replace(ROWS, y=flipped), columns=COLUMNS, costs=COSTS, seed=3, params=SMALL)
    assert other.metrics["trees"] == trained().metrics["trees"]
    assert other.metrics["mean_score"] == trained().metrics["mean_score"]
    assert other.metrics["auc"] == pytest.approx(0.5, abs=0.12)


def test_labels_too_young_on_the_day_are_left_out() -> None:
    """Garbage within the delay before the second part changes nothing that is measured."""
    start = int(W.time[int(0.6 * len(W.y))])
    young = (W.time >= start - 2 * DAY_MS) & (W.time < start)
    y = W.y.copy()
    y[young] = 1 - y[young]
    garbage = replace(ROWS, y=y)

    def measured(rows: Rows, delay_ms: int) -> dict[str, float]:
        found = train_release(
            rows, columns=COLUMNS, costs=COSTS, seed=3, params=SMALL, label_delay_ms=delay_ms
        )
        return {
            name: value for name, value in found.metrics.items() if name not in ("frauds", "label_delay_ms")
        }

    assert measured(garbage, 2 * DAY_MS) == measured(ROWS, 2 * DAY_MS)
    assert measured(garbage, 0) != measured(ROWS, 0)


def test_a_history_shorter_than_the_delay_is_measured_without_it() -> None:
    found = train_release(
        ROWS, columns=COLUMNS, costs=COSTS, seed=3, params=SMALL, label_delay_ms=60 * DAY_MS
    )
    assert found == trained()
    assert found.metrics["label_delay_ms"] == 0


@pytest.mark.parametrize("frauds", [0, 5])
def test_too_few_frauds_make_a_cold_release(frauds: int) -> None:
    y = np.zeros(len(W.y), np.int8)
    y[:: len(y) // 5][:frauds] = 1
    found = train_release(replace(ROWS, y=y), columns=COLUMNS, costs=COSTS, seed=3)
    assert found.is_cold
    assert Model.load(found.model).is_cold
    assert Policy.load(found.policy) == Policy(costs=COSTS)
    assert found.metrics == {"cold": 1.0, "rows": 6000.0, "frauds": float(frauds)}


def test_no_history_is_a_cold_release() -> None:
    nothing = ROWS.take(np.array([], dtype=np.intp))
    assert train_release(nothing, columns=COLUMNS, costs=COSTS, seed=3).is_cold


def test_fraud_only_at_the_end_is_a_cold_release() -> None:
    y = np.zeros(len(W.y), np.int8)
    y[-50:] = 1
    assert train_release(replace(ROWS, y=y), columns=COLUMNS, costs=COSTS, seed=3).is_cold


def test_arrays_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ConflictError, match="length"):
        train_release(replace(ROWS, y=W.y[:-1]), columns=COLUMNS, costs=COSTS, seed=3)
    with pytest.raises(ConflictError, match="length"):
        train_release(replace(ROWS, cards=W.cards[:5]), columns=COLUMNS, costs=COSTS, seed=3)
    with pytest.raises(ConflictError, match="columns"):
        train_release(replace(ROWS, x=W.x[:, 1:]), columns=COLUMNS, costs=COSTS, seed=3)
