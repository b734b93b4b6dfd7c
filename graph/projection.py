"""From the entity graph to the links that may glue a community.

A link counts by how rare the shared entity is, by what kind it is, and by how long ago it was last seen; hubs
(carrier addresses, offices, corporate accounts) are left out, for sharing one says nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from events.types import ENTITY_KINDS, EntityKind
from graph.edges import KIND_CODES, EdgeTable

DAY_MS = 86_400_000
CARD, ACCOUNT, ADDRESS = (KIND_CODES[kind] for kind in ("card", "account", "address"))


def _default_caps() -> dict[EntityKind, int]:
    return {"card": 200, "account": 100, "device": 25, "address": 30, "email": 10, "phone": 10, "ip": 20}


def _default_factors() -> dict[EntityKind, float]:
    return {"account": 1.0, "device": 1.0, "address": 1.0, "email": 1.0, "phone": 1.0, "ip": 0.1}


@dataclass(frozen=True)
class ProjectionRules:
    """What may glue.

    Args:
        caps: holders (cards or accounts on it; all links for a card) above which an entity is a hub.
        factors: weight of a link to an entity of the kind. An IP address alone is weak: it is handed on.
        half_life_days: a link weighs half after so many days without an event.
        floor: a link that has faded below this share of its weight is left out.
        building_units: a building with more units than this does not glue them.
        building_factor: weight of the link from a unit to its building.
    """

    caps: Mapping[EntityKind, int] = field(default_factory=_default_caps)
    factors: Mapping[EntityKind, float] = field(default_factory=_default_factors)
    half_life_days: float = 60.0
    floor: float = 1 / 16
    building_units: int = 3
    building_factor: float = 0.5


@dataclass(frozen=True)
class Projection:
    """n nodes as in the table, k links kept.

    Args:
        linked: int64[n, 8], neighbours by kind, over all links.
        holders: int64[n], cards or accounts (whichever are more) that share the entity; all links of a card.
        hub: bool[n].
        a, b: int32[k]; `a` the anchor or unit, `b` what it shares.
        weight: float64[k].
        within: bool[k], a link from a unit to its building.
        stands_for: int64[n], the node that each is one with; most are one with themselves.
    """

    linked: NDArray[np.int64]
    holders: NDArray[np.int64]
    hub: NDArray[np.bool_]
    a: NDArray[np.int32]
    b: NDArray[np.int32]
    weight: NDArray[np.float64]
    within: NDArray[np.bool_]
    stands_for: NDArray[np.int64]


def project(table: EdgeTable, cut_ms: int, rules: ProjectionRules) -> Projection:
    """The links of `table` that may glue, as of `cut_ms`."""
    nodes, kinds = len(table.tokens), table.kinds.astype(np.int64)
    width = len(ENTITY_KINDS)
    a, b = table.a.astype(np.int64), table.b.astype(np.int64)
    linked = (
        np.bincount(a * width + kinds[b], minlength=nodes * width)
        + np.bincount(b * width + kinds[a], minlength=nodes * width)
    ).reshape(nodes, width)
    holders = np.maximum(linked[:, CARD], linked[:, ACCOUNT])
    holders = np.where(kinds == CARD, linked.sum(axis=1), holders)
    holders = np.where(kinds == ACCOUNT, linked[:, CARD], holders)

    hub = holders > _by_kind(rules.caps, np.inf)[kinds]
    within = (kinds[a] == ADDRESS) & (kinds[b] == ADDRESS)
    units = np.bincount(b[within], minlength=nodes)
    fade = 0.5 ** (np.maximum(cut_ms - table.edge_last, 0) / (rules.half_life_days * DAY_MS))
    keep = ~hub[a] & ~hub[b] & (fade >= rules.floor) & ~(within & (units[b] > rules.building_units))

    factor = np.where(within, rules.building_factor, _by_kind(rules.factors, 0.0)[kinds[b]])
    sharing = np.maximum(np.where(within, units[b], holders[b]), 1)
    weight = factor * fade / np.log2(1.0 + sharing)
    return Projection(
        linked=linked,
        holders=holders,
        hub=hub,
        a=table.a[keep],
        b=table.b[keep],
        weight=weight[keep],
        within=within[keep],
        stands_for=_one_with(table, linked, units, keep),
    )


def _one_with(
    table: EdgeTable, linked: NDArray[np.int64], units: NDArray[np.int64], keep: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """What is one thing under two tokens: an account and its only card, a building and its only unit."""
    one = np.arange(len(table.tokens), dtype=np.int64)
    a, b = table.a[keep], table.b[keep]
    alone = (table.kinds[a] == CARD) & (table.kinds[b] == ACCOUNT) & (linked[b, CARD] == 1)
    one[b[alone]] = a[alone]
    only = (table.kinds[a] == ADDRESS) & (table.kinds[b] == ADDRESS) & (units[b] == 1)
    one[a[only]] = b[only]
    return one


def _by_kind(
    values: Mapping[EntityKind, int] | Mapping[EntityKind, float], default: float
) -> NDArray[np.float64]:
    return np.array([values.get(kind, default) for kind in ENTITY_KINDS], dtype=np.float64)
