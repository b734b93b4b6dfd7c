"""What was folded, as columns: the state's other half, from which any catalogue's windows can be made again."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.batch import Batch
from features.catalogue import KEPT_MS, Catalogue
from streaming.seen import SEEN_HORIZON


@dataclass(frozen=True, slots=True)
class Folded:
    """n events in fold order with the digest of each one's identity, uint64[n, 2] (`streaming.seen.digests_of`)."""

    batch: Batch
    digests: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.batch)

    @property
    def next_seq(self) -> int:
        return int(self.batch.seq[-1]) + 1


def kept_from_ms(horizon_ms: int, catalogue: Catalogue) -> int:
    """Events before this time are not kept any more once the engine of `catalogue` was evicted to `horizon_ms`.

    `KEPT_MS` of them are, though no window of this catalogue may reach so far: so a new one finds the inputs of its
    windows up to that length stored, and they are full at once.
    """
    return horizon_ms - max(KEPT_MS, reach_ms(catalogue))


def reach_ms(catalogue: Catalogue) -> int:
    """How far behind an event's time the windows of `catalogue` reach."""
    return max((feature.delay_ms + feature.window_ms for feature in catalogue.velocity), default=0)


class Tail:
    """What was folded since the last checkpoint. One thread appends; another may read behind it."""

    def __init__(self) -> None:
        self._parts: list[Folded] = []
        self._rows = 0

    def __len__(self) -> int:
        return self._rows

    def append(self, part: Folded) -> None:
        self._parts.append(part)
        self._rows += len(part)

    def take(self) -> list[Folded]:
        """All of it, which the caller keeps from now on."""
        parts, self._parts, self._rows = self._parts, [], 0
        return parts

    def since(self, number: int) -> Iterator[Folded]:
        """The parts from the one at `number` on; those that are appended meanwhile come, too."""
        while number < len(self._parts):
            yield self._parts[number]
            number += 1

    @property
    def parts(self) -> int:
        return len(self._parts)

    def drop_before(self, seq: int) -> None:
        """Let go of what was folded before `seq`: it is stored elsewhere."""
        drop = sum(1 for part in self._parts if part.next_seq <= seq)
        self._rows -= sum(len(part) for part in self._parts[:drop])
        del self._parts[:drop]

    def prune(self, kept_from_ms: int) -> None:
        """Let go of what neither windows nor the search for duplicates can ask for (only a long history has such)."""
        spare = self._rows - SEEN_HORIZON
        drop = 0
        for part in self._parts:
            if spare < len(part) or int(part.batch.time.max()) >= kept_from_ms:
                break
            spare -= len(part)
            self._rows -= len(part)
            drop += 1
        del self._parts[:drop]
