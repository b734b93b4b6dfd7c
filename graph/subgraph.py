"""A small piece of the entity graph: what a query brings back, and what networkx works on."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from events.types import EntityKind


@dataclass(frozen=True, slots=True)
class Node:
    """An entity. `attributes` as stored (bin, last4, domain ...); `first_fraud` epoch ms, 0: none known."""

    token: str
    kind: EntityKind
    attributes: Mapping[str, Any]
    fraud: int
    first_fraud: int


@dataclass(frozen=True, slots=True)
class Edge:
    """A link; `first` and `last` epoch ms, `amount` base minor units of `count` payments."""

    a: str
    relation: str
    b: str
    count: int
    amount: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Subgraph:
    """Nodes by token and edges by (a, b), ascending. `hubs` were reached but not looked behind."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    hubs: frozenset[str] = frozenset()

    def to_networkx(self) -> Any:
        """An undirected `networkx.Graph`, in order, so that algorithms give the same each time."""
        import networkx as nx

        graph = nx.Graph()
        graph.add_nodes_from(node.token for node in self.nodes)
        graph.add_edges_from((edge.a, edge.b, {"edge": edge}) for edge in self.edges)
        return graph


def explore(
    start: str,
    links_of: Callable[[str], Sequence[Edge] | None],
    node_of: Callable[[Iterable[str]], Iterable[Node]],
    *,
    hops: int,
    max_nodes: int,
) -> Subgraph:
    """Breadth first from `start`.

    `links_of` gives an entity's links, or None for a hub, which is not looked behind (`start` may not be one).
    After `max_nodes` entities no further one is looked behind.
    """
    reached, frontier = {start}, [start]
    edges: dict[tuple[str, str], Edge] = {}
    hubs: set[str] = set()
    for _ in range(hops):
        following: set[str] = set()
        for token in frontier:
            links = links_of(token) if len(reached) + len(following) < max_nodes else None
            if links is None:
                hubs.add(token)
                continue
            for edge in links:
                edges[edge.a, edge.b] = edge
                following.add(edge.b if edge.a == token else edge.a)
        frontier = sorted(following - reached)
        reached |= following
    nodes = tuple(sorted(node_of(sorted(reached)), key=lambda node: node.token))
    held = {node.token for node in nodes}
    kept = tuple(edges[ends] for ends in sorted(edges) if held.issuperset(ends))
    return Subgraph(nodes, kept, frozenset(hubs))
