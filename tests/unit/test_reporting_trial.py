"""One pass that learns, decides and samples: the same rows as two passes, whole customers, nothing decided twice."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from events.arrival import Arrival
from events.errors import NotFoundError
from events.types import Decision, Transaction
from features.catalogue import default_catalogue
from nlp import KeyCache, load_parser
from ringwatch.paired_rows import Beside, Keyless, paired_rows, side_by_side
from ringwatch.reporting.evidence import Sample, frauds_on_either_side, joined, steps_with
from ringwatch.reporting.kept import Kept
from ringwatch.reporting.trial import Trial
from ringwatch.reporting.verdicts import Verdicts
from ringwatch.world_rows import door
from scoring import Scorer, columns_of
from scoring.ablation import Cut
from simulator import World, preset
from storage import FolderBlobs
from streaming.backfill import DAY_MS, Backfill, BackfillSettings
from streaming.decide import Decider
from streaming.training import Gathered

CATALOGUE = default_catalogue()
COLUMNS = columns_of(CATALOGUE)
SETTINGS = BackfillSettings(communities_every_ms=5 * DAY_MS, batch=300)
DELAY = 3 * DAY_MS


@pytest.fixture(scope="module")
def history() -> Sequence[Arrival]:
    return list(World(preset("tiny"), 3).arrivals(door()))


@pytest.fixture(scope="module")
def keys() -> KeyCache:
    return KeyCache(load_parser())


def rows_of(history: Sequence[Arrival], keys: KeyCache, verdicts: Verdicts) -> list[Beside]:
    twin = Backfill(CATALOGUE, Keyless(load_parser()), SETTINGS)
    return list(side_by_side(Backfill(CATALOGUE, keys, SETTINGS), twin, verdicts.watch(history)))


def payments(history: Sequence[Arrival]) -> list[Transaction]:
    return [
        a.message for a in history if isinstance(a.message, Transaction) and a.message.kind == "authorisation"
    ]


def test_a_sample_of_all_is_what_two_passes_give(history: Sequence[Arrival], keys: KeyCache) -> None:
    verdicts = Verdicts()
    sample = Sample(1.0)
    for served, bare in rows_of(history, keys, verdicts):
        sample.add(served, bare)
    until = (history[0].time + history[-1].time) // 2
    cut = Cut(until, DELAY)
    features = Backfill(CATALOGUE, keys, SETTINGS).refresh(0)  # of nothing: every customer stands alone
    found = sample.history(verdicts, cut, features)
    oracle = paired_rows(history, CATALOGUE, load_parser(), SETTINGS, keys=keys)
    np.testing.assert_array_equal(found.x, oracle.rows.x)
    np.testing.assert_array_equal(found.bare, oracle.bare)
    assert not np.array_equal(found.x, found.bare, equal_nan=True)
    known = oracle.known.fraud(oracle.rows.ids, until)
    assert found.known.tolist() == known.tolist()
    assert found.truth.weight.tolist() == [1.0] * len(found.time)
    assert len(set(found.truth.cluster.tolist())) == len(set(oracle.rows.cards))
    ever = oracle.known.fraud(oracle.rows.ids, 1 << 62)
    train = found.time < until - DELAY
    assert frauds_on_either_side(found, cut) == (
        int(known[train].sum()),
        int(ever[found.time >= until].sum()),
    )


def test_a_share_is_of_whole_customers(history: Sequence[Arrival], keys: KeyCache) -> None:
    verdicts, drawn, whole = Verdicts(), Sample(0.4), Sample(1.0)
    for served, bare in rows_of(history, keys, verdicts):
        drawn.add(served, bare)
        whole.add(served, None)
    some, every = joined(drawn._rows), joined(whole._rows)
    chosen = set(some.cards)
    assert some.ids == tuple(
        name for name, card in zip(every.ids, every.cards, strict=True) if card in chosen
    )
    assert 0.2 < len(chosen) / len(set(every.cards)) < 0.6
    features = Backfill(CATALOGUE, keys, SETTINGS).refresh(0)
    found = drawn.history(verdicts, Cut(0, 0), features)
    assert found.truth.weight[0] == pytest.approx(2.5)
    assert len(found.bare) == len(found.x) == len(some.ids)


def test_a_community_is_resampled_as_one(history: Sequence[Arrival], keys: KeyCache) -> None:
    driver, verdicts, sample = Backfill(CATALOGUE, keys, SETTINGS), Verdicts(), Sample(1.0)
    cards: list[str] = []
    for served, _ in side_by_side(driver, None, verdicts.watch(history)):
        sample.add(served, None)
        cards += [found.get("card") or found.get("account") or "" for found in served.entities]
    features = driver.refresh(history[-1].time)
    found = sample.history(verdicts, Cut(0, 0), features)
    community = dict(zip(features.tokens, features.community, strict=True))
    groups: dict[str, set[int]] = {}
    for card, cluster in zip(cards, found.truth.cluster.tolist(), strict=True):
        groups.setdefault(community.get(card) or card, set()).add(cluster)
    assert all(len(clusters) == 1 for clusters in groups.values())
    assert len({next(iter(clusters)) for clusters in groups.values()}) == len(groups)
    assert len(groups) < len(set(cards))
    assert found.bare is found.x


def test_steps_that_have_nothing_to_say_are_left_out() -> None:
    def names(*, addresses: bool, graph: bool) -> list[str]:
        return [step.name for step in steps_with(COLUMNS, addresses=addresses, graph=graph).each]

    assert names(addresses=True, graph=True) == [
        "amount", "+payment", "+velocity", "+graph", "+address", "-velocity", "-graph", "-address",
    ]  # fmt: skip
    assert names(addresses=False, graph=True) == [
        "amount", "+payment", "+velocity", "+graph", "-velocity", "-graph",
    ]  # fmt: skip
    assert names(addresses=False, graph=False) == ["amount", "+payment", "+velocity", "-velocity"]


class Learner:
    """Keeps what it was given to learn from, and decides by rules alone."""

    def __init__(self) -> None:
        self.given: list[Gathered] = []

    def __call__(self, rows: Gathered) -> Scorer:
        self.given.append(rows)
        return Scorer.cold(COLUMNS)


def test_what_is_early_is_learnt_from_once_and_what_is_later_is_decided_once(
    history: Sequence[Arrival], keys: KeyCache, tmp_path: Path
) -> None:
    learner, written = Learner(), list[Decision]()
    paid = payments(history)
    until = paid[len(paid) // 2].time
    trial = Trial(
        Decider(CATALOGUE, lane="backfill"),
        Kept(FolderBlobs(tmp_path)),
        None,
        until,
        learn=learner,
        write=written.extend,
    )
    scorer = trial.run(side_by_side(Backfill(CATALOGUE, keys, SETTINGS), None, history))
    assert scorer.release == "cold"
    (rows,) = learner.given
    early = [each for each in paid if each.time < until]
    later = [each for each in paid if each.time >= until]
    assert rows.ids == tuple(each.id for each in early)
    assert trial.ledger.transactions == [each.id for each in later] == [each.transaction for each in written]
    assert trial.ledger.span == (later[0].time, later[-1].time)
    assert trial.recent.shape == (len(later), len(COLUMNS.names))


def test_with_a_scorer_everything_is_decided(
    history: Sequence[Arrival], keys: KeyCache, tmp_path: Path
) -> None:
    trial = Trial(Decider(CATALOGUE), Kept(FolderBlobs(tmp_path)), Scorer.cold(COLUMNS))
    trial.run(side_by_side(Backfill(CATALOGUE, keys, SETTINGS), None, history))
    assert len(trial.ledger) == len(payments(history))


def test_nothing_to_decide_is_said(history: Sequence[Arrival], keys: KeyCache, tmp_path: Path) -> None:
    end = history[-1].time + 1
    trial = Trial(Decider(CATALOGUE), Kept(FolderBlobs(tmp_path)), None, end, learn=Learner())
    with pytest.raises(NotFoundError, match="no authorisation to decide from 20"):
        trial.run(side_by_side(Backfill(CATALOGUE, keys, SETTINGS), None, history))
