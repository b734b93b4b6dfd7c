"""What a replay reads and decides, kept as a lake of its own, of which dossiers read no more than they need."""

from collections.abc import Iterable, Iterator

from events import codec, topics
from events.arrival import Arrival
from events.types import Decision, Label, Transaction
from lake import files
from lake.tables import Stored
from storage.blob import BlobStore

_KEPT = (topics.TRANSACTIONS.name, topics.LABELS.name)
_ROWS = 20_000


class Kept:
    """Payments, labels and decisions on their way into the lake tables of `blobs`; `flush` ends it."""

    def __init__(self, blobs: BlobStore, *, rows: int = _ROWS) -> None:
        self._blobs = blobs
        self._rows = rows
        self._waiting: dict[str, list[Stored]] = {}
        self._written: dict[str, int] = {}

    def watch(self, arrivals: Iterable[Arrival]) -> Iterator[Arrival]:
        """Pass `arrivals` on, keeping what dossiers need of them."""
        for arrival in arrivals:
            if arrival.topic in _KEPT and isinstance(arrival.message, Transaction | Label):
                self._add(arrival.topic, arrival.time, arrival.message)
            yield arrival

    def decided(self, decisions: Iterable[Decision]) -> None:
        for decision in decisions:
            self._add(topics.DECISIONS.name, decision.decided_at, decision)

    def flush(self) -> None:
        """Write all that waits."""
        for topic in sorted(self._waiting):
            self._write(topic)

    def _add(self, topic: str, time: int, message: Transaction | Label | Decision) -> None:
        rows = self._waiting.setdefault(topic, [])
        offset = self._written.get(topic, 0) + len(rows)
        rows.append(Stored(offset, time, message, codec.encode(message)))
        if len(rows) >= self._rows:
            self._write(topic)

    def _write(self, topic: str) -> None:
        rows = self._waiting.pop(topic)
        first = self._written.get(topic, 0)
        self._written[topic] = first + len(rows)
        files.write(self._blobs, topic, 0, first, first + len(rows), rows)
