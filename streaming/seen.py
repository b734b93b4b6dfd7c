"""Which inputs were folded already: redelivery and double sends must not count twice.

The horizon is a number of inputs (the oldest is forgotten first), so that what counts as a duplicate depends on
the input alone and never on when a process was restarted. An input costs 16 bytes and 8 to 16 of an index.
"""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from streaming.seen_table import SIZE, add_all, make_table, take_back

DIGEST_BYTES = 16
SEEN_HORIZON = 1_000_000


class Seen:
    """The last `horizon` inputs, as 128-bit digests of their ids."""

    def __init__(self, horizon: int = SEEN_HORIZON) -> None:
        self._table = make_table(horizon)

    def fresh(self, digests: NDArray[np.uint64]) -> NDArray[np.bool_]:
        """Note n inputs (`digests_of`) in order; bool[n]: those that were not known."""
        found = np.zeros(len(digests), dtype=np.bool_)
        add_all(*self._table, digests, found)
        return found

    def add(self, kind: str, identity: str) -> bool:
        """Note an input; False where it is a duplicate."""
        return bool(self.fresh(digests_of([(kind, identity)]))[0])

    def discard(self, kind: str, identity: str) -> None:
        """Take back an `add` whose input was not folded after all."""
        high, low = digests_of([(kind, identity)])[0]
        take_back(*self._table, high, low)

    def __len__(self) -> int:
        return int(self._table.meta[SIZE])

    @property
    def memory_bytes(self) -> int:
        return self._table.ring.nbytes + self._table.slots.nbytes


def digests_of(identities: Iterable[tuple[str, str]]) -> NDArray[np.uint64]:
    """uint64[n, 2] of n inputs' (kind, id), `streaming.replay.identity`."""
    packed = b"".join(
        [blake2b(f"{kind}\0{name}".encode(), digest_size=DIGEST_BYTES).digest() for kind, name in identities]
    )
    return np.frombuffer(packed, dtype=np.uint64).reshape(-1, 2)
