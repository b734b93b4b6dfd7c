"""What decisions are worth in money, and the thresholds that make it most."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from events.errors import ConflictError
from events.types import Action
from scoring.columns import Labels, Scores
from scoring.policy import ACTIONS, APPROVE, CHALLENGE, DECLINE, NEVER, REVIEW, Costs, Policy, Without

Money = npt.NDArray[np.float64]
Days = npt.NDArray[np.int64]


class ActionValue(Struct, frozen=True, kw_only=True):
    """What one action did. Money in minor units of the base currency."""

    action: Action
    transactions: int
    frauds: int
    amount: int
    fraud_amount: int
    value: int


class NetValue(Struct, frozen=True, kw_only=True):
    """What decisions were worth. `saved` is against approving everything; negative where that is better."""

    actions: tuple[ActionValue, ...]
    value: int
    approve_all: int
    saved: int
    days: int
    reviews_per_day: float


class CapacityPoint(Struct, frozen=True, kw_only=True):
    """The best that can be done with so many reviews a day."""

    reviews_per_day: float
    used: float
    saved: int
    challenge: float
    review: float
    decline: float


def action_values(y: Labels, amounts: npt.NDArray[np.int64], costs: Costs) -> Money:
    """float64[n, 4]: what each action (by `ACTIONS`) is worth on each row, in minor units.

    Approved genuine payments earn the margin, approved fraud loses amount and fee. A declined genuine payment
    costs the churn. A review costs its price and then does the right thing. A challenge costs its price, loses
    those who give up (who are as good as declined), and lets through the fraud it does not catch.
    """
    fraud = np.asarray(y, dtype=np.float64) > 0
    amount = np.asarray(amounts, dtype=np.float64)
    earned, lost = costs.margin * amount, -(amount + costs.chargeback_fee)
    values = np.empty((len(amount), len(ACTIONS)))
    values[:, APPROVE] = np.where(fraud, lost, earned)
    values[:, DECLINE] = np.where(fraud, 0.0, -float(costs.churn_cost))
    values[:, REVIEW] = np.where(fraud, 0.0, earned) - costs.review_cost
    values[:, CHALLENGE] = (
        np.where(
            fraud,
            (1.0 - costs.challenge_catch) * lost,
            (1.0 - costs.challenge_abandon) * earned - costs.challenge_abandon * costs.churn_cost,
        )
        - costs.challenge_cost
    )
    return values


def choose_thresholds(
    scores: Scores,
    y: Labels,
    amounts: npt.NDArray[np.int64],
    days: Days,
    costs: Costs,
    *,
    without: Mapping[str, Without] | None = None,
) -> Policy:
    """The thresholds worth most on these rows, with at most `costs.reviews_per_day` reviews, mean over the days.

    `scores` float64[n] in 0..1, `y` 0/1, `amounts` base minor units, `days` a day number each. Exact: all cuts
    between different scores are considered, in O(n log n). Of equal choices the mildest is taken. Rows decided
    by rules should be left out. `ConflictError` without rows.
    """
    if not len(scores):
        raise ConflictError("no rows to choose thresholds on")
    scores = np.asarray(scores, dtype=np.float64)
    order = np.argsort(-scores, kind="stable")
    ranked = scores[order]
    cuts = np.concatenate(([0], np.flatnonzero(np.diff(ranked)) + 1, [len(ranked)]))
    total = np.zeros((len(scores) + 1, len(ACTIONS)))
    np.cumsum(action_values(y, amounts, costs)[order], axis=0, out=total[1:])
    total = total[cuts]
    capacity = int(costs.reviews_per_day * _count(days))
    declined, reviewed, challenged = _best_cuts(total, cuts, capacity)

    def threshold(cut: int, severer: int, otherwise: float) -> float:
        return float(ranked[cuts[cut] - 1]) if cut > severer else otherwise

    decline = threshold(declined, 0, NEVER)
    review = threshold(reviewed, declined, decline)
    challenge = threshold(challenged, reviewed, review)
    policy = Policy(challenge=challenge, review=review, decline=decline, costs=costs)
    return (
        policy
        if without is None
        else Policy(challenge=challenge, review=review, decline=decline, costs=costs, without=dict(without))
    )


def net_value(
    severity: npt.NDArray[np.intp], y: Labels, amounts: npt.NDArray[np.int64], days: Days, costs: Costs
) -> NetValue:
    """What actions (index in `ACTIONS` a row: `Policy.severity`, or what was really done) were worth."""
    fraud = np.asarray(y, dtype=np.float64) > 0
    values = action_values(y, amounts, costs)
    taken = values[np.arange(len(severity)), severity]
    rows = []
    for at, action in enumerate(ACTIONS):
        mask = severity == at
        rows.append(
            ActionValue(
                action=action,
                transactions=int(mask.sum()),
                frauds=int((mask & fraud).sum()),
                amount=int(amounts[mask].sum()),
                fraud_amount=int(amounts[mask & fraud].sum()),
                value=round(float(taken[mask].sum())),
            )
        )
    value, approve_all = float(taken.sum()), float(values[:, APPROVE].sum())
    count = _count(days)
    return NetValue(
        actions=tuple(rows),
        value=round(value),
        approve_all=round(approve_all),
        saved=round(value - approve_all),
        days=count,
        reviews_per_day=rows[REVIEW].transactions / count,
    )


def capacity_curve(
    scores: Scores,
    y: Labels,
    amounts: npt.NDArray[np.int64],
    days: Days,
    costs: Costs,
    capacities: Sequence[float],
) -> list[CapacityPoint]:
    """What more (or fewer) analysts would be worth: the best policy at each number of reviews a day."""
    points = []
    for capacity in capacities:
        fields = {name: getattr(costs, name) for name in costs.__struct_fields__}
        policy = choose_thresholds(
            scores, y, amounts, days, Costs(**{**fields, "reviews_per_day": float(capacity)})
        )
        worth = net_value(policy.severity(scores), y, amounts, days, costs)
        points.append(
            CapacityPoint(
                reviews_per_day=float(capacity),
                used=worth.reviews_per_day,
                saved=worth.saved,
                challenge=policy.challenge,
                review=policy.review,
                decline=policy.decline,
            )
        )
    return points


def _best_cuts(total: Money, cuts: npt.NDArray[np.intp], capacity: int) -> tuple[int, int, int]:
    """Indices into `cuts` where decline, review and challenge end, best first in rank order.

    `total[i, a]` is the worth of action a on all rows before cut i. Choosing i <= j <= k maximises
    D[i] - R[i]  +  R[j] - C[j]  +  C[k] - A[k]  subject to cuts[j] - cuts[i] <= capacity.
    """
    last = total[:, CHALLENGE] - total[:, APPROVE]
    best_last = np.maximum.accumulate(last[::-1])[::-1]
    middle = total[:, REVIEW] - total[:, CHALLENGE] + best_last
    ends = np.searchsorted(cuts, cuts + capacity, side="right") - 1
    first = total[:, DECLINE] - total[:, REVIEW] + _window_max(middle, ends)
    i = int(np.argmax(first))
    j = i + int(np.argmax(middle[i : ends[i] + 1]))
    k = j + int(np.argmax(last[j:]))
    return i, j, k


def _window_max(values: Money, ends: npt.NDArray[np.intp]) -> Money:
    """max(values[i : ends[i] + 1]) for every i, by doubling: two overlapping spans of a power of two cover it."""
    length = ends - np.arange(len(values)) + 1
    level = np.floor(np.log2(length)).astype(np.intp)
    result = np.empty_like(values)
    spans = values.copy()  # max over 2**step values from i on
    for step in range(int(level.max()) + 1):
        width = 1 << step
        rows = np.flatnonzero(level == step)
        result[rows] = np.maximum(spans[rows], spans[ends[rows] + 1 - width])
        if len(spans) > width:
            spans[:-width] = np.maximum(spans[:-width], spans[width:])
    return result


def _count(days: Days) -> int:
    return max(1, len(np.unique(days)))
