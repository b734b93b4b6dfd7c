"""Money, curve and quality of a few decisions, counted by hand; a ledger of many is the same as a list of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.types import Action
from ringwatch.reporting.money import (
    Ledger,
    by_action,
    capacity_points,
    decided_of,
    kinds_of,
    money,
    quality,
    type_figures,
)
from scoring import ACTIONS, Costs
from tests.support.made import DAY, T0
from tests.support.ring_facts import decision, paid

COSTS = Costs(
    review_cost=300, chargeback_fee=2_000, margin=0.1, churn_cost=1_500, reviews_per_day=2,
    challenge_cost=10, challenge_catch=0.7, challenge_abandon=0.05,
)  # fmt: skip
# amount, what was done, score, known as
ROWS: list[tuple[str, Action, float, bool | None]] = [
    ("100.00", "approve", 0.1, None),
    ("100.00", "approve", 0.2, True),
    ("100.00", "challenge", 0.5, False),
    ("100.00", "challenge", 0.6, True),
    ("100.00", "review", 0.7, None),
    ("200.00", "review", 0.8, True),
    ("100.00", "decline", 0.9, None),
    ("300.00", "decline", 1.0, True),
]
PAYMENTS = [paid(n, f"c{n}", amount=amount) for n, (amount, *_) in enumerate(ROWS)]
DECISIONS = [
    decision(payment, action, score=score)
    for payment, (_, action, score, _) in zip(PAYMENTS, ROWS, strict=True)
]
FRAUD = {f"t{n}": fraud for n, (*_, fraud) in enumerate(ROWS) if fraud is not None}
DECIDED = decided_of(DECISIONS, FRAUD.get)


def test_columns_of_decisions() -> None:
    assert DECIDED.fraud.tolist() == [False, True, False, True, False, True, False, True]
    assert DECIDED.amount.tolist() == [10_000] * 5 + [20_000, 10_000, 30_000]
    assert by_action(DECIDED.severity) == {"approve": 2, "challenge": 2, "review": 2, "decline": 2}
    assert set(DECIDED.days.tolist()) == {T0 // DAY}


def test_what_they_were_worth() -> None:
    found = money(DECIDED, COSTS)
    assert (found.fraud, found.fraud_stopped, found.lost_to_fraud) == (70_000, 57_000, 13_000)
    # Against approving everything: genuine ones cost 10 + 5 % of (1000 + 1500), 300, 1000 + 1500; the frauds' 12000
    # are kept at 70 % for 10, and 22000 for 300, and 32000.
    saved = -(10 + 125) - 300 - 2_500 + (8_400 - 10) + (22_000 - 300) + 32_000
    assert found.saved == saved
    assert (found.good_held, found.good_declined) == (3, 1)
    assert found.good_declined_per_fraud == pytest.approx(1.05 / 2.7)
    assert found.approval_rate == 0.25
    assert found.days == 1.0


def test_the_curve_has_todays_capacity_and_grows_with_it() -> None:
    points = capacity_points(DECIDED, COSTS, times=(0.0, 0.5, 2.0))
    assert [point.reviews_per_day for point in points] == [0.0, 1.0, 2.0, 4.0]
    assert all(point.used <= point.reviews_per_day for point in points)
    assert [point.saved for point in points] == sorted(point.saved for point in points)
    best = money(DECIDED, COSTS).saved
    assert points[2].saved >= best  # in hindsight nothing that was decided can be better
    assert capacity_points(decided_of([], FRAUD.get), COSTS) == ()
    chosen = capacity_points(DECIDED, COSTS, times=(1.0,), chosen_on=DECIDED)
    assert chosen == capacity_points(DECIDED, COSTS, times=(1.0,))


def test_quality_of_what_was_stopped() -> None:
    found = quality(DECIDED)
    assert found is not None
    assert (found.precision, found.recall, found.frauds, found.base_rate) == (0.5, 0.75, 4, 0.5)
    assert found.auc == pytest.approx(10 / 16)
    assert found.average_precision == pytest.approx((1 / 1 + 2 / 3 + 3 / 5 + 4 / 7) / 4)
    assert quality(decided_of(DECISIONS, lambda _: False)) is None
    assert quality(decided_of(DECISIONS, lambda _: True)) is None


def test_frauds_by_kind() -> None:
    kinds = kinds_of(
        [each.transaction for each in DECISIONS], {"t1": "theft", "t3": "ring", "t5": "ring", "t6": "ring"}
    )
    ring, theft = type_figures(DECIDED, kinds, COSTS)
    assert (ring.name, ring.frauds, ring.stopped) == ("ring", 2, 2)  # t6 is no fraud
    assert (ring.amount, ring.amount_stopped) == (30_000, 27_000)
    assert (theft.name, theft.frauds, theft.stopped, theft.amount, theft.amount_stopped) == (
        "theft",
        1,
        0,
        10_000,
        0,
    )


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 90_000),
            st.sampled_from(ACTIONS),
            st.floats(0, 1),
            st.sampled_from([None, True, False]),
        ),
        max_size=20,
    ),
    st.integers(1, 7),
)
def test_a_ledger_is_the_list_of_its_decisions(
    rows: list[tuple[int, Action, float, bool | None]], size: int
) -> None:
    made = [
        decision(paid(n, "c", amount=f"{amount / 100:.2f}"), action, score=score)
        for n, (amount, action, score, _) in enumerate(rows)
    ]
    fraud = {f"t{n}": told for n, (*_, told) in enumerate(rows) if told is not None}
    ledger = Ledger()
    for start in range(0, len(made), size):
        ledger.add(made[start : start + size])
    assert len(ledger) == len(made)
    found = ledger.decided(fraud.get)
    assert found.scores.tolist() == [each.score for each in made]
    assert [ACTIONS[at] for at in found.severity] == [each.action for each in made]
    assert found.fraud.tolist() == [bool(told) for *_, told in rows]
    assert found.amount.tolist() == [amount for amount, *_ in rows]
    worth = money(found, Costs())
    assert worth.fraud == worth.fraud_stopped + worth.lost_to_fraud
    assert worth.fraud == int(found.amount[np.array(found.fraud)].sum())
    if made:
        assert ledger.span == (made[0].time, made[-1].time)
        assert ledger.currency == "USD"
