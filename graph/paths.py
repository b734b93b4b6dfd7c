"""How an entity hangs together with known fraud, as a path and as a sentence."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from graph.subgraph import Node, Subgraph

MAX_HOPS = 6


@dataclass(frozen=True, slots=True)
class Path:
    """From the entity asked about to one with known fraud. `sentence` says it for people."""

    tokens: tuple[str, ...]
    sentence: str


def paths_to_fraud(around: Subgraph, token: str, *, limit: int = 3) -> tuple[Path, ...]:
    """Shortest paths from `token` to the nearest known frauds, nearest first, at most one for each fraud.

    Cards and accounts count as frauds to reach; an entity that a fraud merely used does where there are none.
    A `token` with known fraud of its own is a path of one.
    """
    import networkx as nx

    graph, nodes = around.to_networkx(), {node.token: node for node in around.nodes}
    if token not in nodes:
        return ()
    # What was not looked behind is a crowd: two who share it have nothing in common.
    graph.remove_nodes_from(hub for hub in around.hubs if hub != token)
    found = nx.single_source_shortest_path(graph, token, cutoff=MAX_HOPS)
    frauds = [nodes[each] for each in found if nodes[each].fraud]
    owners = [node for node in frauds if node.kind in {"card", "account"}] or frauds
    owners.sort(key=lambda node: (len(found[node.token]), node.token))
    return tuple(_path([nodes[each] for each in found[owner.token]]) for owner in owners[:limit])


def name_of(node: Node) -> str:
    """An entity in a few words: its kind and what tells it apart, never a raw identifier."""
    known = node.attributes
    if node.kind == "card" and known.get("last4"):
        return f"card {known.get('bin', '')}…{known['last4']}"
    told = known.get("normal") or known.get("model") or known.get("prefix") or known.get("text")
    return f"{node.kind} {told or node.token.rpartition('.')[2][:8]}"


def _path(nodes: Iterable[Node]) -> Path:
    path = list(nodes)
    day = datetime.fromtimestamp(path[-1].first_fraud / 1000, UTC).date().isoformat()
    words = " -> ".join(name_of(node) for node in path)
    return Path(tuple(node.token for node in path), f"{words} (known fraud since {day})")
