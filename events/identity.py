"""Names that are functions of content, so that every process and every replay makes the same ones."""

import hashlib

from events.types import Lane


def content_hash(*parts: bytes | str, size: int = 16) -> str:
    """Hex BLAKE2b of length-prefixed `parts`; `size` bytes (2 hex digits each)."""
    pieces: list[bytes] = []
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        pieces += (len(data).to_bytes(8, "little"), data)
    return hashlib.blake2b(b"".join(pieces), digest_size=size).hexdigest()


def decision_id(topic: str, transaction: str, lane: Lane) -> str:
    """The identity of a decision: a replay of the same input makes the same id."""
    return content_hash("decision", topic, transaction, lane)
