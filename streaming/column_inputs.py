"""Rows of a file and their labels as one sequence of inputs: what `Backfill` folds of their messages, as columns."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from events.types import ENTITY_KINDS
from features.batch import Batch
from features.keys import CHANNEL_INDEX, KEYS
from lake.rows import GENUINE, NO_LABEL, Rows
from streaming.folded import Folded
from streaming.label_queue import WAITING, LabelQueue, Waiting, make_labels, names_of
from streaming.seen import SEEN_HORIZON, Seen, digests_of

_ENTITIES = len(ENTITY_KINDS)


@dataclass(frozen=True, slots=True)
class Inputs:
    """`folded`: n inputs in fold order. `row` int64[n]: which of the rows each is, -1 for a label."""

    folded: Folded
    row: NDArray[np.int64]


class ColumnInputs:
    """Merges payments with labels that become known, and drops what came before.

    The order is that of `lake.history.History.arrivals`: by time, a label before a payment of the same moment unless it
    is that payment's own; labels of one moment by id. A payment whose id came before, among the last `SEEN_HORIZON`
    inputs, is dropped, and a label on it is one on the first.

    Args:
        verdict: what a label of fraud says; None where the file makes no labels.
        next_seq, waiting, recent: where a former run left off: the next seq, the labels that waited, and its last
            `SEEN_HORIZON` inputs.
    """

    def __init__(
        self,
        verdict: str | None,
        *,
        next_seq: int = 0,
        waiting: Waiting | None = None,
        recent: Sequence[Folded] = (),
    ) -> None:
        self.next_seq = next_seq
        self.queue = LabelQueue(waiting)
        self._verdict = verdict
        self._seen = Seen()
        self._recent: deque[Folded] = deque()
        self._held = 0
        for part in recent:
            self._seen.fresh(part.digests)
            self._remember(part)

    def of(self, rows: Rows) -> Inputs:
        """The inputs that `rows`, the next in order of time, make."""
        ids: list[str] = rows.ids.to_pylist()
        own = np.flatnonzero(rows.label != NO_LABEL)
        waited = self.queue.take(int(rows.time[-1])) if len(rows) else np.empty(0, WAITING)
        labels = np.concatenate([waited, self._labels(rows, ids, own)])
        slot = np.searchsorted(rows.time, labels["known"])
        slot[len(waited) :] = np.maximum(slot[len(waited) :], own + 1)
        order = np.lexsort((labels["id"], labels["known"], slot))
        order = order[slot[order] < len(rows)]
        due = labels[order]

        payments = digests_of([("Transaction", one) for one in ids])
        at = slot[order] + np.arange(len(order))  # where labels stand among all
        row = np.full(len(rows) + len(order), -1, np.int64)
        row[np.setdiff1d(np.arange(len(row)), at, assume_unique=True)] = np.arange(len(rows))
        digests = np.empty((len(row), 2), np.uint64)
        digests[row >= 0], digests[at] = payments, digests_of(names_of(due))
        fresh = self._seen.fresh(digests)

        repeated = np.ones(len(rows), np.bool_)
        repeated[row[fresh & (row >= 0)]] = False
        again = np.flatnonzero(repeated[own])
        if len(again):
            firsts = self._firsts(payments[own[again]], payments[~repeated], rows.where(~repeated))
            for nth, first in zip((len(waited) + again).tolist(), firsts, strict=True):
                if first is not None:
                    labels["keys"][nth], labels["amount"][nth] = first
            due = labels[order]
        self.queue.add(labels[slot >= len(rows)])
        return self._inputs(rows, row[fresh], due[fresh[at]], digests[fresh])

    def _labels(self, rows: Rows, ids: Sequence[str], own: NDArray[np.intp]) -> Waiting:
        """The labels on the rows `own`."""
        verdicts = ["cleared" if rows.label[i] == GENUINE else self._verdict or "" for i in own.tolist()]
        payments = [ids[i] for i in own.tolist()]
        return make_labels(payments, verdicts, rows.known[own], rows.keys[own, :_ENTITIES], rows.amount[own])

    def _inputs(
        self, rows: Rows, row: NDArray[np.int64], labels: Waiting, digests: NDArray[np.uint64]
    ) -> Inputs:
        """Payments `row` of `rows`, and `labels` where that is -1."""
        n, of_label = len(row), row < 0
        time, amount = np.empty(n, np.int64), np.empty(n, np.int64)
        kind, channel = np.empty(n, np.uint8), np.full(n, CHANNEL_INDEX["unknown"], np.uint8)
        keys = np.zeros((n, len(KEYS)), np.uint64)
        there, at = ~of_label, row[~of_label]
        time[there], kind[there], channel[there] = rows.time[at], rows.kind[at], rows.channel[at]
        keys[there], amount[there] = rows.keys[at], rows.amount[at]
        time[of_label], kind[of_label] = labels["known"], labels["kind"]
        keys[of_label, :_ENTITIES], amount[of_label] = labels["keys"], labels["amount"]
        seq = np.arange(self.next_seq, self.next_seq + n)
        self.next_seq += n
        folded = Folded(Batch(seq, time, kind, channel, keys, amount), digests)
        self._remember(folded)
        return Inputs(folded, row)

    def _remember(self, part: Folded) -> None:
        """Keep what a repeated payment's label may ask for."""
        if self._verdict is None:
            return
        self._recent.append(part)
        self._held += len(part)
        while self._held - len(self._recent[0]) >= SEEN_HORIZON:
            self._held -= len(self._recent.popleft())

    def _firsts(
        self, wanted: NDArray[np.uint64], digests: NDArray[np.uint64], rows: Rows
    ) -> Iterator[tuple[NDArray[np.uint64], int] | None]:
        """Entity keys and base amount of the payments of these digests, which are of `rows` or were folded before."""
        found: dict[bytes, tuple[NDArray[np.uint64], int]] = {}
        parts = [(part.digests, part.batch.keys, part.batch.amount) for part in self._recent]
        for held, keys, amount in [*parts, (digests, rows.keys, rows.amount)]:
            for at in np.flatnonzero(np.isin(held[:, 0], wanted[:, 0])).tolist():
                found[held[at].tobytes()] = keys[at, :_ENTITIES], int(amount[at])
        return (found.get(one.tobytes()) for one in wanted)
