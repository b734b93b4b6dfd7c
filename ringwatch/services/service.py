"""What a stack needs to know of a service to run it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Place:
    """What one service of one stack is given.

    Args:
        directory: the service's own; all it writes goes there.
        ports: by the names in `Service.ports`.
        password: the service's own secret, the same at every start in this directory.
    """

    directory: Path
    ports: Mapping[str, int]
    password: str = field(repr=False)


@dataclass(frozen=True)
class Plan:
    """How to run it: a command (absolute path first, no secrets: everybody can read a command line) and a probe.

    The probe asks the service as its clients will, takes 3 s at most and returns None when it is ready, else
    what is missing.
    """

    command: Sequence[str]
    probe: Callable[[], str | None]


@dataclass(frozen=True)
class Service:
    """One kind of service.

    Args:
        name: unique in a stack; also the name of its directory.
        ports: what it listens on, its clients' port first.
        deadline_s: time to become ready, generous: five may start at once on two cores.
        plan: writes configuration into its place and says how to run it. Called again before every restart.
    """

    name: str
    ports: tuple[str, ...]
    deadline_s: float
    plan: Callable[[Place, Progress], Plan]
