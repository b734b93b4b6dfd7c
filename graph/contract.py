"""Addresses of one place as one node: what communities are made from, while the database keeps each spelling's key."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from graph.edges import EdgeTable, make_table

_ENDS_BITS = 32
_NEVER = np.iinfo(np.int64).max


def contract(table: EdgeTable, of: Mapping[str, str]) -> EdgeTable:
    """`table` with each address under the token of its place (`of`; the rest stay as they are).

    Payments, amounts and known fraud of a place are the sums over its addresses. A unit that is at its building's own
    place has no link to it any more, and is not counted twice.
    """
    if not any(token in of for token in table.tokens):
        return table
    places: dict[str, int] = {}
    node = np.array(
        [places.setdefault(of.get(token, token), len(places)) for token in table.tokens], np.int64
    )
    a, b = node[table.a], node[table.b]
    inside = a == b
    columns = _nodes(table, node, len(places), table.b[inside], inside)
    ends, edges = _edges(table, a, b, ~inside)
    return make_table(list(places), columns, ends, edges)


def _nodes(
    table: EdgeTable, node: NDArray[np.int64], n: int, twice: NDArray[np.int32], inside: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """int64[7, n] as `make_table` takes them; `twice` are the nodes that the links `inside` a place led to."""
    payments, amount = table.transactions.copy(), table.amount.copy()
    np.subtract.at(payments, twice, table.edge_count[inside])
    np.subtract.at(amount, twice, table.edge_amount[inside])
    columns = np.zeros((7, n), np.int64)
    columns[0, node] = table.kinds
    for row, values in ((1, payments), (2, amount), (5, table.fraud)):
        np.add.at(columns[row], node, values)
    columns[[3, 6]] = _NEVER
    columns[4] = -_NEVER
    np.minimum.at(columns[3], node, table.first)
    np.maximum.at(columns[4], node, table.last)
    np.minimum.at(columns[6], node, np.where(table.first_fraud == 0, _NEVER, table.first_fraud))
    columns[6][columns[6] == _NEVER] = 0
    return columns


def _edges(
    table: EdgeTable, a: NDArray[np.int64], b: NDArray[np.int64], kept: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """(ends int64[2, e], edges int64[4, e]) of the `kept` links, those between the same two as one."""
    pairs, at = np.unique(a[kept] << _ENDS_BITS | b[kept], return_inverse=True)
    edges = np.zeros((4, len(pairs)), np.int64)
    edges[1], edges[2] = _NEVER, -_NEVER
    np.add.at(edges[0], at, table.edge_count[kept])
    np.minimum.at(edges[1], at, table.edge_first[kept])
    np.maximum.at(edges[2], at, table.edge_last[kept])
    np.add.at(edges[3], at, table.edge_amount[kept])
    return np.stack((pairs >> _ENDS_BITS, pairs & ((1 << _ENDS_BITS) - 1))), edges
