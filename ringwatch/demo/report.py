"""What the demo shows at its end: money, decisions against the truth, rings, latency."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from events.door import Door
from events.types import Decision
from graph.graph_features import GraphFeatures
from scoring import ACTIONS, Costs
from scoring.metrics import average_precision, roc_auc
from scoring.value import net_value
from simulator import Truth

DAY_MS = 86_400_000
_HALF = 0.5


@dataclass(frozen=True, slots=True)
class FoundRing:
    """A reported ring beside the truth: `true_ring` is the one most of its cards belong to, if any does."""

    id: str
    score: float
    cards: int
    value: int
    known_fraud: int
    true_ring: str | None
    true_cards: int
    ring_size: int
    why: str


def match_rings(features: GraphFeatures, truth: Truth, door: Door) -> list[FoundRing]:
    """Reported rings, most suspicious first, each with the true ring that at least half of its cards belong to."""
    owner: dict[str, str] = {}
    size: dict[str, int] = {}
    for ring in truth.rings:
        true_cards = ring.tokens(door).cards
        size[ring.id] = len(true_cards)
        owner |= dict.fromkeys(true_cards, ring.id)
    found: list[FoundRing] = []
    for reported in features.rings:
        cards = [token for token in reported.members if token.startswith("card.")]
        owners = Counter(owner[card] for card in cards if card in owner)
        best, hits = owners.most_common(1)[0] if owners else ("", 0)
        true_ring = best if cards and hits >= _HALF * len(cards) else None
        found.append(
            FoundRing(
                id=reported.id,
                score=reported.score,
                cards=len(cards),
                value=reported.value,
                known_fraud=reported.known_fraud,
                true_ring=true_ring,
                true_cards=hits,
                ring_size=size.get(best, 0),
                why=reported.why,
            )
        )
    return found


def decision_figures(decisions: Sequence[Decision], truth: Truth, costs: Costs) -> dict[str, Any]:
    """Counts by action, precision and recall of what was stopped, ranking and net value, all against the truth."""
    fraud = np.array([d.transaction in truth.frauds for d in decisions], np.bool_)
    severity = np.array([ACTIONS.index(d.action) for d in decisions], np.intp)
    scores = np.array([d.score for d in decisions], np.float64)
    amount = np.array([d.amount.base_minor for d in decisions], np.int64)
    days = np.array([d.time // DAY_MS for d in decisions], np.int64)
    stopped = severity > 0
    worth = net_value(severity, fraud, amount, days, costs)
    caught = int((fraud & stopped).sum())
    # A challenge stops the share of fraud that [costs] says; a review is taken to find the truth.
    chance = np.where(
        severity > ACTIONS.index("challenge"), 1.0, np.where(stopped, costs.challenge_catch, 0.0)
    )
    return {
        "decisions": len(decisions),
        "by_action": {action: int((severity == i).sum()) for i, action in enumerate(ACTIONS)},
        "frauds": int(fraud.sum()),
        "fraud_amount": int(amount[fraud].sum()),
        "fraud_amount_stopped": round(float((amount * chance)[fraud].sum())),
        "precision": caught / max(1, int(stopped.sum())),
        "recall": caught / max(1, int(fraud.sum())),
        "good_stopped_per_fraud": int((~fraud & stopped).sum()) / max(1, caught),
        "approval_rate": float((severity == 0).mean()),
        "auc": roc_auc(fraud, scores),
        "average_precision": average_precision(fraud, scores),
        "net_value": worth.value,
        "net_value_approving_all": worth.approve_all,
        "net_value_saved": worth.saved,
        "by_type": _by_type(decisions, truth),
    }


def ring_figures(found: Sequence[FoundRing], truth: Truth) -> dict[str, Any]:
    """Reported rings against the true ones."""
    true = {ring.true_ring for ring in found if ring.true_ring is not None}
    return {
        "reported": len(found),
        "true": len(truth.rings),
        "true_found": len(true),
        "precision": sum(ring.true_ring is not None for ring in found) / max(1, len(found)),
        "recall": len(true) / max(1, len(truth.rings)),
        "rings": [
            {
                "id": ring.id,
                "score": ring.score,
                "cards": ring.cards,
                "value_at_risk": ring.value,
                "known_fraud": ring.known_fraud,
                "true_ring": ring.true_ring,
                "true_cards": ring.true_cards,
                "ring_size": ring.ring_size,
                "why": ring.why,
            }
            for ring in found
        ],
    }


def _by_type(decisions: Sequence[Decision], truth: Truth) -> Mapping[str, dict[str, int]]:
    counts: dict[str, Counter[str]] = {}
    for decision in decisions:
        fraud = truth.frauds.get(decision.transaction)
        if fraud is not None:
            kind = counts.setdefault(fraud.type, Counter())
            kind["frauds"] += 1
            kind["stopped"] += decision.action != "approve"
    return {kind: dict(count) for kind, count in sorted(counts.items())}
