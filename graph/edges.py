"""The entity graph as columns: what communities are computed on, read from the database or folded in memory.

Nodes are sorted by token and edges by (a, b), so that a table says the same whatever the order in which its
events came. Merchants and their links are not part of it.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from events.types import ENTITY_KINDS, EntityKind

KIND_CODES: dict[EntityKind, int] = {kind: code for code, kind in enumerate(ENTITY_KINDS)}
NO_NODE = -1


@dataclass(frozen=True)
class EdgeTable:
    """n nodes and e edges.

    Args:
        tokens: n entity tokens, ascending.
        kinds: uint8[n], index into `ENTITY_KINDS`.
        transactions, amount, first, last: int64[n]; payments (authorisations), their base minor units, epoch
            ms of the first and last event.
        fraud, first_fraud: int64[n]; subjects known as fraud and when the first became known (0: none).
        a, b: int32[e]; ends as node indices, edges ascending by (a, b) and no pair twice. `a` is the anchor
            (card or account) or the unit's address.
        edge_count, edge_first, edge_last, edge_amount: int64[e], the same of each edge.
    """

    tokens: tuple[str, ...]
    kinds: NDArray[np.uint8]
    transactions: NDArray[np.int64]
    amount: NDArray[np.int64]
    first: NDArray[np.int64]
    last: NDArray[np.int64]
    fraud: NDArray[np.int64]
    first_fraud: NDArray[np.int64]
    a: NDArray[np.int32]
    b: NDArray[np.int32]
    edge_count: NDArray[np.int64]
    edge_first: NDArray[np.int64]
    edge_last: NDArray[np.int64]
    edge_amount: NDArray[np.int64]

    def index(self, token: str) -> int:
        """The node of `token`, or `NO_NODE`."""
        at = bisect_left(self.tokens, token)
        return at if at < len(self.tokens) and self.tokens[at] == token else NO_NODE


def make_table(
    tokens: Sequence[str], nodes: NDArray[np.int64], ends: NDArray[np.int64], edges: NDArray[np.int64]
) -> EdgeTable:
    """Sort columns into a table.

    Args:
        tokens: n tokens in any order.
        nodes: int64[7, n]: kind, transactions, amount, first, last, fraud, first_fraud.
        ends: int64[2, e]: a and b as positions in `tokens`.
        edges: int64[4, e]: count, first, last, amount.
    """
    order = sorted(range(len(tokens)), key=tokens.__getitem__)
    place = np.empty(len(tokens), dtype=np.int64)
    place[order] = np.arange(len(tokens))
    a, b = place[ends]
    by_ends = np.lexsort((b, a))
    kinds, transactions, amount, first, last, fraud, first_fraud = nodes[:, order]
    edge_count, edge_first, edge_last, edge_amount = edges[:, by_ends]
    return EdgeTable(
        tokens=tuple(tokens[at] for at in order),
        kinds=kinds.astype(np.uint8),
        transactions=transactions,
        amount=amount,
        first=first,
        last=last,
        fraud=fraud,
        first_fraud=first_fraud,
        a=a[by_ends].astype(np.int32),
        b=b[by_ends].astype(np.int32),
        edge_count=edge_count,
        edge_first=edge_first,
        edge_last=edge_last,
        edge_amount=edge_amount,
    )
