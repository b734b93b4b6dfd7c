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

Told = Callable[[int], None]
Beside = tuple[Served, Matrix | None]
"""Served rows, and float32[m, c] of the same rows through another fold."""


class Keyless(KeyCache):
    """Answers that no text has a key, so that velocity, graph and joins know no address."""

    def get_many(
        self, texts: Sequence[str | None], *, budget_ms: float | None = None
    ) -> list[tuple[AddressKey | None, Status]]:
        del budget_ms
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
    bared: list[Matrix] = []
    driver, twin = Backfill(catalogue, keys, settings), Backfill(catalogue, Keyless(parser), settings)
    rows = gather(_kept(side_by_side(driver, twin, watched, progress), bared))
    return PairedRows(rows, np.concatenate(bared) if bared else rows.x[:0], known)


def side_by_side(
    driver: Backfill, twin: Backfill | None, arrivals: Iterable[Arrival], progress: Told = lambda _: None
) -> Iterator[Beside]:
    """Rows of `driver` beside those of `twin` on the same arrivals, folded in step; None beside them without a twin."""
    if twin is None:
        for served in driver.rows(arrivals, progress=progress):
            yield served, None
        return
    first, second = tee(arrivals)
    with_keys, without = driver.rows(first, progress=progress), twin.rows(second)
    for served, bare in zip(with_keys, without, strict=True):
        yield served, bare.x


def _kept(rows: Iterable[Beside], bare: list[Matrix]) -> Iterator[Served]:
    for served, beside in rows:
        if beside is not None:
            bare.append(beside)
        yield served
