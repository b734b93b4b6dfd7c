"""Labels that wait until they are known, as columns."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from events.identity import content_hash
from events.times import DAY_MS
from events.types import ENTITY_KINDS
from features.keys import EventKind

Waiting = NDArray[np.void]
"""Rows of `WAITING`."""
WAITING = np.dtype(
    [
        ("known", "i8"), ("id", "S32"), ("kind", "u1"), ("keys", "u8", (len(ENTITY_KINDS),)), ("amount", "i8"),
    ]
)  # fmt: skip
"""A label: epoch ms when it is known, its id, its `EventKind`, and the keys and base amount of its payment."""


class LabelQueue:
    """Labels by the day on which they become known, so that a look at what is due is a look at little else."""

    def __init__(self, waiting: Waiting | None = None) -> None:
        self._days: dict[int, list[Waiting]] = {}
        if waiting is not None:
            self.add(waiting)

    def add(self, labels: Waiting) -> None:
        """Let labels wait."""
        day = labels["known"] // DAY_MS
        for one in np.unique(day).tolist():
            self._days.setdefault(one, []).append(labels[day == one])

    def take(self, until_ms: int) -> Waiting:
        """Those known by `until_ms`, in the order in which they became so; they wait no longer."""
        found: list[Waiting] = []
        for day in sorted(day for day in self._days if day <= until_ms // DAY_MS):
            labels = np.concatenate(self._days.pop(day))
            late = labels["known"] > until_ms
            found.append(labels[~late])
            if late.any():
                self._days[day] = [labels[late]]
        return in_order(np.concatenate(found)) if found else np.empty(0, WAITING)

    def all(self) -> Waiting:
        """Everything that waits, in order."""
        parts = [part for parts in self._days.values() for part in parts]
        return in_order(np.concatenate(parts)) if parts else np.empty(0, WAITING)

    def __len__(self) -> int:
        return sum(len(part) for parts in self._days.values() for part in parts)


def in_order(labels: Waiting) -> Waiting:
    """By the time when they became known, then by id."""
    return labels[np.lexsort((labels["id"], labels["known"]))]


def make_labels(
    ids: Sequence[str],
    verdicts: Sequence[str],
    known: NDArray[np.int64],
    keys: NDArray[np.uint64],
    amount: NDArray[np.int64],
) -> Waiting:
    """K labels on payments `ids`, of entity keys uint64[k, entities] and base amounts int64[k]."""
    made = np.empty(len(ids), WAITING)
    made["known"], made["keys"], made["amount"] = known, keys, amount
    pairs = list(zip(ids, verdicts, strict=True))
    made["id"] = [content_hash("label", identity, verdict) for identity, verdict in pairs]
    genuine, fraud = int(EventKind.LABEL_GENUINE), int(EventKind.LABEL_FRAUD)
    made["kind"] = [genuine if verdict == "cleared" else fraud for verdict in verdicts]
    return made


def names_of(labels: Waiting) -> list[tuple[str, str]]:
    """(kind, id) of each label, as `streaming.identity` says."""
    ids: list[Any] = labels["id"].tolist()
    return [("label", one.decode()) for one in ids]
