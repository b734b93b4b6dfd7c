"""A table of feature rows: Parquet parts in a folder, and beside them what it takes to go on after a kill.

    part-00000.parquet ...      the rows; readers of Parquet folders find these alone
    _manifest.json              what is finished, and of what it was made
    _resume/                    inputs that windows can still see, labels that wait; gone when all is done

A part is written whole or not at all, and the manifest after it. Whoever starts again goes on behind the last part that
the manifest names, with the state that its inputs make: the parts are the same, byte for byte.
"""

import io
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from events.errors import CorruptError, NotFoundError, SettingsError, UnavailableError
from storage import FolderBlobs
from streaming.feature_rows import FeatureRows
from streaming.label_queue import WAITING, Waiting
from streaming.lock import lock_folder
from streaming.segments import Segment

MANIFEST = "_manifest.json"
RESUME = "_resume/"
_FORMAT = 1
_LEVEL = 1
_AGAIN = "begin anew with --restart, or name another folder"


class Part(msgspec.Struct, frozen=True):
    """A finished file: feature `rows` in `bytes`."""

    name: str
    rows: int
    bytes: int


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a back-fill has come, and all it needs to go on.

    `made_of` says what it is made of, by name. `next_row` counts the file's rows in order of time; `next_seq`,
    `watermark_ms`, `since_ms` and `horizon_ms` are the fold's. `waiting` is the blob of labels that are not known yet.
    """

    made_of: dict[str, str]
    format: int = _FORMAT
    parts: tuple[Part, ...] = ()
    next_row: int = 0
    next_seq: int = 0
    watermark_ms: int = 0
    since_ms: int = 0
    horizon_ms: int = 0
    refused: int = 0
    segments: tuple[Segment, ...] = ()
    waiting: str = ""
    done: bool = False

    @property
    def rows(self) -> int:
        """Feature rows in the finished parts."""
        return sum(part.rows for part in self.parts)


class FeatureTable:
    """The folder of a table. One process at a time: `ConflictError` where another writes to it."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self._folder = folder
        self.blobs = FolderBlobs(folder)
        self._schema = pa.schema(
            [
                ("id", pa.string()),
                ("time", pa.int64()),
                ("seq", pa.int64()),
                *((n, pa.float32()) for n in names),
            ]
        )
        self._names = list(names)

    @contextmanager
    def held(self) -> Iterator[None]:
        """The folder is this process's for the length of a block."""
        descriptor = lock_folder(self._folder / RESUME)
        try:
            yield
        finally:
            os.close(descriptor)

    def progress(self, made_of: Mapping[str, str]) -> Progress:
        """What is finished. `SettingsError` where it is made of something else, or the folder is somebody else's."""
        try:
            found = msgspec.json.decode(self.blobs.get(MANIFEST), type=Progress)
        except NotFoundError:
            strange = [path.name for path in self._folder.iterdir() if not path.name.startswith(("_", "."))]
            if strange:
                raise SettingsError(
                    f"{self._folder} holds {min(strange)} and no back-fill: name a new or an empty folder"
                ) from None
            return Progress(made_of=dict(made_of))
        except msgspec.MsgspecError as error:
            raise CorruptError(f"{self._folder / MANIFEST} can't be read: {error}; {_AGAIN}") from error
        self._check(found, made_of)
        return found

    def _check(self, found: Progress, made_of: Mapping[str, str]) -> None:
        other = [name for name, value in made_of.items() if found.made_of.get(name) != value]
        if found.format != _FORMAT:
            other.append("this program's version")
        if other:
            raise SettingsError(
                f"{self._folder} holds a back-fill that differs in {', '.join(other)}: {_AGAIN}"
            )
        for part in found.parts:
            path = self._folder / part.name
            if not path.is_file() or path.stat().st_size != part.bytes:
                raise CorruptError(f"{path} is missing or not whole: {_AGAIN}")

    def clear(self) -> None:
        """Begin anew: remove what a back-fill wrote, and nothing else."""
        self.blobs.delete(MANIFEST)  # first: without it nothing else counts
        for path in self._folder.glob("part-*.parquet"):
            path.unlink()
        self._tidy(())

    def save(self, progress: Progress) -> None:
        """Note what is finished; then let go of what it no longer names."""
        self.blobs.put(MANIFEST, msgspec.json.format(msgspec.json.encode(progress), indent=1))
        self._tidy((*(segment.key for segment in progress.segments), progress.waiting))

    def _tidy(self, kept: Sequence[str]) -> None:
        for key in list(self.blobs.list(RESUME)):
            if key not in kept and key != f"{RESUME}lock":
                self.blobs.delete(key)

    def put_waiting(self, labels: Waiting, number: int) -> str:
        """Store labels that wait; returns the key."""
        buffer = io.BytesIO()
        np.save(buffer, labels, allow_pickle=False)
        key = f"{RESUME}labels-{number:05d}.npy"
        self.blobs.put(key, buffer.getvalue())
        return key

    def waiting(self, key: str) -> Waiting:
        """The labels stored at `key`; none where that is empty. `CorruptError` where they can't be read."""
        if not key:
            return np.empty(0, WAITING)
        try:
            found: Waiting = np.load(io.BytesIO(self.blobs.get(key)), allow_pickle=False)
        except (NotFoundError, ValueError, EOFError) as error:
            raise CorruptError(f"{self._folder / key} can't be read: {error}; {_AGAIN}") from error
        if found.dtype != WAITING:
            raise CorruptError(f"{self._folder / key} holds something else; {_AGAIN}")
        return found

    def part(self, number: int) -> "PartWriter":
        """A writer of part `number`."""
        return PartWriter(self._folder, f"part-{number:05d}.parquet", self._schema, self._names)


class PartWriter:
    """Writes one part: a row group a call of `add`. It is there under its name once `close` returns."""

    def __init__(self, folder: Path, name: str, schema: pa.Schema, names: list[str]) -> None:
        self._target = folder / name
        self._beside = folder / RESUME / f"{name}.unfinished"
        self._schema = schema
        self._rows = 0
        self._writer = pq.ParquetWriter(
            self._beside,
            schema,
            compression="zstd",
            compression_level=_LEVEL,
            use_dictionary=False,
            use_byte_stream_split=names,
            write_statistics=["time", "seq"],
        )

    def add(self, ids: Any, time: NDArray[np.int64], found: FeatureRows) -> None:
        """Rows of `found` with their ids string[m] (Arrow) and times int64[m] (epoch ms)."""
        if not len(found.seq):
            return
        ids = ids.combine_chunks() if isinstance(ids, pa.ChunkedArray) else ids
        columns = [ids, pa.array(time), pa.array(found.seq), *(pa.array(column) for column in found.x)]
        table = pa.Table.from_arrays(columns, schema=self._schema)
        with self._disk_errors():
            self._writer.write_table(table, row_group_size=len(table))
        self._rows += len(table)

    def close(self) -> Part:
        """Put the file in its place, durably."""
        with self._disk_errors():
            self._writer.close()
            with self._beside.open("rb") as file:
                os.fsync(file.fileno())
            size = self._beside.stat().st_size
            self._beside.replace(self._target)
        return Part(self._target.name, self._rows, size)

    @contextmanager
    def _disk_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise UnavailableError(
                f"{self._target} can't be written: {error}; mend that, and the same call goes on behind the last part"
            ) from error
