"""Checkpoints: the scorer's whole state in one file, written aside and renamed, so that it is there or it is not."""

import hashlib
import os
from pathlib import Path

import msgspec

from events.errors import CorruptError

_MAGIC = b"RWCP0001"
_SUFFIX = ".checkpoint"


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """State behind `next_seq` events. `outputs` is where the tail of what was sent begins."""

    next_seq: int
    clock_ms: int
    release: str
    positions: dict[str, int]
    outputs: dict[str, int]
    catalogue: str
    fold: bytes
    seen: bytes


def save(folder: Path, checkpoint: Checkpoint, *, keep: int = 3) -> int:
    """Write `checkpoint`, drop all but the newest `keep`, return the oldest kept `next_seq`."""
    folder.mkdir(parents=True, exist_ok=True)
    body = msgspec.msgpack.encode(checkpoint)
    path = folder / f"{checkpoint.next_seq:020d}{_SUFFIX}"
    aside = path.with_suffix(".tmp")
    with aside.open("wb") as file:
        file.write(_MAGIC + hashlib.blake2b(body, digest_size=16).digest())
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    aside.rename(path)
    kept = sorted(folder.glob(f"*{_SUFFIX}"))
    for old in kept[:-keep]:
        old.unlink()
    return int(kept[-keep:][0].stem)


def load_newest(folder: Path) -> Checkpoint | None:
    """The newest checkpoint that is whole; None where there is none. Damaged ones are passed over."""
    for path in sorted(folder.glob(f"*{_SUFFIX}"), reverse=True):
        try:
            return load(path)
        except CorruptError:
            continue
    return None


def load(path: Path) -> Checkpoint:
    """One checkpoint; `CorruptError` where its checksum does not hold."""
    data = path.read_bytes()
    head = len(_MAGIC) + 16
    body = data[head:]
    if (
        data[: len(_MAGIC)] != _MAGIC
        or data[len(_MAGIC) : head] != hashlib.blake2b(body, digest_size=16).digest()
    ):
        raise CorruptError(f"checkpoint {path.name} fails its checksum")
    return msgspec.msgpack.decode(body, type=Checkpoint)
