"""A real Celery worker whose `communities.refresh` stops where a test wants it: `python held_worker.py SPEC`.

SPEC is a JSON object: broker, cache, graph {url, user, password, dialect}, folder, lease_s, visibility_s. At a
point P the worker writes `<folder>/at-P` (its pid) and goes on once `<folder>/hold-P` is not there. Each client that
is built adds its process's pid to `<folder>/built`.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from celery import Celery
from celery.exceptions import SoftTimeLimitExceeded

from features.catalogue import default_catalogue
from graph import GraphStore
from graph.edges import EdgeTable
from graph.publish import CURRENT
from nlp import KeyCache, load_parser
from scoring import Costs
from storage import FolderBlobs, RedisKeyValue, SystemClock
from storage.kv import KeyValue
from workers import WorkerParts, WorkerSettings, make_app

T = TypeVar("T")


class Points:
    """Places at which a worker waits."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def reach(self, point: str) -> None:
        (self._folder / f"at-{point}").write_text(str(os.getpid()))
        while (self._folder / f"hold-{point}").exists():
            try:
                time.sleep(0.05)
            except SoftTimeLimitExceeded:
                if not (self._folder / "deaf").exists():
                    raise


class HeldGraph:
    """Stops before the graph is read and before rings are written."""

    def __init__(self, graph: GraphStore, points: Points) -> None:
        self._graph, self._points = graph, points

    def __getattr__(self, name: str) -> Any:
        return getattr(self._graph, name)

    def read_edges(self) -> EdgeTable:
        self._points.reach("read")
        return self._graph.read_edges()

    def write(self, work: Any) -> Any:
        self._points.reach("rings")
        return self._graph.write(work)


class HeldCache:
    """Stops before the pointer moves."""

    def __init__(self, cache: KeyValue, points: Points) -> None:
        self._cache, self._points = cache, points

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cache, name)

    def compare_and_set(self, key: str, expected: bytes | None, value: bytes | None, **more: Any) -> bool:
        if key == CURRENT:
            self._points.reach("pointer")
        return self._cache.compare_and_set(key, expected, value, **more)


def app_of(spec: dict[str, Any]) -> Celery:
    """The application of a SPEC, for the worker and for the test that asks it for tasks."""
    folder = Path(spec["folder"])
    points = Points(folder)

    def built(client: T) -> T:
        with (folder / "built").open("a") as file:
            file.write(f"{os.getpid()}\n")
        return client

    def made(make: Callable[[], T]) -> Callable[[], T]:
        return lambda: built(make())

    app = make_app(
        WorkerParts(
            graph=made(lambda: cast("GraphStore", HeldGraph(GraphStore.open(**spec["graph"]), points))),
            cache=made(lambda: cast("KeyValue", HeldCache(RedisKeyValue(spec["cache"]), points))),
            leases=made(lambda: cast("KeyValue", RedisKeyValue(spec["broker"]))),
            blobs=made(lambda: FolderBlobs(folder / "blobs")),
            addresses=lambda: KeyCache(load_parser()),
            catalogue=default_catalogue,
            costs=Costs(),
            clock=SystemClock(),
            settings=WorkerSettings(spec["broker"], lease_s=spec["lease_s"]),
        )
    )
    # What a lost worker held is looked for every second, not every hundred, and found after seconds, not hours.
    app.conf.broker_transport_options |= {
        "visibility_timeout": spec["visibility_s"], "unacked_restore_interval": 1, "unacked_restore_throttle": 1,
    }  # fmt: skip
    return app


if __name__ == "__main__":
    app_of(json.loads(sys.argv[1])).worker_main(
        ["worker", "--loglevel=INFO", "--concurrency=1", "--without-gossip", "--without-mingle"]
    )
