"""The scheduled run over the entity graph: project, find communities, score rings, make features."""

from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from graph.edges import EdgeTable
from graph.graph_features import COLUMNS, GraphFeatures, Ring, make_features
from graph.lineage import name_communities
from graph.partition import components, core_numbers, leiden
from graph.projection import ACCOUNT, CARD, DAY_MS, Projection, ProjectionRules, project
from graph.ring_score import RingParts, score_rings

MINOR_UNITS = 100.0
"""Of the base currency, for amounts in major units."""


@dataclass(frozen=True)
class CommunityRules:
    """How communities are found and which of them are reported as rings.

    Args:
        projection: which links may glue.
        resolution: two groups are one where they share weight above `resolution * k1 * k2` (k: summed
            weights of their nodes). Greater gives smaller communities.
        ring_score, ring_customers: the least a reported ring has.
    """

    projection: ProjectionRules = field(default_factory=ProjectionRules)
    resolution: float = 0.02
    ring_score: float = 0.6
    ring_customers: int = 3


def compute(
    table: EdgeTable,
    cut_ms: int,
    *,
    previous: GraphFeatures | None = None,
    seed: int = 0,
    rules: CommunityRules | None = None,
) -> GraphFeatures:
    """Graph features of every entity of `table` as of `cut_ms`.

    A pure function of its arguments, whatever the order in which the table's events came. Nodes and links
    first seen, and fraud first known, after the cut are left out; counters are the table's, so give one that
    ends at the cut. `previous` lends its communities their ids and has no other influence.
    """
    rules = rules or CommunityRules()
    table = _until(table, cut_ms)
    projection = project(table, cut_ms, rules.projection)
    nodes = len(table.tokens)
    community = leiden(
        nodes,
        projection.a,
        projection.b,
        projection.weight,
        stands_for=projection.stands_for,
        resolution=rules.resolution,
        seed=seed,
    )
    count = int(community.max()) + 1 if nodes else 0
    parts = score_rings(table, projection, community, count, cut_ms)
    values = _values(table, projection, community, parts, cut_ms)

    members = _members(table.tokens, community, parts.customers > 1)
    names, lineage = name_communities(members, cut_ms, previous)
    ids = np.array([names.get(number, "") for number in range(count)], dtype=object)
    rings = [
        Ring(
            id=names[number],
            members=tuple(tokens),
            customers=int(parts.customers[number]),
            score=round(float(parts.score[number]), 6),
            value=int(parts.value[number]),
            known_fraud=int(parts.known_fraud[number]),
            why=parts.why(number),
        )
        for number, tokens in members.items()
        if parts.score[number] >= rules.ring_score and parts.customers[number] >= rules.ring_customers
    ]
    rings.sort(key=lambda ring: (-ring.score, ring.members[0]))
    return make_features(
        cut_ms=cut_ms,
        tokens=table.tokens,
        kinds=table.kinds,
        values=values,
        fraud=table.fraud > 0,
        community=tuple(ids[community]) if nodes else (),
        rings=tuple(rings),
        lineage=lineage,
    )


def _values(
    table: EdgeTable,
    projection: Projection,
    community: NDArray[np.int64],
    parts: RingParts,
    cut_ms: int,
) -> NDArray[np.float32]:
    nodes, count = len(table.tokens), len(parts.score)
    linked, a, b = projection.linked, projection.a, projection.b
    fraud = table.fraud > 0
    holder = (table.kinds == CARD) | (table.kinds == ACCOUNT)
    size = np.bincount(community, minlength=count)
    inner = np.bincount(community[a][community[a] == community[b]], minlength=count)
    holders = np.bincount(community[holder], minlength=count)
    fraud_all = np.bincount(community[fraud], minlength=count)[community] - fraud
    fraud_holders = np.bincount(community[fraud & holder], minlength=count)[community] - (fraud & holder)
    component = components(nodes, a, b) if nodes else community
    columns = {
        "degree": linked.sum(axis=1),
        "linked_cards": linked[:, 0],
        "linked_accounts": linked[:, 1],
        "linked_devices": linked[:, 2],
        "linked_addresses": linked[:, 3],
        "linked_emails": linked[:, 4],
        "linked_phones": linked[:, 5],
        "linked_ips": linked[:, 6],
        "transactions": table.transactions,
        "amount": table.amount / MINOR_UNITS,
        "age_days": (cut_ms - table.first) / DAY_MS,
        "idle_days": np.maximum(cut_ms - table.last, 0) / DAY_MS,
        "component_size": np.bincount(component)[component] if nodes else size,
        "community_size": size[community],
        "community_cards": np.bincount(community[table.kinds == CARD], minlength=count)[community],
        "community_density": (2.0 * inner / np.maximum(size * (size - 1), 1))[community],
        "community_sharing": parts.entity_sharing[community],
        "fraud_linked": _fraud_neighbours(table, projection, fraud),
        "community_fraud": fraud_all,
        "community_fraud_share": fraud_holders / np.maximum(holders[community] - holder, 1),
        "core_number": core_numbers(nodes, a, b),
        "ring_score": parts.score[community],
    }
    values = np.empty((nodes, len(COLUMNS)), dtype=np.float32)
    for name, index in COLUMNS.items():
        values[:, index] = columns[name]
    return values


def _fraud_neighbours(
    table: EdgeTable, projection: Projection, fraud: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """int64[n]: linked entities with known fraud; not hubs: sharing a carrier with a fraud is chance."""
    nodes, tells = len(table.tokens), fraud & ~projection.hub
    return np.asarray(
        np.bincount(table.a[tells[table.b]], minlength=nodes)
        + np.bincount(table.b[tells[table.a]], minlength=nodes)
    )


def _members(
    tokens: tuple[str, ...], community: NDArray[np.int64], wanted: NDArray[np.bool_]
) -> dict[int, list[str]]:
    """Member tokens, ascending, of the communities that are wanted."""
    members: dict[int, list[str]] = {}
    for node in np.flatnonzero(wanted[community]) if len(tokens) else ():
        members.setdefault(int(community[node]), []).append(tokens[node])
    return members


def _until(table: EdgeTable, cut_ms: int) -> EdgeTable:
    """The table without what was first seen or first known after `cut_ms`."""
    keep = table.first <= cut_ms
    known = table.first_fraud <= cut_ms
    edges = (table.edge_first <= cut_ms) & keep[table.a] & keep[table.b]
    if keep.all() and known.all() and edges.all():
        return table
    number = np.cumsum(keep) - 1
    node_columns = {
        name: getattr(table, name)[keep] for name in ("kinds", "transactions", "amount", "first", "last")
    }
    edge_columns = {
        each.name: getattr(table, each.name)[edges] for each in fields(table) if each.name.startswith("edge_")
    }
    return EdgeTable(
        tokens=tuple(table.tokens[node] for node in np.flatnonzero(keep)),
        fraud=np.where(known, table.fraud, 0)[keep],
        first_fraud=np.where(known, table.first_fraud, 0)[keep],
        a=number[table.a[edges]].astype(np.int32),
        b=number[table.b[edges]].astype(np.int32),
        **node_columns,
        **edge_columns,
    )
