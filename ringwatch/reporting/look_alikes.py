"""The innocents that look most like a ring and were left alone, and what told them apart."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from console.report.data import LookAlike
from events.types import ENTITY_KINDS
from graph.graph_features import GraphFeatures, Ring
from ringwatch.reporting.dossiers import Facts, Paid, shared_graph

FEWEST = 3
_CARD = ENTITY_KINDS.index("card")
_LOOKED_AT = 40  # of the nearest, until one is found that was left alone


@dataclass(frozen=True, slots=True)
class _Signature:
    """A community in the figures that a ring's score is made of."""

    customers: int
    sharing: float
    score: float
    age_days: float
    payments: float
    members: tuple[str, ...]


def signatures(features: GraphFeatures) -> Mapping[str, _Signature]:
    """Communities of `FEWEST` cards and more, by id."""
    rows: dict[str, list[int]] = defaultdict(list)
    for row, community in enumerate(features.community):
        if community:
            rows[community].append(row)
    age, paid = features.column("age_days"), features.column("transactions")
    sharing, score = features.column("community_sharing"), features.column("ring_score")
    found = {}
    for community, members in rows.items():
        cards = [row for row in members if features.kinds[row] == _CARD]
        if len(cards) >= FEWEST:
            found[community] = _Signature(
                customers=len(cards),
                sharing=float(sharing[members[0]]),
                score=float(score[members[0]]),
                age_days=float(np.median(age[cards])),
                payments=float(paid[cards].mean()),
                members=tuple(features.tokens[row] for row in members),
            )
    return found


def nearest(ring: Ring, facts: Facts, known: Mapping[str, _Signature]) -> LookAlike | None:
    """The community nearest in size and sharing that is no reported ring, paid undisturbed and has no fraud."""
    mine = known.get(ring.id)
    if mine is None:
        return None
    for other in _by_distance(mine, known, {reported.id for reported in facts.features.rings}):
        paid = facts.of(other.members)
        decided = [
            facts.decisions[each.transaction.id] for each in paid if each.transaction.id in facts.decisions
        ]
        approved = sum(decision.action == "approve" for decision in decided)
        if paid and approved == len(decided) and not any(facts.fraud(each.transaction.id) for each in paid):
            return LookAlike(
                title=f"{other.customers} customers who share as much",
                score=other.score,
                why=_why(mine, other, paid),
                graph=shared_graph(other.members, paid, facts),
                customers=other.customers,
                payments=len(paid),
                approved=approved,
            )
    return None


def _by_distance(mine: _Signature, known: Mapping[str, _Signature], rings: set[str]) -> Iterator[_Signature]:
    def distance(community: str) -> tuple[float, str]:
        other = known[community]
        size = abs(np.log(other.customers / mine.customers))
        return float(size + abs(np.log((other.sharing + 0.1) / (mine.sharing + 0.1)))), community

    others = [community for community, other in known.items() if community not in rings and other.sharing > 1]
    for community in sorted(others, key=distance)[:_LOOKED_AT]:
        yield known[community]


def _why(mine: _Signature, other: _Signature, paid: list[Paid]) -> tuple[str, ...]:
    reasons = [
        f"{other.customers} customers beside {mine.customers}",
        f"{other.sharing:.1f} customers on a shared entity beside {mine.sharing:.1f}",
    ]
    if other.age_days > mine.age_days:
        reasons.append(f"known for {other.age_days:.0f} days (median card), the ring for {mine.age_days:.0f}")
    if other.payments > mine.payments:
        reasons.append(f"{other.payments:.1f} payments a card, the ring {mine.payments:.1f}: they come back")
    span = (paid[-1].transaction.time - paid[0].transaction.time) / 86_400_000
    reasons.append(f"payments over {span:.0f} days, none of them known as fraud")
    reasons.append(f"ring score {other.score:.2f} beside {mine.score:.2f}")
    return tuple(reasons)
