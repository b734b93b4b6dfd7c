"""What is published is what is read, from one version at a time, and a dead store never raises."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from events.errors import FencedError, UnavailableError
from events.types import EntityKind, Status
from features.assemble import GRAPH_KINDS
from features.graph_columns import GRAPH_COLUMNS
from graph.graph_features import COLUMNS, GraphFeatures, make_features
from graph.lookup import NO_VERSION, GraphFeatureReader, MemoryGraphFeatures
from graph.publish import current, load, newest, publish
from storage import ManualClock, MemoryKeyValue
from storage.kv import KeyValue

CARD, DEVICE = GRAPH_KINDS.index("card"), GRAPH_KINDS.index("device")
NOW = 1_800_000_000_000


class MemoryBlobs:
    def __init__(self) -> None:
        self.held: dict[str, bytes] = {}

    def put(self, key: str, data: bytes, *, if_absent: bool = False) -> None:
        self.held[key] = self.held.get(key, data) if if_absent else data

    def get(self, key: str) -> bytes:
        return self.held[key]

    def exists(self, key: str) -> bool:
        return key in self.held

    def list(self, prefix: str = "") -> "list[str]":
        return sorted(key for key in self.held if key.startswith(prefix))

    def delete(self, key: str) -> None:
        self.held.pop(key, None)


class Flaky:
    """A store that can be switched off."""

    def __init__(self, kv: KeyValue) -> None:
        self._kv = kv
        self.down = False
        self.calls = 0

    def __getattr__(self, name: str) -> object:
        self.calls += 1
        if self.down:
            raise UnavailableError("switched off")
        return getattr(self._kv, name)


def made(cut_ms: int, ring_score: float) -> GraphFeatures:
    tokens = ("card.1.a", "card.1.b", "device.1.a")
    values = np.zeros((3, len(GRAPH_COLUMNS)), np.float32)
    values[:, COLUMNS["ring_score"]] = ring_score
    values[:, COLUMNS["degree"]] = (5, 1, 7)
    values[:, COLUMNS["community_size"]] = (3, 1, 3)
    return make_features(
        cut_ms, tokens, np.array([0, 0, 2], np.uint8), values, np.zeros(3, np.bool_), ("c1", "", "c1"), (), ()
    )


PAYMENT: Sequence[Mapping[EntityKind, str]] = (
    {"card": "card.1.a", "device": "device.1.a", "merchant": "merchant.0.x"},
    {"card": "card.1.b", "device": "device.1.zz"},
)


class Setup:
    def __init__(self) -> None:
        self.clock = ManualClock(NOW)
        self.kv = Flaky(MemoryKeyValue(self.clock))
        self.blobs = MemoryBlobs()
        self.reader = GraphFeatureReader(self.kv, self.clock)  # type: ignore[arg-type]  # answers through __getattr__

    def publish(self, features: GraphFeatures, ttl_ms: int = 86_400_000) -> None:
        publish(features, self.kv, self.blobs, now_ms=self.clock.now_ms(), ttl_ms=ttl_ms)  # type: ignore[arg-type]  # fakes


@pytest.fixture
def setup() -> Setup:
    return Setup()


def test_before_the_first_version_everything_is_absent(setup: Setup) -> None:
    rows = setup.reader.read(PAYMENT)
    assert rows.version == NO_VERSION
    assert (rows.status == Status.ABSENT).all()


def test_rows_come_back_and_memory_serves_the_same(setup: Setup) -> None:
    features = made(NOW, 0.8)
    setup.publish(features)
    rows = setup.reader.read(PAYMENT)
    assert rows.version == features.version
    assert rows.status[0, CARD] == Status.FRESH
    assert rows.values[0, DEVICE, COLUMNS["degree"]] == 7
    assert rows.status[1, CARD] == Status.ABSENT, "an entity of its own is not worth serving"
    assert rows.status[1, DEVICE] == Status.ABSENT
    again = MemoryGraphFeatures(features).read(PAYMENT)
    np.testing.assert_array_equal(again.values, rows.values)
    np.testing.assert_array_equal(again.status, rows.status)


def test_a_newer_version_counts_from_the_next_batch(setup: Setup) -> None:
    first, second = made(NOW, 0.1), made(NOW + 1, 0.9)
    setup.publish(first)
    assert setup.reader.read(PAYMENT).version == first.version
    setup.publish(second)
    assert setup.reader.read(PAYMENT).version == first.version
    rows = setup.reader.read(PAYMENT)
    assert rows.version == second.version
    assert rows.values[0, CARD, COLUMNS["ring_score"]] == np.float32(0.9)
    replayed = setup.reader.read(PAYMENT, first.version)
    assert replayed.values[0, CARD, COLUMNS["ring_score"]] == np.float32(0.1)


def test_one_round_trip_a_batch(setup: Setup) -> None:
    setup.publish(made(NOW, 0.5))
    setup.reader.read(PAYMENT)
    before = setup.kv.calls
    setup.reader.read(PAYMENT)
    assert setup.kv.calls == before + 1


def test_a_dead_store_shows_in_the_status_only(setup: Setup) -> None:
    features = made(NOW, 0.5)
    setup.publish(features)
    setup.reader.read(PAYMENT[:1])
    setup.kv.down = True
    rows = setup.reader.read(PAYMENT)
    assert rows.status[0, CARD] == Status.STALE
    assert rows.values[0, CARD, COLUMNS["degree"]] == 5
    assert rows.status[1, DEVICE] == Status.FAILED
    fresh_process = GraphFeatureReader(setup.kv, setup.clock)  # type: ignore[arg-type]  # as above
    assert fresh_process.read(PAYMENT).status[0, CARD] == Status.FAILED
    setup.kv.down = False
    assert fresh_process.read(PAYMENT).status[0, CARD] == Status.FRESH


def test_expired_rows_are_failed_not_absent(setup: Setup) -> None:
    setup.publish(made(NOW, 0.5), ttl_ms=1_000)
    setup.clock.sleep(2)
    assert setup.reader.read(PAYMENT).status[0, CARD] == Status.FAILED


def test_an_old_version_is_stale(setup: Setup) -> None:
    setup.publish(made(NOW, 0.5))
    setup.clock.sleep(7_200)
    assert setup.reader.read(PAYMENT).status[0, CARD] == Status.STALE


def test_versions_are_kept_and_a_fenced_publisher_moves_nothing(setup: Setup) -> None:
    first, second = made(NOW, 0.1), made(NOW + 1, 0.9)
    setup.publish(first)

    def fenced() -> None:
        raise FencedError("another holds the lease")

    with pytest.raises(FencedError):
        publish(second, setup.kv, setup.blobs, now_ms=NOW, fence=fenced)  # type: ignore[arg-type]  # fakes
    assert current(setup.kv) == first.version  # type: ignore[arg-type]  # a fake
    back = load(setup.blobs, first.version)  # type: ignore[arg-type]  # a fake
    assert back.version == first.version
    assert newest(setup.blobs) == second.version  # type: ignore[arg-type]  # a fake
