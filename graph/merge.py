"""A batch of events as rows to merge: one a node and one a link, however many events touched them.

Rows come out sorted by key, so that writers who touch the same nodes lock them in the same order.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from events.types import AccountEvent, AddressKey, Alert, EntityKind, Input, JoinedLabel, Transaction
from graph.attributes import attributes_of
from graph.frauds import marked_entities, subject_of
from graph.links import links_of, makes_links, sightings_of
from graph.schema import LABELS, Pattern

Value = str | int | float | bool
Properties = dict[str, Value]
Join = tuple[str, str, str]


@dataclass
class _Entity:
    first: int
    last: int
    transactions: int = 0
    amount: int = 0
    attributes: Properties = field(default_factory=dict)


@dataclass
class _Joint:
    first: int
    last: int
    count: int = 0
    amount: int = 0


class MergedRows:
    """What one batch writes; the row layouts are those of the statements in `graph.schema`."""

    def __init__(self) -> None:
        self._entities: dict[EntityKind, dict[str, _Entity]] = {}
        self._links: dict[Pattern, dict[tuple[str, str], _Joint]] = {}
        self._nodes: dict[str, dict[str, Properties]] = {}
        self._joins: dict[Join, set[tuple[str, str]]] = {}
        self._marked: dict[EntityKind, set[str]] = {}

    def entities(self) -> Iterator[tuple[EntityKind, list[list[object]]]]:
        for kind, held in sorted(self._entities.items()):
            yield (
                kind,
                [
                    [token, one.attributes, one.transactions, one.amount, one.first, one.last]
                    for token, one in sorted(held.items())
                ],
            )

    def links(self) -> Iterator[tuple[Pattern, list[list[object]]]]:
        for pattern, held in sorted(self._links.items()):
            yield (
                pattern,
                [[a, b, one.count, one.first, one.last, one.amount] for (a, b), one in sorted(held.items())],
            )

    def nodes(self) -> Iterator[tuple[str, list[list[object]]]]:
        for label, held in sorted(self._nodes.items()):
            yield label, [[key, properties] for key, properties in sorted(held.items())]

    def joins(self) -> Iterator[tuple[Join, list[list[str]]]]:
        for join, pairs in sorted(self._joins.items()):
            yield join, [list(pair) for pair in sorted(pairs)]

    def marked(self) -> Iterator[tuple[EntityKind, list[str]]]:
        """Entities that labels of this batch mark."""
        for kind, tokens in sorted(self._marked.items()):
            yield kind, sorted(tokens)

    def see(self, kind: EntityKind, token: str, time: int, amount: int, transactions: int) -> None:
        held = self._entities.setdefault(kind, {})
        one = held.get(token)
        if one is None:
            one = held[token] = _Entity(time, time)
        one.first = min(one.first, time)
        one.last = max(one.last, time)
        one.transactions += transactions
        one.amount += amount

    def describe(self, kind: EntityKind, token: str, attributes: Mapping[str, str]) -> None:
        self._entities[kind][token].attributes.update(attributes)

    def link(self, pattern: Pattern, a: str, b: str, time: int, amount: int, count: int) -> None:
        held = self._links.setdefault(pattern, {})
        one = held.get((a, b))
        if one is None:
            one = held[a, b] = _Joint(time, time)
        one.first = min(one.first, time)
        one.last = max(one.last, time)
        one.count += count
        one.amount += amount

    def node(self, label: str, key: str, properties: Properties) -> None:
        self._nodes.setdefault(label, {}).setdefault(key, {}).update(properties)

    def join(self, join: Join, a: str, b: str) -> None:
        self._joins.setdefault(join, set()).add((a, b))

    def mark(self, kind: EntityKind, token: str) -> None:
        self._marked.setdefault(kind, set()).add(token)


def merge_events(events: Iterable[tuple[Input | Alert, AddressKey | None]]) -> MergedRows:
    """Rows for `events`, each with the key of its principal address. Outcomes and the like add nothing."""
    rows = MergedRows()
    for event, address in events:
        if isinstance(event, Alert):
            _add_alert(rows, event)
        elif isinstance(event, JoinedLabel):
            _add_label(rows, event)
        elif makes_links(event):
            _add_links(rows, event, address)
    return rows


def _add_links(rows: MergedRows, event: Transaction | AccountEvent, address: AddressKey | None) -> None:
    for sighting in sightings_of(event, address):
        rows.see(*sighting)
    for kind, token, attributes in attributes_of(event, address):
        rows.describe(kind, token, attributes)
    for a_kind, a, b_kind, b, relation, time, amount, times in links_of(event, address):
        rows.link((a_kind, relation, b_kind), a, b, time, amount, times)


def _add_label(rows: MergedRows, joined: JoinedLabel) -> None:
    label = joined.label
    rows.node(
        "Label",
        label.id,
        {
            "subject": subject_of(joined),
            "verdict": label.verdict,
            "fraud": label.is_fraud,
            "reason_code": label.reason_code,
            "source": label.source,
            "actor": label.actor,
            "time": label.time,
            "known_at": label.known_at,
        },
    )
    if label.subject.kind == "transaction":
        amount = joined.amount.base_minor if joined.amount is not None else 0
        _add_transaction(rows, label.subject.id, joined.transaction_time, amount, joined.entities)
        rows.join(("Label", "SAYS_OF", "Transaction"), label.id, label.subject.id)
    for kind, token in marked_entities(joined):
        rows.see(kind, token, joined.transaction_time, 0, 0)
        rows.join(("Label", "MARKS", LABELS[kind]), label.id, token)
        rows.mark(kind, token)


def _add_alert(rows: MergedRows, alert: Alert) -> None:
    properties: Properties = {
        "decision": alert.decision,
        "action": alert.action,
        "score": alert.score,
        "time": alert.time,
        "reasons": " ".join(reason.code for reason in alert.reasons),
        "amount": alert.amount.base_minor,
    }
    if alert.community is not None:
        properties["community"] = alert.community
    rows.node("Alert", alert.id, properties)
    _add_transaction(rows, alert.transaction, alert.time, alert.amount.base_minor, alert.entities)
    rows.join(("Alert", "ABOUT", "Transaction"), alert.id, alert.transaction)


def _add_transaction(
    rows: MergedRows, key: str, time: int, amount: int, entities: Mapping[EntityKind, str]
) -> None:
    rows.node("Transaction", key, {"time": time, "amount": amount})
    for kind, token in entities.items():
        rows.see(kind, token, time, 0, 0)
        rows.join(("Transaction", "TOUCHED", LABELS[kind]), key, token)
