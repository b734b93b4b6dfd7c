"""The velocity engine, with the default catalogue, against DuckDB's range join on the fold sequence."""

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from events.types import Status
from features.batch import Batch
from features.catalogue import Catalogue, default_catalogue
from features.feature import VelocityFeature
from features.keys import CHANNEL_INDEX, KEYS, EventKind, parts_of_key
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
    population = dict.fromkeys(KEYS, 300) | {"merchant": 20, "ip": 60}
    columns = [
        np.where(
            random.random(n) < 0.15, 0, 1 + (random.random(n) ** 3 * population[entity]).astype(np.int64)
        )
        for entity in KEYS
    ]
    return Batch(
        seq=np.arange(n, dtype=np.int64),
        time=time.astype(np.int64),
        kind=kind.astype(np.uint8),
        channel=random.integers(0, 6, n).astype(np.uint8),
        keys=np.stack(columns, axis=1).astype(np.uint64),
        amount=random.integers(1, 1_000_000, n),
    )


_WHAT = {
    "count": "count(x.seq)",
    "sum": "sum(x.amount)",
    "mean": "avg(x.amount)",
    "std": "stddev_samp(x.amount)",
    "min": "min(x.amount)",
    "max": "max(x.amount)",
    "last": "arg_max(x.amount, (x.time, x.seq))",
    "first": "arg_min(x.amount, (x.time, x.seq))",
    "since_last": "max(x.time)",
    "since_first": "min(x.time)",
}
_OF_OTHERS = frozenset({"last", "first", "since_last", "since_first"})
# DuckDB divides and takes roots on ways of its own; all else is exact.
_ROUNDED = {"mean": 1e-15, "std": 1e-12}


def column(entity: str) -> str:
    """The column of an entity or pair in the table of events; NULL where absent."""
    return "_".join(KEYS[part] for part in parts_of_key(entity))


def expression(feature: VelocityFeature) -> str:
    what = _WHAT.get(feature.aggregate) or f"count(DISTINCT x.{column(feature.partner or '')})"
    conditions = [
        f"x.time BETWEEN e.time - {feature.delay_ms + feature.window_ms} AND e.time - {feature.delay_ms}",
        f"x.kind IN ({', '.join(str(int(kind)) for kind in feature.kinds)})",
    ]
    if feature.channels:
        conditions.append(
            f"x.channel IN ({', '.join(str(CHANNEL_INDEX[name]) for name in feature.channels)})"
        )
    if feature.amount_from is not None:
        conditions.append(f"x.amount >= {feature.amount_from}")
    if feature.amount_below is not None:
        conditions.append(f"x.amount < {feature.amount_below}")
    if feature.aggregate in _OF_OTHERS:
        conditions.append("x.seq <> e.seq")
    found = f"{what} FILTER (WHERE {' AND '.join(conditions)})"
    return f"(any_value(e.time) - {found}) / 1000" if feature.aggregate.startswith("since") else found


def by_duckdb(catalogue: Catalogue, batch: Batch) -> NDArray[np.float64]:
    """float64[n, v], NaN where the entity is absent or an aggregate has nothing to say."""
    columns = {
        "seq": batch.seq,
        "time": batch.time,
        "kind": batch.kind,
        "channel": batch.channel,
        "amount": batch.amount,
    }
    keys = {name: batch.keys[:, i].astype(np.int64) for i, name in enumerate(KEYS)}
    named = {feature.entity for feature in catalogue.velocity} | {
        f.partner for f in catalogue.velocity if f.partner
    }
    values = np.full((len(batch), len(catalogue.velocity)), np.nan)
    with duckdb.connect() as connection:
        connection.register(
            "raw", pa.table(columns | {f"raw_{name}": column for name, column in keys.items()})
        )
        made = ", ".join(f"{_key_sql(entity)} AS {column(entity)}" for entity in sorted(named))
        connection.execute(f"CREATE TABLE events AS SELECT seq, time, kind, channel, amount, {made} FROM raw")  # noqa: S608
        for entity in sorted({feature.entity for feature in catalogue.velocity}):
            _fill(connection, catalogue, entity, values)
    return values


def _key_sql(entity: str) -> str:
    parts = [f"nullif(raw_{KEYS[part]}, 0)" for part in parts_of_key(entity)]
    return (
        parts[0]
        if len(parts) == 1
        else f"{parts[0]}::HUGEINT * 18446744073709551616::HUGEINT // 4 + {parts[1]}"
    )


def _fill(
    connection: duckdb.DuckDBPyConnection, catalogue: Catalogue, entity: str, values: NDArray[np.float64]
) -> None:
    mine = {f"c{i}": (i, f) for i, f in enumerate(catalogue.velocity) if f.entity == entity}
    asked = ", ".join(f"{expression(feature)} AS {name}" for name, (_, feature) in mine.items())
    longest = max(feature.window_ms + feature.delay_ms for _, feature in mine.values())
    key = column(entity)
    found = connection.execute(
        f"""
        SELECT e.seq, {asked}
        FROM events e JOIN events x
          ON x.{key} = e.{key} AND x.seq <= e.seq AND x.time BETWEEN e.time - {longest} AND e.time
        GROUP BY e.seq
        """  # noqa: S608  # names and numbers of our own catalogue
    ).fetchnumpy()
    for name, (position, feature) in mine.items():
        numbers = np.ma.filled(np.ma.asarray(found[name]).astype(np.float64), np.nan)
        if feature.aggregate == "sum":
            numbers = np.nan_to_num(numbers)
        values[found["seq"], position] = numbers


@pytest.mark.parametrize("seed", [1, 2])
def test_equals_a_range_join_over_the_default_catalogue(seed: int) -> None:
    catalogue = Catalogue(default_catalogue().features, distinct_limit=_LIMIT)
    batch = history(6_000, seed)
    expected = by_duckdb(catalogue, batch)
    values, status = VelocityEngine(catalogue).update_and_read(batch)
    for position, feature in enumerate(catalogue.velocity):
        wanted = expected[:, position]
        capped = status[:, position] == Status.CAPPED
        if feature.aggregate == "distinct":
            assert (capped == (wanted > _LIMIT)).all(), feature
            wanted = np.where(wanted > _LIMIT, _LIMIT, wanted)
        np.testing.assert_allclose(
            values[:, position], wanted, rtol=_ROUNDED.get(feature.aggregate, 0), err_msg=repr(feature)
        )
        lacking = (batch.keys[:, list(parts_of_key(feature.entity))] == 0).any(axis=1)
        assert lacking.any()
        assert (status[lacking, position] == Status.ABSENT).all(), feature
    assert (np.isnan(values) == (status == Status.ABSENT)).all()
    assert (status == Status.CAPPED).any()
    assert (status == Status.WARMING).any()
    assert (status == Status.FRESH).any()
