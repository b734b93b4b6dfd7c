"""What every key-value store does: the memory one and Redis."""

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from events.errors import UnavailableError
from storage import KeyValue, ManualClock, MemoryKeyValue, RedisKeyValue, SystemClock


class Wait:
    """Lets a store's time pass: by hand, or for real."""

    def __init__(self, clock: ManualClock | SystemClock) -> None:
        self.clock = clock

    def __call__(self, ms: int) -> None:
        self.clock.sleep(ms / 1000)


@pytest.fixture(params=["memory", "redis"])
def store(request: pytest.FixtureRequest) -> Iterator[tuple[KeyValue, Wait]]:
    if request.param == "memory":
        clock = ManualClock(1)
        yield MemoryKeyValue(clock), Wait(clock)
    else:
        redis = RedisKeyValue(request.getfixturevalue("redis_url"))
        yield redis, Wait(SystemClock())
        redis.close()


@pytest.fixture
def kv(store: tuple[KeyValue, Wait]) -> KeyValue:
    return store[0]


@pytest.fixture
def key() -> str:
    return f"test:{uuid4().hex}"


def test_what_is_set_is_got(kv: KeyValue, key: str) -> None:
    assert kv.get(key) is None
    kv.set(key, b"\x00\xff")
    assert kv.get(key) == b"\x00\xff"
    kv.set(key, b"")
    assert kv.get(key) == b""


def test_many_keys_come_in_order(kv: KeyValue, key: str) -> None:
    kv.set_many({f"{key}:{number}": b"%d" % number for number in range(2500)})
    asked = [f"{key}:7", f"{key}:none", f"{key}:2499", f"{key}:7"]
    assert kv.mget(asked) == [b"7", None, b"2499", b"7"]
    assert kv.mget([]) == []
    kv.set_many({})


def test_keys_expire(store: tuple[KeyValue, Wait], key: str) -> None:
    kv, wait = store
    kv.set(f"{key}:1", b"x", ttl_ms=60)
    kv.set_many({f"{key}:2": b"x"}, ttl_ms=60)
    assert kv.set_if_absent(f"{key}:3", b"x", ttl_ms=60)
    assert kv.compare_and_set(f"{key}:4", None, b"x", ttl_ms=60)
    kv.set(f"{key}:5", b"x", ttl_ms=60_000)
    kv.set(f"{key}:6", b"x", ttl_ms=60)
    kv.set(f"{key}:6", b"x")
    keys = [f"{key}:{number}" for number in range(1, 7)]
    wait(120)
    assert kv.mget(keys) == [None] * 4 + [b"x"] * 2
    assert kv.set_if_absent(f"{key}:1", b"y")


@pytest.mark.parametrize("ttl_ms", [0, -5])
def test_a_key_can_not_expire_at_once(kv: KeyValue, key: str, ttl_ms: int) -> None:
    calls: list[Callable[[], object]] = [
        lambda: kv.set(key, b"x", ttl_ms=ttl_ms),
        lambda: kv.set_many({key: b"x"}, ttl_ms=ttl_ms),
        lambda: kv.set_if_absent(key, b"x", ttl_ms=ttl_ms),
        lambda: kv.compare_and_set(key, None, b"x", ttl_ms=ttl_ms),
    ]
    for call in calls:
        with pytest.raises(ValueError, match="can't expire"):
            call()
    assert kv.get(key) is None


def test_set_if_absent(kv: KeyValue, key: str) -> None:
    assert kv.set_if_absent(key, b"1")
    assert not kv.set_if_absent(key, b"2")
    assert kv.get(key) == b"1"


def test_compare_and_set(kv: KeyValue, key: str) -> None:
    assert not kv.compare_and_set(key, b"", b"1")
    assert kv.compare_and_set(key, None, b"1")
    assert not kv.compare_and_set(key, None, b"2")
    assert not kv.compare_and_set(key, b"2", b"3")
    assert kv.compare_and_set(key, b"1", b"")
    assert kv.get(key) == b""
    assert kv.compare_and_set(key, b"", None)
    assert kv.get(key) is None
    assert kv.compare_and_set(key, None, None)


def test_increments_rise(kv: KeyValue, key: str) -> None:
    assert [kv.increment(key) for _ in range(3)] == [1, 2, 3]
    assert kv.get(key) == b"3"


def test_delete(kv: KeyValue, key: str) -> None:
    kv.set(key, b"x")
    kv.delete(key, f"{key}:none")
    kv.delete()
    assert kv.get(key) is None


def test_threads_share_a_store(kv: KeyValue, key: str) -> None:
    seen: list[int] = []
    won: list[int] = []

    def work(number: int) -> None:
        seen.extend(kv.increment(key) for _ in range(50))
        if kv.compare_and_set(f"{key}:one", None, b"%d" % number):
            won.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == list(range(1, 201))
    assert len(won) == 1


VALUES = st.sampled_from([b"", b"1", b"2"])
NAMES = st.sampled_from(["a", "b"])


class AgainstADictionary(RuleBasedStateMachine):
    """Any sequence of calls does what it does to a dictionary."""

    def __init__(self, kv: KeyValue) -> None:
        super().__init__()
        self.kv = kv
        self.prefix = f"test:{uuid4().hex}:"
        self.model: dict[str, bytes] = {}

    @rule(name=NAMES, value=VALUES)
    def set(self, name: str, value: bytes) -> None:
        self.kv.set(self.prefix + name, value)
        self.model[name] = value

    @rule(name=NAMES, value=VALUES)
    def set_if_absent(self, name: str, value: bytes) -> None:
        assert self.kv.set_if_absent(self.prefix + name, value) is (name not in self.model)
        self.model.setdefault(name, value)

    @rule(name=NAMES, expected=VALUES | st.none(), value=VALUES | st.none())
    def compare_and_set(self, name: str, expected: bytes | None, value: bytes | None) -> None:
        done = self.model.get(name) == expected
        assert self.kv.compare_and_set(self.prefix + name, expected, value) is done
        if done and value is None:
            self.model.pop(name, None)
        elif done and value is not None:
            self.model[name] = value

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        self.kv.delete(self.prefix + name)
        self.model.pop(name, None)

    @rule()
    def read(self) -> None:
        names = ["a", "b"]
        assert self.kv.mget([self.prefix + name for name in names]) == [
            self.model.get(name) for name in names
        ]


def test_any_sequence_of_calls(kv: KeyValue) -> None:
    class OnThisStore(AgainstADictionary):
        def __init__(self) -> None:
            super().__init__(kv)

    run_state_machine_as_test(OnThisStore, settings=settings(max_examples=30, deadline=None))


# --- Redis alone ------------------------------------------------------------------------------------------


def test_a_server_that_is_not_there_is_unavailable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kv = RedisKeyValue(f"redis://127.0.0.1:{port}/0", timeout_s=0.5)
    calls: list[Callable[[], Any]] = [
        lambda: kv.get("a"),
        lambda: kv.mget(["a"]),
        lambda: kv.set("a", b"1"),
        lambda: kv.set_many({"a": b"1"}),
        lambda: kv.set_if_absent("a", b"1"),
        lambda: kv.compare_and_set("a", None, b"1"),
        lambda: kv.increment("a"),
        lambda: kv.delete("a"),
    ]
    for call in calls:
        with pytest.raises(UnavailableError):
            call()


def test_a_server_that_does_not_answer_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        kv = RedisKeyValue(f"redis://127.0.0.1:{silent.getsockname()[1]}/0", timeout_s=0.05)
        with pytest.raises(UnavailableError):
            kv.get("a")
        kv.close()


def test_a_wrong_password_is_a_fault_of_ours(redis_url: str) -> None:
    from redis.exceptions import AuthenticationError

    host = redis_url.rpartition("@")[2]
    kv = RedisKeyValue(f"redis://:wrong@{host}")
    with pytest.raises(AuthenticationError):
        kv.get("a")
    kv.close()
