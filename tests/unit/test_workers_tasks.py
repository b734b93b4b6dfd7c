"""The tasks by themselves: run again, killed anywhere, fenced, with a cache that was lost."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from bench.graph_world import make_world
from events import codec, topics
from events.errors import FencedError, NotFoundError
from features.catalogue import default_catalogue
from graph import EdgeFold, EdgeTable, GraphStore
from graph.features_file import blob_key
from graph.publish import CURRENT, current, load, newest, pointer, row_key, version_key, worth_serving
from lake import files
from lake.tables import Stored
from nlp import KeyCache, load_parser
from scoring import Costs, Registry
from storage import FolderBlobs, Lease, ManualClock, MemoryKeyValue
from storage.kv import KeyValue
from tests.support.made import DAY, T0, payment
from workers import Clients, TakenError, WorkerParts, WorkerSettings, tasks
from workers.tasks.communities import ROLE

WORLD = make_world(households=15, rings=2, days=60, labels=True)
HALF = len(WORLD.events) // 2
SETTINGS = WorkerSettings("redis://nowhere", lease_s=30)


def table(count: int = len(WORLD.events)) -> EdgeTable:
    fold = EdgeFold()
    for event, key in WORLD.events[:count]:
        fold.add(event, key)
    return fold.table()


class FakeGraph:
    """A table to read; of what is written, the ring nodes are kept."""

    def __init__(self, edges: EdgeTable) -> None:
        self.edges = edges
        self.rings: dict[str, dict[str, object]] = {}

    def read_edges(self) -> EdgeTable:
        return self.edges

    def read(self, statement: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[object, ...]]:  # noqa: ARG002
        return []  # no address is at another's place

    def write(self, work: Callable[["FakeGraph"], None]) -> None:
        self.rings = {}
        work(self)

    def run(self, statement: str, parameters: Mapping[str, Any] | None = None) -> list[tuple[object, ...]]:
        if "Community" in statement and parameters and "rows" in parameters and not self.rings:
            self.rings = dict(parameters["rows"])
        return []


class Killed(BaseException):
    """What no code of ours catches, as it would not a kill."""


class Watched:
    """A key-value store that calls `before` ahead of every change."""

    def __init__(self, kv: KeyValue) -> None:
        self._kv = kv
        self.before: Callable[[str, tuple[Any, ...]], None] = lambda _name, _arguments: None

    def __getattr__(self, name: str) -> Callable[..., object]:
        def call(*arguments: Any, **named: Any) -> object:
            if name in {"set", "set_many", "set_if_absent", "compare_and_set", "delete"}:
                self.before(name, arguments)
            return cast("object", getattr(self._kv, name)(*arguments, **named))

        return call


class Place:
    """The services that outlive a worker."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock(T0 + 100 * DAY)
        self.graph = FakeGraph(table())
        self.cache = MemoryKeyValue(self.clock)
        self.watched = Watched(self.cache)
        self.leases = MemoryKeyValue(self.clock)
        self.blobs = FolderBlobs(folder)

    def worker(self) -> Clients:
        return Clients(
            WorkerParts(
                graph=lambda: cast("GraphStore", self.graph),
                cache=lambda: cast("KeyValue", self.watched),
                leases=lambda: self.leases,
                blobs=lambda: self.blobs,
                addresses=lambda: KeyCache(load_parser()),
                catalogue=default_catalogue,
                costs=Costs(),
                clock=self.clock,
                settings=SETTINGS,
            )
        )

    def versions(self) -> list[str]:
        return list(self.blobs.list("graph-features/"))

    def assert_whole(self) -> str:
        """Behind the pointer is a whole version, and the rings are its rings."""
        version = current(self.cache)
        assert version is not None
        features = load(self.blobs, version)
        worth = [
            token
            for token, is_worth in zip(features.tokens, worth_serving(features), strict=True)
            if is_worth
        ]
        assert worth
        assert all(self.cache.mget([version_key(version), *(row_key(version, token) for token in worth)]))
        return version


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_the_same_graph_is_published_once_and_kept_alive(place: Place) -> None:
    first = tasks.refresh(place.worker())
    assert first["result"] == "published"
    assert first["rings"] == len(place.graph.rings) > 0
    place.clock.sleep(900)
    second = tasks.refresh(place.worker())
    assert (second["result"], second["version"]) == ("unchanged", first["version"])
    assert len(place.versions()) == 1
    found = pointer(place.cache)
    assert found is not None
    assert found.published_ms == place.clock.now_ms(), "readers see that the version is still the newest"
    place.clock.sleep(SETTINGS.keep_versions_s - 900 + 1)  # rows of the first run would be gone now
    place.assert_whole()


def test_a_changed_graph_is_a_new_version_whose_communities_live_on(place: Place) -> None:
    place.graph.edges = table(HALF)
    old = load(place.blobs, tasks.refresh(place.worker())["version"])
    place.graph.edges = table()
    place.cache.delete(CURRENT)  # evicted: the identities must not depend on the cache
    new = load(place.blobs, tasks.refresh(place.worker())["version"])
    assert new.version != old.version
    assert set(old.community) & set(new.community) - {""}
    assert place.assert_whole() == new.version


def test_an_empty_graph_publishes_nothing(place: Place) -> None:
    place.graph.edges = table(0)
    assert tasks.refresh(place.worker())["result"] == "unchanged"
    assert current(place.cache) is None


def test_a_version_that_can_not_be_read_does_not_stop_the_next(place: Place) -> None:
    place.graph.edges = table(HALF)
    bad = tasks.refresh(place.worker())["version"]
    place.blobs.put(blob_key(bad), b"damaged")
    place.graph.edges = table()
    assert tasks.refresh(place.worker())["result"] == "published"
    assert place.assert_whole() != bad


def kill_at(number: int, place: Place) -> None:
    """The worker dies ahead of its change `number` of the cache."""
    left = [number]

    def count(_name: str, _arguments: tuple[Any, ...]) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Killed

    place.watched.before = count


@pytest.mark.parametrize("changes", range(3))
def test_killed_anywhere_another_run_ends_the_work(place: Place, tmp_path: Path, changes: int) -> None:
    calm = Place(tmp_path / "calm")
    expected = tasks.refresh(calm.worker())
    kill_at(changes, place)
    with pytest.raises(Killed):
        tasks.refresh(place.worker())
    assert current(place.cache) is None, "the pointer moves last"
    place.watched.before = lambda _name, _arguments: None
    assert tasks.refresh(place.worker()) == expected
    assert place.assert_whole() == expected["version"]
    assert place.graph.rings == calm.graph.rings


def test_killed_behind_the_pointer_the_rings_are_written_by_the_next(place: Place) -> None:
    def killed(_work: object) -> None:
        raise Killed

    write, place.graph.write = place.graph.write, killed  # type: ignore[method-assign,assignment]  # a kill
    with pytest.raises(Killed):
        tasks.refresh(place.worker())
    version = place.assert_whole()
    place.graph.write = write  # type: ignore[method-assign]  # as before
    again = tasks.refresh(place.worker())
    assert (again["result"], again["version"]) == ("unchanged", version)
    assert len(place.graph.rings) == again["rings"] > 0


def test_a_taken_role_is_not_entered_until_its_lease_has_ended(place: Place) -> None:
    dead = Lease(place.leases, ROLE, SETTINGS.lease_s * 1000, place.clock)
    assert dead.acquire() is not None
    for task in (tasks.refresh, tasks.publish):
        with pytest.raises(TakenError):
            task(place.worker())
    assert current(place.cache) is None
    place.clock.sleep(SETTINGS.lease_s)
    assert tasks.refresh(place.worker())["result"] == "published"


def test_a_fenced_run_publishes_nothing(place: Place) -> None:
    """Paused among its rows for longer than its lease; meanwhile another one takes the role."""
    other = Lease(place.leases, ROLE, SETTINGS.lease_s * 1000, place.clock)

    def pause(name: str, _arguments: tuple[Any, ...]) -> None:
        if name == "set_many":
            place.clock.sleep(SETTINGS.lease_s + 1)
            other.acquire()

    place.watched.before = pause
    with pytest.raises(FencedError):
        tasks.refresh(place.worker())
    assert current(place.cache) is None
    assert place.graph.rings == {}


def test_a_run_paused_behind_its_fence_publishes_nothing_either(place: Place) -> None:
    """The last moment: the lease was just checked, the pointer is about to move, and another's is there first."""

    def overtake(name: str, arguments: tuple[Any, ...]) -> None:
        if name == "compare_and_set" and arguments[0] == CURRENT:
            place.cache.set(CURRENT, b'{"version":"theirs","cut_ms":1,"published_ms":1}')

    place.watched.before = overtake
    with pytest.raises(FencedError):
        tasks.refresh(place.worker())
    assert current(place.cache) == "theirs"
    assert place.graph.rings == {}


def test_a_lost_cache_is_filled_again(place: Place) -> None:
    assert tasks.publish(place.worker()) == {
        "result": "unchanged", "why": "no version of graph features was ever published",
    }  # fmt: skip
    version = tasks.refresh(place.worker())["version"]
    assert tasks.publish(place.worker()) == {"result": "unchanged"}
    place.cache = MemoryKeyValue(place.clock)
    place.watched._kv = place.cache
    assert tasks.publish(place.worker()) == {"result": "published", "version": version}
    assert place.assert_whole() == version


def test_rows_that_come_back_do_not_look_newer_than_they_are(place: Place) -> None:
    tasks.refresh(place.worker())
    before = pointer(place.cache)
    place.clock.sleep(SETTINGS.keep_versions_s + 120)
    assert tasks.publish(place.worker())["result"] == "published"
    place.assert_whole()
    assert pointer(place.cache) == before


def test_an_older_version_is_published_when_asked_for(place: Place) -> None:
    place.graph.edges = table(HALF)
    old = tasks.refresh(place.worker())["version"]
    place.graph.edges = table()
    new = tasks.refresh(place.worker())["version"]
    assert newest(place.blobs) == new
    tasks.publish(place.worker(), old)
    assert place.assert_whole() == old
    with pytest.raises(NotFoundError):
        tasks.publish(place.worker(), "0" * 16)


def _lake(place: Place, count: int) -> None:
    rows = [payment(number) for number in range(count)]
    topic = topics.TRANSACTIONS.name
    files.write(place.blobs, topic, 0, 0, count, list(_stored(rows)))


def _stored(rows: list[Any]) -> Iterator[Stored]:
    for offset, row in enumerate(rows):
        yield Stored(offset, row.time, row, codec.encode(row))


def test_training_twice_on_one_lake_gives_one_release_and_activates_nothing(place: Place) -> None:
    _lake(place, 60)
    registry = Registry(place.blobs, place.clock)
    runs = []
    for _ in range(2):
        runs.append(tasks.train(place.worker(), T0 + 30 * DAY, DAY, actor="ana", reason="test"))
        place.clock.sleep(60)
    assert runs[0] == runs[1]
    assert [release.id for release in registry.releases()] == [runs[0]["release"]]
    assert registry.active() is None


def test_training_on_nothing_says_so(place: Place) -> None:
    with pytest.raises(NotFoundError, match="no authorisation"):
        tasks.train(place.worker(), T0, DAY, actor="ana", reason="test")


def test_training_that_lost_its_role_stores_nothing(place: Place) -> None:
    _lake(place, 20)
    parts = place.worker()
    other = Lease(place.leases, "training", 1_000, place.clock)

    class Slow:
        """Takes longer to read than the lease lasts."""

        def __getattr__(self, name: str) -> object:
            if name == "list":
                place.clock.sleep(SETTINGS.lease_s + 1)
                other.acquire()
            return getattr(place.blobs, name)

    parts.__dict__["blobs"] = Slow()
    with pytest.raises(FencedError):
        tasks.train(parts, T0 + 30 * DAY, DAY, actor="ana", reason="test")
    assert Registry(place.blobs, place.clock).releases() == []
