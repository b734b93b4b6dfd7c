"""What every blob store does: a folder, S3 over the wire, and the adapter over the client's own memory and disk."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from events.errors import ConflictError, NotFoundError, UnavailableError
from storage import BlobStore, FolderBlobs, S3Blobs
from tests.contract.fake_s3 import fake_s3

CREDENTIALS = {"aws_access_key_id": "id", "aws_secret_access_key": "secret", "aws_region": "us-east-1"}
KEYS = st.sampled_from(["a", "b/c", "b/d", "b-e", "b/c.d=1/e", "releases/2", "releases/10"])


@pytest.fixture(params=["folder", "s3", "object store in memory", "object store on disk"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[BlobStore]:
    if request.param == "folder":
        yield FolderBlobs(tmp_path / "not there yet")
    elif request.param == "s3":
        with fake_s3() as endpoint:
            yield S3Blobs("s3://bucket/some/prefix", {"aws_endpoint": endpoint, **CREDENTIALS})
    elif request.param == "object store in memory":
        yield S3Blobs("memory:///")
    else:
        yield S3Blobs(tmp_path.as_uri())


def test_what_is_put_is_got(blobs: BlobStore) -> None:
    blobs.put("models/model-1", b"\x00\xff")
    assert blobs.get("models/model-1") == b"\x00\xff"
    assert blobs.exists("models/model-1")


def test_empty_bytes_are_bytes(blobs: BlobStore) -> None:
    blobs.put("empty", b"")
    assert blobs.get("empty") == b""
    assert list(blobs.list()) == ["empty"]


def test_nothing_is_there_to_begin_with(blobs: BlobStore) -> None:
    assert not blobs.exists("x")
    assert list(blobs.list()) == []
    blobs.delete("x")
    with pytest.raises(NotFoundError, match="x"):
        blobs.get("x")


def test_a_second_put_replaces(blobs: BlobStore) -> None:
    blobs.put("pointer", b"longer than the next")
    blobs.put("pointer", b"2")
    assert blobs.get("pointer") == b"2"


def test_if_absent_keeps_the_first(blobs: BlobStore) -> None:
    blobs.put("x", b"1", if_absent=True)
    blobs.put("x", b"1", if_absent=True)
    with pytest.raises(ConflictError, match="x"):
        blobs.put("x", b"2", if_absent=True)
    assert blobs.get("x") == b"1"


def test_keys_are_listed_in_lexical_order(blobs: BlobStore) -> None:
    keys = ["b", "a/2", "a/10", "a-1", "a/2x", "ab/c", "B"]
    for key in keys:
        blobs.put(key, b"")
    assert list(blobs.list()) == sorted(keys)
    assert list(blobs.list("a/")) == ["a/10", "a/2", "a/2x"]
    assert list(blobs.list("a/2")) == ["a/2", "a/2x"]
    assert list(blobs.list("a")) == ["a-1", "a/10", "a/2", "a/2x", "ab/c"]
    assert list(blobs.list("nothing/")) == []


def test_what_is_deleted_is_gone(blobs: BlobStore) -> None:
    blobs.put("a/b", b"1")
    blobs.delete("a/b")
    assert not blobs.exists("a/b")
    assert list(blobs.list()) == []


@pytest.mark.parametrize("key", ["", "/a", "a/", "a//b", "../a", "a/../b", ".", "a b", "ä", "a\\b", "a\n"])
def test_what_is_no_key_is_refused(blobs: BlobStore, key: str) -> None:
    for call in (lambda: blobs.put(key, b""), lambda: blobs.get(key), lambda: blobs.delete(key)):
        with pytest.raises(ValueError, match="not a blob key"):
            call()


def test_one_of_many_writers_is_the_first(blobs: BlobStore) -> None:
    start = threading.Barrier(8)
    refused: list[bytes] = []

    def write(data: bytes) -> None:
        start.wait()
        try:
            blobs.put("winner", data, if_absent=True)
        except ConflictError:
            refused.append(data)

    writers = [threading.Thread(target=write, args=(b"%d" % number,)) for number in range(8)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(refused) == 7
    assert blobs.get("winner") not in refused


def test_readers_see_all_or_nothing(blobs: BlobStore) -> None:
    sizes = (1, 300_000)
    blobs.put("x", b"a" * sizes[0])
    done = threading.Event()

    def write() -> None:
        for turn in range(30):
            blobs.put("x", bytes([97 + turn % 2]) * sizes[turn % 2])
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen: set[int] = set()
    while not done.is_set():
        data = blobs.get("x")
        assert len(set(data)) == 1
        seen.add(len(data))
    writer.join()
    assert seen <= set(sizes)


class AgainstADictionary(RuleBasedStateMachine):
    """Any sequence of calls does what it does to a dictionary."""

    def __init__(self) -> None:
        super().__init__()
        self.model: dict[str, bytes] = {}

    @initialize(kind=st.sampled_from(["folder", "object store"]))
    def open(self, kind: str) -> None:
        import tempfile

        self.folder = tempfile.TemporaryDirectory()
        self.blobs: BlobStore = FolderBlobs(self.folder.name) if kind == "folder" else S3Blobs("memory:///")

    @rule(key=KEYS, data=st.binary(max_size=3))
    def put(self, key: str, data: bytes) -> None:
        self.blobs.put(key, data)
        self.model[key] = data

    @rule(key=KEYS, data=st.binary(max_size=1))
    def put_if_absent(self, key: str, data: bytes) -> None:
        if self.model.setdefault(key, data) == data:
            self.blobs.put(key, data, if_absent=True)
        else:
            with pytest.raises(ConflictError):
                self.blobs.put(key, data, if_absent=True)

    @rule(key=KEYS)
    def delete(self, key: str) -> None:
        self.blobs.delete(key)
        self.model.pop(key, None)

    @rule(key=KEYS)
    def read(self, key: str) -> None:
        assert self.blobs.exists(key) is (key in self.model)
        if key in self.model:
            assert self.blobs.get(key) == self.model[key]

    @rule(prefix=st.sampled_from(["", "b", "b/", "b/c", "releases/1", "x"]))
    def list(self, prefix: str) -> None:
        assert [*self.blobs.list(prefix)] == sorted(key for key in self.model if key.startswith(prefix))

    def teardown(self) -> None:
        if hasattr(self, "folder"):
            self.folder.cleanup()


TestAgainstADictionary = AgainstADictionary.TestCase
TestAgainstADictionary.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)


# --- the folder alone -------------------------------------------------------------------------------------


def test_nothing_unfinished_is_left(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    blobs.put("a", b"1", if_absent=True)
    with pytest.raises(ConflictError):
        blobs.put("a", b"2", if_absent=True)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["a"]


def test_what_a_dead_writer_left_is_not_listed(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    (tmp_path / ".unfinished").mkdir()
    (tmp_path / ".unfinished" / "half").write_bytes(b"ha")
    blobs.put("a", b"1")
    assert list(blobs.list()) == ["a"]
    with pytest.raises(ValueError, match="not a blob key"):
        blobs.get(".unfinished/half")


def test_a_key_is_no_folder_of_others(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    blobs.put("a/b", b"1")
    blobs.put("c", b"1")
    for key in ("a", "c/d"):
        for if_absent in (True, False):
            with pytest.raises(ConflictError):
                blobs.put(key, b"2", if_absent=if_absent)
        assert not blobs.exists(key)
        blobs.delete(key)
        with pytest.raises(NotFoundError):
            blobs.get(key)
    assert list(blobs.list()) == ["a/b", "c"]


def test_a_root_that_is_a_file_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UnavailableError):
        FolderBlobs(tmp_path / "file").put("a", b"1")


@given(st.binary(max_size=40))
def test_any_bytes_survive(data: bytes) -> None:
    blobs = S3Blobs("memory:///")
    blobs.put("x", data)
    assert blobs.get("x") == data


def test_a_bucket_that_does_not_answer_is_unavailable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(UnavailableError, match="models/m"):
        S3Blobs("s3://bucket", {"aws_endpoint": endpoint, **CREDENTIALS}).get("models/m")
