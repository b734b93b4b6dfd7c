"""The key-value port: what the scorer reads per batch and workers publish to (Redis in production)."""

from collections.abc import Mapping, Sequence
from typing import Protocol


class KeyValue(Protocol):
    """Bytes by string key with optional expiry. Every call may raise `UnavailableError`."""

    def get(self, key: str) -> bytes | None: ...

    def mget(self, keys: Sequence[str]) -> list[bytes | None]:
        """Values in the order of `keys`, in one round trip."""
        ...

    def set(self, key: str, value: bytes, *, ttl_ms: int | None = None) -> None: ...

    def set_many(self, items: Mapping[str, bytes], *, ttl_ms: int | None = None) -> None:
        """Write many keys, pipelined. Not atomic as a whole."""
        ...

    def set_if_absent(self, key: str, value: bytes, *, ttl_ms: int | None = None) -> bool:
        """Write and return True only where the key does not exist."""
        ...

    def compare_and_set(
        self, key: str, expected: bytes | None, value: bytes | None, *, ttl_ms: int | None = None
    ) -> bool:
        """Atomically replace `expected` (None: absent) by `value` (None: delete); False where it was not `expected`."""
        ...

    def increment(self, key: str) -> int:
        """Atomically add one to an integer key (absent: 0) and return it: fencing tokens come from here."""
        ...

    def delete(self, *keys: str) -> None: ...
