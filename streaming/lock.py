"""One process a state folder: two scorers appending to one journal would destroy it."""

import fcntl
import os
from pathlib import Path

from events.errors import ConflictError


def lock_folder(folder: Path) -> int:
    """Hold `folder` until the returned descriptor is closed or the process ends, however it ends.

    Raises `ConflictError` where another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise ConflictError(f"another process works on {folder}; stop it first") from None
    return descriptor
