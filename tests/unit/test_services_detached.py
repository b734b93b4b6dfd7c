"""With the smallest real service, the cache."""

import os
import signal
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from events.errors import ConflictError, NotFoundError, SettingsError, UnavailableError
from ringwatch.services import Endpoints, down, status, up
from ringwatch.services.process import is_alive, wait_gone

CACHE = {"redis-cache"}


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "stack"
    yield place
    down(place)


def _ping(endpoints: Endpoints) -> bool:
    with redis.Redis.from_url(endpoints.cache_url) as client:
        return bool(client.ping())


def test_up_runs_a_stack_until_down(directory: Path) -> None:
    lines: list[str] = []
    endpoints = up("embedded", directory, only=CACHE, progress=lines.append)
    assert _ping(endpoints)
    assert endpoints.log_url == endpoints.graph_url == ""
    assert lines[0] == "redis-cache: starting"
    assert lines[1].startswith("redis-cache: ready")
    state = status(directory)
    assert (state.phase, state.kind, state.only) == ("running", "embedded", ("redis-cache",))
    private = [path for path in directory.iterdir() if path.is_file() and path.suffix == ".json"]
    assert len(private) == 3
    assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}

    assert down(directory)
    assert status(directory).phase == "down"
    processes = [state.supervisor, *(service.process for service in state.services)]
    assert not any(process is None or is_alive(process) for process in processes)
    assert not down(directory)
    with pytest.raises(NotFoundError):
        Endpoints.load(directory)


def test_up_again_finds_what_runs(directory: Path) -> None:
    first = up("embedded", directory, only=CACHE, progress=print)
    supervisor = status(directory).supervisor
    assert up("embedded", directory, only=CACHE, progress=print) == first
    assert status(directory).supervisor == supervisor
    with pytest.raises(ConflictError, match=r"already runs the embedded stack \(redis-cache\)"):
        up("embedded", directory, progress=print)


def test_a_killed_service_is_restarted_at_its_endpoint(directory: Path) -> None:
    endpoints = up("embedded", directory, only=CACHE, progress=print)
    process = status(directory).services[0].process
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    while (service := status(directory).services[0]).restarts == 0 or service.state != "ready":
        time.sleep(0.05)
    assert _ping(endpoints)


def test_nothing_outlives_a_killed_supervisor(directory: Path) -> None:
    up("embedded", directory, only=CACHE, progress=print)
    state = status(directory)
    process = state.services[0].process
    assert state.supervisor is not None
    assert process is not None
    os.kill(state.supervisor.pid, signal.SIGKILL)
    assert wait_gone(process, 10)
    assert status(directory).phase == "down"
    assert _ping(up("embedded", directory, only=CACHE, progress=print))


def test_what_prevents_a_start_is_told_and_leaves_nothing(directory: Path) -> None:
    running = up("embedded", directory, only=CACHE, progress=print)
    port = int(running.cache_url.rpartition(":")[2].partition("/")[0])
    other = directory / "other"
    with pytest.raises(UnavailableError, match=f"port {port}, given for redis-cache's redis, is in use"):
        up("embedded", other, only=CACHE, ports={"redis-cache.redis": port}, progress=print)
    assert status(other).phase == "failed"
    assert not down(other)
    assert status(other).phase == "down"
    with pytest.raises(SettingsError):
        up("embedded", other, only={"mysql"}, progress=print)


def test_an_interrupted_up_takes_the_stack_back(directory: Path) -> None:
    def interrupt(_line: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        up("embedded", directory, only=CACHE, progress=interrupt)
    assert status(directory).phase == "down"
