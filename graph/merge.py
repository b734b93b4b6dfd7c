"""A batch of events as rows to merge: one a node and one a link, however many events touched them.

Rows come out sorted by key, so that writers who touch the same nodes lock them in the same order.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from events.types import AccountEvent, AddressKey, Alert, EntityKind, Input, JoinedLabel, Transaction
from graph.attributes import Attributes, attributes_of
from graph.frauds import marked_entities, subject_of
from graph.links import Link, links_of, makes_links, touch_of
from graph.schema import LABELS, Pattern

Value = str | int | float | bool
Properties = dict[str, Value]
Row = tuple[Any, ...]
Join = tuple[str, str, str]
_NONE: Attributes = {}


@dataclass
class _Sum:
    first: int
    last: int
    payments: int = 0
    amount: int = 0

    def add(self, time: int, payments: int, amount: int) -> None:
        self.payments += payments
        self.amount += amount
        if time > self.last:
            self.last = time
        elif time < self.first:
            self.first = time

    def row(self) -> tuple[int, int, int, int]:
        return self.payments, self.amount, self.first, self.last


class MergedRows:
    """What one batch writes; the row layouts are those of the statements in `graph.schema`."""

    def __init__(self) -> None:
        self._anchors: dict[EntityKind, dict[str, _Sum]] = {}
        self._links: dict[Pattern, dict[tuple[str, str], _Sum]] = {}
        self._attributes: dict[str, Attributes] = {}
        self._nodes: dict[str, dict[str, Properties]] = {}
        self._joins: dict[Join, set[tuple[str, str]]] = {}
        self._marked: dict[EntityKind, dict[str, _Sum]] = {}

    def anchors(self) -> Iterator[tuple[EntityKind, list[Row]]]:
        for kind, held in sorted(self._anchors.items()):
            yield (
                kind,
                [
                    (token, self._attributes.get(token, _NONE), *one.row())
                    for token, one in sorted(held.items())
                ],
            )

    def links(self) -> Iterator[tuple[Pattern, list[Row]]]:
        """Those within buildings last, for their units come with the others."""
        for pattern, held in sorted(self._links.items(), key=lambda item: (item[0][0] == "address", item[0])):
            yield (
                pattern,
                [(a, b, *one.row(), self._attributes.get(b, _NONE)) for (a, b), one in sorted(held.items())],
            )

    def described(self) -> Iterable[str]:
        """Tokens whose attributes are among the rows."""
        return self._attributes

    def nodes(self) -> Iterator[tuple[str, list[Row]]]:
        for label, held in sorted(self._nodes.items()):
            yield label, sorted(held.items())

    def joins(self) -> Iterator[tuple[Join, list[Row]]]:
        for join, pairs in sorted(self._joins.items()):
            yield join, sorted(pairs)

    def marked(self) -> Iterator[tuple[EntityKind, list[Row]]]:
        """Entities that labels of this batch mark."""
        for kind, held in sorted(self._marked.items()):
            yield kind, [(token, one.first, one.last) for token, one in sorted(held.items())]

    def anchor(self, kind: EntityKind, token: str, time: int, payments: int, amount: int) -> None:
        held = self._anchors.setdefault(kind, {})
        one = held.get(token)
        if one is None:
            one = held[token] = _Sum(time, time)
        one.add(time, payments, amount)

    def link(self, link: Link) -> None:
        held = self._links.setdefault((link.a_kind, link.relation, link.b_kind), {})
        one = held.get((link.a, link.b))
        if one is None:
            one = held[link.a, link.b] = _Sum(link.time, link.time)
        one.add(link.time, link.payments, link.amount)

    def describe(self, token: str, attributes: Attributes) -> None:
        self._attributes.setdefault(token, attributes)

    def node(self, label: str, key: str, properties: Properties) -> None:
        self._nodes.setdefault(label, {}).setdefault(key, {}).update(properties)

    def join(self, join: Join, a: str, b: str) -> None:
        self._joins.setdefault(join, set()).add((a, b))

    def mark(self, kind: EntityKind, token: str, time: int) -> None:
        held = self._marked.setdefault(kind, {})
        one = held.get(token)
        if one is None:
            one = held[token] = _Sum(time, time)
        one.add(time, 0, 0)


def merge_events(
    events: Iterable[tuple[Input | Alert, AddressKey | None]], described: Container[str] = ()
) -> MergedRows:
    """Rows for `events`, each with the key of its principal address. Outcomes and the like add nothing.

    Attributes of the tokens in `described` are left out: the database has them.
    """
    rows = MergedRows()
    for event, address in events:
        if isinstance(event, Alert):
            _add_alert(rows, event)
        elif isinstance(event, JoinedLabel):
            _add_label(rows, event)
        elif makes_links(event):
            _add_links(rows, event, address, described)
    return rows


def _add_links(
    rows: MergedRows,
    event: Transaction | AccountEvent,
    address: AddressKey | None,
    described: Container[str],
) -> None:
    touch = touch_of(event, address)
    if touch is None:
        return
    entities, anchor, _, time, payments, amount = touch
    rows.anchor(anchor, entities[anchor], time, payments, amount)
    for link in links_of(event, address):
        rows.link(link)
    if not all(token in described for token in entities.values()):
        for token, attributes in attributes_of(event, address):
            if token not in described:
                rows.describe(token, attributes)


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
        rows.join(("Label", "MARKS", LABELS[kind]), label.id, token)
        rows.mark(kind, token, joined.transaction_time)


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
        rows.join(("Transaction", "TOUCHED", LABELS[kind]), key, token)
        rows.node(LABELS[kind], token, {})
