"""What a column of a feature row can be."""

from typing import Literal

from msgspec import Struct

from events.types import ENTITY_KINDS, EntityKind
from features.batch import EventKind

Aggregate = Literal["count", "sum", "mean", "distinct"]
Group = Literal["transaction", "address", "velocity", "graph"]
GRAPH_KINDS: tuple[EntityKind, ...] = ENTITY_KINDS[:7]  # those with graph features: all but merchants
GROUPS: tuple[Group, ...] = ("transaction", "address", "velocity", "graph")


class TransactionField(Struct, frozen=True, tag="field"):
    """Read off the transaction itself (`features.fields` has the function of this name)."""

    name: str


class VelocityFeature(Struct, frozen=True, tag="velocity", kw_only=True):
    """An aggregate over a sliding window of the events that carry the same `entity`.

    The window of event e is {x: x.seq <= e.seq and e.time - window_ms <= x.time <= e.time}, of the `kinds`
    alone. `sum` and `mean` are over the amount (base minor units); `distinct` counts the different `partner`
    entities.
    """

    entity: EntityKind
    kinds: tuple[EventKind, ...]
    aggregate: Aggregate
    window_ms: int
    partner: EntityKind | None = None


class Ratio(Struct, frozen=True, tag="ratio"):
    """One column over another, both by name; NaN where the denominator is 0 or absent."""

    numerator: str
    denominator: str


class GraphFeature(Struct, frozen=True, tag="graph"):
    """A graph column of one entity of the transaction, or (`entity` None) its maximum over all of them."""

    entity: EntityKind | None
    column: str


Source = TransactionField | VelocityFeature | Ratio | GraphFeature


class Feature(Struct, frozen=True):
    """One column: its name, group, where it comes from and what it means."""

    name: str
    group: Group
    source: Source
    meaning: str
