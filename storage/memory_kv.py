"""A key-value store in this process: for tests, back-fill and the parts of a demo that need no network."""

from collections.abc import Mapping, Sequence
from threading import Lock

from storage.clock import Clock


class MemoryKeyValue:
    """`storage.kv.KeyValue` in a dictionary; keys expire by `clock`. Threads may share it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        # Value and the epoch ms at which it is gone (None: never).
        self._items: dict[str, tuple[bytes, int | None]] = {}

    def get(self, key: str) -> bytes | None:
        with self._lock:
            return self._read(key)

    def mget(self, keys: Sequence[str]) -> list[bytes | None]:
        with self._lock:
            return [self._read(key) for key in keys]

    def set(self, key: str, value: bytes, *, ttl_ms: int | None = None) -> None:
        with self._lock:
            self._write(key, value, ttl_ms)

    def set_many(self, items: Mapping[str, bytes], *, ttl_ms: int | None = None) -> None:
        with self._lock:
            for key, value in items.items():
                self._write(key, value, ttl_ms)

    def set_if_absent(self, key: str, value: bytes, *, ttl_ms: int | None = None) -> bool:
        return self.compare_and_set(key, None, value, ttl_ms=ttl_ms)

    def compare_and_set(
        self, key: str, expected: bytes | None, value: bytes | None, *, ttl_ms: int | None = None
    ) -> bool:
        with self._lock:
            if self._read(key) != expected:
                return False
            if value is None:
                self._items.pop(key, None)
            else:
                self._write(key, value, ttl_ms)
            return True

    def increment(self, key: str) -> int:
        with self._lock:
            number = int(self._read(key) or b"0") + 1
            expires = self._items[key][1] if key in self._items else None
            self._items[key] = (str(number).encode(), expires)
            return number

    def delete(self, *keys: str) -> None:
        with self._lock:
            for key in keys:
                self._items.pop(key, None)

    def _read(self, key: str) -> bytes | None:
        item = self._items.get(key)
        if item is None:
            return None
        value, expires = item
        if expires is not None and self._clock.now_ms() >= expires:
            del self._items[key]
            return None
        return value

    def _write(self, key: str, value: bytes, ttl_ms: int | None) -> None:
        if ttl_ms is not None and ttl_ms <= 0:
            raise ValueError(f"a key can't expire after {ttl_ms} ms")
        self._items[key] = (bytes(value), None if ttl_ms is None else self._clock.now_ms() + ttl_ms)
