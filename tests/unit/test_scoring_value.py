"""Costs, policies and the thresholds worth most, against trying them all."""

import itertools
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.errors import ConflictError, CorruptError
from scoring import Costs, Policy, choose_thresholds, net_value
from scoring.policy import APPROVE, CHALLENGE, DECLINE, NEVER, REVIEW
from scoring.value import action_values, capacity_curve
from tests.unit.scoring_rows import world


class Sample(NamedTuple):
    scores: npt.NDArray[np.float64]
    y: npt.NDArray[np.int8]
    amounts: npt.NDArray[np.int64]
    days: npt.NDArray[np.int64]


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    rows = draw(
        st.lists(
            st.tuples(st.integers(0, 8), st.booleans(), st.integers(0, 20_000), st.integers(0, 2)),
            min_size=1, max_size=14,
        )
    )  # fmt: skip
    scores, y, amounts, days = zip(*rows, strict=True)
    return Sample(np.array(scores) / 8, np.array(y, np.int8), np.array(amounts), np.array(days))


COSTS = st.builds(
    Costs,
    review_cost=st.integers(0, 2_000),
    chargeback_fee=st.integers(0, 3_000),
    margin=st.sampled_from([0.0, 0.02, 0.3]),
    churn_cost=st.integers(0, 5_000),
    reviews_per_day=st.sampled_from([0.0, 0.5, 1.0, 2.0, 100.0]),
    challenge_cost=st.integers(0, 500),
    challenge_catch=st.sampled_from([0.0, 0.7, 1.0]),
    challenge_abandon=st.sampled_from([0.0, 0.05, 1.0]),
)


@settings(max_examples=150)
@given(samples(), COSTS)
def test_no_other_thresholds_are_worth_more(sample: Sample, costs: Costs) -> None:
    policy = choose_thresholds(*sample, costs)
    chosen = net_value(policy.severity(sample.scores), *sample[1:], costs)
    assert chosen.reviews_per_day <= costs.reviews_per_day
    values = action_values(sample.y, sample.amounts, costs)
    best = -np.inf
    capacity = costs.reviews_per_day * len(set(sample.days.tolist()))
    levels = [*sorted(set(sample.scores.tolist())), NEVER]
    for challenge, review, decline in itertools.combinations_with_replacement(levels, 3):
        severity = Policy(challenge=challenge, review=review, decline=decline).severity(sample.scores)
        if np.count_nonzero(severity == REVIEW) <= capacity:
            best = max(best, float(values[np.arange(len(severity)), severity].sum()))
    assert chosen.value == pytest.approx(best, abs=1.0)


def test_what_each_action_is_worth() -> None:
    costs = Costs(
        review_cost=300, chargeback_fee=2_000, margin=0.1, churn_cost=1_500, challenge_cost=10,
        challenge_catch=0.7, challenge_abandon=0.05,
    )  # fmt: skip
    genuine, fraud = action_values(np.array([0, 1]), np.array([10_000, 10_000]), costs)
    assert genuine[[APPROVE, CHALLENGE, REVIEW, DECLINE]].tolist() == [1_000, 865, 700, -1_500]
    assert fraud[[APPROVE, CHALLENGE, REVIEW, DECLINE]] == pytest.approx([-12_000, -3_610, -300, 0])


def test_the_report_adds_up() -> None:
    rows = world(600)
    days = rows.time // 86_400_000
    scores = np.clip(np.nan_to_num(rows.x[:, 4].astype(np.float64)), 0, 1)
    costs = Costs(reviews_per_day=3)
    policy = choose_thresholds(scores, rows.y, rows.amount, days, costs)
    report = net_value(policy.severity(scores), rows.y, rows.amount, days, costs)
    assert sum(row.transactions for row in report.actions) == 600
    assert sum(row.frauds for row in report.actions) == int(rows.y.sum())
    assert sum(row.amount for row in report.actions) == int(rows.amount.sum())
    assert report.saved == pytest.approx(report.value - report.approve_all, abs=1)
    assert report.saved > 0
    assert report.days == 20
    nothing = net_value(np.zeros(600, np.intp), rows.y, rows.amount, days, costs)
    assert nothing.saved == 0


def test_more_analysts_never_lose_money() -> None:
    rows = world(2000)
    days = rows.time // 86_400_000
    scores = np.clip(np.nan_to_num(rows.x[:, 4].astype(np.float64)), 0, 1)
    curve = capacity_curve(scores, rows.y, rows.amount, days, Costs(), [0, 1, 2, 5, 10, 100])
    assert [point.saved for point in curve] == sorted(point.saved for point in curve)
    assert all(point.used <= point.reviews_per_day for point in curve)
    assert curve[0].used == 0
    assert curve[-1].saved > curve[0].saved


def test_thresholds_reach_inclusively_and_keep_their_order() -> None:
    policy = Policy(challenge=0.2, review=0.5, decline=0.5)
    found = policy.severity(np.array([0.0, 0.19, 0.2, 0.49, 0.5, 1.0]))
    assert found.tolist() == [APPROVE, APPROVE, CHALLENGE, CHALLENGE, DECLINE, DECLINE]
    assert Policy().severity(np.array([1.0])).tolist() == [APPROVE]
    with pytest.raises(ValueError, match="rise"):
        Policy(challenge=0.6, review=0.5)
    with pytest.raises(ValueError, match="rise"):
        Policy(challenge=float("nan"))


def test_a_policy_survives_its_bytes() -> None:
    policy = Policy(
        challenge=0.1, review=0.2, decline=0.9, without={"graph": "closed"}, costs=Costs(margin=0.5)
    )
    assert Policy.load(policy.to_bytes()) == policy
    for data in (b"", b"{", b'{"challenge": 3}', b'{"challenge": 0.9, "review": 0.1}', b'{"else": 1}'):
        with pytest.raises(CorruptError):
            Policy.load(data)


@pytest.mark.parametrize(
    ("name", "value"),
    [("review_cost", -1), ("margin", 1.5), ("challenge_catch", -0.1), ("reviews_per_day", float("nan"))],
)
def test_costs_that_make_no_sense_are_named(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=name):
        Costs(**{name: value})  # type: ignore[arg-type] # one wrong value at a time


def test_no_rows_is_a_conflict() -> None:
    nothing = np.array([], dtype=np.int64)
    with pytest.raises(ConflictError):
        choose_thresholds(nothing.astype(float), nothing, nothing, nothing, Costs())
