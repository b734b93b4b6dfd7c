"""The thread that follows the `decisions` topic."""

from threading import Event

from console.book import Book
from console.kept import Kept
from console.parts import PART, ConsoleParts
from console.waiting import until_available
from events import codec, topics
from events.errors import InputError, UnavailableError
from events.types import Decision
from streaming.log import Reader, Record

_BATCH = 1_000
_LINGER_S = 0.1


class Tail:
    """`run` is the thread: it starts as many decisions back as the book remembers, then keeps up."""

    def __init__(self, parts: ConsoleParts, book: Book, kept: Kept, stop: Event) -> None:
        self._parts = parts
        self._book = book
        self._kept = kept
        self._stop = stop

    def run(self) -> None:
        """Raises `StoppedError` where it is stopped while the log is away."""
        metrics = self._parts.metrics
        reader = until_available(self._open, self._stop, metrics, "log")
        try:
            while not self._stop.is_set():
                records = until_available(lambda: reader.poll(_BATCH, _LINGER_S), self._stop, metrics, "log")
                if records:
                    self._take(records)
        finally:
            reader.close()

    def _open(self) -> Reader:
        log, topic = self._parts.log, topics.DECISIONS.name
        begin, end = log.begin(topic), log.end(topic)
        back = self._parts.settings.remember // len(begin)
        return log.open_reader({it: max(begin[it], end[it] - back) for it in begin})

    def _take(self, records: list[Record]) -> None:
        decisions: list[Decision] = []
        for record in records:
            try:
                decision = codec.decode(record.value, Decision)
            except InputError as error:  # nobody waits for what is no decision
                self._parts.metrics.count("dead_letters_total", part=PART, code=error.code)
                continue
            if decision.lane == "live":
                self._book.settle(decision)
                decisions.append(decision)
        self._parts.metrics.count("records_read_total", len(records), part=PART, topic=topics.DECISIONS.name)
        try:
            if decisions:
                self._kept.keep(decisions)
        except UnavailableError:  # as `Intake`: they are remembered here, for a while
            self._parts.metrics.count("unavailable_total", service="cache")
