"""What every model must do, whatever it is made of: one suite over all kinds."""

from collections.abc import Callable
from functools import cache

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.errors import ConflictError, CorruptError
from scoring import Columns, Model, Params
from scoring.calibration import Calibration
from scoring.trees import train
from tests.unit.scoring_rows import COLUMNS, NAMES, world

ROWS = world(1500)
LATER = world(800, seed=6)
SMALL = Params(trees=30, depth=3, rate=0.06, columns=0.6)


def plain() -> bytes:
    return train(ROWS.x, ROWS.y, columns=COLUMNS, seed=1, params=SMALL, calibration=Calibration(0.8, -0.1))


def stopped() -> bytes:
    params = Params(trees=400, depth=3, rate=0.3, patience=5)
    return train(ROWS.x, ROWS.y, columns=COLUMNS, seed=1, params=params, held_out=(LATER.x, LATER.y))


def with_dead_columns() -> bytes:
    x = ROWS.x.copy()
    x[:, 0], x[:, 1] = np.nan, 7.0
    x[0, 2], x[1, 2] = np.inf, -np.inf
    return train(x, ROWS.y, columns=COLUMNS, seed=2, params=SMALL)


def cold() -> bytes:
    return Model.cold(0.02).to_bytes()


KINDS: dict[str, Callable[[], bytes]] = {
    "plain": plain, "stopped": stopped, "dead columns": with_dead_columns, "cold": cold,
}  # fmt: skip


@cache
def loaded(name: str) -> Model:
    return Model.load(KINDS[name]())


@pytest.fixture(params=sorted(KINDS))
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def model(kind: str) -> Model:
    return loaded(kind)


def odd_rows() -> npt.NDArray[np.float32]:
    """All absent, infinities, zeros, the largest floats."""
    biggest = np.finfo(np.float32).max
    values = [np.nan, np.inf, -np.inf, 0.0, biggest, -biggest]
    return np.array([[value] * len(NAMES) for value in values], dtype=np.float32)


def test_equal_arguments_give_equal_bytes(kind: str, model: Model) -> None:
    assert KINDS[kind]() == model.to_bytes()


def test_it_survives_its_bytes(model: Model) -> None:
    again = Model.load(model.to_bytes())
    assert again.to_bytes() == model.to_bytes()
    assert again.predict(LATER.x).tobytes() == model.predict(LATER.x).tobytes()
    assert again.contributions(LATER.x[:9]).tobytes() == model.contributions(LATER.x[:9]).tobytes()
    assert (again.names, again.catalogue, again.is_cold) == (model.names, model.catalogue, model.is_cold)


def test_predictions_are_probabilities(model: Model) -> None:
    for x in (LATER.x, odd_rows()):
        scores = model.predict(x)
        assert scores.dtype == np.float64
        assert scores.shape == (len(x),)
        assert np.isfinite(scores).all()
        assert (scores >= 0).all()
        assert (scores <= 1).all()


@pytest.mark.parametrize("name", sorted(KINDS))
@settings(max_examples=40, deadline=None)
@given(start=st.integers(0, 500), length=st.integers(1, 300))
def test_a_row_scores_the_same_in_every_batch(name: str, start: int, length: int) -> None:
    model = loaded(name)
    whole = model.predict(LATER.x)
    assert model.predict(LATER.x[start : start + length]).tobytes() == whole[start : start + length].tobytes()
    one = model.contributions(LATER.x[start : start + 1], exact=False)
    few = model.contributions(LATER.x[start : start + 5], exact=False)
    assert one[0].tobytes() == few[0].tobytes()


def test_memory_layout_does_not_matter(model: Model) -> None:
    whole = model.predict(LATER.x)
    assert model.predict(np.asfortranarray(LATER.x)).tobytes() == whole.tobytes()
    assert model.predict(LATER.x[::3]).tobytes() == whole[::3].tobytes()
    readonly = LATER.x.copy()
    readonly.flags.writeable = False
    assert model.predict(readonly).tobytes() == whole.tobytes()


def test_input_is_left_alone(model: Model) -> None:
    x = np.concatenate((LATER.x[:50], odd_rows()))
    before = x.tobytes()
    model.predict(x)
    model.contributions(x)
    model.contributions(x, exact=False)
    assert x.tobytes() == before


def test_no_rows_give_no_scores(model: Model) -> None:
    nothing = np.empty((0, len(NAMES)), dtype=np.float32)
    assert model.predict(nothing).shape == (0,)
    assert model.contributions(nothing).shape == (0, len(NAMES) + 1)


@pytest.mark.parametrize("exact", [True, False])
def test_contributions_sum_to_the_log_odds(model: Model, exact: bool) -> None:
    x = np.concatenate((LATER.x[:100], odd_rows()))
    shares = model.contributions(x, exact=exact)
    assert shares.dtype == np.float32
    assert shares.shape == (len(x), len(NAMES) + 1)
    total = shares.astype(np.float64).sum(axis=1)
    assert 1 / (1 + np.exp(-total)) == pytest.approx(model.predict(x), abs=1e-5)


@pytest.mark.parametrize("width", [0, 1, len(NAMES) - 1, len(NAMES) + 1])
def test_rows_of_another_width_are_refused(kind: str, model: Model, width: int) -> None:
    if kind == "cold":
        assert len(model.predict(np.zeros((2, width), np.float32))) == 2
        return
    with pytest.raises(ConflictError, match="columns"):
        model.predict(np.zeros((2, width), np.float32))


def test_other_columns_or_another_catalogue_are_refused(kind: str, model: Model) -> None:
    model.check(COLUMNS)
    others = [
        Columns((*NAMES[:-1], "graph.new"), COLUMNS.version),
        Columns(NAMES[::-1], COLUMNS.version),
        Columns((*NAMES, "one.more"), COLUMNS.version),
        Columns(NAMES, "catalogue-2"),
    ]
    for other in others:
        if kind == "cold":
            model.check(other)
            continue
        with pytest.raises(ConflictError, match="catalogue"):
            model.check(other)


def test_the_usual_range_holds_nine_genuine_values_in_ten(kind: str, model: Model) -> None:
    for column in range(len(NAMES)):
        usual = model.usual(column)
        dead = kind == "cold" or (kind == "dead columns" and column == 0)
        assert (usual is None) == dead
        if usual is not None:
            assert usual.low <= usual.middle <= usual.high
    usual = loaded("plain").usual(3)
    assert usual is not None
    values = ROWS.x[ROWS.y == 0, 3]
    values = values[~np.isnan(values)]
    assert np.mean((values >= usual.low) & (values <= usual.high)) == pytest.approx(0.9, abs=0.01)


def test_damaged_bytes_are_refused(model: Model) -> None:
    data = model.to_bytes()
    for bad in (b"", b"not a model", data[:-10], data[: len(data) // 2], data + b"x"):
        with pytest.raises(CorruptError):
            Model.load(bad)


def test_what_the_model_learned_ranks_later_rows() -> None:
    for name in ("plain", "stopped"):
        scores = loaded(name).predict(LATER.x)
        assert scores[LATER.y == 1].mean() > 3 * scores[LATER.y == 0].mean()


def test_held_out_rows_stop_the_training_and_calibrate() -> None:
    model = loaded("stopped")
    assert model.facts["trees"] < 400
    assert model.predict(LATER.x).mean() == pytest.approx(LATER.y.mean(), rel=0.1)


def test_the_seed_and_the_labels_make_other_models() -> None:
    other_seed = train(ROWS.x, ROWS.y, columns=COLUMNS, seed=9, params=SMALL)
    flipped = ROWS.y.copy()
    flipped[0] = 1 - flipped[0]
    other_label = train(ROWS.x, flipped, columns=COLUMNS, seed=9, params=SMALL)
    assert len({plain(), other_seed, other_label}) == 3


def test_one_class_teaches_nothing() -> None:
    with pytest.raises(ConflictError, match="nothing to learn"):
        train(ROWS.x, np.zeros(len(ROWS.x), np.int8), columns=COLUMNS, seed=1)
    with pytest.raises(ConflictError, match="nothing to learn"):
        train(ROWS.x, ROWS.y[:-1], columns=COLUMNS, seed=1)


@pytest.mark.parametrize("share", [0.0, 1.0, -1.0, float("nan")])
def test_a_base_rate_is_a_probability(share: float) -> None:
    with pytest.raises(ConflictError):
        Model.cold(share)
