"""Which services make up each kind of stack, and what ringwatch needs to know of them once they run."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from events.errors import SettingsError
from ringwatch.services.arcadedb import arcadedb, arcadedb_endpoint
from ringwatch.services.endpoints import Endpoints
from ringwatch.services.kafka import kafka, kafka_bootstrap
from ringwatch.services.neo4j import neo4j, neo4j_endpoint
from ringwatch.services.redis import redis_cache, redis_log, redis_url
from ringwatch.services.runner import ServiceStatus
from ringwatch.services.service import Place, Progress, Service
from ringwatch.services.stack import Stack

StackKind = Literal["embedded", "jvm"]


@dataclass(frozen=True)
class RunningStack:
    """A started stack. As a context manager it is stopped at the end."""

    endpoints: Endpoints
    stack: Stack
    directory: Path

    def tend(self) -> None:
        """Restart what has crashed (same ports, same secrets); call it often."""
        self.stack.tend()

    def status(self) -> tuple[ServiceStatus, ...]:
        return self.stack.status()

    def stop(self) -> None:
        """End every service and withdraw `endpoints.json`. May be called again."""
        Endpoints.withdraw(self.directory)
        self.stack.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start_stack(
    kind: StackKind,
    directory: Path,
    *,
    progress: Progress,
    only: Collection[str] | None = None,
    ports: Mapping[str, int] | None = None,
) -> RunningStack:
    """Start a stack as children of this process (from its main thread) and wait until all of it is ready.

    Args:
        kind: `embedded` (wheels alone: two Redis, ArcadeDB) or `jvm` (two Redis, Neo4j, Kafka; wants a JDK and,
            the first time, Maven).
        directory: takes everything that is written; `endpoints.json` in it says where the services are.
        only: names of services; the others' endpoints stay `""`.
        ports: `service.port` (`neo4j.bolt`, `redis-log.redis`) -> number; the others are chosen.

    Errors: those of `Stack.start`; `SettingsError` for unknown names.
    """
    stack = Stack(services_of(kind, only), directory, ports=ports or {}, progress=progress)
    endpoints = _endpoints(kind, stack.start())
    try:
        endpoints.save(directory)
    except BaseException:
        stack.stop()
        raise
    return RunningStack(endpoints, stack, directory)


def services_of(kind: StackKind, only: Collection[str] | None = None) -> tuple[Service, ...]:
    """The services of a kind, fewer with `only`. Error: `SettingsError` for a name that is not among them."""
    graph_and_log = (arcadedb(),) if kind == "embedded" else (neo4j(), kafka())
    services = (redis_log(), redis_cache(), *graph_and_log)
    known = {service.name for service in services}
    unknown = sorted(set(only or ()) - known)
    if unknown:
        names = ", ".join(sorted(known))
        raise SettingsError(f"no service {', '.join(unknown)} in the {kind} stack; it has {names}")
    return tuple(service for service in services if only is None or service.name in only)


def _endpoints(kind: StackKind, places: Mapping[str, Place]) -> Endpoints:
    """One Redis is the embedded log and the broker of both kinds (database 1): both must never evict."""
    log = places.get("redis-log")
    cache = places.get("redis-cache")
    broker = places.get("kafka")
    graph = None
    if "arcadedb" in places:
        graph = arcadedb_endpoint(places["arcadedb"])
    elif "neo4j" in places:
        graph = neo4j_endpoint(places["neo4j"])
    log_url = ""
    if kind == "embedded" and log:
        log_url = redis_url(log)
    elif broker:
        log_url = f"kafka://{kafka_bootstrap(broker)}"
    return Endpoints(
        log_url=log_url,
        cache_url=redis_url(cache) if cache else "",
        broker_url=redis_url(log, database=1) if log else "",
        graph_url=graph.url if graph else "",
        graph_dialect=graph.dialect if graph else "",
        graph_user=graph.user if graph else "",
        graph_password=graph.password if graph else "",
    )
