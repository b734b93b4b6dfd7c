"""The velocity engine against a naive loop, and what it promises of batches, refolding, eviction and memory."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from events.types import Status
from features.batch import Batch
from features.catalogue import Catalogue, default_catalogue
from features.feature import Aggregate, Feature, VelocityFeature
from features.keys import KEY_INDEX, KEYS, EventKind
from features.velocity import VelocityEngine
from tests.support.naive_windows import ALWAYS, naive

A, D, F = EventKind.AUTHORISATION, EventKind.OUTCOME_DECLINED, EventKind.LABEL_FRAUD
LATENESS = 20
LIMIT = 3
PLAIN: tuple[Aggregate, ...] = (
    "count", "sum", "mean", "std", "min", "max", "last", "first", "since_last", "since_first",
)  # fmt: skip
PARTNERS = {"card": "merchant", "device": "card+merchant", "card+merchant": "device", "card+amount": "ip"}
Result = tuple[NDArray[np.float64], NDArray[np.uint8]]


def rich(windows: tuple[int, ...], limit: int = LIMIT) -> Catalogue:
    """Every aggregate, over entities and pairs, with and without delay and filters."""
    sources: list[VelocityFeature] = []
    for entity, partner in PARTNERS.items():
        for window in windows:
            for delay in (0, 2, windows[-1] // 2):
                sources += [
                    VelocityFeature(entity=entity, kinds=(A,), aggregate=it, window_ms=window, delay_ms=delay)
                    for it in PLAIN
                ]
                sources.append(
                    VelocityFeature(
                        entity=entity, kinds=(A, D), aggregate="distinct", window_ms=window, delay_ms=delay,
                        partner=partner,
                    )
                )  # fmt: skip
            sources += [
                VelocityFeature(entity=entity, kinds=(D, F), aggregate="count", window_ms=window),
                VelocityFeature(
                    entity=entity,
                    kinds=(A,),
                    aggregate="max",
                    window_ms=window,
                    channels=("ecommerce", "moto"),
                ),
                VelocityFeature(
                    entity=entity,
                    kinds=(A,),
                    aggregate="sum",
                    window_ms=window,
                    amount_from=10,
                    amount_below=99,
                ),
            ]
    return Catalogue(
        tuple(Feature(f"f{i}", "velocity", source, "a test's") for i, source in enumerate(sources)),
        distinct_limit=limit,
    )


SMALL = rich((1, 7, 30))


def history(n: int, seed: int, *, span: int, people: int = 3, late: float = 0.2, by: int = 25) -> Batch:
    """n events of few keys at close times: they tie, come late and overflow the distinct limit."""
    random = np.random.default_rng(seed)
    time = np.sort(random.integers(0, span, n))
    behind = random.random(n) < late
    time[behind] -= random.integers(0, by, int(behind.sum()))
    keys = random.integers(0, people + 1, (n, len(KEYS))).astype(np.uint64)
    return Batch(
        seq=np.arange(n, dtype=np.int64),
        time=time.astype(np.int64),
        kind=random.choice(np.array([A, D, F, EventKind.LOGIN], np.uint8), n, p=[0.75, 0.15, 0.05, 0.05]),
        channel=random.integers(0, 3, n).astype(np.uint8),
        keys=keys,
        amount=random.integers(-20, 150, n) * 10 ** int(random.integers(0, 9)),
    )


def same(catalogue: Catalogue, found: Result, expected: Result) -> None:
    """Equal to the bit, but for standard deviations: the loop and the engine take different ways to their root."""
    np.testing.assert_array_equal(found[1], expected[1])
    deviations = np.array([feature.aggregate == "std" for feature in catalogue.velocity])
    np.testing.assert_array_equal(found[0][:, ~deviations], expected[0][:, ~deviations])
    np.testing.assert_allclose(found[0][:, deviations], expected[0][:, deviations], rtol=1e-12, atol=0)


def identical(found: Result, expected: Result) -> None:
    assert [part.tobytes() for part in found] == [part.tobytes() for part in expected]


EVENTS = st.tuples(
    st.integers(0, 60),
    st.sampled_from([A, A, A, D, F, EventKind.LOGIN]),
    st.integers(0, 3),
    st.tuples(*[st.integers(0, 3)] * 4),
    st.integers(-(1 << 40), 1 << 40),
)


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    rows = draw(st.lists(EVENTS, min_size=1, max_size=60))
    keys = np.zeros((len(rows), len(KEYS)), dtype=np.uint64)
    for column, name in enumerate(("card", "device", "merchant", "amount")):
        keys[:, KEY_INDEX[name]] = [row[3][column] for row in rows]
    keys[:, KEY_INDEX["ip"]] = keys[:, KEY_INDEX["merchant"]]
    return Batch(
        seq=np.arange(len(rows), dtype=np.int64),
        time=np.array([row[0] for row in rows], dtype=np.int64),
        kind=np.array([row[1] for row in rows], dtype=np.uint8),
        channel=np.array([row[2] for row in rows], dtype=np.uint8),
        keys=keys,
        amount=np.array([row[4] for row in rows], dtype=np.int64),
    )


PROPERTY = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])


@PROPERTY
@given(batch=batches())
def test_equals_the_naive_loop_with_late_and_tied_events(batch: Batch) -> None:
    same(SMALL, VelocityEngine(SMALL).update_and_read(batch), naive(SMALL, batch))


@PROPERTY
@given(batch=batches(), data=st.data())
def test_does_not_depend_on_how_batches_are_cut_or_refolded(batch: Batch, data: st.DataObject) -> None:
    whole = VelocityEngine(SMALL).update_and_read(batch)
    engine = VelocityEngine(SMALL, allowed_lateness_ms=LATENESS)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(batch)), max_size=6)) | {0, len(batch)})
    done: list[Batch] = []
    for start, stop in pairwise(cuts):
        part = batch.part(start, stop)
        identical(engine.update_and_read(part), (whole[0][start:stop], whole[1][start:stop]))
        done.append(part)
        if data.draw(st.booleans()):
            engine = VelocityEngine.refold(SMALL, engine.marks(), done, allowed_lateness_ms=LATENESS)


@PROPERTY
@given(batch=batches(), data=st.data())
def test_eviction_cuts_windows_at_the_horizon_whenever_memory_is_freed(
    batch: Batch, data: st.DataObject
) -> None:
    engine = VelocityEngine(SMALL, allowed_lateness_ms=LATENESS)
    found: list[Result] = []
    horizons: list[int] = []
    horizon = ALWAYS
    for i in range(len(batch)):
        found.append(engine.update_and_read(batch.part(i, i + 1)))
        horizons.append(horizon)
        if data.draw(st.booleans()):
            watermark = data.draw(st.integers(0, 90))
            engine.evict(watermark)
            horizon = max(watermark - LATENESS, horizon)
        if data.draw(st.integers(0, 4)) == 0:
            oldest = engine.oldest_ms
            kept = np.flatnonzero(batch.time[: i + 1] >= oldest).tolist()
            parts = [batch.part(x, x + 1) for x in kept]
            engine = VelocityEngine.refold(SMALL, engine.marks(), parts, allowed_lateness_ms=LATENESS)
    expected = naive(SMALL, batch, horizons=horizons)
    same(SMALL, (np.concatenate([it[0] for it in found]), np.concatenate([it[1] for it in found])), expected)


@pytest.mark.parametrize("seed", [1, 2])
def test_long_series_with_events_late_by_many_chunks(seed: int) -> None:
    catalogue = rich((60, 300), limit=5)
    batch = history(1_100, seed, span=330, people=1, late=0.3, by=250)
    engine = VelocityEngine(catalogue, allowed_lateness_ms=5)
    found: list[Result] = []
    horizons: list[int] = []
    for start in range(0, len(batch), 37):
        part = batch.part(start, start + 37)
        horizons += [int(engine.marks().horizon_ms)] * len(part)
        found.append(engine.update_and_read(part))
        if start % 5 == 0:
            engine.evict(int(part.time.max()))
    rows = list(range(seed, len(batch), 5))
    expected = naive(catalogue, batch, rows, horizons)
    same(
        catalogue,
        (np.concatenate([it[0] for it in found])[rows], np.concatenate([it[1] for it in found])[rows]),
        expected,
    )


def test_the_default_catalogue_equals_the_naive_loop_on_sampled_rows() -> None:
    catalogue = default_catalogue()
    day = 86_400_000
    batch = history(12_000, 3, span=40 * day, people=40, late=0.1, by=2 * day)
    values, status = VelocityEngine(catalogue).update_and_read(batch)
    rows = sorted(np.random.default_rng(4).choice(len(batch), 25, replace=False).tolist())
    same(catalogue, (values[rows], status[rows]), naive(catalogue, batch, rows))


def test_only_wanted_rows_are_read_and_the_state_is_the_same() -> None:
    batch = history(2_000, 5, span=3_000)
    one, other = VelocityEngine(SMALL), VelocityEngine(SMALL)
    whole = one.update_and_read(batch)
    wanted = batch.kind == A
    part = other.update_and_read(batch, wanted)
    identical((part[0][wanted], part[1][wanted]), (whole[0][wanted], whole[1][wanted]))
    more = history(300, 6, span=3_000)
    identical(other.update_and_read(more), one.update_and_read(more))


def fresh(start: int, n: int) -> Batch:
    """n events a ms apart, each of keys never seen before, but for one merchant."""
    at = np.arange(start, start + n, dtype=np.int64)
    keys = np.repeat((at + 1).astype(np.uint64)[:, None], len(KEYS), axis=1)
    keys[:, KEY_INDEX["merchant"]] = 7
    return Batch(at, at, np.zeros(n, np.uint8), np.ones(n, np.uint8), keys, 100 + at)


def test_grows_from_nothing_to_many_keys() -> None:
    values, status = VelocityEngine(SMALL).update_and_read(fresh(0, 30_000))
    expected = naive(SMALL, fresh(29_600, 400))  # no window reaches back further than 45 events
    same(SMALL, (values[-300:], status[-300:]), (expected[0][-300:], expected[1][-300:]))


def test_memory_is_flat_while_keys_come_and_go() -> None:
    engine = VelocityEngine(rich((100, 10_000)), allowed_lateness_ms=LATENESS)
    window = 15_000  # the longest with its delay
    sizes, keys = [], []
    for start in range(0, 12 * window, 1_000):
        engine.update_and_read(fresh(start, 1_000), np.zeros(1_000, np.bool_))
        engine.evict(start + 1_000)
        sizes.append(engine.memory_bytes)
        keys.append(engine.usage().keys)
    full = 3 * window // 1_000
    assert max(sizes[full:]) <= 1.01 * max(sizes[:full])
    assert (
        max(keys) < 4 * 3 * window
    )  # of the 3 that come a ms for 15 s, and as much again that waits to be freed


def test_squares_are_exact_where_floats_would_cancel() -> None:
    source = VelocityFeature(entity="card", kinds=(A,), aggregate="std", window_ms=10_000)
    catalogue = Catalogue((Feature("f", "velocity", source, "m"),))
    n = 4_000
    keys = np.ones((n, len(KEYS)), np.uint64)
    amount = 10**15 + np.arange(n, dtype=np.int64) % 2
    at = np.arange(n, dtype=np.int64)
    batch = Batch(at, at, np.zeros(n, np.uint8), np.zeros(n, np.uint8), keys, amount)
    values, _ = VelocityEngine(catalogue).update_and_read(batch)
    np.testing.assert_allclose(values[-1, 0], np.sqrt(n / 4 / (n - 1)), rtol=1e-12)


def test_no_events_and_events_without_entities() -> None:
    engine = VelocityEngine(SMALL)
    values, status = engine.update_and_read(history(0, 1, span=5))
    assert values.shape == status.shape == (0, len(SMALL.velocity))
    nobody = history(1, 1, span=5)
    nobody.keys[:] = 0
    values, status = engine.update_and_read(nobody)
    assert np.isnan(values).all()
    assert (status == Status.ABSENT).all()
    assert engine.usage().keys == 0


HOT = Catalogue(
    tuple(
        Feature(
            f"distinct{window}{delay}",
            "velocity",
            VelocityFeature(
                entity="card",
                kinds=(A,),
                aggregate="distinct",
                window_ms=window,
                delay_ms=delay,
                partner="device",
            ),
            "a test's",
        )
        for delay in (0, 40)
        for window in (5, 60, 900, 20_000)
    ),
    distinct_limit=12,
)


@pytest.mark.parametrize("by", [2, 30, 400])
@pytest.mark.parametrize("partners", [3, 11, 30, 200])
def test_a_late_event_of_a_busy_key_counts_partners_as_the_naive_loop(partners: int, by: int) -> None:
    """Of partners seen behind a window's end some are new, some come back, some dropped out of the list before."""
    for seed in range(3):
        random = np.random.default_rng((partners, by, seed))
        n = 1_500
        time = np.sort(random.integers(0, 6_000, n))
        time -= random.integers(0, by, n) * (random.random(n) < 0.3)
        keys = np.zeros((n, len(KEYS)), dtype=np.uint64)
        keys[:, KEY_INDEX["card"]] = 1
        # Rare and common ones, and ever others as time goes on.
        keys[:, KEY_INDEX["device"]] = 1 + (partners ** random.random(n)).astype(np.uint64)
        keys[:, KEY_INDEX["device"]] += (np.arange(n) // 500 * partners // 2).astype(np.uint64)
        batch = Batch(
            seq=np.arange(n, dtype=np.int64),
            time=time.astype(np.int64),
            kind=np.full(n, A, np.uint8),
            channel=np.zeros(n, np.uint8),
            keys=keys,
            amount=np.ones(n, np.int64),
        )
        rows = np.sort(random.choice(n, 250, replace=False))
        values, status = VelocityEngine(HOT).update_and_read(batch)
        same(HOT, (values[rows], status[rows]), naive(HOT, batch, rows.tolist()))
