"""Checkpoints and their segments: whole or passed over, never torn, no more of them than are needed."""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.errors import ConflictError, CorruptError, FencedError
from features.batch import Batch
from features.keys import KEYS
from storage import FolderBlobs, S3Blobs
from storage.blob import BlobStore
from streaming.checkpoint import Checkpoint, CheckpointStore
from streaming.checkpointer import MERGE, merged, run_to_merge
from streaming.folded import Folded, Tail
from streaming.lock import lock_folder
from streaming.seen import SEEN_HORIZON, Seen, digests_of
from streaming.segments import ROWS, Segment, joined, read_all, read_segment, write_segment
from streaming.working import droppable


def folded(first_seq: int, rows: int) -> Folded:
    rng = np.random.default_rng(first_seq)
    return Folded(
        Batch(
            seq=np.arange(first_seq, first_seq + rows, dtype=np.int64),
            time=rng.integers(0, 1 << 41, rows),
            kind=rng.integers(0, 13, rows).astype(np.uint8),
            channel=rng.integers(0, 4, rows).astype(np.uint8),
            keys=rng.integers(0, 1 << 63, (rows, len(KEYS))).astype(np.uint64) * np.uint64(2),
            amount=rng.integers(-(1 << 60), 1 << 60, rows),
        ),
        rng.integers(0, 1 << 63, (rows, 2)).astype(np.uint64) * np.uint64(2),
    )


def made(next_seq: int, segments: Sequence[Segment] = (), term: int = 0) -> Checkpoint:
    return Checkpoint(
        next_seq=next_seq,
        clock_ms=1,
        term=term,
        release="",
        catalogue="c",
        positions={"transactions/0": next_seq},
        outputs={},
        journal={},
        watermark_ms=0,
        since_ms=0,
        horizon_ms=0,
        seen_horizon=10,
        segments=tuple(segments),
    )


def same(one: Folded, other: Folded) -> bool:
    names = ("seq", "time", "kind", "channel", "keys", "amount")
    columns = (np.array_equal(getattr(one.batch, name), getattr(other.batch, name)) for name in names)
    return all(columns) and np.array_equal(one.digests, other.digests)


@pytest.fixture(params=["folder", "object store"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    return FolderBlobs(tmp_path) if request.param == "folder" else S3Blobs("memory:///")


def test_a_segment_gives_back_what_was_folded(blobs: BlobStore) -> None:
    parts = [folded(5, 3), folded(8, ROWS), folded(8 + ROWS, 70)]
    segment = write_segment(blobs, "score/", parts)
    assert (segment.first_seq, segment.rows) == (5, ROWS + 73)
    back = list(read_segment(blobs, segment))
    assert max(map(len, back)) <= ROWS
    assert same(joined(back), joined(parts))
    assert (segment.from_ms, segment.to_ms) == (
        min(int(part.batch.time.min()) for part in parts),
        max(int(part.batch.time.max()) for part in parts),
    )
    assert segment == write_segment(blobs, "score/", parts), "the same bytes have the same name"
    with pytest.raises(ValueError, match="seq 8 is missing"):
        write_segment(blobs, "", [folded(5, 3), folded(9, 1)])


@pytest.mark.parametrize("at", [0, 100, -1])
def test_a_damaged_or_missing_segment_is_named(blobs: BlobStore, at: int) -> None:
    segment = write_segment(blobs, "", [folded(0, 30)])
    data = bytearray(blobs.get(segment.key))
    data[at] ^= 1
    blobs.put(segment.key, bytes(data))
    with pytest.raises(CorruptError, match=rf"{segment.key} fails its checksum; put it back"):
        list(read_segment(blobs, segment))
    blobs.delete(segment.key)
    with pytest.raises(CorruptError, match="is missing; put it back"):
        list(read_segment(blobs, segment))


def test_the_newest_comes_back_and_what_nobody_needs_goes(blobs: BlobStore) -> None:
    store = CheckpointStore(blobs, "score/")
    assert list(store.whole()) == []
    segments = [write_segment(blobs, store.prefix, [folded(10 * n, 10)]) for n in range(4)]
    whole = write_segment(blobs, store.prefix, [folded(10 * n, 10) for n in range(3)])
    for number, named in enumerate([segments[:1], segments[:2], segments[:3], [whole, segments[3]]], 1):
        store.save(made(10 * number, named))
        assert store.keep(2).next_seq == max(10, 10 * number - 10)
    assert [held.next_seq for _, held in store.whole()] == [40, 30]
    assert set(blobs.list("score/segments/")) == {segment.key for segment in (*segments, whole)}
    store.save(made(50, [whole]))
    store.keep(2)
    assert set(blobs.list("score/segments/")) == {segments[3].key, whole.key}
    write_segment(blobs, store.prefix, [folded(99, 1)])
    assert store.sweep() == 1
    assert set(blobs.list("score/segments/")) == {segments[3].key, whole.key}


def test_a_damaged_one_is_passed_over(blobs: BlobStore) -> None:
    store = CheckpointStore(blobs)
    store.save(made(10))
    newest = store.save(made(20))
    data = bytearray(blobs.get(newest))
    data[-2] ^= 1
    blobs.put(newest, bytes(data))
    with pytest.raises(CorruptError, match="checksum; delete it, and the one before it counts"):
        store.load(newest)
    assert [held.next_seq for _, held in store.whole()] == [10]


def test_what_a_fenced_owner_wrote_is_no_history(blobs: BlobStore) -> None:
    store = CheckpointStore(blobs)
    store.save(made(10, term=1))
    store.begin_term(1, 0)
    store.save(made(20, term=1))
    store.save(made(30, term=1))
    store.begin_term(4, 20)
    assert [held.next_seq for _, held in store.whole()] == [20, 10]
    with pytest.raises(FencedError, match="belongs to term 4, this is 1"):
        store.save(made(40, term=1))
    with pytest.raises(FencedError):
        store.begin_term(3, 25)
    store.save(made(25, term=4))
    assert [held.next_seq for _, held in store.whole()] == [25, 20, 10]


@given(st.lists(st.integers(1, 1 << 21), max_size=60))
def test_segments_stay_few(sizes: list[int]) -> None:
    """Whatever sizes come: of one size (a factor of eight wide) there are never more than some."""
    rows: list[int] = []
    for size in sizes:
        rows.append(size)
        if (run := run_to_merge(rows)) is not None:
            assert run.stop - run.start >= MERGE
            rows[run] = [sum(rows[run])]
    small = [number for number in rows if number <= 1 << 12]
    assert sum(rows) == sum(sizes)
    assert len(small) <= MERGE * 5 + (len(rows) - len(small)) * MERGE


def test_merging_changes_nothing_but_the_number(tmp_path: Path) -> None:
    store = CheckpointStore(FolderBlobs(tmp_path))
    parts = [folded(7 * n, 7) for n in range(MERGE + 1)]
    segments = [write_segment(store.blobs, "", [part]) for part in parts]
    assert merged(store, segments[: MERGE - 1]) == segments[: MERGE - 1]
    (one,) = merged(store, segments)
    assert same(joined(list(read_all(store.blobs, [one]))), joined(parts))
    store.blobs.delete(segments[2].key)
    assert merged(store, segments) == segments, "a damaged one is left for a recovery to judge"


def test_a_segment_goes_when_neither_windows_nor_duplicates_ask_for_it() -> None:
    day = 86_400_000
    base = Segment(key="", first_seq=0, rows=10, from_ms=0, to_ms=day, bytes=1, digest="")
    segments = [msgspec.structs.replace(base, first_seq=10 * n, to_ms=day * (n + 1)) for n in range(4)]
    assert droppable(segments, 1 * day, seen_from=40) == 0
    assert droppable(segments, 3 * day, seen_from=40) == 2
    assert droppable(segments, 3 * day, seen_from=19) == 1


def test_a_long_history_is_not_kept_whole() -> None:
    tail = Tail()
    parts = [folded(n * 500_000, 500_000) for n in range(4)]
    for part in parts:
        tail.append(part)
    tail.prune(kept_from_ms=1 << 42)
    assert len(tail) == SEEN_HORIZON
    tail.prune(kept_from_ms=0)
    assert [len(part) for part in tail.take()] == [500_000, 500_000]
    assert len(tail) == 0


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 40)), max_size=300), st.integers(1, 30))
def test_seen_is_the_last_so_many(calls: list[tuple[bool, int]], horizon: int) -> None:
    seen, known = Seen(horizon), dict[int, None]()
    for _, name in calls:
        assert seen.add("label", str(name)) == (name not in known)
        known[name] = None
        if len(known) > horizon:
            del known[next(iter(known))]
        assert len(seen) == len(known)


@settings(deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 40)), max_size=300))
def test_what_was_taken_back_is_fresh_again(calls: list[tuple[bool, int]]) -> None:
    seen, known = Seen(1_000), set[int]()
    for back, name in calls:
        if back:
            seen.discard("label", str(name))
            known.discard(name)
        else:
            assert seen.add("label", str(name)) == (name not in known)
            known.add(name)
    assert len(seen) == len(known)


def test_seen_takes_a_batch_and_tells_kinds_apart() -> None:
    seen = Seen(10)
    names = [("Transaction", "a"), ("label", "a"), ("Transaction", "a"), ("Transaction", "b")]
    assert seen.fresh(digests_of(names)).tolist() == [True, True, False, True]
    assert len(digests_of([])) == 0
    assert Seen().memory_bytes < 32 * SEEN_HORIZON


def test_one_process_a_folder(tmp_path: Path) -> None:
    held = lock_folder(tmp_path / "score")
    with pytest.raises(ConflictError, match="another process"):
        lock_folder(tmp_path / "score")
    os.close(held)
    os.close(lock_folder(tmp_path / "score"))
