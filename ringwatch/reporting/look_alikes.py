"""The customers that look most like a ring and were left alone, and what told them apart."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from console.report import words
from console.report.data import LookAlike
from events.types import ENTITY_KINDS
from graph.graph_features import GraphFeatures, Ring
from ringwatch.reporting.dossiers import Facts, Paid, shared_graph

FEWEST = 3
_CARD, _ACCOUNT = ENTITY_KINDS.index("card"), ENTITY_KINDS.index("account")
_LOOKED_AT = 40  # of the nearest, until one is found that was left alone


@dataclass(frozen=True, slots=True)
class Signature:
    """A community in the figures that a ring's score is made of.

    `customers` are its cards, or its accounts where it has more of those, as in `Ring`; `age_days` (median) and
    `payments` (mean) are theirs. `fraud`: one of its members is known for fraud.
    """

    id: str
    customers: int
    sharing: float
    score: float
    age_days: float
    payments: float
    fraud: bool
    members: tuple[str, ...]


def signatures(features: GraphFeatures) -> Mapping[str, Signature]:
    """Communities of `FEWEST` customers and more, by id."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, community in enumerate(features.community):
        if community:
            rows[community].append(row)
    found = {community: _signature(community, members, features) for community, members in rows.items()}
    return {community: each for community, each in found.items() if each and each.customers >= FEWEST}


def ring_signature(ring: Ring, features: GraphFeatures) -> Signature | None:
    """A ring in the same figures, whether it is a community or a part of one; None where `features` lack it."""
    found = _signature(ring.id, _rows(ring.members, features), features)
    return replace(found, customers=ring.customers, score=ring.score) if found else None


def nearest(ring: Ring, facts: Facts, known: Mapping[str, Signature]) -> LookAlike | None:
    """The community nearest in size and sharing that has no reported ring in it, paid undisturbed and has no fraud."""
    mine = ring_signature(ring, facts.features)
    return left_alone(mine, candidates(mine, facts.features, known), facts) if mine else None


def candidates(mine: Signature, features: GraphFeatures, known: Mapping[str, Signature]) -> list[Signature]:
    """Communities like `mine` that share things and have neither a reported ring nor known fraud, nearest first."""
    members = {token for ring in features.rings for token in ring.members}
    rings = {features.community[row] for row in _rows(sorted(members), features)}

    def distance(other: Signature) -> tuple[float, str]:
        size = abs(np.log(other.customers / mine.customers))
        return float(size + abs(np.log((other.sharing + 0.1) / (mine.sharing + 0.1)))), other.id

    others = [other for other in known.values() if other.id not in rings and other.sharing > 1]
    return sorted((other for other in others if not other.fraud), key=distance)[:_LOOKED_AT]


def left_alone(mine: Signature, others: Iterable[Signature], facts: Facts) -> LookAlike | None:
    """The first of `others` that was decided on and always approved, and of whose payments none is known as fraud."""
    for other in others:
        paid = facts.of(other.members)
        decided = [
            facts.decisions[each.transaction.id] for each in paid if each.transaction.id in facts.decisions
        ]
        approved = sum(decision.action == "approve" for decision in decided)
        if (
            decided
            and approved == len(decided)
            and not any(facts.fraud(each.transaction.id) for each in paid)
        ):
            return LookAlike(
                title=f"{other.customers} customers who share as much",
                score=other.score,
                why=_why(mine, other, paid),
                graph=shared_graph(other.members, paid, facts),
                customers=other.customers,
                payments=len(paid),
                approved=approved,
                decided=len(decided),
            )
    return None


def _signature(name: str, members: Sequence[int], features: GraphFeatures) -> Signature | None:
    """None without any customer. Of a part of a community, the sharing and score are the community's."""
    cards, accounts = ([row for row in members if features.kinds[row] == kind] for kind in (_CARD, _ACCOUNT))
    customers = accounts if len(accounts) > len(cards) else cards
    if not customers:
        return None
    return Signature(
        id=name,
        customers=len(customers),
        sharing=float(np.median(features.column("community_sharing")[customers])),
        score=float(np.median(features.column("ring_score")[customers])),
        age_days=float(np.median(features.column("age_days")[customers])),
        payments=float(features.column("transactions")[customers].mean()),
        fraud=bool(features.fraud[members].any()),
        members=tuple(features.tokens[row] for row in members),
    )


def _rows(tokens: Iterable[str], features: GraphFeatures) -> list[int]:
    found = ((bisect_left(features.tokens, token), token) for token in tokens)
    return [at for at, token in found if at < len(features.tokens) and features.tokens[at] == token]


def _why(mine: Signature, other: Signature, paid: list[Paid]) -> tuple[str, ...]:
    reasons = [
        f"{other.customers} customers beside {mine.customers}",
        f"{other.sharing:.1f} customers on a shared entity beside {mine.sharing:.1f}",
    ]
    if other.age_days > mine.age_days:
        reasons.append(
            f"known for {other.age_days:.0f} days (median customer), the ring for {mine.age_days:.0f}"
        )
    if other.payments > mine.payments:
        reasons.append(
            f"{other.payments:.1f} payments a customer, the ring {mine.payments:.1f}: they come back"
        )
    span = (paid[-1].transaction.time - paid[0].transaction.time) / 86_400_000
    reasons.append(f"payments over {words.plural(round(span), 'day')}, none of them known as fraud")
    reasons.append(f"ring score {other.score:.2f} beside {mine.score:.2f}")
    return tuple(reasons)
