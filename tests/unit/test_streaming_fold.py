"""A fold that was restored from its events reads as the one that went on, evictions, late events and all."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from features.batch import Batch
from features.catalogue import Catalogue, default_catalogue
from features.feature import Derived
from features.keys import KEYS
from storage import FolderBlobs
from streaming import fold as folding
from streaming.fold import Fold
from streaming.folded import Folded
from streaming.segments import write_segment
from streaming.working import droppable, stored_batches
from tests.support.made import DAY, T0

STEP = 256
EVERY = 1_024  # inputs from eviction to eviction


def events(rng: np.random.Generator, first_seq: int, at: int) -> Folded:
    """Half a day's, some of them late by up to three days."""
    keys = rng.integers(1, 40, (STEP, len(KEYS))).astype(np.uint64)
    keys[rng.random(keys.shape) < 0.2] = 0
    late = np.where(rng.random(STEP) < 0.1, rng.integers(0, 3 * DAY, STEP), 0)
    batch = Batch(
        seq=np.arange(first_seq, first_seq + STEP, dtype=np.int64),
        time=at + np.sort(rng.integers(0, DAY // 2, STEP)) - late,
        kind=rng.choice([0, 0, 0, 4, 5, 7, 9], STEP).astype(np.uint8),
        channel=rng.integers(0, 3, STEP).astype(np.uint8),
        keys=keys,
        amount=rng.integers(100, 10_000, STEP),
    )
    return Folded(batch, rng.integers(0, 1 << 62, (STEP, 2)).astype(np.uint64))


def go_on(fold: Fold, part: Folded) -> tuple[bytes, bytes]:
    values, status = fold._update(part.batch)
    wanted = part.batch.authorisations
    return values[wanted].tobytes(), status[wanted].tobytes()


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folding, "EVICT_EVERY", EVERY)


def test_a_restored_fold_reads_as_the_one_that_went_on(tmp_path: Path) -> None:
    rng, blobs, catalogue = np.random.default_rng(3), FolderBlobs(tmp_path), default_catalogue()
    live, segments, dropped = Fold(catalogue), [], 0
    for number in range(100):  # 50 days
        part = events(rng, number * STEP, T0 + number * DAY // 2)
        go_on(live, part)
        segments.append(write_segment(blobs, "", [part]))
        gone = droppable(segments, live.marks().horizon_ms, seen_from=live.next_seq)
        dropped, segments = dropped + gone, segments[gone:]
        if number % 50 == 49:
            stored = stored_batches(blobs, segments, live.marks(), catalogue)
            again = Fold.restore(catalogue, live.next_seq, live.watermark, live.marks(), stored)
            for extra in range(8):
                more = events(rng, live.next_seq, T0 + (number + 1 + extra) * DAY // 2)
                assert go_on(live, more) == go_on(again, more)
                segments.append(write_segment(blobs, "", [more]))
            assert live.marks() == again.marks()
            assert live.watermark == again.watermark
    assert dropped > 20


def test_another_catalogue_reads_as_if_it_had_been_there_from_the_start(tmp_path: Path) -> None:
    """Even where the old one had short windows alone: inputs are kept for the longest that any may declare."""
    rng, blobs, long = np.random.default_rng(4), FolderBlobs(tmp_path), default_catalogue()
    kept = (
        f for f in long.features if not isinstance(f.source, Derived) and not f.name.endswith((".7d", ".30d"))
    )
    short = Catalogue(tuple(kept))
    assert len(short.velocity) < len(long.velocity)
    first, always, segments = Fold(short), Fold(long), []
    for number in range(90):
        part = events(rng, number * STEP, T0 + number * DAY // 2)
        go_on(first, part)
        go_on(always, part)
        segments.append(write_segment(blobs, "", [part]))
        segments = segments[droppable(segments, first.marks().horizon_ms, seen_from=first.next_seq) :]
    assert len(segments) < 80
    stored = stored_batches(blobs, segments, first.marks(), long)
    first.adopt(Fold.restore(long, first.next_seq, first.watermark, first.marks(), stored)._engine)
    for extra in range(12):
        part = events(rng, first.next_seq, T0 + (90 + extra) * DAY // 2)
        assert go_on(first, part) == go_on(always, part)


def test_how_batches_are_cut_has_no_meaning() -> None:
    rng = np.random.default_rng(5)
    parts = [events(rng, n * STEP, T0 + n * DAY // 2) for n in range(12)]
    one, other = Fold(default_catalogue()), Fold(default_catalogue())
    for part in parts:
        go_on(one, part)
        for start in range(0, STEP, 100):
            go_on(other, replace(part, batch=part.batch.part(start, start + 100)))
    more = events(rng, one.next_seq, T0 + 6 * DAY)
    assert go_on(one, more) == go_on(other, more)
    assert one.marks() == other.marks()
