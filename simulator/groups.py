"""Innocents who share something, as columns: hundreds of thousands of groups are too many for objects."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, overload

import numpy as np
from numpy.typing import NDArray

from simulator.columns import Index

Ints = NDArray[np.int64]
Kind = Literal[
    "household", "flat", "hostel", "small_office", "office", "locker", "kiosk", "forwarder", "fingerprint"
]


@dataclass(frozen=True, slots=True)
class Group:
    """`members` are customers, `devices` and `texts` (some spellings of the shared address) numbers in the `Book`."""

    kind: Kind
    members: tuple[int, ...]
    devices: tuple[int, ...]
    texts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ragged:
    """Lists of different lengths in one array: `values[ends[i - 1]:ends[i]]` is the i-th."""

    values: Index
    ends: Ints

    def of(self, i: int) -> tuple[int, ...]:
        start = int(self.ends[i - 1]) if i else 0
        return tuple(self.values[start : int(self.ends[i])].tolist())


def ragged(values: NDArray[np.integer], which: NDArray[np.integer], n: int) -> Ragged:
    """The i-th of `n` lists has the `values` where `which` is i, in their order."""
    order = np.argsort(which, kind="stable")
    return Ragged(values[order].astype(np.int32), np.cumsum(np.bincount(which, minlength=n)).astype(np.int64))


@dataclass(frozen=True, slots=True)
class Block:
    """Groups of one kind."""

    kind: Kind
    members: Ragged
    devices: Ragged
    texts: Ragged

    def __len__(self) -> int:
        return len(self.members.ends)


class Groups(Sequence[Group]):
    """All groups, each made when it is asked for."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self.blocks = tuple(block for block in blocks if len(block))
        self._ends = np.cumsum([len(block) for block in self.blocks])

    def __len__(self) -> int:
        return int(self._ends[-1]) if len(self._ends) else 0

    @overload
    def __getitem__(self, at: int) -> Group: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Group, ...]: ...
    def __getitem__(self, at: int | slice) -> Group | tuple[Group, ...]:
        if isinstance(at, slice):
            return tuple(self[i] for i in range(*at.indices(len(self))))
        i = at + len(self) if at < 0 else at
        if not 0 <= i < len(self):
            raise IndexError(at)
        which = int(np.searchsorted(self._ends, i, side="right"))
        block = self.blocks[which]
        i -= int(self._ends[which]) - len(block)
        return Group(block.kind, block.members.of(i), block.devices.of(i), block.texts.of(i))
