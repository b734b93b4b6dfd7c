"""Checkpoints: whole or passed over; duplicates known across a restart."""

import os
from pathlib import Path

import pytest

from events.errors import ConflictError, CorruptError
from streaming.checkpoint import Checkpoint, load, load_newest, save
from streaming.lock import lock_folder
from streaming.seen import Seen


def made(next_seq: int) -> Checkpoint:
    return Checkpoint(
        next_seq=next_seq,
        clock_ms=1,
        release="",
        positions={"transactions/0": next_seq},
        outputs={},
        catalogue="c",
        fold=b"fold",
        seen=b"",
    )


def test_the_newest_comes_back_and_old_ones_go(tmp_path: Path) -> None:
    assert load_newest(tmp_path) is None
    kept = [save(tmp_path, made(seq), keep=2) for seq in (10, 20, 30)]
    assert kept == [10, 10, 20]
    assert load_newest(tmp_path) == made(30)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_damaged_one_is_passed_over(tmp_path: Path) -> None:
    save(tmp_path, made(10))
    save(tmp_path, made(20))
    newest = max(tmp_path.iterdir())
    data = bytearray(newest.read_bytes())
    data[-1] ^= 1
    newest.write_bytes(bytes(data))
    with pytest.raises(CorruptError, match="checksum"):
        load(newest)
    assert load_newest(tmp_path) == made(10)


def test_seen_forgets_the_oldest_and_survives_a_restart() -> None:
    seen = Seen(horizon=3)
    assert [seen.add("Transaction", name) for name in "abca"] == [True, True, True, False]
    assert seen.add("label", "a")
    assert seen.add("Transaction", "a"), "beyond the horizon"
    back = Seen.restore(seen.snapshot(), horizon=3)
    assert len(back) == 3
    assert not back.add("Transaction", "a")
    assert back.add("Transaction", "b")


def test_one_process_a_folder(tmp_path: Path) -> None:
    held = lock_folder(tmp_path / "score")
    with pytest.raises(ConflictError, match="another process"):
        lock_folder(tmp_path / "score")
    os.close(held)
    os.close(lock_folder(tmp_path / "score"))
