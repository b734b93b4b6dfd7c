"""The journal survives a torn tail, refuses damage, and gives back what was packed."""

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import CorruptError, NotFoundError
from events.types import AddressKey, Status
from streaming.addresses import AddressKeys
from streaming.disk_journal import DiskJournal
from streaming.files import Files, FolderFiles
from streaming.journal import Entry, pack_keys, unpack_keys
from streaming.log.port import TopicPartition
from tests.support.crashing import CrashingFiles, Fuse


def entry(first_seq: int, events: int = 3) -> Entry:
    return Entry(
        first_seq=first_seq,
        clock_ms=1_000 + first_seq,
        release="release-1",
        catalogue="c1",
        parser="p1",
        graph_version="g1",
        graph_status=b"\x00" * 7,
        partitions=(("outcomes", 0), ("transactions", 0)),
        positions=(4, first_seq + events),
        sources=np.ones(events, np.uint16).tobytes(),
        offsets=np.arange(first_seq, first_seq + events, dtype=np.int64).tobytes(),
        key_status=bytes(events),
        keys=b"",
    )


def read(folder: Path, from_seq: int) -> Iterator[Entry]:
    return DiskJournal(FolderFiles(folder)).entries(from_seq, {})


def written(folder: Path, *firsts: int, roll_at: int | None = None) -> list[Entry]:
    journal = DiskJournal(FolderFiles(folder))
    entries = [entry(first) for first in firsts]
    for item in entries:
        if item.first_seq == roll_at:
            journal.roll(item.first_seq)
        journal.append(item)
    journal.close()
    return entries


def test_reads_back_what_was_written_across_segments(tmp_path: Path) -> None:
    entries = written(tmp_path, 0, 3, 6, 9, roll_at=6)
    assert list(read(tmp_path, 0)) == entries
    assert list(read(tmp_path, 6)) == entries[2:]
    assert entries[1].order()[0] == (TopicPartition("transactions", 0), 3)
    assert entries[1].next_positions()[TopicPartition("transactions", 0)] == 6


@pytest.mark.parametrize("cut", [1, 7, 20])
def test_a_torn_last_frame_is_cut_off_and_appending_goes_on(tmp_path: Path, cut: int) -> None:
    entries = written(tmp_path, 0, 3, 6)
    (segment,) = tmp_path.glob("*.journal")
    segment.write_bytes(segment.read_bytes()[:-cut])
    assert list(read(tmp_path, 0)) == entries[:2]
    journal = DiskJournal(FolderFiles(tmp_path))
    journal.roll(0)
    journal.append(entry(6))
    journal.close()
    assert list(read(tmp_path, 0)) == entries


@pytest.mark.parametrize("whole", [0, 1, 2, 3, 7, 8, 30])
def test_zeros_that_a_disk_left_end_it_too(tmp_path: Path, whole: int) -> None:
    entries = written(tmp_path, 0, 3)
    (segment,) = tmp_path.glob("*.journal")
    data = segment.read_bytes()
    frame = len(data) // 2
    segment.write_bytes(data[: frame + whole] + bytes(frame - whole))
    assert list(read(tmp_path, 0)) == entries[:1]
    assert list(read(tmp_path, 0)) == entries[:1]


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "write", lambda _, data: len(data) - 1)
    with pytest.raises(CorruptError, match="is it full"):
        written(tmp_path, 0)


def test_damage_before_the_tail_is_an_error(tmp_path: Path) -> None:
    written(tmp_path, 0, 3, 6)
    (segment,) = tmp_path.glob("*.journal")
    data = bytearray(segment.read_bytes())
    data[20] ^= 0xFF
    segment.write_bytes(bytes(data))
    with pytest.raises(CorruptError, match="damaged"):
        list(read(tmp_path, 0))


def test_a_missing_seq_is_an_error(tmp_path: Path) -> None:
    written(tmp_path, 0, 6)
    with pytest.raises(CorruptError, match="seq 3 is missing"):
        list(read(tmp_path, 0))


def test_segments_before_a_checkpoint_are_dropped(tmp_path: Path) -> None:
    journal = DiskJournal(FolderFiles(tmp_path))
    for first in (0, 3, 6):
        journal.roll(first)
        journal.append(entry(first))
    journal.drop_before(5, {})
    journal.close()
    assert [item.first_seq for item in read(tmp_path, 3)] == [3, 6]


tokens = st.binary(min_size=16, max_size=16).filter(any).map(lambda raw: f"address.p1.{raw.hex()}")
keys = st.none() | st.builds(AddressKey, building=tokens, unit=st.none() | tokens)


@given(st.lists(st.tuples(keys, st.sampled_from(list(Status))), max_size=20))
def test_address_keys_come_back(pairs: list[tuple[AddressKey | None, Status]]) -> None:
    addresses = AddressKeys(tuple(k for k, _ in pairs), np.array([s for _, s in pairs], np.uint8))
    status, packed = pack_keys(addresses)
    back = unpack_keys(status, packed, "p1")
    assert back.keys == addresses.keys
    assert back.status.tolist() == addresses.status.tolist()


@pytest.mark.parametrize("kind", ["folder", "simulated"])
def test_the_journals_storage_keeps_its_word(tmp_path: Path, kind: str) -> None:
    files: Files = FolderFiles(tmp_path / "new") if kind == "folder" else CrashingFiles(Fuse(Random(1)))  # noqa: S311
    assert files.list() == []
    with pytest.raises(NotFoundError):
        files.read("a")
    files.append("b", b"12345")
    files.append("a", b"1")
    files.append("b", b"678")
    files.sync("b")
    assert files.list() == ["a", "b"]
    assert files.read("b") == b"12345678"
    files.truncate("b", 4)
    files.append("b", b"x")
    assert files.read("b") == b"1234x"
    files.delete("a")
    files.delete("a")
    assert files.list() == ["b"]
    files.close()
