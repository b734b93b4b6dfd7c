"""Free TCP ports on the loopback interface."""

import secrets
import socket
from collections.abc import Collection
from pathlib import Path

from events.errors import UnavailableError

HOST = "127.0.0.1"
_LOWEST = 20_000
_TRIES = 200


def free_port(taken: Collection[int] = ()) -> int:
    """A port nobody listens on now and that is not in `taken`.

    It is drawn from below the kernel's ephemeral range: from within it, any outgoing connection could take the
    port between a service's crash and its restart. Another process may still win the race for it, so whoever
    starts a service on it must be ready to ask again.
    """
    ceiling = _ephemeral_floor()
    for _ in range(_TRIES):
        port = _LOWEST + secrets.randbelow(ceiling - _LOWEST)
        if port not in taken and is_free(port):
            return port
    raise UnavailableError(f"no free port on {HOST} between {_LOWEST} and {ceiling}")


def is_free(port: int) -> bool:
    """True where a server could listen on this port now."""
    with socket.socket() as probe:
        # As servers do: else connections of a stopped service in TIME_WAIT would keep its port from it.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def _ephemeral_floor() -> int:
    try:
        floor = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        floor = 0
    return floor if floor > _LOWEST + 1_000 else 32_768
