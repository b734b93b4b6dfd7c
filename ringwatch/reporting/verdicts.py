"""What labels say of payments: fraud, genuine, or nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np

from events import topics
from events.arrival import Arrival
from events.types import Label
from streaming.training import Known

EVER = int(np.iinfo(np.int64).max)
"""A moment by which everything is known."""


@dataclass(slots=True)
class Verdicts:
    """Labels as they become known. Which one counts is for `Known` to say; here, silence is not an acquittal."""

    known: Known = field(default_factory=Known)
    _newest: dict[str, Label] = field(default_factory=dict)

    def watch(self, arrivals: Iterable[Arrival]) -> Iterator[Arrival]:
        """Pass `arrivals` on, noting the labels among them."""
        for arrival in self.known.watch(arrivals):
            label = arrival.message
            if isinstance(label, Label) and label.subject.kind == "transaction":
                held = self._newest.get(label.subject.id)
                if held is None or (held.known_at, held.id) < (label.known_at, label.id):
                    self._newest[label.subject.id] = label
            yield arrival

    def fraud(self, transaction: str) -> bool | None:
        """Whether the newest word on a payment is fraud; None where nobody has said anything."""
        if transaction not in self._newest:
            return None
        return bool(self.known.fraud((transaction,), EVER)[0])

    def reason(self, transaction: str) -> str:
        """The reason code of a fraud's newest label; "" for any other payment."""
        return self._newest[transaction].reason_code if self.fraud(transaction) else ""

    def __len__(self) -> int:
        """Payments that somebody has said something of."""
        return len(self._newest)


def verdicts_of(labels: Iterable[Label]) -> Verdicts:
    """Those of labels in any order."""
    found = Verdicts()
    for _ in found.watch(Arrival(label.known_at, topics.LABELS.name, label) for label in labels):
        pass
    return found
