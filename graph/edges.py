"""The entity graph as columns: what communities are computed on, read from the database or folded in memory.

Nodes are sorted by token and edges by (a, b), so that a table says the same whatever the order in which its
events came. Merchants and their links are not part of it.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from events.types import ENTITY_KINDS, AddressKey, EntityKind, Input, JoinedLabel
from graph.frauds import Mark, count, mark_of, marked_entities, subject_of
from graph.links import links_of, sightings_of

KIND_CODES: dict[EntityKind, int] = {kind: code for code, kind in enumerate(ENTITY_KINDS)}
NO_NODE = -1


class NodeRow(NamedTuple):
    """A node as it is stored; times epoch ms (`first_fraud` 0: none), `amount` base minor units."""

    token: str
    kind: int
    transactions: int
    amount: int
    first: int
    last: int
    fraud: int
    first_fraud: int


class EdgeRow(NamedTuple):
    """An edge as it is stored, by its ends' tokens."""

    a: str
    b: str
    times: int
    first: int
    last: int
    amount: int


@dataclass(frozen=True)
class EdgeTable:
    """n nodes and e edges.

    Args:
        tokens: n entity tokens, ascending.
        kinds: uint8[n], index into `ENTITY_KINDS`.
        transactions, amount, first, last: int64[n]; authorisations, their base minor units, epoch ms of the
            first and last event.
        fraud, first_fraud: int64[n]; subjects known as fraud and when the first became known (0: none).
        a, b: int32[e]; ends as node indices, edges ascending by (a, b) and no pair twice. `a` is the anchor
            (card or account) or the unit's address.
        edge_count, edge_first, edge_last, edge_amount: int64[e]
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


def make_table(nodes: Iterable[NodeRow], edges: Iterable[EdgeRow]) -> EdgeTable:
    """Build a table from rows in any order. An edge whose node is not among `nodes` is left out."""
    ordered = sorted(nodes)
    tokens = tuple(row.token for row in ordered)
    position = {token: index for index, token in enumerate(tokens)}
    numbers = _columns([row[1:] for row in ordered], 7)
    ends: list[tuple[int, ...]] = []
    for edge in edges:
        a, b = position.get(edge.a, NO_NODE), position.get(edge.b, NO_NODE)
        if NO_NODE not in {a, b}:
            ends.append((a, b, *edge[2:]))
    columns = _columns(ends, 6)
    columns = columns[:, np.lexsort((columns[1], columns[0]))]
    return EdgeTable(
        tokens=tokens,
        kinds=numbers[0].astype(np.uint8),
        transactions=numbers[1],
        amount=numbers[2],
        first=numbers[3],
        last=numbers[4],
        fraud=numbers[5],
        first_fraud=numbers[6],
        a=columns[0].astype(np.int32),
        b=columns[1].astype(np.int32),
        edge_count=columns[2],
        edge_first=columns[3],
        edge_last=columns[4],
        edge_amount=columns[5],
    )


class EdgeFold:
    """Folds events into the table that the writer and `GraphStore.read_edges` would give for them."""

    def __init__(self) -> None:
        # token -> [kind, transactions, amount, first, last]
        self._nodes: dict[str, list[int]] = {}
        # (a, b) -> [count, first, last, amount]
        self._edges: dict[tuple[str, str], list[int]] = {}
        # token -> subject -> its deciding label
        self._frauds: dict[str, dict[str, Mark]] = {}

    def add(self, event: Input, address: AddressKey | None) -> None:
        """Fold one event; `address` is the key of its principal address."""
        if isinstance(event, JoinedLabel):
            self._add_label(event)
            return
        for kind, token, time, amount, transactions in sightings_of(event, address):
            if kind != "merchant":
                self._see(kind, token, time, amount, transactions)
        for _, a, b_kind, b, _, time, amount, times in links_of(event, address):
            if b_kind == "merchant":
                continue
            edge = self._edges.get((a, b))
            if edge is None:
                self._edges[a, b] = [times, time, time, amount]
            else:
                edge[0] += times
                edge[1] = min(edge[1], time)
                edge[2] = max(edge[2], time)
                edge[3] += amount

    def table(self) -> EdgeTable:
        """The graph so far."""
        frauds = self._frauds
        nodes = (
            NodeRow(token, kind, transactions, amount, first, last, *count(frauds.get(token, {})))
            for token, (kind, transactions, amount, first, last) in self._nodes.items()
        )
        edges = (
            EdgeRow(a, b, times, first, last, amount)
            for (a, b), (times, first, last, amount) in self._edges.items()
        )
        return make_table(nodes, edges)

    def _add_label(self, joined: JoinedLabel) -> None:
        subject, mark = subject_of(joined), mark_of(joined)
        for kind, token in marked_entities(joined):
            self._see(kind, token, joined.transaction_time, 0, 0)
            marks = self._frauds.setdefault(token, {})
            held = marks.get(subject)
            marks[subject] = mark if held is None else max(held, mark)

    def _see(self, kind: EntityKind, token: str, time: int, amount: int, transactions: int) -> None:
        node = self._nodes.get(token)
        if node is None:
            self._nodes[token] = [KIND_CODES[kind], transactions, amount, time, time]
        else:
            node[1] += transactions
            node[2] += amount
            node[3] = min(node[3], time)
            node[4] = max(node[4], time)


def _columns(rows: Sequence[tuple[int, ...]], width: int) -> NDArray[np.int64]:
    return np.ascontiguousarray(np.array(rows, dtype=np.int64).reshape(-1, width).T)
