"""Rows and labels for training, from a history: what was served, and what had become known by a moment."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from events.arrival import Arrival
from events.types import Label
from streaming.fold import Served


@dataclass(frozen=True, slots=True)
class Rows:
    """n authorisations in order of arrival: `x` float32[n, c], `time` int64[n] ms, `amount` int64[n] base minor."""

    ids: tuple[str, ...]
    x: NDArray[np.float32]
    time: NDArray[np.int64]
    amount: NDArray[np.int64]
    card: tuple[str, ...]


def gather(served: Iterable[Served]) -> Rows:
    """All rows of a back-fill in one table."""
    parts = list(served)
    transactions = [transaction for part in parts for transaction in part.transactions]
    entities = [found for part in parts for found in part.entities]
    return Rows(
        ids=tuple(t.id for t in transactions),
        x=np.concatenate([part.x for part in parts]) if parts else np.empty((0, 0), np.float32),
        time=np.array([t.time for t in transactions], np.int64),
        amount=np.array([t.amount.base_minor for t in transactions], np.int64),
        card=tuple(found.get("card") or found.get("account") or "" for found in entities),
    )


@dataclass(slots=True)
class Known:
    """Verdicts on transactions as they become known."""

    _labels: dict[str, list[Label]] = field(default_factory=dict)

    def watch(self, arrivals: Iterable[Arrival]) -> Iterator[Arrival]:
        """Pass `arrivals` on, noting the labels among them."""
        for arrival in arrivals:
            if isinstance(arrival.message, Label) and arrival.message.subject.kind == "transaction":
                self._labels.setdefault(arrival.message.subject.id, []).append(arrival.message)
            yield arrival

    def fraud(self, ids: Iterable[str], by_ms: int) -> NDArray[np.bool_]:
        """Whether the newest word on each id, known before `by_ms`, is fraud; no word counts as genuine."""
        return np.array([self._verdict(identity, by_ms) for identity in ids], np.bool_)

    def _verdict(self, identity: str, by_ms: int) -> bool:
        known = [label for label in self._labels.get(identity, ()) if label.known_at < by_ms]
        replaced = {label.supersedes for label in known}
        standing = [label for label in known if label.id not in replaced]
        return bool(standing) and max(standing, key=lambda label: (label.known_at, label.id)).is_fraud
