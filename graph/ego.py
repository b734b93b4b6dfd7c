"""Neighbourhoods in a table that is in memory: the same answers as the database's, for back-fill and tests."""

from collections.abc import Iterable, Iterator

import numpy as np

from events.types import ENTITY_KINDS
from graph.edges import NO_NODE, EdgeTable
from graph.links import IN_BUILDING, RELATIONS
from graph.subgraph import Edge, Node, Subgraph, explore


class TableNeighbourhoods:
    """Neighbourhoods of a table; building it sorts the edges once, each query then touches what it reaches."""

    def __init__(self, table: EdgeTable) -> None:
        self._table = table
        self._by_b = np.argsort(table.b, kind="stable")
        self._b_sorted = table.b[self._by_b]

    def around(self, token: str, *, hops: int = 2, max_degree: int = 50, max_nodes: int = 500) -> Subgraph:
        """See `graph.queries.neighbourhood`; attributes are not kept in tables."""

        def links_of(each: str) -> list[Edge] | None:
            edges = self._edges_of(self._table.index(each))
            hub = len(edges) > max_degree and each != token
            return None if hub else [self._edge(edge) for edge in edges]

        if self._table.index(token) == NO_NODE:
            return Subgraph((), ())
        return explore(token, links_of, self._nodes, hops=hops, max_nodes=max_nodes)

    def _edges_of(self, node: int) -> list[int]:
        low, high = np.searchsorted(self._table.a, [node, node + 1])
        low_b, high_b = np.searchsorted(self._b_sorted, [node, node + 1])
        return [*range(low, high), *self._by_b[low_b:high_b].tolist()]

    def _edge(self, edge: int) -> Edge:
        table = self._table
        a, b = int(table.a[edge]), int(table.b[edge])
        a_kind, b_kind = ENTITY_KINDS[table.kinds[a]], ENTITY_KINDS[table.kinds[b]]
        return Edge(
            a=table.tokens[a],
            relation=IN_BUILDING if a_kind == "address" else RELATIONS[b_kind],
            b=table.tokens[b],
            count=int(table.edge_count[edge]),
            amount=int(table.edge_amount[edge]),
            first=int(table.edge_first[edge]),
            last=int(table.edge_last[edge]),
        )

    def _nodes(self, tokens: Iterable[str]) -> Iterator[Node]:
        table = self._table
        for token in tokens:
            at = table.index(token)
            yield Node(
                token, ENTITY_KINDS[table.kinds[at]], {}, int(table.fraud[at]), int(table.first_fraud[at])
            )
