"""The thread that appends payments to the log, all that came while the last append ran at once."""

from queue import Empty, SimpleQueue
from threading import Event

from console.book import Book, Case, conflict, contradicts
from console.kept import Kept, Known
from console.parts import PART, ConsoleParts
from console.waiting import until_available
from events import codec, topics
from events.entities import entities_of, partition_key
from events.errors import UnavailableError
from streaming.log import Outgoing

_BATCH = 500


class Intake:
    """New cases go in by `put`; `run` is the thread. A decision that was kept earlier is answered without an append."""

    def __init__(self, parts: ConsoleParts, book: Book, kept: Kept, stop: Event) -> None:
        self._parts = parts
        self._book = book
        self._kept = kept
        self._stop = stop
        self._queue: SimpleQueue[Case | None] = SimpleQueue()

    def put(self, case: Case | None) -> None:
        """Queue a case; None ends the thread behind all before it."""
        self._queue.put(case)

    def run(self) -> None:
        """Raises `StoppedError` where it is stopped before the log takes a batch, `FencedError` once replaced."""
        parts = self._parts
        topic = topics.TRANSACTIONS.name
        producer = until_available(
            lambda: parts.log.open_producer(parts.name, [topic]), self._stop, parts.metrics, "log"
        )
        try:
            while batch := self._next():
                new = self._new(batch)
                records = [_record(case) for case in new]
                if records:
                    # After a failed send the port wants the same records first: so waiting in place is right.
                    until_available(lambda: producer.send(records), self._stop, parts.metrics, "log")  # noqa: B023 - called at once
                for case in new:
                    case.appended = True
                parts.metrics.count("records_sent_total", len(new), part=PART, topic=topic)
        finally:
            producer.close()

    def _next(self) -> list[Case]:
        """What waits, at least one; [] at the end."""
        batch: list[Case] = []
        try:
            while len(batch) < _BATCH:
                case = self._queue.get_nowait() if batch else self._queue.get()
                if case is None:
                    if batch:
                        self._queue.put(None)
                    break
                batch.append(case)
        except Empty:
            pass
        return batch

    def _new(self, batch: list[Case]) -> list[Case]:
        """Those of `batch` that the log has to take; the others are answered."""
        try:
            known = self._kept.recall([case.transaction.id for case in batch])
            return [case for case, known in zip(batch, known, strict=True) if self._is_new(case, known)]
        except UnavailableError:
            # Memory saves repeating work, no more: the scorer drops what it has decided before.
            self._parts.metrics.count("unavailable_total", service="cache")
            return [case for case in batch if not case.answer.done()]

    def _is_new(self, case: Case, known: Known) -> bool:
        holder, decision = known.fingerprint, known.decision
        if holder is None and decision is None:
            holder = self._kept.claim(case.transaction.id, case.fingerprint)
        other = holder != case.fingerprint if holder is not None else False
        if other or (decision is not None and contradicts(decision, case.transaction)):
            self._book.refuse(case, conflict())
            return False
        if decision is not None:
            self._book.settle(decision, case.fingerprint)
        return decision is None


def _record(case: Case) -> Outgoing:
    transaction = case.transaction
    key = partition_key(entities_of(transaction), transaction.id)
    return Outgoing(topics.TRANSACTIONS.name, key, codec.encode(transaction))
