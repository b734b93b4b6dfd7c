"""Metrics against brute force."""

import math

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.metrics import average_precision, card_precision_top_k, roc_auc

SAMPLES = st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=1, max_size=40)


def arrays(sample: list[tuple[bool, int]]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float64]]:
    return np.array([y for y, _ in sample], np.int8), np.array([s for _, s in sample], np.float64) / 7


@given(SAMPLES)
def test_auc_is_the_share_of_pairs_in_order(sample: list[tuple[bool, int]]) -> None:
    y, scores = arrays(sample)
    pairs = [(a > b) + (a == b) / 2 for a in scores[y == 1].tolist() for b in scores[y == 0].tolist()]
    expected = sum(pairs) / len(pairs) if pairs else math.nan
    assert roc_auc(y, scores) == pytest.approx(expected, nan_ok=True)


@given(SAMPLES)
def test_average_precision_sums_over_thresholds(sample: list[tuple[bool, int]]) -> None:
    y, scores = arrays(sample)
    if not y.any():
        assert math.isnan(average_precision(y, scores))
        return
    total, before = 0.0, 0.0
    for threshold in sorted(set(scores.tolist()), reverse=True):
        taken = scores >= threshold
        recall = y[taken].sum() / y.sum()
        total += (recall - before) * y[taken].mean()
        before = recall
    assert average_precision(y, scores) == pytest.approx(total)


def test_card_precision_leaves_out_cards_already_found() -> None:
    #  day 0: b (fraud) and a are the top two; day 1: b is known, so c and d are the top two, both compromised
    days = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    cards = ["a", "b", "b", "c", "b", "c", "d", "a"]
    scores = np.array([0.5, 0.1, 0.9, 0.2, 0.95, 0.8, 0.7, 0.6])
    y = np.array([0, 1, 0, 0, 1, 1, 1, 0])
    assert card_precision_top_k(days, cards, scores, y, k=2) == pytest.approx((1 / 2 + 2 / 2) / 2)


def test_fewer_cards_than_k_count_as_misses() -> None:
    y = np.array([1])
    assert card_precision_top_k(np.array([3]), ["a"], np.array([0.5]), y, k=4) == 0.25
    nothing = np.array([], dtype=np.int64)
    assert math.isnan(card_precision_top_k(nothing, [], nothing.astype(float), nothing))
