"""Files that are appended to: the journal's storage as a port, so that crashes can be tried by the thousand."""

import os
from pathlib import Path
from typing import Protocol

from events.errors import CorruptError, NotFoundError


class Files(Protocol):
    """Flat files by name.

    What `append` has taken survives the end of the process; what was there at the last `sync` (the file itself
    included) survives that of the machine. Behind that, a crash may leave any part of what was appended.
    """

    def list(self) -> list[str]:
        """Names, in lexical order."""
        ...

    def read(self, name: str) -> bytes:
        """All of a file; `NotFoundError` where there is none."""
        ...

    def append(self, name: str, data: bytes) -> None:
        """Write behind what is there; a missing file is made. `CorruptError` where just a part was taken."""
        ...

    def sync(self, name: str) -> None:
        """Make a file that was appended to survive the machine."""
        ...

    def truncate(self, name: str, size: int) -> None:
        """Cut a file to `size` bytes, durably."""
        ...

    def delete(self, name: str) -> None:
        """Remove a file; nothing happens where there is none."""
        ...

    def close(self) -> None: ...


class FolderFiles:
    """`Files` in the folder `path`, made where it is missing. The file appended to last stays open."""

    def __init__(self, path: Path) -> None:
        self._folder = path
        self._open: tuple[str, int] | None = None
        self._linked: set[str] = set()  # files whose names are known to survive
        path.mkdir(parents=True, exist_ok=True)

    def list(self) -> list[str]:
        return sorted(path.name for path in self._folder.iterdir() if path.is_file())

    def read(self, name: str) -> bytes:
        try:
            return (self._folder / name).read_bytes()
        except FileNotFoundError:
            raise NotFoundError(f"no file {self._folder / name}") from None

    def append(self, name: str, data: bytes) -> None:
        if os.write(self._descriptor(name), data) != len(data):
            raise CorruptError(f"{self._folder / name}: the disk took part of an entry; is it full?")

    def sync(self, name: str) -> None:
        os.fdatasync(self._descriptor(name))
        if name not in self._linked:
            _sync_folder(self._folder)
            self._linked.add(name)

    def truncate(self, name: str, size: int) -> None:
        descriptor = os.open(self._folder / name, os.O_WRONLY)
        try:
            os.ftruncate(descriptor, size)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def delete(self, name: str) -> None:
        (self._folder / name).unlink(missing_ok=True)

    def close(self) -> None:
        if self._open is not None:
            os.close(self._open[1])
            self._open = None

    def _descriptor(self, name: str) -> int:
        if self._open is None or self._open[0] != name:
            self.close()
            flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
            self._open = name, os.open(self._folder / name, flags, 0o600)
        return self._open[1]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
