"""The key cache: LRU, then the key-value store, then the parser, in place or in a pool; and a store that is down."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

import pytest

from events.errors import UnavailableError
from events.types import Status
from nlp import AddressParser, KeyCache, load_parser
from nlp.cache import LONGEST
from nlp.pool import ParserPool
from nlp.pool_port import PoolSettings
from storage.metrics import Metrics
from tests.support.crashing import DeferredExecutor
from tests.support.fake_crew import FakeCrew, HandClock, key_of

ONE = "14 MG Road, Bengaluru 560038"
OTHER = "221 W 23rd St, Apt 4B, New York, NY 10011"
NOTHING = "asdf"


class FakeKeyValue:
    """A store in a dict that counts its calls and can be down. Only what the cache uses does anything."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}
        self.calls = 0
        self.down = False

    def _call(self) -> None:
        self.calls += 1
        if self.down:
            raise UnavailableError("down")

    def mget(self, keys: Sequence[str]) -> list[bytes | None]:
        self._call()
        return [self.values.get(key) for key in keys]

    def set_many(self, items: Mapping[str, bytes], *, ttl_ms: int | None = None) -> None:
        self._call()
        assert ttl_ms is not None
        self.values.update(items)

    def get(self, key: str) -> bytes | None:
        raise NotImplementedError

    def set(self, key: str, value: bytes, *, ttl_ms: int | None = None) -> None:
        raise NotImplementedError

    def set_if_absent(self, key: str, value: bytes, *, ttl_ms: int | None = None) -> bool:
        raise NotImplementedError

    def compare_and_set(
        self, key: str, expected: bytes | None, value: bytes | None, *, ttl_ms: int | None = None
    ) -> bool:
        raise NotImplementedError

    def increment(self, key: str) -> int:
        raise NotImplementedError

    def delete(self, *keys: str) -> None:
        raise NotImplementedError


@pytest.fixture(scope="module")
def parser() -> AddressParser:
    return load_parser()


@pytest.fixture(params=["in place", "in a pool"])
def source(request: pytest.FixtureRequest, parser: AddressParser) -> AddressParser | ParserPool:
    """What a cache asks; without a budget there is no telling them apart."""
    if request.param == "in place":
        return parser
    crew = FakeCrew(HandClock(), parser.key)
    crew.meanwhile = crew.work
    return ParserPool(parser.version, crew, crew.clock, Metrics(), PoolSettings(owed=7))


def test_keys_and_statuses_come_in_order(parser: AddressParser, source: AddressParser | ParserPool) -> None:
    found = KeyCache(source).get_many([ONE, None, NOTHING, OTHER, ONE])
    assert found == [
        (parser.key(ONE), Status.FRESH),
        (None, Status.ABSENT),
        (None, Status.ABSENT),
        (parser.key(OTHER), Status.FRESH),
        (parser.key(ONE), Status.FRESH),
    ]
    assert KeyCache(source).get_many([]) == []


def test_known_texts_need_no_store(source: AddressParser | ParserPool) -> None:
    store = FakeKeyValue()
    cache = KeyCache(source, store)
    first = cache.get_many([ONE, NOTHING])
    calls = store.calls
    assert cache.get_many([NOTHING, ONE]) == first[::-1]
    assert store.calls == calls


def test_another_process_reads_what_one_wrote(
    parser: AddressParser, source: AddressParser | ParserPool
) -> None:
    store = FakeKeyValue()
    found = KeyCache(source, store).get_many([ONE, OTHER, NOTHING])
    assert all(name.startswith(f"addr:{parser.version}:") for name in store.values)
    calls = store.calls
    assert KeyCache(source, store).get_many([ONE, OTHER, NOTHING]) == found
    assert store.calls == calls + 1  # one read, nothing to write


def test_memory_is_bounded_and_forgets_the_longest_unused(source: AddressParser | ParserPool) -> None:
    store = FakeKeyValue()
    cache = KeyCache(source, store, size=2)
    cache.get_many([ONE, OTHER])
    cache.get(ONE)
    cache.get(NOTHING)
    assert len(cache._known) == 2
    calls = store.calls
    cache.get(ONE)
    assert store.calls == calls
    cache.get(OTHER)
    assert store.calls == calls + 1


def test_a_batch_larger_than_the_memory_is_answered(
    parser: AddressParser, source: AddressParser | ParserPool
) -> None:
    texts = [f"{number} MG Road, Bengaluru 560038" for number in range(1, 30)]
    assert [key for key, _ in KeyCache(source, size=3).get_many(texts)] == parser.keys(texts)


def test_a_dead_store_changes_no_answer_and_is_left_alone(
    parser: AddressParser, source: AddressParser | ParserPool
) -> None:
    store = FakeKeyValue()
    store.down = True
    cache = KeyCache(source, store, size=1)
    for number in range(1, 60):
        text = f"{number} MG Road, Bengaluru 560038"
        assert cache.get(text) == (parser.key(text), Status.FRESH)
    assert 0 < store.calls < 10
    store.down = False
    for number in range(1, 200):
        cache.get(f"{number} MG Road, Bengaluru 560038")
    assert store.values


def test_foreign_bytes_are_parsed_anew(source: AddressParser | ParserPool) -> None:
    store = FakeKeyValue()
    wanted = KeyCache(source, store).get(ONE)
    store.values = dict.fromkeys(store.values, b"not msgpack of ours")
    assert KeyCache(source, store).get(ONE) == wanted
    assert KeyCache(source, store).get(ONE) == wanted
    assert b"not msgpack of ours" not in store.values.values()


# --- with a pool ------------------------------------------------------------------------------------------


class Pooled:
    """A cache over a pool whose processes do as they are told."""

    def __init__(self, store: FakeKeyValue | None = None, **bounds: int) -> None:
        self.clock = HandClock()
        self.crew = FakeCrew(self.clock)
        self.store = store or FakeKeyValue()
        self.metrics = Metrics()
        self.pool = ParserPool("v", self.crew, self.clock, self.metrics, PoolSettings(**bounds))
        self.pool.start()
        self.cache = KeyCache(self.pool, self.store, metrics=self.metrics)

    def tiers(self) -> dict[str, float]:
        found = self.metrics.registry.collect()
        samples = [sample for metric in found for sample in metric.samples]
        return {s.labels["tier"]: s.value for s in samples if s.name == "ringwatch_address_texts_total"}


FRESH_ONE, FRESH_OTHER = (key_of(ONE), Status.FRESH), (key_of(OTHER), Status.FRESH)
PENDING = (None, Status.PENDING)


def test_over_the_budget_a_text_is_pending_and_lands_in_memory_and_store() -> None:
    setup = Pooled()
    assert setup.cache.get_many([ONE, None, OTHER], budget_ms=5) == [PENDING, (None, Status.ABSENT), PENDING]
    assert setup.store.values == {}
    setup.crew.started[0].work()
    assert setup.cache.get_many([ONE, OTHER], budget_ms=5) == [FRESH_ONE, PENDING]
    setup.crew.work()
    assert setup.cache.get_many([OTHER], budget_ms=0) == [FRESH_OTHER]
    beside = Pooled(setup.store)
    assert beside.cache.get_many([ONE, OTHER], budget_ms=0) == [FRESH_ONE, FRESH_OTHER]
    assert [worker.handed for worker in beside.crew.started] == [[], []]
    assert setup.tiers() == {"pending": 3, "memory": 2}
    assert beside.tiers() == {"store": 2}


def test_within_the_budget_there_is_no_difference() -> None:
    setup = Pooled()
    setup.crew.meanwhile = setup.crew.work
    assert setup.cache.get_many([ONE, OTHER, "-"], budget_ms=5) == [
        FRESH_ONE,
        FRESH_OTHER,
        (None, Status.ABSENT),
    ]
    assert setup.tiers() == {"parsed": 3}


def test_what_is_parsed_lands_without_a_look_up() -> None:
    setup = Pooled()
    setup.cache.get_many([ONE], budget_ms=0)
    setup.cache.land()
    assert setup.store.values == {}
    setup.crew.work()
    setup.cache.land()
    assert len(setup.store.values) == 1


def test_what_another_process_found_meanwhile_is_taken_from_the_store() -> None:
    setup = Pooled()
    beside = Pooled(setup.store)
    beside.crew.meanwhile = beside.crew.work
    assert setup.cache.get_many([ONE], budget_ms=5) == [PENDING]
    assert beside.cache.get_many([ONE]) == [FRESH_ONE]
    assert setup.cache.get_many([ONE], budget_ms=5) == [FRESH_ONE]


def test_without_a_budget_nothing_is_pending() -> None:
    setup = Pooled()
    setup.crew.meanwhile = setup.crew.work
    assert setup.cache.get_many([ONE, OTHER]) == [FRESH_ONE, FRESH_OTHER]
    assert setup.cache.get(ONE) == FRESH_ONE


def test_what_ends_every_process_is_remembered_as_having_no_key_for_a_day() -> None:
    class Noting(FakeKeyValue):
        ttls: ClassVar[list[int | None]] = []

        def set_many(self, items: Mapping[str, bytes], *, ttl_ms: int | None = None) -> None:
            super().set_many(items, ttl_ms=ttl_ms)
            self.ttls.append(ttl_ms)

    store = Noting()
    setup = Pooled(store, processes=1, tries=2)
    for _ in range(2):
        assert setup.cache.get_many([ONE], budget_ms=5) == [PENDING]
        setup.crew.started[-1].gone = True
    assert setup.cache.get_many([ONE], budget_ms=5) == [(None, Status.ABSENT)]
    assert store.ttls == [86_400_000]
    assert Pooled(store).cache.get_many([ONE], budget_ms=0) == [(None, Status.ABSENT)]


def test_a_text_that_is_too_long_is_no_address(parser: AddressParser) -> None:
    text = ONE + " " * LONGEST
    setup = Pooled()
    assert setup.cache.get_many([text], budget_ms=5) == [(None, Status.ABSENT)]
    assert KeyCache(parser).get(text) == (None, Status.ABSENT)
    assert setup.pool.owed == 0


def test_the_store_is_written_behind_the_callers_back(parser: AddressParser) -> None:
    store, behind = FakeKeyValue(), DeferredExecutor()
    cache = KeyCache(parser, store, behind=behind)
    for number in range(100):
        assert cache.get(f"{number} MG Road, Bengaluru 560038")[1] is Status.FRESH
    assert store.values == {}
    work(behind)
    assert 0 < len(store.values) <= 64  # no more wait for a store that is slow
    cache.get(OTHER)
    store.down = True
    work(behind)
    calls = store.calls
    assert cache.get(NOTHING) == (None, Status.ABSENT)
    assert store.calls == calls, "it is left alone once it is known to be away"


def work(behind: DeferredExecutor) -> None:
    for _ in range(200):
        behind.turn()


def test_a_dead_store_takes_nothing_from_what_lands() -> None:
    setup = Pooled()
    setup.store.down = True
    for number in range(50):
        assert setup.cache.get_many([f"text {number}"], budget_ms=0) == [PENDING]
        setup.crew.work()
        assert setup.cache.get_many([f"text {number}"], budget_ms=0)[0][1] is Status.FRESH
    assert setup.store.calls < 15
