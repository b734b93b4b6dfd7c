"""Reads the entity graph out of the database, as columns."""

from collections.abc import Callable, Sequence
from itertools import compress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from events.types import ENTITY_KINDS
from graph.edges import KIND_CODES, EdgeTable, make_table
from graph.schema import UNSEEN, patterns, read_links, read_nodes

Row = tuple[Any, ...]
Read = Callable[[str], list[Row]]


def read_table(read: Read) -> EdgeTable:
    """Everything that communities are made from; links are read before nodes, so that each finds its ends.

    What an entity has seen is what it has as an anchor plus what its incoming links have.
    """
    links = [row for pattern in patterns(merchants=False) for row in read(read_links(pattern))]
    tokens: list[str] = []
    rows: list[Row] = []
    for kind in ENTITY_KINDS:
        if kind != "merchant":
            for key, *numbers in read(read_nodes(kind)):
                tokens.append(key)
                rows.append((KIND_CODES[kind], *numbers))
    node = {token: at for at, token in enumerate(tokens)}
    links = [link for link in links if link[0] in node and link[1] in node]  # pruned meanwhile
    nodes = _columns(rows, 7)
    ends = _columns([(node[link[0]], node[link[1]]) for link in links], 2)
    edges = _columns([link[2:] for link in links], 4)

    _, payments, amount, first, last, _, _ = nodes
    edge_count, edge_first, edge_last, edge_amount = edges
    np.add.at(payments, ends[1], edge_count)
    np.add.at(amount, ends[1], edge_amount)
    np.minimum.at(first, ends[1], edge_first)
    np.maximum.at(last, ends[1], edge_last)
    return _without_unseen(tokens, nodes, ends, edges)


def _without_unseen(
    tokens: Sequence[str], nodes: NDArray[np.int64], ends: NDArray[np.int64], edges: NDArray[np.int64]
) -> EdgeTable:
    """Leave out entities known from an alert alone, whose payment is still to be written."""
    seen = nodes[3] != UNSEEN
    if seen.all():
        return make_table(tokens, nodes, ends, edges)
    number = np.cumsum(seen) - 1
    return make_table(list(compress(tokens, seen)), nodes[:, seen], number[ends], edges)


def _columns(rows: Sequence[Row], width: int) -> NDArray[np.int64]:
    return np.ascontiguousarray(np.array(rows, dtype=np.int64).reshape(-1, width).T)
