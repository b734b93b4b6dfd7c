"""The blob port: immutable bytes by key, in a folder or an S3 bucket."""

from collections.abc import Iterator
from typing import Protocol


class BlobStore(Protocol):
    """Bytes by key. A put is atomic: readers see all or nothing.

    Keys are relative POSIX paths of `[A-Za-z0-9._=/-]`.
    """

    def put(self, key: str, data: bytes, *, if_absent: bool = False) -> None:
        """Write `data`. With `if_absent`, raise `ConflictError` when the key exists with other bytes."""
        ...

    def get(self, key: str) -> bytes:
        """The bytes at `key`; `NotFoundError` where there are none."""
        ...

    def exists(self, key: str) -> bool: ...

    def list(self, prefix: str = "") -> Iterator[str]:
        """Keys under `prefix`, in lexical order."""
        ...

    def delete(self, key: str) -> None:
        """Remove `key`; nothing happens where it does not exist."""
        ...
