"""Compiled trees against xgboost's own margins: equal to the last bit, whatever the rows."""

import numpy as np
import numpy.typing as npt
import pytest
import xgboost
from hypothesis import given, settings
from hypothesis import strategies as st

from events.errors import CorruptError
from scoring.compiled_trees import CompiledTrees, compiled

Rows = npt.NDArray[np.float32]
COLUMNS = 6
ODD = np.array(
    [np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-45, -1e-45, 1e-38, np.finfo("f4").max, np.finfo("f4").min], "f4"
)


def grown(seed: int, trees: int, depth: int, rate: float, **more: object) -> xgboost.Booster:
    rng = np.random.default_rng(seed)
    x = (rng.normal(size=(300, COLUMNS)) * 10.0 ** rng.integers(-40, 30, COLUMNS)).astype(np.float32)
    x[rng.random(x.shape) < rng.random()] = np.nan
    y = (np.nan_to_num(x[:, 0]) > 0) ^ (rng.random(300) < 0.2)
    options = {
        "objective": "binary:logistic", "max_depth": depth, "learning_rate": rate, "seed": seed, "nthread": 1,
        "base_score": float(rng.uniform(0.001, 0.999)), "min_child_weight": 0.1, "verbosity": 0,
    }  # fmt: skip
    return xgboost.train(options | more, xgboost.DMatrix(x, y, nthread=1), num_boost_round=trees)


def rows(found: CompiledTrees, n: int, seed: int) -> Rows:
    """Values around and at the thresholds of the columns, and odd ones."""
    rng = np.random.default_rng(seed)
    inner = found.words[:, 1] != np.arange(len(found.words))
    x = np.empty((n, COLUMNS), dtype=np.float32)
    for column in range(COLUMNS):
        cuts = found.floats[inner & (found.words[:, 0] >> 1 == column), 2]
        near = [cuts, np.nextafter(cuts, np.float32("inf")), np.nextafter(cuts, np.float32("-inf")), ODD]
        x[:, column] = rng.choice(np.concatenate(near), n)
    return x


def theirs(booster: xgboost.Booster, x: Rows) -> bytes:
    return bytes(np.asarray(booster.inplace_predict(x, predict_type="margin"), dtype=np.float32).tobytes())


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1), trees=st.integers(0, 40), depth=st.integers(0, 7),
    rate=st.sampled_from([0.03, 0.3, 1.0]), n=st.integers(0, 150),
)  # fmt: skip
def test_margins_are_those_of_xgboost(seed: int, trees: int, depth: int, rate: float, n: int) -> None:
    more: dict[str, object] = {"grow_policy": "lossguide", "max_leaves": 1 + depth} if depth % 2 else {}
    booster = grown(seed, trees, depth or 1, rate, **more)
    ours = compiled(booster)
    x = rows(ours, n, seed)
    if n:
        assert ours.margins(x).tobytes() == theirs(booster, x)
    assert len(ours.margins(x)) == n
    cut = n // 3  # a row's margin is its own, whatever stands beside it
    assert ours.margins(x[:cut]).tobytes() + ours.margins(x[cut:]).tobytes() == ours.margins(x).tobytes()


def test_rows_of_any_layout_are_read() -> None:
    booster = grown(1, 20, 4, 0.3)
    ours = compiled(booster)
    x = rows(ours, 70, 2)
    wanted = theirs(booster, x)
    locked = x.copy()
    locked.flags.writeable = False
    for same in (np.asfortranarray(x), locked, np.repeat(x, 2, axis=0)[::2]):
        assert ours.margins(same).tobytes() == wanted


def test_rows_of_another_width_are_refused() -> None:
    ours = compiled(grown(1, 2, 2, 0.3))
    for shape in ((3, COLUMNS - 1), (COLUMNS,), (0, COLUMNS + 1)):
        with pytest.raises(ValueError, match="columns"):
            ours.margins(np.zeros(shape, dtype=np.float32))


def test_trees_of_another_kind_are_refused() -> None:
    with pytest.raises(CorruptError, match="can't be read"):
        compiled(grown(1, 3, 2, 0.3, booster="dart", rate_drop=0.5))
    x, y = np.eye(3, dtype=np.float32), np.arange(3)
    classes = xgboost.train(
        {"objective": "multi:softmax", "num_class": 3, "nthread": 1}, xgboost.DMatrix(x, y, nthread=1), 1
    )
    with pytest.raises(CorruptError, match="classes"):
        compiled(classes)


@settings(max_examples=20, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1), trees=st.integers(0, 30), depth=st.integers(1, 6), n=st.integers(1, 60)
)
def test_shares_are_those_of_xgboost(seed: int, trees: int, depth: int, n: int) -> None:
    booster = grown(seed, trees, depth, 0.3)
    ours = compiled(booster)
    x = rows(ours, n, seed)
    x[np.isinf(x)] = 0.0  # a DMatrix refuses them
    data = xgboost.DMatrix(x, nthread=1)
    wanted = booster.predict(data, pred_contribs=True, approx_contribs=True, validate_features=False)
    found = ours.shares(x)
    np.testing.assert_allclose(found, wanted, rtol=2e-5, atol=2e-5)
    np.testing.assert_allclose(found.sum(axis=1), ours.margins(x), rtol=2e-5, atol=5e-5)


def test_shares_want_rows_of_the_trees_columns() -> None:
    with pytest.raises(ValueError, match="columns"):
        compiled(grown(1, 2, 2, 0.3)).shares(np.zeros((1, COLUMNS + 1), np.float32))
