"""The entity graph in memory, event by event: what the back-fill computes communities from."""

import numpy as np
from numpy.typing import NDArray

from events.types import AddressKey, EntityKind, Input, JoinedLabel
from graph.edges import KIND_CODES, EdgeTable, make_table
from graph.frauds import Mark, count, mark_of, marked_entities, subject_of
from graph.links import touch_of

_ENDS_BITS = 32


class EdgeFold:
    """Folds events into the table that `GraphWriter` and `GraphStore.read_edges` would give for them.

    Kept as lists of integers, a column each: hundreds of thousands of small objects would cost far more memory
    and time in the garbage collector.
    """

    def __init__(self) -> None:
        self._tokens: list[str] = []
        self._node: dict[str, int] = {}
        self._kind: list[int] = []
        self._transactions: list[int] = []
        self._amount: list[int] = []
        self._first: list[int] = []
        self._last: list[int] = []
        self._edge: dict[int, int] = {}  # (a << 32 | b) -> edge
        self._edge_count: list[int] = []
        self._edge_first: list[int] = []
        self._edge_last: list[int] = []
        self._edge_amount: list[int] = []
        # token -> subject -> its deciding label
        self._frauds: dict[str, dict[str, Mark]] = {}

    def add(self, event: Input, address: AddressKey | None) -> None:
        """Fold one event; `address` is the key of its principal address."""
        if isinstance(event, JoinedLabel):
            self._add_label(event)
            return
        touch = touch_of(event, address)
        if touch is None:
            return
        entities, anchor_kind, building, time, payments, amount = touch
        anchor = self._see(anchor_kind, entities[anchor_kind], time, payments, amount)
        for kind, token in entities.items():
            if kind not in {anchor_kind, "merchant"}:
                node = self._see(kind, token, time, payments, amount)
                self._link(anchor, node, time, payments, amount)
                if building is not None and kind == "address":
                    within = self._see(kind, building, time, payments, amount)
                    self._link(node, within, time, payments, amount)

    def table(self) -> EdgeTable:
        """The graph so far."""
        nodes = np.zeros((7, len(self._tokens)), dtype=np.int64)
        columns = (self._kind, self._transactions, self._amount, self._first, self._last)
        for row, column in enumerate(columns):
            nodes[row] = column
        for token, marks in self._frauds.items():
            nodes[5:7, self._node[token]] = count(marks)
        ends = np.fromiter(self._edge, dtype=np.int64, count=len(self._edge))
        edges = np.array(
            (self._edge_count, self._edge_first, self._edge_last, self._edge_amount), dtype=np.int64
        )
        return make_table(self._tokens, nodes, _unpack(ends), edges)

    def _add_label(self, joined: JoinedLabel) -> None:
        subject, mark = subject_of(joined), mark_of(joined)
        for kind, token in marked_entities(joined):
            self._see(kind, token, joined.transaction_time, 0, 0)
            marks = self._frauds.setdefault(token, {})
            held = marks.get(subject)
            marks[subject] = mark if held is None else max(held, mark)

    def _see(self, kind: EntityKind, token: str, time: int, payments: int, amount: int) -> int:
        node = self._node.get(token)
        if node is None:
            node = self._node[token] = len(self._tokens)
            self._tokens.append(token)
            self._kind.append(KIND_CODES[kind])
            self._transactions.append(payments)
            self._amount.append(amount)
            self._first.append(time)
            self._last.append(time)
            return node
        self._transactions[node] += payments
        self._amount[node] += amount
        if time > self._last[node]:
            self._last[node] = time
        elif time < self._first[node]:
            self._first[node] = time
        return node

    def _link(self, a: int, b: int, time: int, payments: int, amount: int) -> None:
        ends = a << _ENDS_BITS | b
        edge = self._edge.get(ends)
        if edge is None:
            self._edge[ends] = len(self._edge_count)
            self._edge_count.append(payments)
            self._edge_first.append(time)
            self._edge_last.append(time)
            self._edge_amount.append(amount)
            return
        self._edge_count[edge] += payments
        self._edge_amount[edge] += amount
        if time > self._edge_last[edge]:
            self._edge_last[edge] = time
        elif time < self._edge_first[edge]:
            self._edge_first[edge] = time


def _unpack(ends: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.stack((ends >> _ENDS_BITS, ends & ((1 << _ENDS_BITS) - 1)))
