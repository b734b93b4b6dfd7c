"""Leases on every key-value store: one holder, tokens that rise, and holders that learn that they are late."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import FencedError, UnavailableError
from storage import Clock, KeyValue, Lease, ManualClock, MemoryKeyValue, RedisKeyValue, SystemClock, held

TTL_MS = 60_000


@dataclass(frozen=True)
class Role:
    """A role that two want, on one store."""

    kv: KeyValue
    clock: Clock
    name: str

    def lease(self, ttl_ms: int = TTL_MS) -> Lease:
        return Lease(self.kv, self.name, ttl_ms, self.clock)

    def expire(self) -> None:
        """What the store does at the end of a lease, without the wait."""
        self.kv.delete(f"lease:{self.name}")


@pytest.fixture(params=["memory", "redis"])
def role(request: pytest.FixtureRequest) -> Iterator[Role]:
    name = f"test-{uuid4().hex}"
    if request.param == "memory":
        clock = ManualClock(1)
        yield Role(MemoryKeyValue(clock), clock, name)
    else:
        redis = RedisKeyValue(request.getfixturevalue("redis_url"))
        yield Role(redis, SystemClock(), name)
        redis.close()


def test_one_holds_at_a_time(role: Role) -> None:
    one, two = role.lease(), role.lease()
    assert one.acquire() == 1
    assert two.acquire() is None
    assert one.acquire() is None
    one.release()
    assert two.acquire() == 2


def test_a_lease_ends_by_itself(role: Role) -> None:
    one, two = role.lease(ttl_ms=20), role.lease()
    assert one.acquire() == 1
    role.clock.sleep(0.06)
    assert two.acquire() == 2


def test_a_renewed_lease_goes_on() -> None:
    clock = ManualClock(1)
    role = Role(MemoryKeyValue(clock), clock, "role")
    one = role.lease(ttl_ms=100)
    one.acquire()
    for _ in range(3):
        clock.sleep(0.06)
        one.renew()
    assert role.lease().acquire() is None
    clock.sleep(0.1)
    assert role.lease().acquire() == 2


def test_a_late_holder_learns_it(role: Role) -> None:
    one, two = role.lease(), role.lease()
    token = one.acquire()
    assert token is not None
    one.check(token)
    role.expire()
    with pytest.raises(FencedError):
        one.check(token)
    later = two.acquire()
    assert later is not None
    assert later > token
    with pytest.raises(FencedError):
        one.check(token)
    with pytest.raises(FencedError):
        one.renew()
    one.release()
    two.check(later)
    two.renew()


def test_a_late_release_takes_nothing_away(role: Role) -> None:
    one, two = role.lease(), role.lease()
    one.acquire()
    role.expire()
    later = two.acquire()
    assert later is not None
    one.release()
    two.check(later)


def test_anybody_may_check_a_token(role: Role) -> None:
    token = role.lease().acquire()
    assert token is not None
    role.lease().check(token)
    with pytest.raises(FencedError):
        role.lease().check(token + 1)


def test_what_was_never_held_can_not_be_renewed(role: Role) -> None:
    lease = role.lease()
    with pytest.raises(FencedError):
        lease.renew()
    lease.release()


def test_how_long_it_is_surely_ours() -> None:
    clock = ManualClock(1_000)
    lease = Lease(MemoryKeyValue(clock), "role", 200, clock)
    assert lease.good_for_ms() == 0
    lease.acquire()
    clock.sleep(0.15)
    assert lease.good_for_ms() == 50
    lease.renew()
    assert lease.good_for_ms() == 200
    clock.sleep(1)
    assert lease.good_for_ms() == 0
    lease.release()
    assert lease.good_for_ms() == 0


def test_a_lease_lasts_some_time() -> None:
    with pytest.raises(ValueError, match="can't last"):
        Lease(MemoryKeyValue(ManualClock()), "role", 0, ManualClock())


class PausingKeyValue(MemoryKeyValue):
    """Stands still for `pauses[n]` ms before its n-th call: a process that sleeps at the worst moment."""

    def __init__(self, clock: ManualClock, inner: MemoryKeyValue, pauses: Sequence[int]) -> None:
        super().__init__(clock)
        self._manual = clock
        self._inner = inner
        self._pauses = list(pauses)

    def _pause(self) -> None:
        if self._pauses:
            self._manual.sleep(self._pauses.pop(0) / 1000)

    def set_if_absent(self, key: str, value: bytes, *, ttl_ms: int | None = None) -> bool:
        self._pause()
        return self._inner.set_if_absent(key, value, ttl_ms=ttl_ms)

    def compare_and_set(
        self, key: str, expected: bytes | None, value: bytes | None, *, ttl_ms: int | None = None
    ) -> bool:
        self._pause()
        return self._inner.compare_and_set(key, expected, value, ttl_ms=ttl_ms)

    def increment(self, key: str) -> int:
        self._pause()
        return self._inner.increment(key)

    def get(self, key: str) -> bytes | None:
        self._pause()
        return self._inner.get(key)


@given(
    st.lists(
        st.tuples(st.integers(0, 2), st.lists(st.sampled_from([0, TTL_MS // 2, TTL_MS * 2]), max_size=4))
    )
)
def test_tokens_rise_with_grants_whoever_sleeps_when(turns: list[tuple[int, list[int]]]) -> None:
    clock = ManualClock(1)
    shared = MemoryKeyValue(clock)
    granted: list[int] = []
    for _, pauses in turns:
        token = Lease(PausingKeyValue(clock, shared, pauses), "role", TTL_MS, clock).acquire()
        if token is not None:
            granted.append(token)
            Lease(shared, "role", TTL_MS, clock).check(token)
    assert granted == sorted(set(granted))


def test_a_claimant_that_sleeps_through_its_claim_gets_nothing() -> None:
    clock = ManualClock(1)
    shared = MemoryKeyValue(clock)
    quick = Lease(shared, "role", TTL_MS, clock)

    class Overtaken(PausingKeyValue):
        def increment(self, key: str) -> int:
            clock.sleep(TTL_MS * 2 / 1000)
            assert quick.acquire() == 1
            return super().increment(key)

    slow = Lease(Overtaken(clock, shared, []), "role", TTL_MS, clock)
    assert slow.acquire() is None
    quick.check(1)


def test_many_claimants_one_grant(role: Role) -> None:
    granted: list[int] = []
    start = threading.Barrier(6)

    def claim() -> None:
        start.wait()
        token = role.lease().acquire()
        if token is not None:
            granted.append(token)

    threads = [threading.Thread(target=claim) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(granted) == 1


# --- held: renewing from a thread -------------------------------------------------------------------------


class Beats(MemoryKeyValue):
    """Tells when a renewal came, and answers none while `away`."""

    def __init__(self) -> None:
        super().__init__(SystemClock())
        self.renewed = threading.Event()
        self.tried = threading.Event()
        self.away = False

    def compare_and_set(
        self, key: str, expected: bytes | None, value: bytes | None, *, ttl_ms: int | None = None
    ) -> bool:
        if expected == value and self.away:
            self.tried.set()
            raise UnavailableError("away")
        done = super().compare_and_set(key, expected, value, ttl_ms=ttl_ms)
        if expected == value and done:
            self.renewed.set()
        return done


def test_a_block_holds_the_lease_and_gives_it_back() -> None:
    kv = Beats()
    lease = Lease(kv, "role", 60_000, SystemClock())
    with held(lease, beat_s=0.01) as token:
        assert token == 1
        assert kv.renewed.wait(10)
        with held(Lease(kv, "role", 60_000, SystemClock())) as other:
            assert other is None
    with held(lease) as token:
        assert token == 2


def test_a_store_that_is_away_is_asked_again() -> None:
    kv = Beats()
    kv.away = True
    with held(Lease(kv, "role", 60_000, SystemClock()), beat_s=0.01):
        assert kv.tried.wait(10)
        kv.away = False
        assert kv.renewed.wait(10)


def test_a_block_whose_lease_is_taken_finds_out() -> None:
    kv = Beats()
    lease = Lease(kv, "role", 60_000, SystemClock())
    with held(lease, beat_s=60) as token:
        assert token is not None
        kv.delete("lease:role")
        assert Lease(kv, "role", 60_000, SystemClock()).acquire() == 2
        with pytest.raises(FencedError):
            lease.check(token)
    with pytest.raises(FencedError):
        lease.check(token)
    assert Lease(kv, "role", 60_000, SystemClock()).acquire() is None


def test_the_lease_is_given_back_after_an_error() -> None:
    kv = Beats()
    lease = Lease(kv, "role", 60_000, SystemClock())

    def fail() -> None:
        with held(lease):
            raise RuntimeError("the block failed")

    with pytest.raises(RuntimeError):
        fail()
    assert lease.acquire() == 2
