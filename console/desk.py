"""The desk: payments in, decisions out, over the log and two threads."""

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from threading import Event, Thread
from urllib.parse import quote

from console.book import Book
from console.faults import UndecidedError
from console.intake import Intake
from console.kept import Kept
from console.parts import ConsoleParts
from console.tail import Tail
from console.waiting import StoppedError
from events.errors import FencedError, NotFoundError, RingwatchError, UnavailableError
from events.types import Decision, Transaction

_JOIN_S = 5.0
_log = logging.getLogger(__name__)


class Desk:
    """`start`, then `decide` and `find` from one event loop, then `close`.

    `failure` is the error that ended a thread: the process can't go on then.
    """

    def __init__(self, parts: ConsoleParts) -> None:
        settings = parts.settings
        self._parts = parts
        self._stop = Event()
        self._kept = Kept(parts.kv, settings.keep_ms, parts.clock)
        self._book = Book(
            remember=settings.remember,
            max_waiting=settings.max_waiting,
            stale_ms=2 * settings.deadline_ms,
        )
        self._intake = Intake(parts, self._book, self._kept, self._stop)
        tail = Tail(parts, self._book, self._kept, self._stop)
        self._threads = [
            Thread(target=partial(self._run, run), name=f"console-{name}", daemon=True)
            for name, run in (("tail", tail.run), ("intake", self._intake.run))
        ]
        self.failure: Exception | None = None

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Let the log take what is queued, then stop."""
        tail, intake = self._threads
        self._intake.put(None)
        intake.join(_JOIN_S)
        self._stop.set()
        for thread in (intake, tail):
            thread.join(_JOIN_S)
        self._book.close(UnavailableError("the console is stopping"))

    @property
    def alive(self) -> bool:
        return self.failure is None and all(thread.is_alive() for thread in self._threads)

    async def decide(self, transaction: Transaction) -> Decision:
        """The decision on `transaction`, which the log is given unless it has it already.

        Raises `UndecidedError` at the deadline, `UnavailableError` where even the log did not take it by then,
        `ConflictError` where the id stands for another payment.
        """
        case, new = self._book.open(transaction, self._parts.clock.now_ms())
        if new:
            self._intake.put(case)
        deadline_ms = self._parts.settings.deadline_ms
        waiter = asyncio.wrap_future(case.answer)
        # Not `wait_for`, which would cancel the case for everybody who waits for it.
        done, _ = await asyncio.wait({waiter}, timeout=deadline_ms / 1000)
        if done:
            answer = waiter.result()
            if isinstance(answer, RingwatchError):
                raise answer
            return answer
        if not case.appended:
            raise UnavailableError(
                "the log has not taken the payment yet: send the same submission again, it is decided once at most"
            )
        ask = f"/v1/decisions/{quote(transaction.id, safe='')}"
        raise UndecidedError(
            f"no decision within {deadline_ms} ms; the payment is in the log and will be decided",
            f"GET {ask}, or send the same submission again: it is decided once",
            ask,
        )

    async def find(self, transaction: str) -> Decision | None:
        """The decision on a transaction id, None while it is pending; `NotFoundError` for an id nobody asked about."""
        decision = self._book.decision(transaction)
        if decision is None and not self._book.is_waiting(transaction):
            known = (await asyncio.to_thread(self._kept.recall, [transaction]))[0]
            if known.decision is None and known.fingerprint is None:
                raise NotFoundError("no such transaction was submitted here, or too long ago")
            decision = known.decision
        return decision

    def _run(self, run: Callable[[], None]) -> None:
        try:
            run()
        except StoppedError:
            pass
        except Exception as error:  # noqa: BLE001 - whatever ends a thread must end the process, not hang it
            self._fail(error)

    def _fail(self, error: Exception) -> None:
        self.failure = error
        _log.error("a thread of the console has ended: %s", type(error).__name__)
        reason = (
            "another console has taken over" if isinstance(error, FencedError) else "the console is stopping"
        )
        self._book.close(UnavailableError(reason))
        self._stop.set()
        self._intake.put(None)
