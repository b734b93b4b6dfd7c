"""Which inputs were folded already: redelivery and double sends must not count twice.

The horizon is a number of inputs (the oldest is forgotten first), so that what counts as a duplicate depends on
the input alone and never on when a process was restarted.
"""

import hashlib

_SIZE = 16


class Seen:
    """The last `horizon` inputs, as 128-bit hashes of their ids."""

    def __init__(self, horizon: int = 1_000_000) -> None:
        self._horizon = horizon
        self._ids: dict[bytes, None] = {}

    def add(self, kind: str, identity: str) -> bool:
        """Note an input; False where it is a duplicate."""
        digest = _digest(kind, identity)
        if digest in self._ids:
            return False
        self._ids[digest] = None
        if len(self._ids) > self._horizon:
            del self._ids[next(iter(self._ids))]
        return True

    def discard(self, kind: str, identity: str) -> None:
        """Take back an `add` whose input was not folded after all."""
        self._ids.pop(_digest(kind, identity), None)

    def __len__(self) -> int:
        return len(self._ids)

    def snapshot(self) -> bytes:
        return b"".join(self._ids)

    @classmethod
    def restore(cls, data: bytes, horizon: int = 1_000_000) -> "Seen":
        seen = cls(horizon)
        seen._ids = dict.fromkeys(data[i : i + _SIZE] for i in range(0, len(data), _SIZE))
        return seen


def _digest(kind: str, identity: str) -> bytes:
    return hashlib.blake2b(f"{kind}\0{identity}".encode(), digest_size=_SIZE).digest()
