"""Reads the entity graph out of the database, as columns."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from events.types import ENTITY_KINDS
from graph.edges import KIND_CODES, EdgeTable, make_table
from graph.schema import patterns, read_links, read_nodes

Row = tuple[Any, ...]
Read = Callable[[str], list[Row]]


def read_table(read: Read) -> EdgeTable:
    """Everything that communities are made from; links are read before nodes, so that each finds its ends."""
    links = [row for pattern in patterns(merchants=False) for row in read(read_links(pattern))]
    tokens: list[str] = []
    nodes: list[Row] = []
    for kind in ENTITY_KINDS:
        if kind != "merchant":
            for key, *numbers in read(read_nodes(kind)):
                tokens.append(key)
                nodes.append((KIND_CODES[kind], *numbers))
    node = {token: at for at, token in enumerate(tokens)}
    links = [link for link in links if link[0] in node and link[1] in node]  # pruned meanwhile
    return make_table(
        tokens,
        _columns(nodes, 7),
        _columns([(node[link[0]], node[link[1]]) for link in links], 2),
        _columns([link[2:] for link in links], 4),
    )


def _columns(rows: Sequence[Row], width: int) -> NDArray[np.int64]:
    return np.ascontiguousarray(np.array(rows, dtype=np.int64).reshape(-1, width).T)
