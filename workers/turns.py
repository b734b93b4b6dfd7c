"""One worker at a time in a role, and a fence against the one that lost it without noticing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from events.errors import RingwatchError
from storage import Lease, held
from workers.parts import Clients


class TakenError(RingwatchError):
    """Another worker holds the role, or held it when it was killed."""

    code = "taken"


@contextmanager
def turn(clients: Clients, role: str) -> Iterator[Callable[[], None]]:
    """Hold `role` while the block runs; yields the fence, which raises `FencedError` once the role is another's.

    The lease is short and renewed by a thread, so a killed holder blocks the role for `lease_s` at most.
    `TakenError` where somebody holds it.
    """
    parts = clients.parts
    lease = Lease(clients.leases, role, parts.settings.lease_s * 1000, parts.clock)
    with held(lease) as token:
        if token is None:
            raise TakenError(f"another worker holds {role}")
        yield lambda: lease.check(token)
