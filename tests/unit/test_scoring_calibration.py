"""Platt scaling finds the line that was there."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.calibration import Calibration, fit, log_odds, probability


@settings(max_examples=25, deadline=None)
@given(slope=st.floats(0.4, 3.0), intercept=st.floats(-2.0, 2.0), seed=st.integers(0, 1000))
def test_the_true_line_is_found(slope: float, intercept: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    margins = rng.normal(-1.0, 2.0, 40_000)
    y = rng.random(40_000) < probability(slope * margins + intercept)
    found = fit(margins, y)
    assert found.slope == pytest.approx(slope, rel=0.12)
    assert found.intercept == pytest.approx(intercept, abs=0.15)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(-20, 20), st.booleans()), min_size=1, max_size=30))
def test_any_sample_gives_a_rising_line(sample: list[tuple[float, bool]]) -> None:
    margins, y = np.array([m for m, _ in sample]), np.array([b for _, b in sample])
    found = fit(margins, y)
    assert 0.2 <= found.slope <= 5.0
    assert np.isfinite(found.intercept)


def test_one_class_leaves_the_model_as_it_is() -> None:
    margins = np.array([0.1, 2.0])
    assert fit(margins, np.array([0, 0])) == fit(margins, np.array([1, 1])) == Calibration()


def test_probabilities_do_not_overflow() -> None:
    assert probability(np.array([-1e9, 0.0, 1e9])) == pytest.approx([0, 0.5, 1])
    assert probability(np.array([log_odds(0.02)])) == pytest.approx([0.02])
