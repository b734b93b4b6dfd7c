"""The journal on disk: a file from checkpoint to checkpoint, named by the first seq it holds.

A frame is length, CRC-32 and a msgpack `Entry`. A frame cut short by a crash ends the journal there: nothing behind it
was ever acted on.
"""

import struct
import zlib
from collections.abc import Iterator, Mapping
from itertools import pairwise

import msgspec

from events.errors import CorruptError
from streaming.files import Files
from streaming.journal import Entry, JournalKind, in_sequence

_FRAME = struct.Struct("<II")
_SUFFIX = ".journal"


class DiskJournal:
    """A `Journal` in files.

    Args:
        sync: sync every entry. Off, an entry survives the death of the process; on, that of the machine.
        repair: a torn last frame is cut off its file when it is read, so that appending goes on behind whole ones.
    """

    kind: JournalKind = "disk"
    term = 0

    def __init__(self, files: Files, *, sync: bool = False, repair: bool = True) -> None:
        self._files = files
        self._sync = sync
        self._repair = repair
        self._name: str | None = None

    def append(self, entry: Entry) -> None:
        if self._name is None:
            self.roll(entry.first_seq)
        assert self._name is not None  # noqa: S101 - roll has just named it
        payload = msgspec.msgpack.encode(entry)
        self._files.append(self._name, _FRAME.pack(len(payload), zlib.crc32(payload)) + payload)
        if self._sync:
            self._files.sync(self._name)

    def entries(self, from_seq: int, mark: Mapping[str, int]) -> Iterator[Entry]:
        del mark
        return in_sequence(self._all(), from_seq)

    def mark(self) -> dict[str, int]:
        return {}

    def roll(self, first_seq: int) -> None:
        self._name = f"{first_seq:020d}{_SUFFIX}"

    def drop_before(self, seq: int, mark: Mapping[str, int]) -> None:
        del mark
        for (_, name), (following, _) in pairwise(self._segments()):
            if following <= seq:
                self._files.delete(name)

    @property
    def bytes(self) -> int:
        """How long it is."""
        return sum(len(self._files.read(name)) for _, name in self._segments())

    def close(self) -> None:
        self._files.close()

    def _segments(self) -> list[tuple[int, str]]:
        names = (name for name in self._files.list() if name.endswith(_SUFFIX))
        return sorted((int(name.removesuffix(_SUFFIX)), name) for name in names)

    def _all(self) -> Iterator[Entry]:
        segments = [name for _, name in self._segments()]
        for name in segments:
            yield from self._read(name, last=name == segments[-1])
        if segments and self._sync and self._repair:
            # A process that died between an entry and its sync leaves one that must not vanish from under the next.
            self._files.sync(segments[-1])

    def _read(self, name: str, *, last: bool) -> Iterator[Entry]:
        data = self._files.read(name)
        at = 0
        while at < len(data):
            payload, end = _frame(data, at)
            if payload is None:
                if not last or not _torn(data, at, end):
                    raise CorruptError(
                        f"journal: {name} is damaged at byte {at}; put it back from a copy, or move the scorer's state "
                        "away and back-fill"
                    )
                if self._repair:
                    self._files.truncate(name, at)
                return
            yield msgspec.msgpack.decode(payload, type=Entry)
            at = end


def _frame(data: bytes, at: int) -> tuple[bytes | None, int]:
    """The payload of the frame at `at`, None where it is damaged, and where it ends by its own account."""
    begin = at + _FRAME.size
    if begin > len(data):
        return None, len(data)
    size, crc = _FRAME.unpack_from(data, at)
    payload = data[begin : begin + size]
    # Of nothing at all the checksum is right: a disk may leave zeros where an append was cut short.
    whole = size > 0 and len(payload) == size and zlib.crc32(payload) == crc
    return (payload if whole else None), begin + size


def _torn(data: bytes, at: int, end: int) -> bool:
    """Whether a damaged frame is what a crash leaves of the last one, and not damage before it."""
    return end >= len(data) or not any(data[at + _FRAME.size :])
