"""The velocity engine against a naive loop, and what it promises of batches, snapshots, eviction and memory."""

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from events.errors import ConflictError, CorruptError
from events.types import ENTITY_KINDS, EntityKind, Status
from features.batch import ENTITY_INDEX, Batch, EventKind
from features.catalogue import Catalogue, default_catalogue
from features.feature import Aggregate, Feature, VelocityFeature
from features.velocity import VelocityEngine

A = EventKind.AUTHORISATION
D = EventKind.OUTCOME_DECLINED
F = EventKind.LABEL_FRAUD
LATENESS = 20
LIMIT = 3
Row = tuple[int, EventKind, tuple[int, ...], int]  # time, kind, keys, amount


def velocity(
    entity: EntityKind,
    aggregate: Aggregate,
    window: int,
    partner: EntityKind | None = None,
    kinds: tuple[EventKind, ...] = (A,),
) -> Feature:
    source = VelocityFeature(
        entity=entity, kinds=kinds, aggregate=aggregate, window_ms=window, partner=partner
    )
    name = f"{entity}.{aggregate}.{window}.{partner}.{'+'.join(kind.name for kind in kinds)}"
    return Feature(name, "velocity", source, "a test's")


def small() -> Catalogue:
    windows = (1, 7, 30)
    return Catalogue(
        (
            *(velocity("card", aggregate, w) for aggregate in ("count", "sum", "mean") for w in windows),
            *(velocity("card", "distinct", w, "merchant") for w in windows),
            velocity("card", "distinct", 7, "device"),
            *(velocity("device", "distinct", w, "card") for w in windows),
            velocity("device", "sum", 7, kinds=(A, D)),
            velocity("card", "count", 7, kinds=(D,)),
            velocity("merchant", "count", 30, kinds=(F,)),
            velocity("merchant", "distinct", 30, "card", kinds=(A, F)),
        ),
        distinct_limit=LIMIT,
    )


def batch_of(rows: Iterable[Row], first: int = 0) -> Batch:
    listed = list(rows)
    return Batch(
        seq=np.arange(first, first + len(listed), dtype=np.int64),
        time=np.array([row[0] for row in listed], dtype=np.int64),
        kind=np.array([row[1] for row in listed], dtype=np.uint8),
        keys=np.array([row[2] for row in listed], dtype=np.uint64).reshape(-1, len(ENTITY_KINDS)),
        amount=np.array([row[3] for row in listed], dtype=np.int64),
    )


def naive(
    catalogue: Catalogue, rows: list[Row], horizons: list[int | None] | None = None
) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """One loop over all that was folded before, an event and feature; `horizons[i]`: evicted until, at event i."""
    values = np.full((len(rows), len(catalogue.velocity)), np.nan)
    status = np.full(values.shape, Status.ABSENT, dtype=np.uint8)
    longest: dict[tuple[str, frozenset[EventKind]], int] = {}
    for feature in catalogue.velocity:
        stream = feature.entity, frozenset(feature.kinds)
        longest[stream] = max(longest.get(stream, 0), feature.window_ms)
    for i, (time, _, keys, _) in enumerate(rows):
        for j, feature in enumerate(catalogue.velocity):
            key = keys[ENTITY_INDEX[feature.entity]]
            if not key:
                continue
            since = time - feature.window_ms
            horizon = horizons[i] if horizons else None
            cut = (
                since
                if horizon is None
                else max(since, horizon - longest[feature.entity, frozenset(feature.kinds)])
            )
            seen = [
                row
                for row in rows[: i + 1]
                if cut <= row[0] <= time
                and row[1] in feature.kinds
                and row[2][ENTITY_INDEX[feature.entity]] == key
            ]
            quality = Status.WARMING if since < rows[0][0] else Status.FRESH
            if feature.aggregate == "distinct":
                assert feature.partner is not None
                found = len({row[2][ENTITY_INDEX[feature.partner]] for row in seen} - {0})
                values[i, j] = min(found, catalogue.distinct_limit)
                quality = Status.CAPPED if found > catalogue.distinct_limit else quality
            elif feature.aggregate == "count":
                values[i, j] = len(seen)
            elif feature.aggregate == "sum":
                values[i, j] = float(sum(row[3] for row in seen))
            elif seen:
                values[i, j] = float(sum(row[3] for row in seen)) / float(len(seen))
            else:
                quality = Status.ABSENT
            status[i, j] = quality
    return values, status


def keys(card: int = 0, device: int = 0, merchant: int = 0) -> tuple[int, ...]:
    row = [0] * len(ENTITY_KINDS)
    row[ENTITY_INDEX["card"]], row[ENTITY_INDEX["device"]], row[ENTITY_INDEX["merchant"]] = (
        card,
        device,
        merchant,
    )
    return tuple(row)


# Few keys and close times, so that events tie, come late, and overflow the distinct limit. The same number is used
# for keys of different kinds on purpose.
EVENTS = st.tuples(
    st.integers(0, 60),
    st.sampled_from([A, A, A, D, F, EventKind.LOGIN]),
    st.builds(keys, card=st.integers(0, 3), device=st.integers(0, 2), merchant=st.integers(0, 6)),
    st.integers(-5, 1 << 40),
)
HISTORIES = st.lists(EVENTS, min_size=1, max_size=80)
PROPERTY = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@PROPERTY
@given(rows=HISTORIES)
def test_equals_the_naive_loop_with_late_and_tied_events(rows: list[Row]) -> None:
    values, status = VelocityEngine(small()).update_and_read(batch_of(rows))
    expected, expected_status = naive(small(), rows)
    np.testing.assert_array_equal(values, expected)
    np.testing.assert_array_equal(status, expected_status)


@PROPERTY
@given(rows=HISTORIES, data=st.data())
def test_does_not_depend_on_how_batches_are_cut_or_on_snapshots(rows: list[Row], data: st.DataObject) -> None:
    whole, whole_status = VelocityEngine(small()).update_and_read(batch_of(rows))
    engine = VelocityEngine(small(), allowed_lateness_ms=LATENESS)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(rows)), max_size=6)))
    for start, stop in zip([0, *cuts], [*cuts, len(rows)], strict=True):
        values, status = engine.update_and_read(batch_of(rows[start:stop], start))
        np.testing.assert_array_equal(values, whole[start:stop])
        np.testing.assert_array_equal(status, whole_status[start:stop])
        if data.draw(st.booleans()):
            engine = VelocityEngine.restore(small(), engine.snapshot())


@PROPERTY
@given(rows=HISTORIES, data=st.data())
def test_eviction_cuts_windows_at_the_horizon_whenever_memory_is_freed(
    rows: list[Row], data: st.DataObject
) -> None:
    engine = VelocityEngine(small(), allowed_lateness_ms=LATENESS)
    values, status, horizons = [], [], []
    horizon: int | None = None
    for i, row in enumerate(rows):
        value, quality = engine.update_and_read(batch_of([row], i))
        values.append(value)
        status.append(quality)
        horizons.append(horizon)
        if data.draw(st.booleans()):
            watermark = data.draw(st.integers(0, 90))
            engine.evict(watermark)
            horizon = max(watermark - LATENESS, horizon if horizon is not None else -LATENESS)
        if data.draw(st.integers(0, 4)) == 0:
            engine = VelocityEngine.restore(small(), engine.snapshot())
    expected, expected_status = naive(small(), rows, horizons)
    np.testing.assert_array_equal(np.concatenate(values), expected)
    np.testing.assert_array_equal(np.concatenate(status), expected_status)


def stream(n: int, seed: int = 7, *, fresh: bool = False) -> list[Row]:
    """n events a second apart; with `fresh` every card and device is new."""
    random = np.random.default_rng(seed)
    picks = random.integers(1, 40, size=(n, 3)).tolist()
    return [
        (
            i,
            D if i % 7 == 0 else A,
            keys(card=i + 1, device=i + 1, merchant=merchant) if fresh else keys(card, device, merchant),
            100 + i,
        )
        for i, (card, device, merchant) in enumerate(picks)
    ]


def test_a_restored_engine_goes_on_bit_for_bit() -> None:
    rows = stream(20_000)
    one = VelocityEngine(small(), allowed_lateness_ms=LATENESS)
    one.update_and_read(batch_of(rows[:15_000]))
    one.evict(14_000)
    data = one.snapshot()
    other = VelocityEngine.restore(small(), data)
    assert other.allowed_lateness_ms == LATENESS
    rest = batch_of(rows[15_000:], 15_000)
    values, status = one.update_and_read(rest)
    other_values, other_status = other.update_and_read(rest)
    assert values.tobytes() == other_values.tobytes()
    assert status.tobytes() == other_status.tobytes()
    assert one.snapshot() == other.snapshot() != data


def test_grows_from_nothing_to_many_entities() -> None:
    rows = stream(30_000, fresh=True)
    values, _ = VelocityEngine(small()).update_and_read(batch_of(rows))
    expected, _ = naive(small(), rows[-400:])  # no window reaches back further than 30 events
    np.testing.assert_array_equal(values[-300:], expected[-300:])


def test_memory_stays_bounded_while_entities_come_and_go() -> None:
    engine = VelocityEngine(small(), allowed_lateness_ms=LATENESS)
    rows = stream(200_000, fresh=True)
    sizes = []
    for start in range(0, len(rows), 10_000):
        engine.update_and_read(batch_of(rows[start : start + 10_000], start))
        engine.evict(start + 10_000)
        sizes.append(engine.memory_bytes)
    assert max(sizes[10:]) <= max(sizes[:10])
    assert len(engine.snapshot()) < 100_000  # 50 events are all that some window may still see


@pytest.mark.parametrize("position", [0, 6, 40, 2000, -1])
def test_a_damaged_snapshot_is_refused(position: int) -> None:
    engine = VelocityEngine(small())
    engine.update_and_read(batch_of(stream(100)))
    data = bytearray(engine.snapshot())
    data[position] ^= 1
    with pytest.raises(CorruptError):
        VelocityEngine.restore(small(), bytes(data))
    with pytest.raises(CorruptError):
        VelocityEngine.restore(small(), bytes(data[:10]))


def test_a_snapshot_of_other_definitions_is_refused() -> None:
    data = VelocityEngine(small()).snapshot()
    with pytest.raises(ConflictError):
        VelocityEngine.restore(default_catalogue(), data)


def test_no_events_and_events_without_entities() -> None:
    engine = VelocityEngine(small())
    values, status = engine.update_and_read(batch_of([]))
    assert values.shape == status.shape == (0, len(small().velocity))
    values, status = engine.update_and_read(batch_of([(5, A, keys(), 100)]))
    assert np.isnan(values).all()
    assert (status == Status.ABSENT).all()


def test_sums_are_exact_where_floats_would_not_be() -> None:
    catalogue = Catalogue((velocity("card", "sum", 1),))
    large = 1 << 61
    rows: list[Row] = [(i, A, keys(card=1), amount) for i, amount in enumerate([large, large, -large, 3, 4])]
    values, _ = VelocityEngine(catalogue).update_and_read(batch_of(rows))
    assert values[-1, 0] == 7.0
