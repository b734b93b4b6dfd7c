"""Reads the entity graph out of the database, as columns."""

from collections.abc import Callable, Iterator
from typing import Any

from events.types import ENTITY_KINDS
from graph.edges import KIND_CODES, EdgeRow, EdgeTable, NodeRow, make_table
from graph.schema import patterns, read_links, read_nodes

Read = Callable[[str], list[Any]]


def read_table(read: Read) -> EdgeTable:
    """Everything that communities are made from. Links are read before nodes, so that each link finds its ends."""
    edges = list(_edges(read))
    return make_table(_nodes(read), edges)


def _edges(read: Read) -> Iterator[EdgeRow]:
    for pattern in patterns(merchants=False):
        for row in read(read_links(pattern)):
            yield EdgeRow(*row)


def _nodes(read: Read) -> Iterator[NodeRow]:
    for kind in ENTITY_KINDS:
        if kind == "merchant":
            continue
        code = KIND_CODES[kind]
        for key, *numbers in read(read_nodes(kind)):
            yield NodeRow(key, code, *numbers)
