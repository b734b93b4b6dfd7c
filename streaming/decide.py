"""Rows to decisions, alerts and feature vectors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from events import codec, topics
from events.entities import partition_key
from events.identity import content_hash, decision_id
from events.types import Alert, Decision, FeatureVector, Lane, Status
from features.catalogue import Catalogue
from scoring import Scorer
from streaming.fold import Served
from streaming.log.port import Outgoing

# What is told of a group: the last of these that any of its columns has. ABSENT counts as FRESH, which is not told.
_MILDEST_FIRST = (
    Status.FRESH, Status.STALE, Status.WARMING, Status.CAPPED, Status.PENDING, Status.FAILED,
)  # fmt: skip
_NAMES = [status.name.lower() for status in _MILDEST_FIRST]
_TOLD = np.array(
    [_MILDEST_FIRST.index(Status.FRESH if it is Status.ABSENT else it) for it in Status], np.uint8
)
ALERTING = frozenset({"review", "decline"})


@dataclass(frozen=True, slots=True)
class Decider:
    """How rows become messages.

    `sample` is the share of approved transactions whose feature vector is published; those of all others are.
    """

    catalogue: Catalogue
    lane: Lane = "live"
    sample: float = 0.01

    def decide(self, served: Served, scorer: Scorer, clock_ms: int | None) -> list[Decision]:
        """One decision a row, in order. `clock_ms` None: each was decided at its own time (back-fill)."""
        verdicts = scorer.decide(served.x, served.status, served.transactions)
        lacking = dict(scorer.statuses)
        statuses = [{**lacking, **told} for told in group_statuses(self.catalogue, served.status)]
        return [
            Decision(
                id=decision_id(topics.TRANSACTIONS.name, transaction.id, self.lane),
                transaction=transaction.id,
                time=transaction.time,
                action=verdict.action,
                score=verdict.score,
                reasons=verdict.reasons,
                release=scorer.release,
                graph_version=served.graph.version,
                statuses=status,
                seq=seq,
                lane=self.lane,
                decided_at=transaction.time if clock_ms is None else clock_ms,
                amount=transaction.amount,
                entities=entities,
            )
            for transaction, verdict, status, seq, entities in zip(
                served.transactions, verdicts, statuses, served.seqs.tolist(), served.entities, strict=True
            )
        ]

    def outgoing(self, served: Served, decisions: Sequence[Decision]) -> list[tuple[str, Outgoing]]:
        """What to send for `decisions` (one a row of `served`), each with its name (`sent_name`)."""
        out: list[tuple[str, Outgoing]] = []

        def add(topic: str, identity: str, key: bytes, value: bytes) -> None:
            out.append((sent_name(topic, identity), Outgoing(topic, key, value)))

        for row, decision in enumerate(decisions):
            key = partition_key(decision.entities, decision.transaction)
            add(topics.DECISIONS.name, decision.id, key, codec.encode(decision))
            if decision.action in ALERTING:
                alert = alert_of(decision)
                add(topics.ALERTS.name, alert.id, key, codec.encode(alert))
            if decision.action != "approve" or _sampled(decision.id, self.sample):
                vector = vector_of(self.catalogue, served, row, decision)
                add(topics.FEATURES.name, decision.id, key, codec.encode(vector))
        return out


def sent_name(topic: str, identity: str) -> str:
    """Names one sent message: how a recovery knows what is in the log already."""
    return f"{topic}:{identity}"


def alert_of(decision: Decision) -> Alert:
    """The alert of a decision that somebody should look at."""
    return Alert(
        id=content_hash("alert", decision.id),
        decision=decision.id,
        transaction=decision.transaction,
        time=decision.time,
        action=decision.action,
        score=decision.score,
        reasons=decision.reasons,
        entities=decision.entities,
        amount=decision.amount,
    )


def vector_of(catalogue: Catalogue, served: Served, row: int, decision: Decision) -> FeatureVector:
    """The packed row a decision was made on."""
    return FeatureVector(
        decision=decision.id,
        transaction=decision.transaction,
        time=decision.time,
        catalogue=catalogue.version,
        graph_version=served.graph.version,
        values=served.x[row].astype("<f4").tobytes(),
        status=served.status[row].tobytes(),
    )


def group_statuses(catalogue: Catalogue, status: NDArray[np.uint8]) -> list[dict[str, str]]:
    """The worst status of each feature group of each row; groups that are fresh, or merely absent, are left out."""
    found: list[dict[str, str]] = [{} for _ in range(len(status))]
    for group, columns in catalogue.groups.items():
        worst = _TOLD[status[:, columns]].max(axis=1, initial=0)
        for row in np.flatnonzero(worst).tolist():
            found[row][group] = _NAMES[worst.item(row)]
    return found


def _sampled(identity: str, share: float) -> bool:
    return int(identity[:8], 16) < share * 2**32
