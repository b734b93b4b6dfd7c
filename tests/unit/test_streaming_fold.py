"""A fold that was restored from its events reads as the one that went on, evictions, late events and all."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from events.types import Status
from features.batch import Batch
from features.catalogue import Catalogue, default_catalogue
from features.feature import Derived, Feature, VelocityFeature
from features.keys import KEYS, EventKind
from storage import FolderBlobs
from streaming import fold as folding
from streaming.fold import Fold
from streaming.folded import Folded, kept_from_ms
from streaming.segments import Segment, write_segment
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
        gone = droppable(segments, kept_from_ms(live.marks().horizon_ms, catalogue), seen_from=live.next_seq)
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
        kept_ms = kept_from_ms(first.marks().horizon_ms, short)
        segments = segments[droppable(segments, kept_ms, seen_from=first.next_seq) :]
    assert len(segments) < 80
    stored = stored_batches(blobs, segments, first.marks(), long)
    first.adopt(Fold.restore(long, first.next_seq, first.watermark, first.marks(), stored)._engine)
    for extra in range(12):
        part = events(rng, first.next_seq, T0 + (90 + extra) * DAY // 2)
        assert go_on(first, part) == go_on(always, part)


def test_windows_longer_than_events_were_kept_warm_up_and_are_then_exact(tmp_path: Path) -> None:
    rng, blobs = np.random.default_rng(4), FolderBlobs(tmp_path)

    def counting(days: int) -> Catalogue:
        source = VelocityFeature(
            entity="card", kinds=(EventKind.AUTHORISATION,), aggregate="count", window_ms=days * DAY
        )
        return Catalogue((Feature(f"card.transactions.count.{days}d", "velocity", source, "a test's"),))

    short, long = counting(7), counting(60)
    first, always, switched = Fold(short), Fold(long), 180
    segments: list[Segment] = []
    told, known = [], []
    for number in range(400):
        part = events(rng, number * STEP, T0 + number * DAY // 2)
        if number == switched:
            stored = stored_batches(blobs, segments, first.marks(), long)
            first.adopt(Fold.restore(long, first.next_seq, first.watermark, first.marks(), stored)._engine)
        here, there = go_on(first, part), go_on(always, part)
        if number >= switched:
            fresh = np.frombuffer(here[1], np.uint8) == Status.FRESH
            told.append(bool(fresh.any()))
            values = (np.frombuffer(it[0], np.float64)[fresh] for it in (here, there))
            np.testing.assert_array_equal(*values)
            known.append(bool((np.frombuffer(there[1], np.uint8) == Status.FRESH).any()))
        segments.append(write_segment(blobs, "", [part]))
        kept_ms = kept_from_ms(first.marks().horizon_ms, first.catalogue)
        segments = segments[droppable(segments, kept_ms, seen_from=first.next_seq) :]
    assert any(known[:40])
    assert not any(told[:40])
    assert all(told[80:])
    assert 120 < len(segments) < 200, "as many as a window of 60 days needs"


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
