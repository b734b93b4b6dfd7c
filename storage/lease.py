"""Leases: one holder of a role at a time, and a number that tells a later holder from an earlier one."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from uuid import uuid4

from events.errors import FencedError, UnavailableError
from storage.clock import Clock
from storage.kv import KeyValue


class Lease:
    """A claim to the role `name`, good for `ttl_ms` from each renewal.

    Every grant has a fencing token, larger than any granted before: a holder that was paused beyond its time
    finds out by `renew` or `check`, and whoever stores a result can compare tokens. The store's clock counts
    (Redis: the server's), so that holders' clocks need not agree; `clock` tells `held` how long to wait.
    """

    def __init__(self, kv: KeyValue, name: str, ttl_ms: int, clock: Clock) -> None:
        if ttl_ms <= 0:
            raise ValueError(f"a lease can't last {ttl_ms} ms")
        self._kv = kv
        self._key = f"lease:{name}"
        self._counter = f"lease-token:{name}"
        self._name = name
        self._ttl_ms = ttl_ms
        self._clock = clock
        self._holding: bytes | None = None
        self._heard_ms = 0

    @property
    def ttl_ms(self) -> int:
        return self._ttl_ms

    def good_for_ms(self) -> int:
        """How long the lease is surely ours still, without asking the store; 0 where it may be lost."""
        left = self._heard_ms + self._ttl_ms - self._clock.now_ms()
        return max(0, left) if self._holding is not None else 0

    def acquire(self) -> int | None:
        """The fencing token where the role was free, None where somebody holds it (this lease included)."""
        claim = uuid4().hex.encode()
        if not self._kv.set_if_absent(self._key, claim, ttl_ms=self._ttl_ms):
            return None
        # The counter is read while the claim is held, and the grant stands only if it was held throughout:
        # so tokens rise with grants even if this process sleeps between any two of these lines.
        token = self._kv.increment(self._counter)
        grant = b"%d:%s" % (token, claim)
        asked_ms = self._clock.now_ms()
        if not self._kv.compare_and_set(self._key, claim, grant, ttl_ms=self._ttl_ms):
            return None
        self._holding, self._heard_ms = grant, asked_ms
        return token

    def renew(self) -> None:
        """Hold on for another `ttl_ms`; `FencedError` where the role is no longer ours."""
        grant, asked_ms = self._holding, self._clock.now_ms()
        if grant is None or not self._kv.compare_and_set(self._key, grant, grant, ttl_ms=self._ttl_ms):
            self._holding = None
            raise FencedError(f"the lease {self._name!r} is lost")
        self._heard_ms = asked_ms

    def release(self) -> None:
        """Give the role back; nothing happens where it is not ours."""
        if self._holding is not None:
            self._kv.compare_and_set(self._key, self._holding, None)
            self._holding = None

    def check(self, token: int) -> None:
        """`FencedError` unless the grant with `token` holds the role now: to be called before publishing."""
        grant = self._kv.get(self._key)
        if grant is None or grant.partition(b":")[0] != b"%d" % token:
            raise FencedError(f"token {token} no longer holds the lease {self._name!r}")


@contextmanager
def held(lease: Lease, *, beat_s: float | None = None) -> Iterator[int | None]:
    """Hold `lease` while the block runs, renewing it from a thread; yields its token, None where it is taken.

    A beat comes every `beat_s` seconds (None: a third of the lease). A store that does not answer is asked again
    at the next beat; a lease that is lost stays lost, which the block learns from `Lease.check`.
    """
    token = lease.acquire()
    if token is None:
        yield None
        return
    stop = Event()
    beat = Thread(
        target=_beat, args=(lease, stop, beat_s or lease.ttl_ms / 3000), name="lease heartbeat", daemon=True
    )
    beat.start()
    try:
        yield token
    finally:
        stop.set()
        beat.join()
        lease.release()


def _beat(lease: Lease, stop: Event, seconds: float) -> None:
    while not stop.wait(seconds):
        try:
            lease.renew()
        except UnavailableError:
            continue
        except FencedError:
            return
