"""What a model looks at: shares of all that moved its scores, by falling weight, of the last rows alone."""

import numpy as np
import pytest

from ringwatch.reporting.importance import MOST_ROWS, importance
from scoring import Model, Params
from scoring.trees import train
from tests.unit.scoring_rows import COLUMNS, world


@pytest.fixture(scope="module")
def model() -> Model:
    rows = world(2_000)
    return Model.load(train(rows.x, rows.y, columns=COLUMNS, seed=1, params=Params(trees=20)))


def test_shares_come_by_falling_weight_and_are_all_there_is(model: Model) -> None:
    x = world(500, seed=9).x
    found = importance(model, COLUMNS, x)
    assert sum(each.share for each in found) == pytest.approx(1.0)
    assert [each.share for each in found] == sorted((each.share for each in found), reverse=True)
    assert {each.name for each in found[:2]} == {
        "device.cards.1d",
        "graph.max.ring_score",
    }  # what makes its fraud
    top = found[0]
    at = COLUMNS.positions[top.name]
    assert (top.meaning, top.group) == (COLUMNS.meanings[at], COLUMNS.groups[at])
    moved = np.abs(model.contributions(x, exact=False)[:, :-1]).mean(axis=0)
    assert top.share == pytest.approx(moved[at] / moved.sum(), rel=1e-5)


def test_only_the_last_rows_count(model: Model) -> None:
    x = world(MOST_ROWS + 500, seed=4).x
    x[:500] = np.nan
    assert importance(model, COLUMNS, x) == importance(model, COLUMNS, x[500:])


def test_a_cold_model_looks_at_nothing(model: Model) -> None:
    x = world(50).x
    assert importance(Model.cold(0.01), COLUMNS, x) == ()
    assert importance(model, COLUMNS, x[:0]) == ()
