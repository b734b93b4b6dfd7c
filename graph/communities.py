"""The scheduled run over the entity graph: project, find communities, score rings, make features."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from graph.edges import EdgeTable
from graph.graph_features import COLUMNS, GraphFeatures, Lineage, Ring, make_features
from graph.lineage import name_communities
from graph.partition import components, core_numbers, leiden
from graph.projection import ACCOUNT, CARD, DAY_MS, Projection, ProjectionRules, project
from graph.ring_cores import NO_RING, CoreRules, find_cores
from graph.ring_score import RingParts, score_cores, score_rings

MINOR_UNITS = 100.0
"""Of the base currency, for amounts in major units."""


@dataclass(frozen=True)
class CommunityRules:
    """How communities are found and which of them are reported as rings.

    Args:
        projection: which links may glue.
        resolution: two groups are one where they share weight above `resolution * k1 * k2` (k: summed
            weights of their nodes). Greater gives smaller communities.
        cores: when something shared is the core of a ring.
        ring_score, ring_customers: the least that a community has which is reported as a ring by its likeness alone.
    """

    projection: ProjectionRules = field(default_factory=ProjectionRules)
    resolution: float = 0.02
    cores: CoreRules = field(default_factory=CoreRules)
    ring_score: float = 0.76
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
    core = find_cores(table, projection, rules.cores)
    known = score_cores(table, core, cut_ms)
    score, in_ring = parts.score[community], core != NO_RING
    score[in_ring] = np.maximum(score[in_ring], known.score[core[in_ring]])
    values = _values(table, projection, community, parts, score, cut_ms)

    members = _members(table.tokens, community, parts.customers > 1)
    before = dict(zip(previous.tokens, previous.community, strict=True)) if previous is not None else {}
    names, lineage = name_communities(members, cut_ms, before)
    ids = np.array([names.get(number, "") for number in range(count)], dtype=object)
    rings, changes = _rings(table, community, parts, core, known, members, rules, cut_ms, previous)
    return make_features(
        cut_ms=cut_ms,
        tokens=table.tokens,
        kinds=table.kinds,
        values=values,
        fraud=table.fraud > 0,
        community=tuple(ids[community]) if nodes else (),
        rings=rings,
        lineage=(*lineage, *changes),
    )


def _rings(
    table: EdgeTable,
    community: NDArray[np.int64],
    parts: RingParts,
    core: NDArray[np.int64],
    known: RingParts,
    members: Mapping[int, Sequence[str]],
    rules: CommunityRules,
    cut_ms: int,
    previous: GraphFeatures | None,
) -> tuple[tuple[Ring, ...], tuple[Lineage, ...]]:
    """Rings by their cores, then communities that look like one and of which nobody is in a ring already."""
    taken = set(community[core != NO_RING].tolist())
    alike = [
        number
        for number in members
        if parts.score[number] >= rules.ring_score
        and parts.customers[number] >= rules.ring_customers
        and number not in taken
    ]
    by_core = _members(table.tokens, core, np.ones(len(known.score), np.bool_))
    found: list[tuple[RingParts, int, Sequence[str], str]] = [
        (known, number, tokens, known.why_core(number, len(tokens) - int(known.customers[number])))
        for number, tokens in sorted(by_core.items())
    ]
    found += [(parts, number, members[number], parts.why(number)) for number in alike]
    before = {token: ring.id for ring in previous.rings for token in ring.members} if previous else {}
    names, changes = name_communities(
        {at: tokens for at, (_, _, tokens, _) in enumerate(found)}, cut_ms, before, "ring"
    )
    rings = [
        Ring(
            id=names[at],
            members=tuple(tokens),
            customers=int(of.customers[number]),
            score=round(float(of.score[number]), 6),
            value=int(of.value[number]),
            known_fraud=int(of.known_fraud[number]),
            why=why,
        )
        for at, (of, number, tokens, why) in enumerate(found)
    ]
    return tuple(sorted(rings, key=lambda ring: (-ring.score, ring.members[0]))), changes


def _values(
    table: EdgeTable,
    projection: Projection,
    community: NDArray[np.int64],
    parts: RingParts,
    ring_score: NDArray[np.float64],
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
        "ring_score": ring_score,
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
    tokens: tuple[str, ...], group: NDArray[np.int64], wanted: NDArray[np.bool_]
) -> dict[int, list[str]]:
    """Member tokens, ascending, of the groups that are wanted; a node of a negative group is in none."""
    members: dict[int, list[str]] = {}
    inside = np.flatnonzero(group >= 0)
    for node in inside[wanted[group[inside]]].tolist():
        members.setdefault(int(group[node]), []).append(tokens[node])
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
