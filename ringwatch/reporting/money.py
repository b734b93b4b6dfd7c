"""What decisions were worth, from columns of what was decided and what is known.

A challenge stops the share of fraud that the costs say, and loses the share of good customers that they say; a review
is taken to find the truth. The same holds for every figure here, so that they add up.
"""

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from console.report.data import CapacityPoint, Money, Quality, TypeFigures
from events.types import Decision
from scoring import ACTIONS, Costs, Policy, choose_thresholds, net_value
from scoring.metrics import average_precision, roc_auc
from scoring.policy import APPROVE, CHALLENGE, DECLINE

DAY_MS = 86_400_000
CAPACITIES = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0)
"""Where a curve over review capacity is drawn, as multiples of today's."""
CURVE_NOTE = (
    "Thresholds at each capacity are the best in hindsight; the figures above are of those decided with."
)


@dataclass(frozen=True, slots=True)
class Decided:
    """n decisions.

    `scores` float64[n]; `severity` int[n], the action's index in `scoring.ACTIONS`; `fraud` bool[n], by truth or by
    labels; `amount` int64[n] base minor units; `days` int64[n] UTC day numbers.
    """

    scores: NDArray[np.float64]
    severity: NDArray[np.intp]
    fraud: NDArray[np.bool_]
    amount: NDArray[np.int64]
    days: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.scores)


class Ledger:
    """Decisions as they fall, a few numbers each: of millions, nothing else fits into memory."""

    def __init__(self) -> None:
        self.transactions: list[str] = []
        self.currency = ""  # the base currency, which is one for all
        self._scores = array("d")
        self._severity = array("b")
        self._amount = array("q")
        self._times = array("q")

    def add(self, decisions: Iterable[Decision]) -> None:
        for row in decisions:
            self.transactions.append(row.transaction)
            self._scores.append(row.score)
            self._severity.append(ACTIONS.index(row.action))
            self._amount.append(row.amount.base_minor)
            self._times.append(row.time)
            self.currency = row.amount.base_currency

    def __len__(self) -> int:
        return len(self.transactions)

    @property
    def span(self) -> tuple[int, int]:
        """Times of the earliest and the latest of the payments, epoch ms; there must be some."""
        return min(self._times), max(self._times)

    def decided(self, fraud: Callable[[str], bool | None]) -> Decided:
        """All of them as columns; `fraud` of a transaction id, None counting as genuine."""
        return Decided(
            scores=np.array(self._scores, np.float64),
            severity=np.array(self._severity, np.intp),
            fraud=np.array([bool(fraud(name)) for name in self.transactions], np.bool_),
            amount=np.array(self._amount, np.int64),
            days=np.array(self._times, np.int64) // DAY_MS,
        )


def decided_of(decisions: Iterable[Decision], fraud: Callable[[str], bool | None]) -> Decided:
    """Decisions as columns; `fraud` of a transaction id, None counting as genuine."""
    ledger = Ledger()
    ledger.add(decisions)
    return ledger.decided(fraud)


def by_action(severity: NDArray[np.intp]) -> dict[str, int]:
    """How many decisions each action has, mildest first."""
    return {action: int((severity == at).sum()) for at, action in enumerate(ACTIONS)}


def money(decided: Decided, costs: Costs) -> Money:
    """What the decisions were worth.

    `fraud`, `fraud_stopped`, `lost_to_fraud` are amounts (without fees; the fees are in `saved`); `good_held` counts
    genuine payments not approved at once, `good_declined` those declined for good: by us, or given up at a challenge.
    """
    worth = net_value(decided.severity, decided.fraud, decided.amount, decided.days, costs)
    amount = int(decided.amount[decided.fraud].sum())
    held = int((~decided.fraud & (decided.severity > APPROVE)).sum())
    stopped, declined, per_fraud = _good_and_bad(decided.severity, decided, costs)
    return Money(
        saved=worth.saved,
        fraud=amount,
        fraud_stopped=stopped,
        lost_to_fraud=amount - stopped,
        good_held=held,
        good_declined=round(declined),
        good_declined_per_fraud=per_fraud,
        approval_rate=float((decided.severity == APPROVE).mean()) if len(decided) else 1.0,
        days=float(worth.days),
    )


def capacity_points(
    decided: Decided,
    costs: Costs,
    *,
    times: Sequence[float] = CAPACITIES,
    chosen_on: Decided | None = None,
) -> tuple[CapacityPoint, ...]:
    """The best policy at each capacity, `times` today's; () where there is nothing to choose by.

    Thresholds are chosen on `chosen_on`; where that is None on the same rows, so with hindsight: no policy of
    thresholds could have done better. Today's capacity is always among the points.
    """
    base = chosen_on if chosen_on is not None else decided
    if not len(base) or not len(decided):
        return ()
    today = costs.reviews_per_day
    points = []
    for capacity in sorted({today, *(share * today for share in times)}):
        fields = {name: getattr(costs, name) for name in costs.__struct_fields__}
        at = Costs(**{**fields, "reviews_per_day": capacity})
        policy = choose_thresholds(base.scores, base.fraud, base.amount, base.days, at)
        points.append(_point(decided, policy, costs, capacity))
    return tuple(points)


def quality(decided: Decided) -> Quality | None:
    """Of what was stopped and of the ranking; None where there is no fraud, or nothing else."""
    frauds, stopped = int(decided.fraud.sum()), decided.severity > APPROVE
    if not 0 < frauds < len(decided):
        return None
    caught = int((decided.fraud & stopped).sum())
    return Quality(
        precision=caught / max(1, int(stopped.sum())),
        recall=caught / frauds,
        average_precision=average_precision(decided.fraud, decided.scores),
        auc=roc_auc(decided.fraud, decided.scores),
        frauds=frauds,
        base_rate=frauds / len(decided),
    )


def type_figures(decided: Decided, kinds: Sequence[str], costs: Costs) -> tuple[TypeFigures, ...]:
    """Frauds by kind, greatest amount first; `kinds` names that of each row ("" where none is known).

    `stopped` counts what was not approved at once; `amount_stopped` is what that kept.
    """
    names = np.array(kinds, dtype=object)
    kept = decided.amount * _stops(decided.severity, costs)
    found = []
    for name in sorted({kind for kind in kinds if kind}):
        of_kind = decided.fraud & (names == name)
        if of_kind.any():
            found.append(
                TypeFigures(
                    name=name,
                    frauds=int(of_kind.sum()),
                    stopped=int((of_kind & (decided.severity > APPROVE)).sum()),
                    amount=int(decided.amount[of_kind].sum()),
                    amount_stopped=round(float(kept[of_kind].sum())),
                )
            )
    return tuple(sorted(found, key=lambda each: (-each.amount, each.name)))


def kinds_of(ids: Iterable[str], kind: Mapping[str, str]) -> list[str]:
    """The kind of fraud of each id, "" where it has none."""
    return [kind.get(each, "") for each in ids]


def _point(decided: Decided, policy: Policy, costs: Costs, capacity: float) -> CapacityPoint:
    severity = policy.severity(decided.scores)
    worth = net_value(severity, decided.fraud, decided.amount, decided.days, costs)
    stopped, _, per_fraud = _good_and_bad(severity, decided, costs)
    return CapacityPoint(
        reviews_per_day=capacity,
        used=worth.reviews_per_day,
        saved=worth.saved,
        fraud_stopped=stopped,
        good_declined_per_fraud=per_fraud,
        approval_rate=float((severity == APPROVE).mean()),
    )


def _stops(severity: NDArray[np.intp], costs: Costs) -> NDArray[np.float64]:
    """float64[n]: the share of a fraud that its action stops."""
    by_severity = np.ones(len(ACTIONS))
    by_severity[APPROVE], by_severity[CHALLENGE] = 0.0, costs.challenge_catch
    return np.asarray(by_severity[severity])


def _good_and_bad(severity: NDArray[np.intp], decided: Decided, costs: Costs) -> tuple[int, float, float]:
    """Fraud amount stopped, good payments declined, and those for each fraud stopped (0 where none was)."""
    stops = _stops(severity, costs)
    stopped = float((decided.amount * stops)[decided.fraud].sum())
    frauds = float(stops[decided.fraud].sum())
    good = ~decided.fraud
    gave_up = costs.challenge_abandon * int((good & (severity == CHALLENGE)).sum())
    declined = int((good & (severity == DECLINE)).sum()) + gave_up
    return round(stopped), declined, declined / frauds if frauds else 0.0
