"""Back-fill: two runs give the same bytes, the future does not change the past, batches have no meaning."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from events.arrival import Arrival
from events.door import Door
from events.money import default_rates
from events.tokens import Tokeniser
from events.types import Transaction
from features.catalogue import Catalogue, default_catalogue
from nlp import KeyCache, load_parser
from ringwatch.backfilling import decide_history
from scoring import RuleSet, Scorer, columns_of
from simulator import World, preset
from streaming.backfill import DAY_MS, Backfill, BackfillSettings

SUSPICIOUS = b"""{"schema": 1, "rules": [
    {"code": "shared_device", "title": "Many cards on the device", "action": "review",
    "when": {"node": "feature", "name": "device.cards.distinct.7d", "op": ">", "value": 1}},
    {"code": "ring", "title": "In a ring", "action": "decline",
    "when": {"node": "feature", "name": "graph.max.ring_score", "op": ">", "value": 0.3}}]}"""


@pytest.fixture(scope="module")
def addresses() -> KeyCache:
    return KeyCache(load_parser())


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return default_catalogue()


@pytest.fixture(scope="module")
def history() -> Sequence[Arrival]:
    door = Door(Tokeniser({1: b"k" * 32}, 1), default_rates())
    return list(World(preset("tiny"), 3).arrivals(door))


class Replay:
    """Decides a history, each time from nothing."""

    def __init__(self, folder: Path, catalogue: Catalogue, addresses: KeyCache) -> None:
        self._folder = folder
        self._catalogue = catalogue
        self._addresses = addresses
        self._runs = 0

    def __call__(
        self, arrivals: Iterable[Arrival], *, batch: int = 500, every_ms: int = 3 * DAY_MS
    ) -> list[bytes]:
        self._runs += 1
        out = self._folder / f"run-{self._runs}.jsonl"
        settings = BackfillSettings(communities_every_ms=every_ms, batch=batch)
        scorer = Scorer.cold(columns_of(self._catalogue), rules=RuleSet.load(SUSPICIOUS))
        decide_history(Backfill(self._catalogue, self._addresses, settings), arrivals, scorer, out)
        return out.read_bytes().splitlines()


@pytest.fixture
def replay(tmp_path: Path, catalogue: Catalogue, addresses: KeyCache) -> Replay:
    return Replay(tmp_path, catalogue, addresses)


def test_two_runs_give_the_same_bytes_however_batches_are_cut(
    replay: Replay, history: Sequence[Arrival]
) -> None:
    first = replay(history)
    assert first == replay(history)
    assert first == replay(history, batch=37)
    actions = {b'"action":"review"' in line or b'"action":"decline"' in line for line in first}
    assert actions == {True, False}, "the world must give the rules something to decide"
    authorisations = [
        a for a in history if isinstance(a.message, Transaction) and a.message.kind == "authorisation"
    ]
    assert len(first) == len(authorisations)


@pytest.mark.parametrize("share", [0.3, 0.7])
def test_the_future_does_not_change_the_past(
    replay: Replay, history: Sequence[Arrival], share: float
) -> None:
    cut = history[int(len(history) * share)].time
    changed = [a for a in history if a.time < cut or not isinstance(a.message, Transaction)]
    past = sum(
        isinstance(a.message, Transaction) and a.message.kind == "authorisation" and a.time < cut
        for a in history
    )
    whole = replay(history)
    assert whole[:past] == replay(changed)[:past]
    assert whole[:past] == replay([a for a in history if a.time < cut])


def test_graph_features_do_count(replay: Replay, history: Sequence[Arrival]) -> None:
    assert replay(history) != replay(history, every_ms=0)
