"""What was asked and answered, in the key-value store: another console, or this one after a restart, knows it.

`submission:<transaction>` holds the fingerprint of a payment somebody asked about, written before the log gets it;
`decision:<transaction>` its decision. Decisions on payments that came another way are not written.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from events import codec
from events.errors import InputError, UnavailableError
from events.types import Decision
from storage import Clock, KeyValue

T = TypeVar("T")

_REST_MS = 5_000


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of one transaction id; None: nothing (any more)."""

    fingerprint: str | None
    decision: Decision | None


class Kept:
    """Every call may raise `UnavailableError`; after one, the store is left alone for five seconds.

    A store that hangs costs a time-out a call, which no payment should wait for. Threads share it.
    """

    def __init__(self, kv: KeyValue, keep_ms: int, clock: Clock) -> None:
        self._kv = kv
        self._keep_ms = keep_ms
        self._clock = clock
        self._rest_until_ms = 0

    def recall(self, transactions: Sequence[str]) -> list[Known]:
        """What is known of each, in one round trip."""
        keys = [key for it in transactions for key in (_submission(it), _decision(it))]
        values = self._ask(lambda: self._kv.mget(keys))
        return [Known(_text(values[i]), _read(values[i + 1])) for i in range(0, len(values), 2)]

    def claim(self, transaction: str, fingerprint: str) -> str:
        """The fingerprint that holds the id: `fingerprint`, or that of whoever came first."""
        key, mine = _submission(transaction), fingerprint.encode()
        if self._ask(lambda: self._kv.set_if_absent(key, mine, ttl_ms=self._keep_ms)):
            return fingerprint
        return _text(self._ask(lambda: self._kv.get(key))) or fingerprint

    def keep(self, decisions: Sequence[Decision]) -> None:
        """Write those that somebody asked for: one look-up, one pipelined write."""
        keys = [_submission(it.transaction) for it in decisions]
        asked = self._ask(lambda: self._kv.mget(keys))
        wanted = {
            _decision(it.transaction): codec.encode(it)
            for it, known in zip(decisions, asked, strict=True)
            if known is not None
        }
        if wanted:
            self._ask(lambda: self._kv.set_many(wanted, ttl_ms=self._keep_ms))

    def _ask(self, call: Callable[[], T]) -> T:
        if self._clock.now_ms() < self._rest_until_ms:
            raise UnavailableError("the key-value store did not answer a moment ago")
        try:
            return call()
        except UnavailableError:
            self._rest_until_ms = self._clock.now_ms() + _REST_MS
            raise


def _submission(transaction: str) -> str:
    return f"submission:{transaction}"


def _decision(transaction: str) -> str:
    return f"decision:{transaction}"


def _text(value: bytes | None) -> str | None:
    return value.decode("ascii", "replace") if value is not None else None


def _read(value: bytes | None) -> Decision | None:
    if value is None:
        return None
    try:
        return codec.decode(value, Decision)
    except InputError:  # of a release that writes them otherwise: as good as evicted
        return None
