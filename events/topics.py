"""The topics, and which message travels on which."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Topic:
    """`partitions` None: as many as the installation says. `compacted`: the latest record of each key is kept."""

    name: str
    partitions: int | None = None
    compacted: bool = False


TRANSACTIONS = Topic("transactions")
OUTCOMES = Topic("outcomes")
ACCOUNT_EVENTS = Topic("account-events")
LABELS = Topic("labels")
LABELS_JOINED = Topic("labels-joined")
CONTROL = Topic("control", partitions=1)
CONTROL_ACKS = Topic("control-acks", partitions=1)
DECISIONS = Topic("decisions")
DECISION_UPDATES = Topic("decision-updates")
FEATURES = Topic("features")
ALERTS = Topic("alerts")
DLQ = Topic("dlq", partitions=1)
SCORE_JOURNAL = Topic("score-journal", partitions=1)

ALL: tuple[Topic, ...] = (
    TRANSACTIONS, OUTCOMES, ACCOUNT_EVENTS, LABELS, LABELS_JOINED, CONTROL, CONTROL_ACKS,
    DECISIONS, DECISION_UPDATES, FEATURES, ALERTS, DLQ, SCORE_JOURNAL,
)  # fmt: skip
