"""A batch of events as rows to merge: one a node and one a link, whatever number of events touched them.

Rows are sorted by key, so that writers who touch the same nodes lock them in the same order.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from events.types import AddressKey, Alert, EntityKind, Input, JoinedLabel
from graph.attributes import attributes_of
from graph.frauds import marked_entities, subject_of
from graph.links import links_of, makes_links, sightings_of
from graph.schema import Pattern

Value = str | int | float | bool
Properties = dict[str, Value]


@dataclass
class MergedRows:
    """What one batch writes, by kind and pattern; see `graph.schema` for the row layouts."""

    # kind -> token -> [attributes, transactions, amount, first, last]
    entities: dict[EntityKind, dict[str, tuple[Properties, list[int]]]] = field(default_factory=dict)
    # pattern -> (a, b) -> [count, first, last, amount]
    links: dict[Pattern, dict[tuple[str, str], list[int]]] = field(default_factory=dict)
    # label -> key -> properties, for Transaction, Alert and Label
    nodes: dict[str, dict[str, Properties]] = field(default_factory=dict)
    # (label, relation, label) -> pairs of keys
    joins: dict[tuple[str, str, str], set[tuple[str, str]]] = field(default_factory=dict)
    marked: dict[EntityKind, set[str]] = field(default_factory=dict)


def merge_events(events: Iterable[tuple[Input | Alert, AddressKey | None]]) -> MergedRows:
    """Rows for `events`, each with the key of its principal address."""
    from graph.records import add_alert, add_label

    rows = MergedRows()
    for event, address in events:
        if isinstance(event, Alert):
            add_alert(rows, event)
        elif isinstance(event, JoinedLabel):
            add_label(rows, event)
        elif makes_links(event):
            _add_links(rows, event, address)
    return rows
