"""The catalogue: every column of a feature row, declared once; engine and assembler read it as data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

import msgspec
from msgspec import Struct

from events.errors import CorruptError
from events.identity import content_hash
from features.default import default_features
from features.feature import (
    GRAPH_KINDS,
    GROUPS,
    Derived,
    Feature,
    GraphFeature,
    Group,
    TransactionField,
    VelocityFeature,
    parts_of,
)
from features.fields import ADDRESS_KEYED, FIELDS
from features.graph_columns import GRAPH_COLUMNS
from features.keys import parts_of_key

KEPT_MS = 30 * 86_400_000
"""Events are kept for so long whatever the catalogue, so that another one's windows up to it are full at once."""
LONGEST_MS = 400 * 86_400_000

_GRAPH_NAMES = frozenset(column.name for column in GRAPH_COLUMNS)


class _Wire(Struct, frozen=True):
    features: tuple[Feature, ...]
    distinct_limit: int


@dataclass(frozen=True, eq=False)
class Catalogue:
    """The columns of a feature row, in order, and their version.

    Groups are contiguous and in the order of `GROUPS`; within velocity the engine's columns come before
    derived ones. A distinct count above `distinct_limit` reads as the limit, with status CAPPED: that bounds what
    one series costs. Raises ValueError for a catalogue that breaks these rules or names a column twice.
    """

    features: tuple[Feature, ...]
    distinct_limit: int = 255
    version: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "version", content_hash("catalogue", self.to_bytes(), size=8))
        _check(self)

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(feature.name for feature in self.features)

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {name: position for position, name in enumerate(self.names)}

    def index(self, name: str) -> int:
        """The column of `name`; KeyError for an unknown one."""
        return self._positions[name]

    @cached_property
    def groups(self) -> Mapping[Group, slice]:
        """The columns of each group."""
        found: dict[Group, slice] = {}
        start = 0
        for group in GROUPS:
            stop = start + sum(feature.group == group for feature in self.features)
            found[group] = slice(start, stop)
            start = stop
        return MappingProxyType(found)

    @cached_property
    def velocity(self) -> tuple[VelocityFeature, ...]:
        """What the engine computes, in the order of its output columns."""
        return tuple(f.source for f in self.features if isinstance(f.source, VelocityFeature))

    @cached_property
    def velocity_version(self) -> str:
        """Names the velocity definitions alone: engine state fits every catalogue that shares it."""
        parts = msgspec.json.encode(self.velocity), str(self.distinct_limit)
        return content_hash("velocity", *parts, size=8)

    def to_bytes(self) -> bytes:
        """Deterministic JSON, for the registry."""
        return msgspec.json.encode(_Wire(self.features, self.distinct_limit))

    @staticmethod
    def from_bytes(data: bytes) -> "Catalogue":
        """The inverse of `to_bytes`; CorruptError where `data` is none."""
        try:
            wire = msgspec.json.decode(data, type=_Wire)
            return Catalogue(wire.features, wire.distinct_limit)
        except (msgspec.MsgspecError, ValueError) as error:
            raise CorruptError(f"not a catalogue: {error}") from error


def default_catalogue() -> Catalogue:
    """The columns that ringwatch scores with unless told otherwise."""
    return Catalogue(default_features())


def _check(catalogue: Catalogue) -> None:
    names = catalogue.names
    if len(set(names)) != len(names):
        raise ValueError(f"named twice: {sorted({name for name in names if names.count(name) > 1})}")
    if catalogue.distinct_limit < 1:
        raise ValueError("distinct_limit must be at least 1")

    def place(feature: Feature) -> tuple[int, bool]:
        return GROUPS.index(feature.group), isinstance(feature.source, Derived)

    if sorted(catalogue.features, key=place) != list(catalogue.features):
        raise ValueError(
            "columns must go by group: transaction, address, velocity (derived ones last), graph"
        )
    plain = frozenset(
        feature.name for feature in catalogue.features if not isinstance(feature.source, Derived)
    )
    for feature in catalogue.features:
        _check_feature(feature, plain)


def _check_feature(feature: Feature, plain: frozenset[str]) -> None:
    source = feature.source
    if isinstance(source, VelocityFeature):
        _check_velocity(feature.name, source)
    elif isinstance(source, TransactionField):
        if source.name not in FIELDS and source.name != ADDRESS_KEYED:
            raise ValueError(f"{feature.name}: reads an unknown field")
    elif isinstance(source, GraphFeature):
        if source.entity not in (None, *GRAPH_KINDS) or source.column not in _GRAPH_NAMES:
            raise ValueError(f"{feature.name}: reads an unknown graph column")
    elif unknown := set(parts_of(source)) - plain:
        raise ValueError(
            f"{feature.name}: names unknown columns, or derived ones: {', '.join(sorted(unknown))}"
        )


def _check_velocity(name: str, source: VelocityFeature) -> None:
    if not source.kinds:
        raise ValueError(f"{name}: kinds is empty: name the events to count")
    if not 0 < source.window_ms <= LONGEST_MS or not 0 <= source.delay_ms <= LONGEST_MS - source.window_ms:
        raise ValueError(
            f"{name}: window_ms must be above 0, delay_ms at least 0, and both together at most 400 days"
        )
    if (source.aggregate == "distinct") != (source.partner is not None):
        raise ValueError(f"{name}: a partner goes with distinct, and only with it")
    own = parts_of_key(source.entity)
    if source.partner is not None and set(parts_of_key(source.partner)) <= set(own):
        raise ValueError(f"{name}: partner {source.partner} is part of the entity, so there is never but one")
    if (
        source.amount_from is not None
        and source.amount_below is not None
        and source.amount_from >= source.amount_below
    ):
        raise ValueError(
            f"{name}: no amount is both at least {source.amount_from} and below {source.amount_below}"
        )
