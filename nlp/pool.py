"""Keys of new texts from processes of their own, so that a burst of them holds up nothing else.

The pool is driven by its caller: every call takes what has been answered, starts what died and hands out what waits; no
thread, no lock. Processes are behind a port (`nlp.pool_port.Crew`), the real ones in `nlp.pool_process`.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from msgspec import Struct

from events.errors import UnavailableError
from events.types import AddressKey
from nlp.pool_port import Answer, Crew, PoolSettings, Reply, Worker
from storage.clock import Clock
from storage.metrics import Metrics

_FLIGHT: Final = (
    32_768  # characters with a process at once: less than a socket takes, so that nobody waits to send
)
_LONG_US: Final = 1 << 62
_LOOK_S: Final = 0.2  # how often a caller without a budget looks at what has died
_FAILED_STARTS: Final = 3
_PAUSE_US, _LONGEST_PAUSE_US = 100_000, 30_000_000


class _Asked(Struct):
    """A text that is owed: since when, in how many processes it was the last, and whether its caller has gone on."""

    since_us: int
    ends: int = 0
    late: bool = False


@dataclass(slots=True)
class _Slot:
    """A place for one process. `texts` are its work in order, the first `sent` (`flight` characters) handed over."""

    worker: Worker | None = None
    texts: deque[str] = field(default_factory=deque)
    sent: int = 0
    flight: int = 0
    moved_us: int = 0  # when it was started, answered last, or got its first text
    not_before_us: int = 0
    failed_starts: int = 0


class ParserPool:
    """At most `settings.processes` processes that parse. Not to be shared between threads.

    A text is never lost: what a dead process had is asked of another. The text that it was at counts one end, and after
    `settings.tries` of them it is answered without a key. A process that can't start (another parser version on disk,
    no memory) is tried again ever more seldom.
    """

    def __init__(
        self,
        version: str,
        crew: Crew,
        clock: Clock,
        metrics: Metrics,
        settings: PoolSettings | None = None,
    ) -> None:
        self.version = version
        self._crew = crew
        self._clock = clock
        self._metrics = metrics
        self._settings = settings or PoolSettings()
        self._slots = [_Slot() for _ in range(self._settings.processes)]
        self._asked: dict[str, _Asked] = {}
        self._answered: dict[str, Answer] = {}

    @property
    def owed(self) -> int:
        """Texts that were asked for and not answered."""
        return len(self._asked)

    def start(self) -> None:
        """Start all processes now rather than when they are needed."""
        now = self._clock.perf_us()
        for slot in self._slots:
            if slot.worker is None:
                self._start(slot, now)

    def answers(self, texts: Sequence[str] = (), budget_ms: float | None = 0.0) -> dict[str, Answer]:
        """Everything that was answered since the last call, `texts` among it where that can be had in the budget.

        Texts that are not answered by then are worked on behind the caller's back, and in what a later call returns.
        Nobody waits for a process that starts, or that is behind by more than the budget with what was asked before:
        so a burst costs one budget, and a text that hangs none. Without a budget (None) all of `texts` are answered;
        `UnavailableError` where no process starts.
        """
        self._turn()
        if budget_ms is None:
            self._settle(texts)
        elif texts:
            self._hope(texts, round(budget_ms * 1_000))
        found, self._answered = self._answered, {}
        self._metrics.gauge("address_owed", len(self._asked))
        return found

    def keys(self, texts: Sequence[str]) -> list[AddressKey | None]:
        """The keys of many texts, in their order, however long that takes; as `AddressParser.keys`."""
        found = self.answers(texts, None)
        return [found[text].key for text in texts]

    def close(self) -> None:
        """End all processes. What is owed is forgotten."""
        for slot in self._slots:
            if slot.worker is not None:
                slot.worker.kill()
        self._slots = [_Slot() for _ in self._slots]
        self._asked.clear()

    # --- waiting ------------------------------------------------------------------------------------------

    def _hope(self, texts: Sequence[str], budget_us: int) -> None:
        began = self._clock.perf_us()
        hoped = [text for text, slot in self._ask(texts, budget_us) if self._hopeful(slot, budget_us)]
        while hoped and (left := began + budget_us - self._clock.perf_us()) > 0:
            self._wait(left / 1e6)
            self._turn()
            hoped = [text for text in hoped if text in self._asked]
        for text in texts:
            if (asked := self._asked.get(text)) is not None:
                asked.late = True

    def _settle(self, texts: Sequence[str]) -> None:
        left: Sequence[str] = texts
        while left := [text for text in left if text not in self._answered]:
            self._ask(left, _LONG_US)
            self._wait(_LOOK_S)
            self._turn()
            if all(slot.failed_starts >= _FAILED_STARTS for slot in self._slots):
                raise UnavailableError("no address parser starts; the log has what it said")

    def _wait(self, seconds: float) -> None:
        self._crew.wait([slot.worker for slot in self._slots if slot.worker is not None], seconds)

    # --- handing out --------------------------------------------------------------------------------------

    def _ask(self, texts: Iterable[str], budget_us: int) -> list[tuple[str, _Slot]]:
        """Give each new text to the place that is soonest done with it: those that were taken, and by whom."""
        now = self._clock.perf_us()
        taken: list[tuple[str, _Slot]] = []
        for text in texts:
            if text not in self._asked and len(self._asked) < self._settings.owed:
                self._asked[text] = _Asked(now)
                taken.append((text, self._assign(text, now, budget_us)))
        for slot in self._slots:
            self._feed(slot, now)
        return taken

    def _assign(self, text: str, now: int, budget_us: int) -> _Slot:
        def rank(slot: _Slot) -> tuple[bool, bool, int, bool]:
            worker = slot.worker
            away = now < slot.not_before_us if worker is None else not worker.ready
            return away, self._behind(slot, now, budget_us), len(slot.texts), worker is None

        slot = min(self._slots, key=rank)
        slot.texts.append(text)
        return slot

    def _pass_on(self, slot: _Slot, now: int) -> None:
        """Let the rest of a place's work be done where that is soonest."""
        texts = list(slot.texts)
        slot.texts.clear()
        for text in texts:
            self._assign(text, now, 0)

    def _behind(self, slot: _Slot, now: int, budget_us: int) -> bool:
        return bool(slot.texts) and now - self._asked[slot.texts[0]].since_us > budget_us

    def _hopeful(self, slot: _Slot, budget_us: int) -> bool:
        up = slot.worker is not None and slot.worker.ready
        return up and not self._behind(slot, self._clock.perf_us(), budget_us)

    def _feed(self, slot: _Slot, now: int) -> None:
        """Hand over as much as may be under way, and start whom that needs."""
        if len(slot.texts) == slot.sent:
            return
        if slot.worker is None and now >= slot.not_before_us:
            self._start(slot, now)
            if slot.worker is None:
                self._pass_on(slot, now)
        if slot.worker is None:
            return
        batch: list[str] = []
        flight = slot.flight
        for text in islice(slot.texts, slot.sent, None):
            flight += len(text)
            if flight > _FLIGHT and (batch or slot.sent):
                break
            batch.append(text)
        if not batch:
            return
        try:
            slot.worker.send(batch)
        except (OSError, EOFError):
            return  # `_turn` finds out
        if not slot.sent:
            slot.moved_us = now
        slot.sent += len(batch)
        slot.flight += sum(map(len, batch))

    # --- taking in ----------------------------------------------------------------------------------------

    def _turn(self) -> None:
        now = self._clock.perf_us()
        for slot in self._slots:
            if slot.worker is not None:
                self._hear(slot, slot.worker, now)
            self._feed(slot, now)

    def _hear(self, slot: _Slot, worker: Worker, now: int) -> None:
        was_ready = worker.ready
        try:
            replies = worker.receive()
        except (OSError, EOFError):
            self._bury(slot, worker, now, "died")
            return
        for reply in replies:
            text = slot.texts.popleft()
            slot.sent, slot.flight = slot.sent - 1, slot.flight - len(text)
            self._answer(text, reply, now)
        if replies or worker.ready != was_ready:
            slot.moved_us, slot.failed_starts = now, 0
        limit_ms = self._settings.hang_ms if worker.ready else self._settings.start_ms
        if (slot.sent or not worker.ready) and now - slot.moved_us > limit_ms * 1_000:
            self._bury(slot, worker, now, "hung")

    def _answer(self, text: str, reply: Reply, now: int) -> None:
        self._metrics.observe("address_parse_seconds", reply.us / 1e6)
        if reply.failed:
            self._give_up(text)
        else:
            self._answered[text] = Answer(reply.key)
        asked = self._asked.pop(text)
        if asked.late:
            self._metrics.observe("address_pending_seconds", (now - asked.since_us) / 1e6)

    def _give_up(self, text: str) -> None:
        self._metrics.count("address_unparsable_total")
        self._answered[text] = Answer(None, parsed=False)

    def _start(self, slot: _Slot, now: int) -> None:
        slot.moved_us = now
        try:
            slot.worker = self._crew.start()
        except OSError:
            self._pause(slot, now)

    def _pause(self, slot: _Slot, now: int) -> None:
        slot.not_before_us = now + min(_PAUSE_US << min(slot.failed_starts, 20), _LONGEST_PAUSE_US)
        slot.failed_starts += 1

    def _bury(self, slot: _Slot, worker: Worker, now: int, cause: str) -> None:
        """Its work goes to others, but for the text that it was at, which stays here lest it take others along."""
        worker.kill()
        self._metrics.count("address_workers_lost_total", cause=cause)
        suspect = self._suspect(slot.texts.popleft()) if slot.sent and worker.ready else None
        slot.worker, slot.sent, slot.flight = None, 0, 0
        if worker.ready:
            self._start(slot, now)
        else:
            self._pause(slot, now)
        self._pass_on(slot, now)
        if suspect is not None:
            slot.texts.append(suspect)

    def _suspect(self, text: str) -> str | None:
        """Count one more end against `text`; None where it is given up."""
        asked = self._asked[text]
        asked.ends += 1
        if asked.ends < self._settings.tries:
            return text
        del self._asked[text]
        self._give_up(text)
        return None
