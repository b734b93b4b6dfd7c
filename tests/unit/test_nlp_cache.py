"""The key cache: LRU, then the key-value store, then the parser; and a store that is down."""

from collections.abc import Mapping, Sequence

import pytest

from events.errors import UnavailableError
from events.types import Status
from nlp import AddressParser, KeyCache, load_parser

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


def test_keys_and_statuses_come_in_order(parser: AddressParser) -> None:
    found = KeyCache(parser).get_many([ONE, None, NOTHING, OTHER, ONE])
    assert found == [
        (parser.key(ONE), Status.FRESH),
        (None, Status.ABSENT),
        (None, Status.ABSENT),
        (parser.key(OTHER), Status.FRESH),
        (parser.key(ONE), Status.FRESH),
    ]
    assert KeyCache(parser).get_many([]) == []


def test_known_texts_need_no_store(parser: AddressParser) -> None:
    store = FakeKeyValue()
    cache = KeyCache(parser, store)
    first = cache.get_many([ONE, NOTHING])
    calls = store.calls
    assert cache.get_many([NOTHING, ONE]) == first[::-1]
    assert store.calls == calls


def test_another_process_reads_what_one_wrote(parser: AddressParser) -> None:
    store = FakeKeyValue()
    found = KeyCache(parser, store).get_many([ONE, OTHER, NOTHING])
    assert all(name.startswith(f"addr:{parser.version}:") for name in store.values)
    calls = store.calls
    assert KeyCache(parser, store).get_many([ONE, OTHER, NOTHING]) == found
    assert store.calls == calls + 1  # one read, nothing to write


def test_memory_is_bounded_and_forgets_the_longest_unused(parser: AddressParser) -> None:
    store = FakeKeyValue()
    cache = KeyCache(parser, store, size=2)
    cache.get_many([ONE, OTHER])
    cache.get(ONE)
    cache.get(NOTHING)
    assert len(cache._known) == 2
    calls = store.calls
    cache.get(ONE)
    assert store.calls == calls
    cache.get(OTHER)
    assert store.calls == calls + 1


def test_a_batch_larger_than_the_memory_is_answered(parser: AddressParser) -> None:
    texts = [f"{number} MG Road, Bengaluru 560038" for number in range(1, 30)]
    assert [key for key, _ in KeyCache(parser, size=3).get_many(texts)] == parser.keys(texts)


def test_a_dead_store_changes_no_answer_and_is_left_alone(parser: AddressParser) -> None:
    store = FakeKeyValue()
    store.down = True
    cache = KeyCache(parser, store, size=1)
    for number in range(1, 60):
        text = f"{number} MG Road, Bengaluru 560038"
        assert cache.get(text) == (parser.key(text), Status.FRESH)
    assert 0 < store.calls < 10
    store.down = False
    for number in range(1, 200):
        cache.get(f"{number} MG Road, Bengaluru 560038")
    assert store.values


def test_foreign_bytes_are_parsed_anew(parser: AddressParser) -> None:
    store = FakeKeyValue()
    wanted = KeyCache(parser, store).get(ONE)
    store.values = dict.fromkeys(store.values, b"not msgpack of ours")
    assert KeyCache(parser, store).get(ONE) == wanted
    assert KeyCache(parser, store).get(ONE) == wanted
    assert b"not msgpack of ours" not in store.values.values()
