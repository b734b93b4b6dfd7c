"""Real workers on a real broker and graph database: killed, paused, out of time. What is served stays whole."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from celery import Celery
from celery.exceptions import SoftTimeLimitExceeded, TimeLimitExceeded
from celery.result import AsyncResult

from bench.graph_world import make_world
from events.errors import FencedError
from graph import GraphFeatures, GraphStore, GraphWriter, Sourced, compute
from graph.publish import CURRENT, load, pointer, row_key, version_key, worth_serving
from ringwatch.services.endpoints import GraphEndpoint
from storage import FolderBlobs, RedisKeyValue
from tests.support.held_worker import app_of
from workers import REFRESH

WORLD = make_world(households=15, rings=2, days=60, labels=True)
RECORDS = [Sourced("transactions", 0, at, event, key) for at, (event, key) in enumerate(WORLD.events)]
PATIENCE_S = 120.0
# A worker's first task imports 700 modules under its lease, and a thread renews that every third of its length. Beside
# other tests, on a cold disk, one import may hold that thread up for seconds; a lease that is lost so ends the task.
LEASE_S = 6


def until(what: Callable[[], Any], why: str) -> Any:
    """Wait for a truth."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError(f"in vain: {why}")


class Place:
    """Broker, cache and graph of one test, and the workers on them."""

    def __init__(self, folder: Path, redis_url: str, graph: GraphEndpoint, stack: ExitStack) -> None:
        self.folder = folder
        self._stack = stack
        self._endpoint = graph
        server = redis_url.rpartition("/")[0]
        self._urls = {"broker": f"{server}/11", "cache": f"{server}/12"}
        for url in self._urls.values():
            _flush(url)
        self.cache = RedisKeyValue(self._urls["cache"])
        stack.callback(self.cache.close)
        self.blobs = FolderBlobs(folder / "blobs")
        self.graph = GraphStore.open(graph.url, graph.user, graph.password, graph.dialect)
        stack.callback(self.graph.close)
        self.graph.read("MATCH (n) DETACH DELETE n")
        self.graph.ensure_schema()
        GraphWriter(self.graph, "workers").apply(RECORDS[:-50])

    def spec(self, visibility_s: int = 60) -> dict[str, Any]:
        at = self._endpoint
        return {
            **self._urls,
            "graph": {"url": at.url, "user": at.user, "password": at.password, "dialect": at.dialect},
            "folder": str(self.folder),
            "lease_s": LEASE_S,
            "visibility_s": visibility_s,
        }

    def app(self) -> Celery:
        app = app_of(self.spec())
        self._stack.callback(app.close)
        return app

    def worker(self, name: str, *, visibility_s: int = 60) -> psutil.Process:
        """A worker process, ready. It says what it does in `NAME.log`."""
        log = self.folder / f"{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", "tests.support.held_worker", json.dumps(self.spec(visibility_s))],
                stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
                env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
            )  # fmt: skip
        self._stack.callback(_end, process)

        def ready() -> bool:
            if process.poll() is not None:
                raise AssertionError(log.read_text())
            return " ready." in log.read_text()

        until(ready, f"{name} starts")
        return psutil.Process(process.pid)

    def hold(self, point: str) -> None:
        (self.folder / f"at-{point}").unlink(missing_ok=True)
        (self.folder / f"hold-{point}").touch()

    def go(self, point: str) -> None:
        (self.folder / f"hold-{point}").unlink()

    def reached(self, point: str, asked: AsyncResult) -> int:
        """The pid of the process that waits at `point`, or has passed it; raises what `asked` failed with."""
        at = self.folder / f"at-{point}"

        def come() -> str:
            if asked.failed():
                asked.get()
            return at.read_text() if at.exists() else ""

        return int(until(come, f"a worker comes to {point}"))

    def expected(self) -> GraphFeatures:
        table = self.graph.read_edges()
        return compute(table, int(table.last.max()), seed=7)

    def versions(self) -> list[str]:
        return list(self.blobs.list("graph-features/"))

    def assert_serves(self, features: GraphFeatures) -> None:
        """The pointer is of this version, all its rows are there, and the rings are its rings."""
        found = pointer(self.cache)
        assert found is not None
        assert found.version == features.version
        worth = worth_serving(features)
        tokens = [token for token, is_worth in zip(features.tokens, worth, strict=True) if is_worth]
        rows = self.cache.mget([row_key(found.version, token) for token in tokens])
        assert rows == [features.values[i].tobytes() for i in worth.nonzero()[0]]
        assert self.cache.get(version_key(found.version)) is not None
        assert load(self.blobs, found.version).version == found.version
        rings = {row[0] for row in self.graph.read("MATCH (c:Community) RETURN c.key")}
        assert rings == {ring.id for ring in features.rings}


@pytest.fixture
def place(tmp_path: Path, redis_url: str, arcadedb: GraphEndpoint) -> Iterator[Place]:
    with ExitStack() as stack:
        yield Place(tmp_path, redis_url, arcadedb, stack)


def test_clients_are_built_behind_the_fork(place: Place) -> None:
    worker = place.worker("one")
    found = place.app().send_task(REFRESH).get(timeout=PATIENCE_S)
    assert found["result"] == "published"
    place.assert_serves(place.expected())
    children = {child.pid for child in worker.children()}
    built = {int(pid) for pid in (place.folder / "built").read_text().split()}
    assert built <= children
    assert worker.pid not in built


@pytest.mark.parametrize("point", ["pointer", "rings"])
def test_a_killed_task_runs_again_after_its_lease_and_publishes_once(place: Place, point: str) -> None:
    """kill -9 of the process that runs the task: what the kernel does when memory is short."""
    expected = place.expected()
    place.worker("one")
    place.hold(point)
    asked = place.app().send_task(REFRESH)
    killed = place.reached(point, asked)
    before = place.cache.get(CURRENT)
    assert (before is None) == (point != "rings"), "the pointer moves last"
    os.kill(killed, signal.SIGKILL)
    (place.folder / f"at-{point}").unlink()
    place.go(point)
    found = asked.get(timeout=PATIENCE_S)
    assert found["version"] == expected.version
    assert found["result"] == ("unchanged" if point == "rings" else "published")
    assert place.reached(point, asked) != killed
    assert len(place.versions()) == 1
    place.assert_serves(expected)


def test_what_a_killed_worker_held_is_done_by_another(place: Place) -> None:
    """kill -9 of the whole worker: nobody is left to say so, the broker's visibility timeout does."""
    expected = place.expected()
    worker = place.worker("one", visibility_s=3)
    place.hold("pointer")
    asked = place.app().send_task(REFRESH)
    killed = place.reached("pointer", asked)
    os.killpg(worker.pid, signal.SIGKILL)
    (place.folder / "at-pointer").unlink()
    place.go("pointer")
    assert pointer(place.cache) is None
    place.worker("two", visibility_s=3)
    assert asked.get(timeout=PATIENCE_S)["result"] == "published"
    assert place.reached("pointer", asked) != killed
    assert len(place.versions()) == 1
    place.assert_serves(expected)


def test_a_paused_worker_that_lost_its_lease_publishes_nothing(place: Place) -> None:
    app = place.app()
    place.worker("one")
    place.hold("pointer")
    old = app.send_task(REFRESH)
    paused = place.reached("pointer", old)
    os.kill(paused, signal.SIGSTOP)
    place.go("pointer")
    GraphWriter(place.graph, "workers").apply(RECORDS)
    place.worker("two")
    new = app.send_task(REFRESH).get(timeout=PATIENCE_S)
    assert new["result"] == "published"
    after = place.cache.get(CURRENT)
    os.kill(paused, signal.SIGCONT)
    with pytest.raises(FencedError):
        old.get(timeout=PATIENCE_S)
    assert place.cache.get(CURRENT) == after
    assert len(place.versions()) == 2, "its version is in the blob store, and nobody is pointed at it"
    place.assert_serves(load(place.blobs, new["version"]))


@pytest.mark.parametrize("deaf", [False, True])
def test_a_task_beyond_its_limit_ends_and_the_next_one_runs(place: Place, *, deaf: bool) -> None:
    """Soft: it ends by itself, its lease given back. Hard (deaf to the first): its process is killed."""
    app = place.app()
    place.worker("one")
    assert app.send_task(REFRESH).get(timeout=PATIENCE_S)["result"] == "published"
    before = place.cache.get(CURRENT)
    GraphWriter(place.graph, "workers").apply(RECORDS)
    place.hold("read")
    if deaf:
        (place.folder / "deaf").touch()
    asked = app.send_task(REFRESH, soft_time_limit=1, time_limit=3)
    with pytest.raises(TimeLimitExceeded if deaf else SoftTimeLimitExceeded):
        asked.get(timeout=PATIENCE_S)
    assert place.cache.get(CURRENT) == before
    place.go("read")
    found = app.send_task(REFRESH).get(timeout=PATIENCE_S)
    assert found["result"] == "published"
    place.assert_serves(load(place.blobs, found["version"]))


def _flush(url: str) -> None:
    from redis import Redis

    with Redis.from_url(url) as redis:
        redis.flushdb()


def _end(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
