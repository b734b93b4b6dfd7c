"""A history's feature rows twice over: as served, and as they would be if no address text ever got a key."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import tee

import numpy as np

from events.arrival import Arrival
from events.types import AddressKey, Status
from features.catalogue import Catalogue
from nlp import AddressParser, KeyCache
from scoring.columns import Matrix
from streaming.backfill import Backfill, BackfillSettings
from streaming.fold import Served
from streaming.training import Gathered, Known, gather


class Keyless(KeyCache):
    """Answers that no text has a key, so that velocity, graph and joins know no address."""

    def get_many(self, texts: Sequence[str | None]) -> list[tuple[AddressKey | None, Status]]:
        return [(None, Status.ABSENT)] * len(texts)


@dataclass(frozen=True, slots=True)
class PairedRows:
    """`rows` with addresses; `bare` float32[n, c]: the same payments and columns without them (or no rows)."""

    rows: Gathered
    bare: Matrix
    known: Known


def paired_rows(
    arrivals: Iterable[Arrival],
    catalogue: Catalogue,
    parser: AddressParser,
    settings: BackfillSettings,
    *,
    keys: KeyCache | None = None,
    bare: bool = True,
    progress: Callable[[int], None] = lambda _: None,
) -> PairedRows:
    """Both passes in step, so that the history is made and read once; without `bare`, the first alone.

    `keys` of `parser` bring what they remember. Memory: a float32 matrix a pass, and one batch of messages.
    """
    keys = keys or KeyCache(parser)
    known = Known()
    watched = known.watch(arrivals)
    if not bare:
        rows = gather(Backfill(catalogue, keys, settings).rows(watched, progress=progress))
        return PairedRows(rows, rows.x[:0], known)
    first, second = tee(watched)
    others: list[Matrix] = []
    with_keys = Backfill(catalogue, keys, settings).rows(first, progress=progress)
    without = Backfill(catalogue, Keyless(parser), settings).rows(second)
    rows = gather(_beside(with_keys, without, others))
    return PairedRows(rows, np.concatenate(others) if others else rows.x[:0], known)


def _beside(one: Iterator[Served], other: Iterator[Served], bare: list[Matrix]) -> Iterator[Served]:
    for served, unkeyed in zip(one, other, strict=True):
        bare.append(unkeyed.x)
        yield served
