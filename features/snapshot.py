"""Engine state as bytes: `RWVE`, the header's length (4 bytes), header (MessagePack), arrays, BLAKE2b of all before.

The arrays are the used parts of slots and pool, little-endian 64-bit words.
"""

import hashlib
import struct

import msgspec
import numpy as np

from events.errors import ConflictError, CorruptError
from features.kernel import SLOTS, WORDS
from features.plan import Plan
from features.state import State, make_state

FORMAT = 1
_MAGIC = b"RWVE"
_DIGEST = 32
_WORD = np.dtype("<i8")


class _Header(msgspec.Struct, frozen=True):
    format: int
    definitions: str
    allowed_lateness_ms: int
    meta: list[int]
    slots: int
    words: int


def write(state: State, definitions: str, allowed_lateness_ms: int) -> bytes:
    """`definitions` names what the state was folded for (`Catalogue.velocity_version`)."""
    meta = state.meta.tolist()
    header = msgspec.msgpack.encode(
        _Header(FORMAT, definitions, allowed_lateness_ms, meta, len(state.slots), len(state.pool))
    )
    arrays = [state.slots[: meta[SLOTS]], state.pool[: meta[WORDS]]]
    body = [_MAGIC, struct.pack("<I", len(header)), header]
    body += [array.astype(_WORD, copy=False).tobytes() for array in arrays]
    digest = hashlib.blake2b(digest_size=_DIGEST)
    for part in body:
        digest.update(part)
    return b"".join([*body, digest.digest()])


def read(data: bytes, plan: Plan, definitions: str) -> tuple[State, int]:
    """The state (its table not filled) and the allowed lateness it was written with.

    Raises CorruptError for bytes that are no snapshot, and ConflictError for one of other definitions.
    """
    start = len(_MAGIC) + 4
    if data[: len(_MAGIC)] != _MAGIC or len(data) < start + _DIGEST:
        raise CorruptError("not a velocity snapshot")
    if hashlib.blake2b(memoryview(data)[:-_DIGEST], digest_size=_DIGEST).digest() != data[-_DIGEST:]:
        raise CorruptError("a velocity snapshot fails its checksum")
    stop = start + struct.unpack_from("<I", data, len(_MAGIC))[0]
    try:
        header = msgspec.msgpack.decode(data[start:stop], type=_Header)
    except msgspec.MsgspecError as error:
        raise CorruptError(f"a velocity snapshot of an unknown format: {error}") from error
    if header.format != FORMAT:
        raise CorruptError(f"a velocity snapshot of format {header.format}; this release reads {FORMAT}")
    if header.definitions != definitions:
        raise ConflictError(
            f"state of velocity definitions {header.definitions}, catalogue has {definitions}"
        )
    state = make_state(plan, header.slots, header.words)
    state.meta[:] = header.meta
    for array, used in ((state.slots, header.meta[SLOTS]), (state.pool, header.meta[WORDS])):
        count = used * (array.size // len(array))
        array.reshape(-1)[:count] = np.frombuffer(data, _WORD, count, stop)
        stop += count * _WORD.itemsize
    return state, header.allowed_lateness_ms
