"""What a column of a feature row can be."""

from typing import Literal

from msgspec import Struct

from events.types import ENTITY_KINDS, Channel, EntityKind
from features.keys import EventKind

Aggregate = Literal[
    "count", "sum", "mean", "std", "min", "max", "last", "first", "distinct", "since_last", "since_first",
]  # fmt: skip
Group = Literal["transaction", "address", "velocity", "graph"]
GRAPH_KINDS: tuple[EntityKind, ...] = ENTITY_KINDS[:7]  # those with graph features: all but merchants
GROUPS: tuple[Group, ...] = ("transaction", "address", "velocity", "graph")


class TransactionField(Struct, frozen=True, tag="field"):
    """Read off the transaction itself (`features.fields` has the function of this name)."""

    name: str


class VelocityFeature(Struct, frozen=True, tag="velocity", kw_only=True, omit_defaults=True):
    """An aggregate over a sliding window of the events that carry the same `entity`.

    The window of event e is {x: x.seq <= e.seq and e.time - delay_ms - window_ms <= x.time <= e.time - delay_ms}, of
    those x that pass the filter: of the `kinds`; where `channels` names some, on one of these; where bounds are given,
    `amount_from` <= amount < `amount_below`, base minor units.

    `entity` names one of `features.keys.KEYS`, or two of them joined by `+`: `card+merchant` is the pair, and
    `card+amount` counts a card's payments of the same amount.

    Over the window: `count`; `sum`, `mean`, `std` (of a sample, absent below two), `min`, `max` of the amount, base
    minor units; `distinct` counts the different `partner` keys. Over the window without e itself, absent where nothing
    is left: `last` and `first` are the amount of the newest and the oldest, `since_last` and `since_first` the seconds
    passed since. Of events at one time the one folded later is the newer.
    """

    entity: str
    kinds: tuple[EventKind, ...]
    aggregate: Aggregate
    window_ms: int
    partner: str | None = None
    delay_ms: int = 0
    channels: tuple[Channel, ...] = ()
    amount_from: int | None = None
    amount_below: int | None = None


class Ratio(Struct, frozen=True, tag="ratio"):
    """One column over another, both by name; NaN where the denominator is 0 or absent."""

    numerator: str
    denominator: str


class Difference(Struct, frozen=True, tag="difference"):
    """One column less another, both by name; NaN where either is absent."""

    minuend: str
    subtrahend: str


class ZScore(Struct, frozen=True, tag="zscore"):
    """(value - mean) / std, all columns by name; NaN where one is absent, and where std is 0."""

    value: str
    mean: str
    std: str


class GraphFeature(Struct, frozen=True, tag="graph"):
    """A graph column of one entity of the transaction, or (`entity` None) its maximum over all of them."""

    entity: EntityKind | None
    column: str


Derived = Ratio | Difference | ZScore
Source = TransactionField | VelocityFeature | Derived | GraphFeature


class Feature(Struct, frozen=True):
    """One column: its name, group, where it comes from and what it means."""

    name: str
    group: Group
    source: Source
    meaning: str


def parts_of(source: Derived) -> tuple[str, ...]:
    """The columns that a derived one is made of."""
    if isinstance(source, Ratio):
        return source.numerator, source.denominator
    if isinstance(source, Difference):
        return source.minuend, source.subtrahend
    return source.value, source.mean, source.std
