"""The journal: what a replay could not know, written before a decision leaves.

A file a segment, named by the first seq it holds. A frame is length, CRC-32 and a msgpack `Entry`; a frame cut
short by a crash ends the journal there (nothing behind it was ever acted on). An event costs 15 bytes plus
32 where it has an address and 8 where it is scored.
"""

import os
import struct
import zlib
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np

from events.errors import CorruptError
from events.types import AddressKey
from streaming.addresses import AddressKeys
from streaming.log.port import TopicPartition

_FRAME = struct.Struct("<II")
_SUFFIX = ".journal"


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """One batch as it was folded.

    `sources` uint16[n] and `offsets` int64[n] name each event's record in fold order (`partitions` gives the
    numbering). `key_status` uint8[n] is the status of each event's address key, plus 128 where there is a key; `keys`
    holds 32 bytes (building, unit or zeros) for each of those. `graph_status` uint8[m, 7] belongs to the m scored rows.
    """

    first_seq: int
    clock_ms: int
    release: str
    parser: str
    graph_version: str
    graph_status: bytes
    partitions: tuple[tuple[str, int], ...]
    positions: tuple[int, ...]
    sources: bytes
    offsets: bytes
    key_status: bytes
    keys: bytes

    def order(self) -> list[tuple[TopicPartition, int]]:
        """The record of each event, in fold order."""
        names = [TopicPartition(topic, partition) for topic, partition in self.partitions]
        sources = np.frombuffer(self.sources, np.uint16)
        offsets = np.frombuffer(self.offsets, np.int64)
        return [(names[s], int(o)) for s, o in zip(sources, offsets, strict=True)]

    def next_positions(self) -> dict[TopicPartition, int]:
        """The input position behind this batch."""
        return {TopicPartition(*name): at for name, at in zip(self.partitions, self.positions, strict=True)}

    def addresses(self) -> AddressKeys:
        """The address key of each event."""
        return unpack_keys(self.key_status, self.keys, self.parser)


_HAS_KEY = 128


def pack_keys(addresses: AddressKeys) -> tuple[bytes, bytes]:
    """(`key_status`, `keys`) of an `Entry`."""
    status = bytearray(int(code) for code in addresses.status)
    packed = bytearray()
    for i, key in enumerate(addresses.keys):
        if key is not None:
            status[i] |= _HAS_KEY
            packed += bytes.fromhex(key.building.rpartition(".")[2])
            packed += bytes.fromhex(key.unit.rpartition(".")[2]) if key.unit else bytes(16)
    return bytes(status), bytes(packed)


def unpack_keys(status: bytes, packed: bytes, parser: str) -> AddressKeys:
    """The inverse of `pack_keys`."""
    keys: list[AddressKey | None] = []
    at = 0
    for code in status:
        if not code & _HAS_KEY:
            keys.append(None)
            continue
        building, unit = packed[at : at + 16], packed[at + 16 : at + 32]
        at += 32
        keys.append(
            AddressKey(
                building=f"address.{parser}.{building.hex()}",
                unit=f"address.{parser}.{unit.hex()}" if any(unit) else None,
            )
        )
    return AddressKeys(tuple(keys), np.frombuffer(status, np.uint8) & ~np.uint8(_HAS_KEY))


class Journal:
    """Appends entries to the newest segment of `folder`.

    Args:
        sync: fsync every entry. Off, an entry survives the death of the process; on, that of the machine.
    """

    def __init__(self, folder: Path, *, sync: bool = False) -> None:
        self._folder = folder
        self._sync = sync
        self._file: int | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def roll(self, first_seq: int) -> None:
        """Begin a new segment at `first_seq`; an unfinished one of that name is continued."""
        self.close()
        path = self._folder / f"{first_seq:020d}{_SUFFIX}"
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def append(self, entry: Entry) -> None:
        """Write one entry; when this returns it survives a kill."""
        if self._file is None:
            self.roll(entry.first_seq)
            assert self._file is not None  # noqa: S101 - roll has just opened it
        payload = msgspec.msgpack.encode(entry)
        frame = _FRAME.pack(len(payload), zlib.crc32(payload)) + payload
        if os.write(self._file, frame) != len(frame):
            raise CorruptError("journal: the disk took part of an entry; is it full?")
        if self._sync:
            os.fdatasync(self._file)

    def drop_before(self, seq: int) -> None:
        """Delete segments that a recovery from a checkpoint at `seq` no longer needs."""
        segments = _segments(self._folder)
        for (_, path), (following, _) in pairwise(segments):
            if following <= seq:
                path.unlink()

    def close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _segments(folder: Path) -> list[tuple[int, Path]]:
    return sorted((int(path.stem), path) for path in folder.glob(f"*{_SUFFIX}"))


def read_journal(folder: Path, from_seq: int, *, repair: bool = True) -> Iterator[Entry]:
    """Entries from `from_seq` on, in order.

    With `repair` (recovery) a torn last frame is cut off the file, so that appending goes on behind whole
    frames. Raises `CorruptError` where a frame is damaged with whole ones behind it, or a seq is missing.
    """
    expected = from_seq
    segments = _segments(folder)
    for number, (_, path) in enumerate(segments):
        last = number == len(segments) - 1
        for entry in _read_segment(path, last=last, repair=repair):
            if entry.first_seq < from_seq:
                continue
            if entry.first_seq != expected:
                raise CorruptError(
                    f"journal: seq {expected} is missing (found {entry.first_seq} in {path.name})"
                )
            expected += len(entry.offsets) // 8
            yield entry


def _read_segment(path: Path, *, last: bool, repair: bool) -> Iterator[Entry]:
    data = path.read_bytes()
    at = 0
    while at < len(data):
        end = at + _FRAME.size
        size, crc = _FRAME.unpack(data[at:end]) if end <= len(data) else (len(data), 0)
        payload = data[end : end + size]
        if len(payload) < size or zlib.crc32(payload) != crc:
            if not last or end + size < len(data):
                raise CorruptError(f"journal: {path.name} is damaged at byte {at}")
            if repair:
                os.truncate(path, at)
            return
        yield msgspec.msgpack.decode(payload, type=Entry)
        at = end + size


def positions_struct(
    positions: Mapping[TopicPartition, int],
) -> tuple[tuple[tuple[str, int], ...], tuple[int, ...]]:
    """(`partitions`, `positions`) of an `Entry`, in a fixed order."""
    ordered = sorted(positions.items(), key=lambda item: (item[0].topic, item[0].partition))
    return tuple((p.topic, p.partition) for p, _ in ordered), tuple(at for _, at in ordered)
