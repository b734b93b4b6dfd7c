"""A world's rows as the ablation gets them: both passes over one stream, the truth beside them."""

from itertools import pairwise, takewhile

import numpy as np
import pytest

from features.feature import VelocityFeature
from ringwatch.world_rows import Keys, WorldRows, door, world_rows
from scoring import Costs, columns_of
from scoring.ablation import ablate
from simulator import World, preset
from streaming.backfill import DAY_MS, Backfill, BackfillSettings
from streaming.training import gather

SEED = 3


@pytest.fixture(scope="module")
def world() -> World:
    return World(preset("tiny"), SEED)


@pytest.fixture(scope="module")
def rows(world: World) -> WorldRows:
    return world_rows(
        world,
        until_ms=world.spec.start_ms + 18 * DAY_MS,
        label_delay_ms=5 * DAY_MS,
        communities_every_ms=3 * DAY_MS,
    )


def test_the_first_pass_is_the_plain_back_fill(world: World, rows: WorldRows) -> None:
    driver = Backfill(rows.catalogue, Keys.load().cache, BackfillSettings(communities_every_ms=3 * DAY_MS))
    plain = gather(
        driver.rows(takewhile(lambda arrival: arrival.time < world.spec.end_ms, world.arrivals(door())))
    )
    assert np.array_equal(rows.history.x, plain.x, equal_nan=True)
    assert np.array_equal(rows.history.time, plain.time)


def test_the_second_pass_knows_no_address(rows: WorldRows) -> None:
    x, bare, catalogue = rows.history.x, rows.history.bare, rows.catalogue
    assert bare.shape == x.shape
    untouched = ["txn.amount", "txn.hour", "card.transactions.count.30d", "device.cards.distinct.30d"]
    for name in untouched:
        at = catalogue.index(name)
        assert np.array_equal(x[:, at], bare[:, at], equal_nan=True), name
    of_address = [
        at
        for at, feature in enumerate(catalogue.features)
        if isinstance(feature.source, VelocityFeature) and feature.source.entity == "address"
    ]
    assert np.isnan(bare[:, of_address]).all()
    assert np.isfinite(x[:, of_address]).any()
    assert np.nanmax(bare[:, catalogue.index("graph.max.linked_addresses")]) == 0
    assert np.nanmax(x[:, catalogue.index("graph.max.linked_addresses")]) > 0
    assert np.isnan(bare[:, catalogue.index("graph.address.degree")]).all()


def test_truth_and_knowledge_of_a_payment(world: World, rows: WorldRows) -> None:
    history, frauds = rows.history, world.truth.frauds
    assert history.truth.fraud.sum() == len(frauds) > 0
    assert sorted(rows.kind[rows.kind != ""]) == sorted(fraud.type for fraud in frauds.values())
    assert sorted(rows.ring[rows.ring != ""]) == sorted(f.ring for f in frauds.values() if f.ring)
    after = history.time >= rows.cut.until_ms
    assert history.known[~after].any()
    assert not history.known[after].any()  # nothing is known of what has not happened
    assert rows.held_out_rings == len(set(rows.ring[history.subsets["held-out rings"]]))


def test_a_ring_is_one_cluster_and_a_card_another(rows: WorldRows) -> None:
    cluster, ring, fraud = rows.history.truth.cluster, rows.ring, rows.history.truth.fraud
    for name in set(ring[ring != ""]):
        assert len(set(cluster[ring == name])) == 1, name
    assert set(cluster[ring != ""]).isdisjoint(cluster[ring == ""])
    assert 1 < len(set(cluster[fraud])) <= fraud.sum()
    assert len(set(cluster[~fraud])) < (~fraud).sum()


def test_a_tiny_world_goes_through_the_ablation(rows: WorldRows) -> None:
    found = ablate(rows.history, rows.cut, columns_of(rows.catalogue), Costs(), seed=1, resamples=5)
    names = [step.name for step in found.steps.cumulative]
    assert all(len(found.scores[name]) == len(rows.cut.test(rows.history.time)) for name in names)
    sizes = [len(step.columns) for step in found.steps.cumulative]
    assert all(a < b for a, b in pairwise(sizes))
    assert sizes[-1] == len(rows.catalogue.names)
