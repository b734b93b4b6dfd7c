"""Intervals and steps against brute force and against data whose answer is known."""

import itertools

import numpy as np
import pytest

from events.errors import ConflictError
from scoring import Columns, Costs
from scoring.ablation import Cut, History, ablate, steps_of
from scoring.intervals import Observed, interval, resampled, top_of_days
from scoring.metrics import average_precision, roc_auc
from scoring.simple import shallow_scores, single_aucs

DAY_MS = 86_400_000
COLUMNS = Columns(
    names=("txn.amount", "txn.hour", "card.n", "graph.n", "address.n"),
    version="v",
    groups=("transaction", "transaction", "velocity", "graph", "address"),
)


def observed(n: int, seed: int, *, share: float = 0.2, weight: float = 1.0) -> Observed:
    rng = np.random.default_rng(seed)
    fraud = rng.random(n) < share
    return Observed(
        fraud=fraud,
        amount=rng.integers(1, 10_000, n),
        day=np.sort(rng.integers(0, 4, n)),
        cluster=rng.integers(0, n // 3, n),
        weight=np.where(fraud, 1.0, weight),
    )


def test_figures_of_the_sample_are_the_plain_metrics() -> None:
    test = observed(400, 1)
    rng = np.random.default_rng(2)
    scores = np.round(rng.random(400) + 0.3 * test.fraud.astype(np.float64), 1)  # many ties
    found = resampled(test, [scores], a_day=10, resamples=0)[0, 0]
    assert found[0] == pytest.approx(average_precision(test.fraud, scores))
    assert found[1] == pytest.approx(roc_auc(test.fraud, scores))
    caught = 0
    for day in range(4):
        rows = np.flatnonzero(test.day == day)
        best = rows[np.argsort(-(scores * test.amount)[rows], kind="stable")[:10]]
        caught += int(test.amount[best][test.fraud[best]].sum())
    assert found[2] == pytest.approx(caught / test.amount[test.fraud].sum())


def test_a_weight_is_as_many_copies() -> None:
    test = observed(300, 3, weight=4.0)
    scores = np.round(np.random.default_rng(4).random(300) + 0.4 * test.fraud.astype(np.float64), 1)
    found = resampled(test, [scores], a_day=1e9, resamples=0)[0, 0]
    copies = np.repeat(np.arange(300), test.weight.astype(int))
    assert found[0] == pytest.approx(average_precision(test.fraud[copies], scores[copies]))
    assert found[1] == pytest.approx(roc_auc(test.fraud[copies], scores[copies]))
    assert found[2] == 1.0


def test_a_cluster_is_drawn_whole() -> None:
    """With one cluster a side there is nothing to draw; with a ring of many rows there is more doubt than rows."""
    test = observed(300, 5)
    scores = np.random.default_rng(6).random(300) + 0.5 * test.fraud
    one = Observed(test.fraud, test.amount, test.day, np.zeros(300, np.int64), test.weight)
    same = resampled(one, [scores], a_day=5, resamples=20)
    assert np.ptp(same[:, 0, :], axis=0) == pytest.approx(0.0)

    def width(cluster: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> float:
        rows = Observed(test.fraud, test.amount, test.day, cluster, test.weight)
        found = interval(resampled(rows, [score], a_day=5, resamples=400)[:, 0, 0])
        return found.high - found.low

    ring = np.where(test.fraud, np.arange(300) % 4, np.arange(300))
    score = scores - 0.4 * np.isin(ring, (0, 1)) * test.fraud  # half of the rings are hard
    assert width(ring) > 1.5 * width(np.arange(300))


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    """AUC between two normals a distance apart is known; rows come in clusters that share a shift."""
    true, covered, rounds = 0.76, 0, 60  # Phi(1 / sqrt 2)
    for seed in range(rounds):
        rng = np.random.default_rng(seed)
        cluster = np.repeat(np.arange(200), 3)
        fraud = cluster < 60
        shared, own = rng.normal(size=200)[cluster], rng.normal(size=600)
        scores = fraud + np.sqrt(0.5) * shared + np.sqrt(0.5) * own
        test = Observed(fraud, np.ones(600, np.int64), np.zeros(600, np.int64), cluster, np.ones(600))
        found = interval(resampled(test, [scores], a_day=1, resamples=150, seed=seed)[:, 0, 1])
        covered += found.low <= true <= found.high
    assert 0.85 <= covered / rounds <= 1.0


def test_same_ranking_same_resamples() -> None:
    test = observed(300, 7)
    scores = np.random.default_rng(8).random(300)
    found = resampled(test, [scores, scores, -scores], a_day=5, resamples=30)
    assert np.array_equal(found[:, 0], found[:, 1])
    assert np.ptp(found[:, 0, 0]) > 0
    assert found[:, 0, 1] + found[:, 2, 1] == pytest.approx(1.0)  # AUCs of a ranking and of its reverse


def test_nothing_to_say_without_fraud() -> None:
    test = observed(50, 9, share=0.0)
    assert np.isnan(resampled(test, [np.zeros(50)], a_day=5, resamples=3)).all()
    assert np.isnan(interval(np.full(4, np.nan)).low)


def test_top_of_days_counts_weights() -> None:
    worth = np.array([3.0, 2.0, 1.0, 5.0, 4.0])
    day = np.array([0, 0, 0, 1, 1])
    assert top_of_days(worth, day, 2, np.ones(5)).tolist() == [True, True, False, True, True]
    assert top_of_days(worth, day, 2, np.array([2.0, 1, 1, 1, 2])).tolist() == [
        True,
        False,
        False,
        True,
        False,
    ]


def test_single_columns_by_brute_force() -> None:
    rng = np.random.default_rng(10)
    fraud = rng.random(60) < 0.3
    x = np.round(rng.normal(size=(60, 3)) + fraud[:, None] * [1.0, -1.0, 0.0], 1).astype(np.float32)
    x[rng.random((60, 3)) < 0.2] = np.nan
    for column, found in enumerate(single_aucs(x, fraud)):
        filled = [np.where(np.isnan(x[:, column]), end, x[:, column]) for end in (-99, 99)]
        aucs = [
            sum((a > b) + 0.5 * (a == b) for a, b in itertools.product(v[fraud], v[~fraud])) for v in filled
        ]
        aucs = [a / (fraud.sum() * (~fraud).sum()) for a in aucs]
        assert found == pytest.approx(max(*aucs, *(1 - a for a in aucs)))


def test_a_column_that_is_absent_for_fraud_tells() -> None:
    fraud = np.arange(20) < 5
    x = np.where(fraud, np.nan, np.arange(20.0)).astype(np.float32)[:, None]
    assert single_aucs(x, fraud).tolist() == [1.0]


def test_a_shallow_tree_finds_what_three_splits_can_say() -> None:
    rng = np.random.default_rng(11)
    x = rng.random((4_000, 6), dtype=np.float32)
    y = (x[:, 0] > 0.8) & (x[:, 1] > 0.8) & (x[:, 2] > 0.5)
    found = shallow_scores(x[:2_000], y[:2_000], x[2_000:])
    assert len(np.unique(found)) <= 8
    assert average_precision(y[2_000:], found) > 0.9


def history(n: int = 6_000) -> tuple[History, Cut]:
    """Fraud shows in velocity, in the graph, and in the address where there is one; each in frauds of its own."""
    rng = np.random.default_rng(12)
    kind = np.where(rng.random(n) < 0.08, rng.integers(1, 4, n), 0)
    x = rng.normal(size=(n, 5)).astype(np.float32)
    for group in (1, 2, 3):
        x[:, group + 1] += 4.0 * (kind == group)
    bare = x.copy()
    bare[:, 4] = np.nan
    time = np.sort(rng.integers(0, 40 * DAY_MS, n))
    truth = Observed(kind > 0, rng.integers(1, 9_000, n), time // DAY_MS, np.arange(n), np.ones(n))
    subsets = {"by address": kind == 3}
    return History(x, bare, truth.fraud, truth, time, subsets), Cut(25 * DAY_MS, 2 * DAY_MS)


def test_each_step_adds_what_only_it_can_see() -> None:
    rows, cut = history()
    found = ablate(rows, cut, COLUMNS, Costs(reviews_per_day=5), seed=1, resamples=100)
    names = [step.name for step in found.steps.cumulative]
    assert names == ["amount", "+payment", "+velocity", "+graph", "+address"]
    for step, over in itertools.pairwise(names[1:]):
        assert found.gain(over, step).low > 0, (step, over)
    assert found.gain("+payment", "amount").low <= 0 <= found.gain("+payment", "amount").high
    for left_out in ("-velocity", "-graph", "-address"):
        assert found.gain("+address", left_out).low > 0
    assert np.array_equal(found.scores["-address"], found.scores["+graph"])  # the same columns, trained once
    with_, without = (found.figure(name, subset="by address").value for name in ("+address", "+graph"))
    assert with_ > 0.5 > without


def test_steps_see_only_their_columns_and_no_labels_of_the_test() -> None:
    rows, cut = history(3_000)
    first = ablate(rows, cut, COLUMNS, Costs(), seed=1, resamples=0)
    x, bare, known = rows.x.copy(), rows.bare.copy(), rows.known.copy()
    train = cut.train(rows.time)
    x[:, 3], bare[:, 4] = 7.0, 7.0  # the graph with addresses, and addresses where there are none
    known[train[-1] + 1 :] ^= True  # known later than a training row may be
    second = ablate(
        History(x, bare, known, rows.truth, rows.time), cut, COLUMNS, Costs(), seed=1, resamples=0
    )
    for name, scores in first.scores.items():
        same = np.array_equal(scores, second.scores[name])
        assert same == (name not in {"+address", "-velocity"}), name


def test_a_history_that_does_not_fit_is_refused() -> None:
    rows, cut = history(500)
    with pytest.raises(ConflictError, match=r"500 rows does not fit.*bare.*0"):
        ablate(
            History(rows.x, rows.bare[:0], rows.known, rows.truth, rows.time), cut, COLUMNS, Costs(), seed=1
        )
    with pytest.raises(ConflictError, match=r"txn\.amount"):
        steps_of(Columns(names=("a",), version="v", groups=("transaction",)))
