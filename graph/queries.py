"""What investigators ask the database, as named queries."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from events.types import EntityKind
from graph.aliases import members_of, places_of
from graph.driver import GraphStore
from graph.graph_features import Ring
from graph.links import IN_BUILDING, RELATIONS
from graph.paths import Path, paths_to_fraud
from graph.schema import KINDS, LABELS
from graph.subgraph import Edge, Node, Subgraph, explore

# All but merchants': whoever pays meets there.
_LINKS = "|".join((*(name for kind, name in RELATIONS.items() if kind != "merchant"), IN_BUILDING))
HUB = 30
SPELLINGS = 20
"""Texts of a place that are shown."""
_OWN = {
    "key",
    "payments",
    "amount",
    "first_seen",
    "last_seen",
    "fraud_count",
    "first_fraud",
    "past_fraud",
    "past_first_fraud",
}


def kind_of(token: str) -> EntityKind | None:
    """The kind an entity token names, None for anything else."""
    prefix = token.partition(".")[0]
    return next((kind for kind in LABELS if kind == prefix), None)


def neighbourhood(
    store: GraphStore, token: str, *, hops: int = 2, max_degree: int = 50, max_nodes: int = 500
) -> Subgraph:
    """Entities within `hops` links of `token`, merchants left out; empty for an unknown token.

    Addresses of one place are one entity, under the place's token; its attributes are those of one of them, beside
    `spellings`, the texts of all.
    Hubs (more than `max_degree` links) and what is reached after `max_nodes` are shown but not looked behind.
    """
    token = entity_of(store, token)

    def links_of(each: str) -> list[Edge] | None:
        limit = max_nodes if each == token else max_degree + 1
        kind = kind_of(each) or "card"
        keys = list(members_of(store.read, [each])) if kind == "address" else [each]
        rows = store.read(_links_statement(kind), {"keys": keys, "limit": limit})
        return None if len(rows) > max_degree and each != token else _placed(store, rows)

    if not list(_nodes(store, [token])):
        return Subgraph((), ())
    return explore(token, links_of, lambda tokens: _nodes(store, tokens), hops=hops, max_nodes=max_nodes)


def entity_of(store: GraphStore, token: str) -> str:
    """The entity that a token stands for: the place of an address, anything else itself."""
    return places_of(store.read, [token]).get(token, token) if kind_of(token) == "address" else token


def path_sentence(store: GraphStore, entities: Mapping[EntityKind, str], *, hops: int = 4) -> str | None:
    """The shortest path from a payment's entities to known fraud, in words; None within `hops` links of none.

    Asked entity by entity, those that are one's own first; an entity with known fraud of its own says so.
    """
    best: Path | None = None
    for kind in LABELS:
        token = entities.get(kind)
        if token is None or kind == "merchant":
            continue
        token = entity_of(store, token)
        for path in paths_to_fraud(neighbourhood(store, token, hops=hops, max_degree=HUB), token, limit=1):
            if best is None or len(path.tokens) < len(best.tokens):
                best = path
    return best.sentence if best is not None else None


def ring_of(store: GraphStore, token: str) -> Ring | None:
    """The ring of the last run that `token` belongs to; with every address of a place that is a member."""
    kind = kind_of(token)
    if kind is None:
        return None
    keys = list(members_of(store.read, [entity_of(store, token)])) if kind == "address" else [token]
    found = store.read(
        f"""UNWIND $keys AS key
MATCH (n:{LABELS[kind]} {{key: key}})-[:MEMBER_OF]->(c:Community)
RETURN c.key, c.customers, c.score, c.value, c.known_fraud, c.why""",
        {"keys": keys},
    )
    if not found:
        return None
    key, customers, score, value, known_fraud, why = found[0]
    members = store.read(
        "MATCH (c:Community {key: $key})<-[:MEMBER_OF]-(n) RETURN n.key AS token", {"key": key}
    )
    return Ring(
        id=key,
        members=tuple(sorted(row[0] for row in members)),
        customers=customers,
        score=score,
        value=value,
        known_fraud=known_fraud,
        why=why,
    )


def _links_statement(kind: EntityKind) -> str:
    return f"""UNWIND $keys AS key
MATCH (n:{LABELS[kind]} {{key: key}})-[r:{_LINKS}]-(:{"|".join(KINDS)})
RETURN startNode(r).key, type(r), endNode(r).key, r.count, r.amount, r.first_seen, r.last_seen
LIMIT $limit"""


def _placed(store: GraphStore, rows: Iterable[tuple[Any, ...]]) -> list[Edge]:
    """Links with addresses as their places; several between the same two as one, within a place none."""
    edges = [Edge(*row) for row in rows]
    ends = {end for edge in edges for end in (edge.a, edge.b) if kind_of(end) == "address"}
    at = places_of(store.read, ends)
    if not at:
        return edges
    merged: dict[tuple[str, str], Edge] = {}
    for edge in edges:
        a, b = at.get(edge.a, edge.a), at.get(edge.b, edge.b)
        if a == b:
            continue
        held = merged.get((a, b))
        merged[a, b] = replace(edge, a=a, b=b) if held is None else _both(held, edge)
    return list(merged.values())


def _both(held: Edge, more: Edge) -> Edge:
    return replace(
        held,
        count=held.count + more.count,
        amount=held.amount + more.amount,
        first=min(held.first, more.first),
        last=max(held.last, more.last),
    )


def _nodes(store: GraphStore, tokens: Iterable[str]) -> Iterator[Node]:
    """The nodes of entities; of a place all its addresses as one."""
    tokens = list(tokens)
    at = members_of(store.read, (token for token in tokens if kind_of(token) == "address"))
    others = [token for token in tokens if kind_of(token) != "address"]
    places: dict[str, list[Node]] = {}
    for node in _stored(store, (*others, *at)):
        if node.kind == "address":
            places.setdefault(at[node.token], []).append(node)
        else:
            yield node
    for place, nodes in sorted(places.items()):
        yield nodes[0] if nodes[0].token == place and len(nodes) == 1 else _one_place(place, nodes)


def _one_place(place: str, nodes: Sequence[Node]) -> Node:
    first = min(nodes, key=lambda node: (node.token != place, node.token))
    texts = sorted({str(node.attributes["text"]) for node in nodes if "text" in node.attributes})
    known = [node.first_fraud for node in nodes if node.first_fraud]
    attributes = {**first.attributes, "spellings": texts[:SPELLINGS]}
    return Node(place, "address", attributes, sum(node.fraud for node in nodes), min(known, default=0))


def _stored(store: GraphStore, tokens: Iterable[str]) -> Iterator[Node]:
    by_kind: dict[EntityKind, list[str]] = {}
    for token in tokens:
        kind = kind_of(token)
        if kind is not None:
            by_kind.setdefault(kind, []).append(token)
    for kind, keys in sorted(by_kind.items()):
        rows = store.read(
            f"UNWIND $keys AS key MATCH (n:{LABELS[kind]} {{key: key}}) RETURN key, properties(n)",
            {"keys": keys},
        )
        for key, properties in rows:
            attributes = {name: value for name, value in sorted(properties.items()) if name not in _OWN}
            yield Node(
                key, kind, attributes, properties.get("fraud_count", 0), properties.get("first_fraud", 0)
            )
