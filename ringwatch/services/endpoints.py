"""Where the services of a stack listen and with which secrets; kept in one file that only its owner can read."""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import msgspec

from events.errors import CorruptError, NotFoundError

GraphDialect = Literal["arcadedb", "neo4j"]
FILE = "endpoints.json"


@dataclass(frozen=True)
class GraphEndpoint:
    """A graph database over Bolt. Sessions that name no database get the right one."""

    url: str
    user: str
    password: str = field(repr=False)
    dialect: GraphDialect


@dataclass(frozen=True)
class Endpoints:
    """Addresses of a started stack; `""` for a service that was left out.

    Args:
        log_url: `redis://:secret@127.0.0.1:port/0` or `kafka://127.0.0.1:port`.
        cache_url: Redis that may evict.
        broker_url: Redis that never evicts, for Celery.
        graph_url: `bolt://127.0.0.1:port`.
    """

    log_url: str = field(default="", repr=False)
    cache_url: str = field(default="", repr=False)
    broker_url: str = field(default="", repr=False)
    graph_url: str = ""
    graph_dialect: Literal["arcadedb", "neo4j", ""] = ""
    graph_user: str = ""
    graph_password: str = field(default="", repr=False)

    def save(self, directory: Path) -> None:
        """Write `<directory>/endpoints.json`, mode 0600, in one step."""
        write_private(directory / FILE, msgspec.json.format(msgspec.json.encode(self)))

    @staticmethod
    def load(directory: Path) -> "Endpoints":
        """Read what `save` wrote.

        Errors: `NotFoundError` where no stack runs from this directory, `CorruptError` for a damaged file.
        """
        path = directory / FILE
        try:
            return msgspec.json.decode(path.read_bytes(), type=Endpoints)
        except FileNotFoundError:
            raise NotFoundError(f"no stack runs from {directory}: {FILE} is not there") from None
        except msgspec.MsgspecError as error:
            raise CorruptError(f"{path}: {error}") from error

    @staticmethod
    def withdraw(directory: Path) -> None:
        """The stack has ended; nobody shall find it any more."""
        (directory / FILE).unlink(missing_ok=True)


def write_private(path: Path, data: bytes) -> None:
    """Replace a file's content in one step; the file is never readable for others, not even for a moment."""
    partial = path.with_name(path.name + ".partial")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    partial.replace(path)
