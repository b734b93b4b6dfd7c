"""Payments waiting for their decision, and the newest decisions, by transaction id."""

from concurrent.futures import Future
from dataclasses import dataclass, field
from threading import Lock

from events import codec
from events.entities import entities_of
from events.errors import ConflictError, RingwatchError, UnavailableError
from events.identity import content_hash
from events.types import Decision, Transaction

Answer = Decision | RingwatchError


@dataclass(slots=True, eq=False)
class Case:
    """One payment that was asked about. `answer` is done once its decision, or the reason for none, is known."""

    transaction: Transaction
    fingerprint: str
    touched_ms: int
    appended: bool = False
    answer: "Future[Answer]" = field(default_factory=Future)


@dataclass(frozen=True, slots=True)
class _Decided:
    decision: Decision
    fingerprint: str | None


class Book:
    """Bounded; threads share it.

    Args:
        remember: decisions kept, the newest ones.
        max_waiting: cases that may be open; more are refused.
        stale_ms: an open case that nobody asked about for so long makes room for a new one.
    """

    def __init__(self, *, remember: int, max_waiting: int, stale_ms: int) -> None:
        self._remember = remember
        self._max_waiting = max_waiting
        self._stale_ms = stale_ms
        self._lock = Lock()
        self._decided: dict[str, _Decided] = {}
        self._waiting: dict[str, Case] = {}
        self._closed: RingwatchError | None = None

    def open(self, transaction: Transaction, now_ms: int) -> tuple[Case, bool]:
        """The case of `transaction`, and whether it is new (then the caller has the log take it).

        `ConflictError`: the id was used for another payment. `UnavailableError`: too many wait, or the book is closed.
        """
        mine = fingerprint(transaction)
        with self._lock:
            decided = self._decided.get(transaction.id)
            if decided is not None:
                _require_same(decided.decision, decided.fingerprint, transaction, mine)
                case = Case(transaction, mine, now_ms, appended=True)
                case.answer.set_result(decided.decision)
                return case, False
            waiting = self._waiting.get(transaction.id)
            if waiting is not None and waiting.fingerprint != mine:
                raise conflict()
            if waiting is None:
                self._make_room(now_ms)
                waiting, new = Case(transaction, mine, now_ms), True
            else:
                del self._waiting[transaction.id]  # goes to the end: the first is the one longest untouched
                waiting.touched_ms, new = now_ms, False
            self._waiting[transaction.id] = waiting
            return waiting, new

    def settle(self, decision: Decision, fingerprint: str | None = None) -> None:
        """Note a decision and wake who waits for it. The first of a transaction counts.

        `fingerprint` is the payment's it was made on, where that is known.
        """
        with self._lock:
            case = self._waiting.pop(decision.transaction, None)
            # The same id may have reached the log another way, with another payment.
            other = case is not None and contradicts(decision, case.transaction)
            known = self._decided.get(decision.transaction)
            if known is None:
                if case is not None and not other:
                    fingerprint = case.fingerprint
                known = _Decided(decision, fingerprint)
                self._decided[decision.transaction] = known
                if len(self._decided) > self._remember:
                    del self._decided[next(iter(self._decided))]
        if case is not None:
            case.answer.set_result(conflict() if other else known.decision)

    def refuse(self, case: Case, error: RingwatchError) -> None:
        """Answer `case` with `error` and forget it."""
        with self._lock:
            if self._waiting.get(case.transaction.id) is not case:
                return
            del self._waiting[case.transaction.id]
        case.answer.set_result(error)

    def decision(self, transaction: str) -> Decision | None:
        with self._lock:
            decided = self._decided.get(transaction)
            return decided.decision if decided is not None else None

    def is_waiting(self, transaction: str) -> bool:
        with self._lock:
            return transaction in self._waiting

    def close(self, error: RingwatchError) -> None:
        """Answer every open case, and every later one, with `error`."""
        with self._lock:
            self._closed = error
            cases = list(self._waiting.values())
            self._waiting.clear()
        for case in cases:
            case.answer.set_result(error)

    def _make_room(self, now_ms: int) -> None:
        if self._closed is not None:
            raise self._closed
        if len(self._waiting) < self._max_waiting:
            return
        oldest = next(iter(self._waiting.values()))
        # What the log has not taken yet stands in line for it, so it is counted until it is through.
        if not oldest.appended or now_ms - oldest.touched_ms < self._stale_ms:
            raise UnavailableError(f"{self._max_waiting} payments wait for a decision already")
        del self._waiting[oldest.transaction.id]


def fingerprint(transaction: Transaction) -> str:
    """Content hash of a submission behind the door: tokens, no raw identifiers."""
    return content_hash("submission", codec.encode(transaction))


def conflict() -> ConflictError:
    """The id stands for another payment."""
    return ConflictError(
        "this transaction id was submitted before with other content: repeat a submission exactly as it was, "
        "or give a new payment an id of its own"
    )


def contradicts(decision: Decision, transaction: Transaction) -> bool:
    """Whether `decision` was made on another payment, judged by what a decision carries."""
    found = entities_of(transaction)
    return (
        decision.time != transaction.time
        or (decision.amount.minor, decision.amount.currency)
        != (transaction.amount.minor, transaction.amount.currency)
        or any(decision.entities.get(kind) != token for kind, token in found.items())
    )


def _require_same(decision: Decision, known: str | None, transaction: Transaction, mine: str) -> None:
    if known != mine if known is not None else contradicts(decision, transaction):
        raise conflict()
