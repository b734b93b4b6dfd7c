"""Names that are functions of content, so that every process and every replay makes the same ones."""

import hashlib
from functools import lru_cache

from events.types import Lane


def content_hash(*parts: bytes | str, size: int = 16) -> str:
    """Hex BLAKE2b of length-prefixed `parts`; `size` bytes (2 hex digits each)."""
    digest = hashlib.blake2b(digest_size=size)
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(data)
    return digest.hexdigest()


def decision_id(topic: str, transaction: str, lane: Lane) -> str:
    """The identity of a decision: a replay of the same input makes the same id."""
    # `content_hash` of the four, its first half done before.
    name = transaction.encode()
    digest = _decisions_of(topic).copy()
    digest.update(b"".join((len(name).to_bytes(8, "little"), name, _lane(lane))))
    return digest.hexdigest()


@lru_cache(maxsize=16)
def _decisions_of(topic: str) -> "hashlib.blake2b":
    return hashlib.blake2b(_prefixed("decision") + _prefixed(topic), digest_size=16)


@lru_cache(maxsize=16)
def _lane(lane: Lane) -> bytes:
    return _prefixed(lane)


def _prefixed(text: str) -> bytes:
    data = text.encode()
    return len(data).to_bytes(8, "little") + data
