"""Puts the rings of a run into the database, where investigators meet them."""

from graph.aliases import members_of
from graph.driver import GraphStore, Work
from graph.graph_features import GraphFeatures
from graph.queries import kind_of
from graph.schema import LABELS, join_nodes, merge_nodes


def write_rings(store: GraphStore, features: GraphFeatures) -> None:
    """Make (:Community) those of `features` in one transaction: kept ones updated, gone ones removed.

    A community that keeps its id keeps its node, so what people have hung on it stays. Again with the same
    features it changes nothing.
    """
    rows = [
        (
            ring.id,
            {
                "version": features.version,
                "cut": features.cut_ms,
                "customers": ring.customers,
                "score": ring.score,
                "value": ring.value,
                "known_fraud": ring.known_fraud,
                "why": ring.why,
            },
        )
        for ring in features.rings
    ]
    members = _members(store, features)

    def work(tx: Work) -> None:
        tx.run(merge_nodes("Community"), {"rows": rows})
        tx.run("MATCH ()-[r:MEMBER_OF]->(:Community) DELETE r")
        tx.run(
            "MATCH (c:Community) WHERE c.version <> $version DETACH DELETE c", {"version": features.version}
        )
        for label, pairs in sorted(members.items()):
            tx.run(join_nodes(label, "MEMBER_OF", "Community"), {"rows": pairs})

    store.write(work)


def _members(store: GraphStore, features: GraphFeatures) -> dict[str, list[tuple[str, str]]]:
    """(token, ring) by label; where a member is a place, every address there."""
    members: dict[str, list[tuple[str, str]]] = {}
    rings: dict[str, str] = {}
    for ring in features.rings:
        for token in ring.members:
            kind = kind_of(token)
            if kind == "address":
                rings[token] = ring.id
            elif kind is not None:
                members.setdefault(LABELS[kind], []).append((token, ring.id))
    if rings:
        at = members_of(store.read, rings)
        members[LABELS["address"]] = [(strict, rings[place]) for strict, place in sorted(at.items())]
    return members
