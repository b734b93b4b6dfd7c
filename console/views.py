"""What the API answers. Times are ISO 8601, money is minor units of the base currency."""

from typing import Literal

from pydantic import BaseModel

from events.times import to_iso
from events.types import Action, Decision
from graph import Ring


class ReasonView(BaseModel):
    """A stable code, its share of the score, and a sentence."""

    code: str
    weight: float
    detail: str


class DecisionView(BaseModel):
    """A decision. `statuses` names the feature groups that were not fresh."""

    id: str
    transaction: str
    action: Action
    score: float
    reasons: list[ReasonView]
    release: str
    graph_version: str
    statuses: dict[str, str]
    decided_at: str


class PendingView(BaseModel):
    """The payment was submitted and has no decision yet."""

    transaction: str
    status: Literal["pending"] = "pending"


class FaultView(BaseModel):
    """Any error: a stable code, the field at fault, what is wrong, what to do."""

    code: str
    field: str
    reason: str
    remedy: str


class RingView(BaseModel):
    """A ring in a list. `members` counts its entities; `value` is what its customers paid so far."""

    id: str
    score: float
    customers: int
    members: int
    value: int
    known_fraud: int
    why: str


class RingDetail(RingView):
    """A ring with its entities' tokens."""

    version: str
    cut: str
    tokens: list[str]


class RingsView(BaseModel):
    """Rings by falling score. `total` counts those that match, `cut` is up to when the graph was looked at."""

    version: str
    cut: str
    total: int
    rings: list[RingView]


def decision_view(decision: Decision) -> DecisionView:
    return DecisionView(
        id=decision.id,
        transaction=decision.transaction,
        action=decision.action,
        score=decision.score,
        reasons=[ReasonView(code=it.code, weight=it.weight, detail=it.detail) for it in decision.reasons],
        release=decision.release,
        graph_version=decision.graph_version,
        statuses=decision.statuses,
        decided_at=to_iso(decision.decided_at),
    )


def ring_view(ring: Ring) -> RingView:
    return RingView(
        id=ring.id,
        score=ring.score,
        customers=ring.customers,
        members=len(ring.members),
        value=ring.value,
        known_fraud=ring.known_fraud,
        why=ring.why,
    )
