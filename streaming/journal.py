"""The journal: what a replay could not know, written before a decision leaves.

It lies on disk (`streaming.disk_journal`: a process may die) or in a topic (`streaming.topic_journal`: a host may, and
a standby follows it). An event costs 15 bytes plus 32 where it has an address and 8 where it is scored.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, Protocol

import msgspec
import numpy as np

from events.errors import CorruptError
from events.types import AddressKey
from streaming.addresses import AddressKeys
from streaming.log.port import TopicPartition

JournalKind = Literal["disk", "topic"]


class Entry(msgspec.Struct, frozen=True, array_like=True):
    """One batch as it was folded.

    `sources` uint16[n] and `offsets` int64[n] name each event's record in fold order (`partitions` gives the
    numbering). `key_status` uint8[n] is the status of each event's address key, plus 128 where there is a key; `keys`
    holds 32 bytes (building, unit or zeros) for each of those. `graph_status` uint8[m, 7] belongs to the m scored rows.
    """

    first_seq: int
    clock_ms: int
    release: str
    catalogue: str
    parser: str
    graph_version: str
    graph_status: bytes
    partitions: tuple[tuple[str, int], ...]
    positions: tuple[int, ...]
    sources: bytes
    offsets: bytes
    key_status: bytes
    keys: bytes

    @property
    def next_seq(self) -> int:
        return self.first_seq + len(self.offsets) // 8

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


class Journal(Protocol):
    """Where entries are kept. `mark` says where a reading may begin; it is kept with each checkpoint."""

    kind: JournalKind
    term: int
    """The number of this owner, larger than all before; 0 where there never is another."""

    def append(self, entry: Entry) -> None:
        """Write one entry; when this returns, it is part of the history. `FencedError` where a newer owner began."""
        ...

    def entries(self, from_seq: int, mark: Mapping[str, int]) -> Iterator[Entry]:
        """Entries from `from_seq` on, in order, to the end.

        Raises `CorruptError` where one is damaged that is not the last, or a seq is missing.
        """
        ...

    def mark(self) -> dict[str, int]:
        """A place that is before every entry that is appended from now on."""
        ...

    def roll(self, first_seq: int) -> None:
        """A checkpoint is made at `first_seq`: what comes can be dropped apart from what was."""
        ...

    def drop_before(self, seq: int, mark: Mapping[str, int]) -> None:
        """Forget what a recovery from a checkpoint at `seq` with this mark does not need."""
        ...

    def close(self) -> None: ...


def in_sequence(entries: Iterable[Entry], from_seq: int) -> Iterator[Entry]:
    """The entries from `from_seq` on; `CorruptError` where a seq is missing."""
    expected = from_seq
    for entry in entries:
        if entry.first_seq < from_seq:
            continue
        if entry.first_seq != expected:
            raise CorruptError(
                f"journal: seq {expected} is missing (found {entry.first_seq}); put the journal back from a copy, or "
                "move the scorer's state away and back-fill"
            )
        expected = entry.next_seq
        yield entry


def positions_struct(
    positions: Mapping[TopicPartition, int],
) -> tuple[tuple[tuple[str, int], ...], tuple[int, ...]]:
    """(`partitions`, `positions`) of an `Entry`, in a fixed order."""
    ordered = sorted(positions.items(), key=lambda item: (item[0].topic, item[0].partition))
    return tuple((p.topic, p.partition) for p, _ in ordered), tuple(at for _, at in ordered)
