"""The velocity engine against two independent implementations: a naive loop, and DuckDB's range join."""

from collections.abc import Iterable
from dataclasses import replace

import duckdb
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
    done = 0
    while done < len(rows):
        until = data.draw(st.integers(done, len(rows)))
        values, status = engine.update_and_read(batch_of(rows[done:until], done))
        np.testing.assert_array_equal(values, whole[done:until])
        np.testing.assert_array_equal(status, whole_status[done:until])
        if data.draw(st.booleans()):
            engine = VelocityEngine.restore(small(), engine.snapshot())
        done = max(until, done + (until == done))
        if until < done:
            engine.update_and_read(batch_of(rows[until:done], until))


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
