"""Blobs in a folder: one file a key, written beside and renamed into place."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from events.errors import ConflictError, NotFoundError, UnavailableError

_KEY = re.compile(r"[A-Za-z0-9._=-]+(?:/[A-Za-z0-9._=-]+)*")
_UNFINISHED = ".unfinished"


def check_key(key: str) -> str:
    """`key` where it is a relative POSIX path of `[A-Za-z0-9._=/-]` without `.` and `..`; else ValueError."""
    if _KEY.fullmatch(key) is None or any(part in (".", "..", _UNFINISHED) for part in key.split("/")):
        raise ValueError(f"not a blob key: {key!r}")
    return key


class FolderBlobs:
    """`storage.blob.BlobStore` in the folder `path`, which is made where it is missing.

    A put survives the end of the process at any moment, and, once it has returned, a loss of power. A key can't
    also be the folder of another key (`a` and `a/b`): that is a `ConflictError`. A full or failing disk is an
    `UnavailableError`.
    """

    def __init__(self, path: str | Path) -> None:
        self._root = Path(path).absolute()

    def put(self, key: str, data: bytes, *, if_absent: bool = False) -> None:
        target = self._path(key)
        with _disk_errors():
            unfinished = self._write_beside(data)
            try:
                target.parent.mkdir(parents=True, exist_ok=True)
                if if_absent:
                    self._link(unfinished, target, key, data)
                else:
                    unfinished.replace(target)
                _sync(target.parent)
            except (FileExistsError, NotADirectoryError, IsADirectoryError):
                raise ConflictError(f"{key}: is a folder of other keys, or below another key") from None
            finally:
                unfinished.unlink(missing_ok=True)

    def get(self, key: str) -> bytes:
        path = self._path(key)
        with _disk_errors():
            try:
                return path.read_bytes()
            except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
                raise NotFoundError(f"no blob {key}") from None

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def list(self, prefix: str = "") -> Iterator[str]:
        start = self._root / prefix.rpartition("/")[0]
        found: list[str] = []
        for folder, folders, names in os.walk(start):
            if Path(folder) == self._root:
                folders[:] = [name for name in folders if name != _UNFINISHED]
            found.extend((Path(folder) / name).relative_to(self._root).as_posix() for name in names)
        yield from sorted(key for key in found if key.startswith(prefix))

    def delete(self, key: str) -> None:
        path = self._path(key)
        with _disk_errors():
            try:
                path.unlink(missing_ok=True)
            except (IsADirectoryError, NotADirectoryError):
                return

    def _path(self, key: str) -> Path:
        return self._root / check_key(key)

    def _write_beside(self, data: bytes) -> Path:
        folder = self._root / _UNFINISHED
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / uuid4().hex
        with path.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        return path

    def _link(self, unfinished: Path, target: Path, key: str, data: bytes) -> None:
        # A hard link is made by one caller only, where a test and a rename would let two through.
        try:
            target.hardlink_to(unfinished)
        except FileExistsError:
            if not target.is_file() or target.read_bytes() != data:
                raise ConflictError(f"{key} exists with other bytes") from None


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UnavailableError(f"the disk does not take it: {error}") from error
