"""The demo's past: replayed in event time, learnt from, and made the live parts' first state."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from console.report import Importance
from events.arrival import Arrival
from events.types import Transaction
from graph.publish import publish
from graph.rings_writer import write_rings
from ringwatch.backfilling import seed_installation
from ringwatch.cli.release import put_in_force
from ringwatch.reporting.importance import importance
from ringwatch.wiring import Wiring
from scoring import Model, Release
from streaming.backfill import Backfill
from streaming.training import Known, Lesson, gather, learn

DAY_MS = 86_400_000
LABEL_DELAY_MS = 14 * DAY_MS
ACTOR = "demo"


class Until:
    """One iterator in two: arrivals before a moment, then the rest. `payments`: authorisations that went by."""

    def __init__(self, arrivals: Iterable[Arrival]) -> None:
        self.payments: list[Transaction] = []
        self._arrivals = self._watched(arrivals)
        self._next: Arrival | None = None

    def _watched(self, arrivals: Iterable[Arrival]) -> Iterator[Arrival]:
        for arrival in arrivals:
            if isinstance(arrival.message, Transaction) and arrival.message.kind == "authorisation":
                self.payments.append(arrival.message)
            yield arrival

    def before(self, time_ms: int) -> Iterator[Arrival]:
        """Everything up to `time_ms`, which it leaves out."""
        if self._next is not None:
            if self._next.time >= time_ms:
                return
            yield self._next
            self._next = None
        for arrival in self._arrivals:
            if arrival.time >= time_ms:
                self._next = arrival
                return
            yield arrival


@dataclass(frozen=True, slots=True)
class Past:
    """What the past left: the driver with its state, the release trained on it."""

    driver: Backfill
    release: Release
    rows: int
    importance: tuple[Importance, ...]


def live_through(
    parts: Wiring,
    arrivals: Iterable[Arrival],
    until_ms: int,
    *,
    every_ms: int,
    progress: Callable[[int], None],
) -> Past:
    """Replay, train, store and activate."""
    driver = parts.backfill(communities_every_ms=every_ms)
    known = Known()
    rows = gather(driver.rows(known.watch(arrivals), progress=progress))
    lesson = Lesson(until_ms, LABEL_DELAY_MS, seed=parts.settings.communities.seed)
    trained = learn(rows, known, lesson, parts.columns, parts.costs)
    release = parts.store_release(trained, actor=ACTOR, reason="trained on the demo's past")
    put_in_force(parts, release.id, ACTOR, "first release")
    model = Model.load(trained.model)
    return Past(driver, release, len(rows.ids), importance(model, parts.columns, rows.x))


def hand_over(parts: Wiring, past: Past, until_ms: int, progress: Callable[[int], None]) -> None:
    """Scorer state, label index, graph and graph features of the past, for the live parts to go on from."""
    seed_installation(parts, past.driver, past.release.id, progress)
    features = past.driver.refresh(until_ms)
    publish(features, parts.cache, parts.blobs, now_ms=parts.clock.now_ms())
    write_rings(parts.graph, features)
