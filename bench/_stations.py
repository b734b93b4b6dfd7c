"""How much has arrived where: the same payments counted at every station of the pipeline, from what is stored there.

Nothing is taken from a part's own counters. Amounts are summed as integers (base minor units).
"""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field

from events import codec, topics
from events.types import AccountEvent, Alert, Decision, JoinedLabel, Label, Transaction
from graph.driver import GraphStore, Row
from lake import files
from ringwatch.wiring import Wiring
from streaming.decide import ALERTING
from streaming.log.port import Log, TopicPartition

Positions = dict[TopicPartition, int]


@dataclass(slots=True)
class Tally:
    """`records` are all there are, `base` is the sum over distinct ids."""

    records: int = 0
    base: int = 0
    ids: dict[str, str] = field(default_factory=dict)  # id -> what it speaks of

    def add(self, identity: str, base_minor: int, about: str = "") -> None:
        self.records += 1
        if identity not in self.ids:
            self.ids[identity] = about
            self.base += base_minor

    def figures(self) -> dict[str, int]:
        return {"records": self.records, "distinct": len(self.ids), "base_minor": self.base}


def read_topic(log: Log, topic: str, take: Callable[[bytes], None]) -> Positions:
    """Every record from the first to the present last; the position behind the last record of each partition."""
    ends = log.end(topic)
    behind: Positions = {}
    reader = log.open_reader(log.begin(topic))
    try:
        while any(at < ends[source] for source, at in reader.positions().items()):
            for record in reader.poll(5_000, 0.2):
                take(record.value)
                behind[TopicPartition(record.topic, record.partition)] = record.offset + 1
    finally:
        reader.close()
    return behind


@dataclass(slots=True)
class InLog:
    """What the topics hold. `authorised` are the payments that are to be decided; `behind` where each topic ends."""

    transactions: Tally = field(default_factory=Tally)
    authorised: Tally = field(default_factory=Tally)
    labels: Tally = field(default_factory=Tally)
    joined: Tally = field(default_factory=Tally)
    decisions: Tally = field(default_factory=Tally)
    alerting: Tally = field(default_factory=Tally)
    alerts: Tally = field(default_factory=Tally)
    cards: set[str] = field(default_factory=set)
    accounts: set[str] = field(default_factory=set)
    merchants: set[str] = field(default_factory=set)
    minor: Counter[str] = field(default_factory=Counter)  # what is to be decided, by currency
    dead: int = 0
    behind: Positions = field(default_factory=dict)
    decided: dict[str, bytes] = field(default_factory=dict)  # decision id -> its bytes

    def transaction(self, value: bytes) -> None:
        message = codec.decode(value, Transaction)
        base = message.amount.base_minor
        self.transactions.add(message.id, base)
        if message.kind == "authorisation":
            if message.id not in self.authorised.ids:
                self.minor[message.amount.currency] += message.amount.minor
            self.authorised.add(message.id, base)
            self._parties(message)
            self.merchants |= {message.merchant.token} if message.merchant else set()

    def account_event(self, value: bytes) -> None:
        self._parties(codec.decode(value, AccountEvent))

    def _parties(self, message: Transaction | AccountEvent) -> None:
        self.cards |= {message.card.token} if message.card else set()
        self.accounts |= {message.account} if message.account else set()

    def label(self, value: bytes) -> None:
        message = codec.decode(value, Label)
        self.labels.add(message.id, 0, message.subject.id)

    def join(self, value: bytes) -> None:
        message = codec.decode(value, JoinedLabel)
        amount = message.amount.base_minor if message.amount else 0
        self.joined.add(message.label.id, amount, message.label.subject.id)

    def decision(self, value: bytes) -> None:
        message = codec.decode(value, Decision)
        self.decisions.add(message.id, message.amount.base_minor, message.transaction)
        self.decided.setdefault(message.id, value)
        if message.action in ALERTING:
            self.alerting.add(message.id, message.amount.base_minor)

    def alert(self, value: bytes) -> None:
        message = codec.decode(value, Alert)
        self.alerts.add(message.id, message.amount.base_minor, message.decision)

    def letter(self, _: bytes) -> None:
        self.dead += 1

    @classmethod
    def read(cls, log: Log) -> "InLog":
        found = cls()
        for topic, take in (
            (topics.TRANSACTIONS, found.transaction),
            (topics.ACCOUNT_EVENTS, found.account_event),
            (topics.LABELS, found.label),
            (topics.LABELS_JOINED, found.join),
            (topics.DECISIONS, found.decision),
            (topics.ALERTS, found.alert),
            (topics.DLQ, found.letter),
        ):
            found.behind |= read_topic(log, topic.name, take)
        for topic in (topics.OUTCOMES, topics.FEATURES):
            found.behind |= read_topic(log, topic.name, lambda _: None)
        return found


def in_graph(store: GraphStore, log: InLog, *, shared: bool) -> dict[str, int]:
    """Sums over what the graph holds: payments by who pays, by whom they go to, labels and alerts.

    Of a `shared` database just what has to do with the cards, accounts, labels and alerts in `log`.
    """
    ours = log.accounts | log.cards

    def rows(statement: str, known: Container[str]) -> list[Row]:
        return [row for row in store.read(statement) if not shared or row[0] in known]

    paying, paid = [], []
    for kind in ("Card", "Account"):
        paying += rows(f"MATCH (n:{kind}) RETURN n.key, coalesce(n.payments, 0), coalesce(n.amount, 0)", ours)
        paid += rows(f"MATCH (n:{kind})-[r:PAID]->(m:Merchant) RETURN n.key, m.key, r.count, r.amount", ours)
    return {
        "cards": sum(token.startswith("card.") for token, *_ in paying),
        "payments": sum(payments for _, payments, _ in paying),
        "base_minor": sum(amount for *_, amount in paying),
        "merchants": len({merchant for _, merchant, *_ in paid}),
        "payments_to_merchants": sum(payments for *_, payments, _ in paid),
        "base_minor_to_merchants": sum(amount for *_, amount in paid),
        "labels": len(rows("MATCH (n:Label) RETURN n.key", log.labels.ids)),
        "alerts": len(rows("MATCH (n:Alert) RETURN n.key", log.alerts.ids)),
    }


def in_lake(parts: Wiring) -> dict[str, dict[str, int]]:
    """Rows, distinct ids and sums of the lake's tables."""
    found: dict[str, dict[str, int]] = {}
    for name in ("transactions", "labels", "decisions", "alerts"):
        columns = ("id",) if name == "labels" else ("id", "base_minor")
        table = files.read(parts.blobs, name, columns).to_pydict()
        tally = Tally()
        for identity, base in zip(table["id"], table.get("base_minor", [0] * len(table["id"])), strict=True):
            tally.add(identity, base)
        found[name] = tally.figures()
    return found


def lake_positions(parts: Wiring) -> Positions:
    """What the lake holds of each partition."""
    names = (t.name for t in (topics.TRANSACTIONS, topics.LABELS, topics.DECISIONS, topics.ALERTS))
    return {
        TopicPartition(name, partition): at
        for name in names
        for partition, at in files.positions(parts.blobs, name).items()
    }


def faults(
    sent: Mapping[str, int], log: InLog, graph: Mapping[str, int], lake: Mapping[str, Mapping[str, int]]
) -> list[str]:
    """What does not add up, in words; nothing where every payment is everywhere once.

    `sent` are the records that were sent, by topic. A label may be joined twice under one id (whoever reads it
    knows): that alone is no fault.
    """
    once = {
        "transactions": (log.transactions, sent["transactions"]),
        "labels": (log.labels, sent["labels"]),
        "decisions": (log.decisions, len(log.authorised.ids)),
        "alerts": (log.alerts, len(log.alerting.ids)),
    }
    pairs: list[tuple[str, int, int]] = [("dlq: records", log.dead, 0)]
    for name, (tally, wanted) in once.items():
        pairs.append((f"{name}: records", tally.records, wanted))
        pairs.append((f"{name}: distinct ids", len(tally.ids), wanted))
        pairs += [(f"lake {name}: {what}", lake[name][what], it) for what, it in tally.figures().items()]
    paid = log.authorised
    pairs += [
        ("decisions: amount", log.decisions.base, paid.base),
        ("alerts: amount", log.alerts.base, log.alerting.base),
        ("labels-joined: distinct ids", len(log.joined.ids), len(log.labels.ids)),
        ("graph: payments", graph["payments"], len(paid.ids)),
        ("graph: amount", graph["base_minor"], paid.base),
        ("graph: cards", graph["cards"], len(log.cards)),
        ("graph: merchants", graph["merchants"], len(log.merchants)),
        ("graph: payments to merchants", graph["payments_to_merchants"], len(paid.ids)),
        ("graph: amount to merchants", graph["base_minor_to_merchants"], paid.base),
        ("graph: labels", graph["labels"], len(log.labels.ids)),
        ("graph: alerts", graph["alerts"], len(log.alerting.ids)),
    ]
    found = [f"{name}: {is_} instead of {wanted}" for name, is_, wanted in pairs if is_ != wanted]
    return found + list(_strangers(log))


def _strangers(log: InLog) -> Iterable[str]:
    """Equal counts of unequal things."""
    if set(log.decisions.ids.values()) != set(log.authorised.ids):
        yield "decisions: not of the payments that were sent"
    if set(log.joined.ids) != set(log.labels.ids):
        yield "labels-joined: not the labels that were sent"
