"""The velocity engine, with the default catalogue, against DuckDB's range join on the fold sequence."""

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from events.types import ENTITY_KINDS, EntityKind, Status
from features.batch import ENTITY_INDEX, Batch, EventKind
from features.catalogue import Catalogue, default_catalogue
from features.feature import VelocityFeature
from features.velocity import VelocityEngine

_DAY = 86_400_000
_LIMIT = 12


def history(n: int, seed: int) -> Batch:
    """n events over 45 days at whole minutes (so that many tie), some late by up to two days, few and many keys."""
    random = np.random.default_rng(seed)
    time = np.sort(random.integers(0, 45 * _DAY // 60_000, n)) * 60_000
    late = random.random(n) < 0.1
    time[late] -= random.integers(0, 2 * _DAY // 60_000, late.sum()) * 60_000
    kinds = np.array(list(EventKind))
    kind = np.where(random.random(n) < 0.7, 0, random.choice(kinds, n))
    population = dict.fromkeys(ENTITY_KINDS, 300) | {"merchant": 20, "ip": 60}
    columns = [
        np.where(
            random.random(n) < 0.15, 0, 1 + (random.random(n) ** 3 * population[entity]).astype(np.int64)
        )
        for entity in ENTITY_KINDS
    ]
    return Batch(
        seq=np.arange(n, dtype=np.int64),
        time=time.astype(np.int64),
        kind=kind.astype(np.uint8),
        keys=np.stack(columns, axis=1).astype(np.uint64),
        amount=random.integers(1, 1_000_000, n),
    )


def expression(feature: VelocityFeature) -> str:
    kinds = ", ".join(str(int(kind)) for kind in feature.kinds)
    what = {
        "count": "count(x.seq)",
        "sum": "sum(x.amount)",
        "mean": "avg(x.amount)",
        "distinct": f"count(DISTINCT nullif(x.{feature.partner}, 0))",
    }[feature.aggregate]
    return f"{what} FILTER (WHERE x.time >= e.time - {feature.window_ms} AND x.kind IN ({kinds}))"


def by_duckdb(catalogue: Catalogue, batch: Batch) -> NDArray[np.float64]:
    """float64[n, v], NaN where the entity is absent or nothing was found to average."""
    columns = {"seq": batch.seq, "time": batch.time, "kind": batch.kind, "amount": batch.amount}
    columns |= {kind: batch.keys[:, i].astype(np.int64) for i, kind in enumerate(ENTITY_KINDS)}
    values = np.full((len(batch), len(catalogue.velocity)), np.nan)
    with duckdb.connect() as connection:
        connection.register("events", pa.table(columns))
        for entity in ENTITY_KINDS:
            _fill(connection, catalogue, entity, values)
    return values


def _fill(
    connection: duckdb.DuckDBPyConnection,
    catalogue: Catalogue,
    entity: EntityKind,
    values: NDArray[np.float64],
) -> None:
    mine = {f"c{i}": (i, f) for i, f in enumerate(catalogue.velocity) if f.entity == entity}
    asked = ", ".join(f"{expression(feature)} AS {name}" for name, (_, feature) in mine.items())
    longest = max(feature.window_ms for _, feature in mine.values())
    found = connection.execute(
        f"""
        SELECT e.seq, {asked}
        FROM events e JOIN events x
          ON x.{entity} = e.{entity} AND x.seq <= e.seq AND x.time BETWEEN e.time - {longest} AND e.time
        WHERE e.{entity} <> 0
        GROUP BY e.seq
        """  # noqa: S608  # names and numbers of our own catalogue
    ).fetchnumpy()
    for name, (column, feature) in mine.items():
        numbers = np.ma.filled(np.ma.asarray(found[name]).astype(np.float64), np.nan)
        if feature.aggregate == "sum":
            numbers = np.nan_to_num(numbers)
        values[found["seq"], column] = numbers


@pytest.mark.parametrize("seed", [1, 2])
def test_equals_a_range_join_over_the_default_catalogue(seed: int) -> None:
    catalogue = Catalogue(default_catalogue().features, distinct_limit=_LIMIT)
    batch = history(6_000, seed)
    expected = by_duckdb(catalogue, batch)
    values, status = VelocityEngine(catalogue).update_and_read(batch)
    for column, feature in enumerate(catalogue.velocity):
        wanted = expected[:, column]
        capped = status[:, column] == Status.CAPPED
        if feature.aggregate == "distinct":
            assert (capped == (wanted > _LIMIT)).all(), feature
            wanted = np.where(wanted > _LIMIT, _LIMIT, wanted)
        # DuckDB's avg divides wider integers, so the last bit may differ; all else is exact.
        np.testing.assert_allclose(
            values[:, column], wanted, rtol=1e-15 if feature.aggregate == "mean" else 0, err_msg=repr(feature)
        )
    absent = batch.keys[:, [ENTITY_INDEX[feature.entity] for feature in catalogue.velocity]] == 0
    assert (status[absent] == Status.ABSENT).all()
    assert (np.isnan(values) == (status == Status.ABSENT)).all()
    assert (status == Status.CAPPED).any()
    assert (status == Status.WARMING).any()
    assert (status == Status.FRESH).any()
