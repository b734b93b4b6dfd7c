"""The velocity engine against DuckDB's range join on published payments (shared data; left out where it is missing)."""

import os
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from features import KEY_INDEX, KEYS, Batch, Catalogue, EventKind, Feature, VelocityFeature
from features.feature import Aggregate
from features.velocity import VelocityEngine

ROWS = 500_000
DAY = 86_400_000
WINDOWS = {"1h": 3_600_000, "1d": DAY, "7d": 7 * DAY}
DATA = Path(os.environ.get("RINGWATCH_DATA") or Path(__file__).parents[3] / "shared" / "data") / "handbook"
EXACT: dict[Aggregate, str] = {
    "count": "count(*)", "sum": "sum(x.amount)", "min": "min(x.amount)", "max": "max(x.amount)",
}  # fmt: skip
ROUNDED: dict[Aggregate, str] = {"mean": "avg(x.amount)", "std": "stddev_samp(x.amount)"}
OTHER = {"card": "merchant", "merchant": "card"}


def payments() -> Batch:
    """The first rows, one in twenty moved in the order of arrival to come up to an hour late."""
    found = sorted(DATA.glob("**/*.parquet"))
    if not found:
        pytest.skip(f"no handbook data under {DATA} (RINGWATCH_DATA names another place)")
    with duckdb.connect() as db:
        table = db.execute(
            "SELECT TX_TIME_SECONDS::BIGINT * 1000 AS time, CUSTOMER_ID::BIGINT AS card, "
            "TERMINAL_ID::BIGINT AS merchant, "
            "round(TX_AMOUNT * 100)::BIGINT AS amount FROM read_parquet(?) "
            "ORDER BY TX_TIME_SECONDS, TRANSACTION_ID LIMIT ?",
            [[str(path) for path in found], ROWS],
        ).fetchnumpy()
    random = np.random.default_rng(1)
    delay = np.where(
        random.random(len(table["time"])) < 0.05, random.integers(0, 3_600_000, len(table["time"])), 0
    )
    order = np.argsort(table["time"] + delay, kind="stable")
    keys = np.zeros((len(order), len(KEYS)), dtype=np.uint64)
    for name in OTHER:
        keys[:, KEY_INDEX[name]] = table[name][order].astype(np.uint64) + np.uint64(1)
    seq = np.arange(len(order), dtype=np.int64)
    kind, channel = np.zeros(len(order), np.uint8), np.ones(len(order), np.uint8)
    return Batch(seq, table["time"][order], kind, channel, keys, table["amount"][order])


def catalogue() -> Catalogue:
    kinds = (EventKind.AUTHORISATION,)
    features = []
    for entity, partner in OTHER.items():
        for label, window in WINDOWS.items():
            for it in (*EXACT, *ROUNDED):
                source = VelocityFeature(entity=entity, kinds=kinds, aggregate=it, window_ms=window)
                features.append(Feature(f"{entity}.{it}.{label}", "velocity", source, ""))
            source = VelocityFeature(
                entity=entity, kinds=kinds, aggregate="distinct", window_ms=window, partner=partner
            )
            features.append(Feature(f"{entity}.distinct.{label}", "velocity", source, ""))
    return Catalogue(tuple(features))


def joined(batch: Batch, definitions: Catalogue) -> NDArray[np.float64]:
    values = np.empty((len(batch), len(definitions.features)))
    events = {"seq": batch.seq, "time": batch.time, "amount": batch.amount}
    events |= {name: batch.keys[:, KEY_INDEX[name]].astype(np.int64) for name in OTHER}
    with duckdb.connect() as db:
        db.register("events", pa.table(events))
        for entity, partner in OTHER.items():
            asked = []
            for place, feature in enumerate(definitions.velocity):
                if feature.entity == entity:
                    what = (EXACT | ROUNDED).get(feature.aggregate) or f"count(DISTINCT x.{partner})"
                    asked.append(f"{what} FILTER (WHERE x.time >= e.time - {feature.window_ms}) AS c{place}")
            found = db.execute(
                f"""SELECT e.seq, {", ".join(asked)} FROM events e JOIN events x ON x.{entity} = e.{entity}
                AND x.seq <= e.seq AND x.time BETWEEN e.time - {max(WINDOWS.values())} AND e.time
                GROUP BY e.seq"""  # noqa: S608 - our own words
            ).fetchnumpy()
            for name, column in found.items():
                if name != "seq":
                    filled = np.ma.filled(np.ma.asarray(column).astype(np.float64), np.nan)
                    values[found["seq"], int(name[1:])] = filled
    return values


def test_half_a_million_payments_equal_a_range_join() -> None:
    batch, definitions = payments(), catalogue()
    expected = joined(batch, definitions)
    engine = VelocityEngine(definitions)
    for first in range(0, len(batch), 50_000):
        part = batch.part(first, first + 50_000)
        values, _ = engine.update_and_read(part)
        for place, feature in enumerate(definitions.velocity):
            np.testing.assert_allclose(
                values[:, place], expected[first : first + len(part), place], atol=0,
                rtol=1e-12 if feature.aggregate in ROUNDED else 0, err_msg=repr(feature),
            )  # fmt: skip
