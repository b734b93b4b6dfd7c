"""The velocity engine on one core: rate, cost curves, tail, memory, beside Flink SQL, Quix Streams and DuckDB.

`make -s bench-velocity` prints one JSON object; `ARGS="--only rate tail"` runs some parts, `--quick` a tenth of all.

* `rate`: 200 columns (5 entities x 7 windows x count, sum, mean, standard deviation, and distincts) over 1 M events of
  log-uniform keys, one in twenty late by up to an hour, in batches of 500.
* `curves`: from 10 to 500 columns, and from 10^4 to 10^6 keys.
* `tail`: one event a call, 10 M events, eviction and expiry included, by the clock on the wall and by the processor
  time of the thread (what a machine shared with others leaves out); and how long refolding what is held takes.
* `memory`: bytes a key and an event, and what they predict for the main stream.
* `flink`: 24 columns over the same rows by Flink SQL on one task slot (`make flink` installs it) and by the engine.
* `quix`: 12 columns by Quix Streams' sliding windows, from Kafka, and by the engine (`make quix` installs it).
* `duckdb`: the count and sum columns of `rate` as range joins.
* `backfill`: rows of a raw Parquet file a second (`bench.backfill`).
"""

import argparse
import gc
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from bench import _velocity_flink, _velocity_quix
from bench._report import median, progress, report
from bench.backfill import backfill_rate
from features import KEY_INDEX, KEYS, Batch, Catalogue, EventKind, Feature, VelocityFeature
from features.feature import Aggregate
from features.velocity import VelocityEngine
from ringwatch.flink.environment import flink_missing

MINUTE, DAY = 60_000, 86_400_000
WINDOWS = (MINUTE, 10 * MINUTE, 60 * MINUTE, 360 * MINUTE, DAY, 7 * DAY, 30 * DAY)
PARTNERS = {
    "card": ("merchant", "device"),
    "account": ("card",),
    "device": ("card", "account"),
    "ip": ("card",),
    "merchant": ("card", "device"),
}
MORE = (
    "email",
    "phone",
    "address",
    "card+merchant",
    "card+device",
    "account+device",
    "bin",
    "email+device",
    "phone+device",
)
AGGREGATES: tuple[Aggregate, ...] = ("count", "sum", "mean", "std")
KINDS = (EventKind.AUTHORISATION,)
BATCH = 500
REPEATS = 3
EVICT_EVERY = 65_536


def columns(many: int = 200) -> list[VelocityFeature]:
    """`many` definitions: the five entities first, further ones where more are asked for."""
    found: list[VelocityFeature] = []
    for entity in (*PARTNERS, *MORE):
        for window in WINDOWS:
            found += [
                VelocityFeature(entity=entity, kinds=KINDS, aggregate=it, window_ms=window)
                for it in AGGREGATES
            ]
            found += [
                VelocityFeature(
                    entity=entity, kinds=KINDS, aggregate="distinct", window_ms=window, partner=it
                )
                for it in PARTNERS.get(entity, ("merchant",) if "merchant" not in entity else ("ip",))
            ]
    if many <= len(found):
        return found[:many]
    raise ValueError(f"{many} columns are more than the {len(found)} there are")


def catalogue(features: list[VelocityFeature]) -> Catalogue:
    return Catalogue(tuple(Feature(f"f{i}", "velocity", feature, "") for i, feature in enumerate(features)))


def world(n: int, keys: int = 100_000, *, days: int = 40, seed: int = 1) -> Batch:
    """n authorisations; the rank of an event's key is log-uniform, so that each decade has as many events."""
    random = np.random.default_rng(seed)
    found = np.zeros((n, len(KEYS)), dtype=np.uint64)
    many = dict.fromkeys(KEYS, keys) | {"merchant": max(20, keys // 50), "ip": keys // 2, "bin": 2_000}
    for name in KEYS[:9]:
        rank = (many[name] ** random.random(n)).astype(np.uint64)
        found[:, KEY_INDEX[name]] = rank * np.uint64(0x9E3779B97F4A7C15)
    at = np.sort(random.integers(0, days * DAY, n))
    late = random.random(n) < 0.05
    at[late] -= random.integers(0, 60 * MINUTE, int(late.sum()))
    amount = np.exp(random.normal(8, 1.2, n)).astype(np.int64)
    return Batch(np.arange(n), at, np.zeros(n, np.uint8), np.ones(n, np.uint8), found, amount)


def run(
    definitions: Catalogue, batch: Batch, *, size: int = BATCH, read: bool = True
) -> tuple[float, VelocityEngine]:
    """Events a second of processor time, and the engine as it ended."""
    warm = VelocityEngine(definitions)
    warm.update_and_read(batch.part(0, 2))
    warm.update(batch.part(0, 2))
    engine = VelocityEngine(definitions)
    began = time.process_time()
    for first in range(0, len(batch), size):
        part = batch.part(first, first + size)
        if read:
            engine.update_and_read(part)
        else:
            engine.update(part)
        if first % EVICT_EVERY < size:
            engine.evict(int(part.time.max()))
    return len(batch) / (time.process_time() - began), engine


def rate(scale: int) -> dict[str, object]:
    definitions, batch = catalogue(columns()), world(1_000_000 // scale)
    rates = []
    for _ in range(REPEATS):
        rates.append(run(definitions, batch)[0])
        progress(f"{len(definitions.velocity)} columns: {rates[-1]:,.0f} events/s")
    return {
        "events_per_s": median(rates, 0),
        "events_per_s_spread": [round(min(rates)), round(max(rates))],
        "update_only_per_s": round(run(definitions, batch, read=False)[0]),
        "columns": len(definitions.velocity),
        "events": len(batch),
    }


def curves(scale: int) -> dict[str, object]:
    batch = world(200_000 // scale)
    by_columns = {n: round(run(catalogue(columns(n)), batch)[0]) for n in (10, 50, 100, 200, 350, 500)}
    progress(f"events/s by columns: {by_columns}")
    definitions = catalogue(columns())
    by_keys = {
        keys: round(run(definitions, world(500_000 // scale, keys))[0]) for keys in (10**4, 10**5, 10**6)
    }
    progress(f"events/s by keys: {by_keys}")
    return {"events_per_s_by_columns": by_columns, "events_per_s_by_keys": by_keys}


def tail(scale: int) -> dict[str, object]:
    """Every event is a call of its own; the call's own cost, some microseconds, is part of it."""
    n = 10_000_000 // scale
    definitions, batch = catalogue(columns()), world(n, 300_000, days=400)
    engine = VelocityEngine(definitions)
    engine.update_and_read(batch.part(0, 1))
    engine = VelocityEngine(definitions)
    took, busy = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    gc.collect()
    gc.freeze()
    for i in range(n):
        part = batch.part(i, i + 1)
        began, worked = time.perf_counter_ns(), time.thread_time_ns()
        engine.update_and_read(part)
        busy[i] = time.thread_time_ns() - worked
        took[i] = time.perf_counter_ns() - began
        if i % EVICT_EVERY == 0:
            engine.evict(int(batch.time[i]))
        if i % 1_000_000 == 0:
            progress(f"tail: {i:,} events, {engine.usage()}")
    ms = took / 1e6
    p50, p99, p9999 = np.quantile(ms, [0.5, 0.99, 0.9999])
    edges = np.array([0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 1e9])
    histogram = np.histogram(ms, edges)[0].tolist()
    refolding = time.process_time()
    held = np.flatnonzero(batch.time >= engine.oldest_ms)
    kept = batch.part(int(held[0]), n)
    parts = (kept.part(at, at + EVICT_EVERY) for at in range(0, len(kept), EVICT_EVERY))
    VelocityEngine.refold(definitions, engine.marks(), parts)
    return {
        "p50_ms": round(float(p50), 4), "p99_ms": round(float(p99), 4), "p9999_ms": round(float(p9999), 4),
        "max_ms": round(float(ms.max()), 3), "tail_events": n, "over_2_ms": int((ms > 2).sum()),
        "p9999_cpu_ms": round(float(np.quantile(busy, 0.9999)) / 1e6, 4),
        "max_cpu_ms": round(float(busy.max()) / 1e6, 3),
        "histogram_ms": dict(zip([f"<{edge:g}" for edge in edges[1:-1]] + [">=10"], histogram, strict=True)),
        "refold_events": len(kept), "refold_s": round(time.process_time() - refolding, 2),
    }  # fmt: skip


def memory(scale: int) -> dict[str, object]:
    n = 200_000 // scale
    definitions = catalogue(columns())
    once = world(n)
    once.keys[:] = np.arange(1, n + 1, dtype=np.uint64)[:, None] * np.uint64(0x9E3779B97F4A7C15)
    few = world(n, 50)
    _, of_keys = run(definitions, once)
    _, of_few = run(definitions, few)
    empty = VelocityEngine(definitions).memory_bytes
    per_key = (of_keys.memory_bytes - empty) / of_keys.usage().keys
    per_event = (of_few.memory_bytes - empty) / n
    # Of keys that are neither new nor busy, blocks are half empty: what an event costs on traffic of all kinds is
    # measured on half of it, and what the whole comes to is checked against that.
    batch = world(1_000_000 // scale, days=30)
    half = world(len(batch) // 2, days=30)
    _, of_half = run(definitions, half)
    typical = (of_half.memory_bytes - empty) / len(half)
    _, engine = run(definitions, batch)
    predicted = empty + len(batch) * typical
    return {
        "bytes_per_key": round(per_key, 1), "bytes_per_event": round(per_event, 1),
        "bytes_per_event_typical": round(typical, 1),
        "state_mb": round(engine.memory_bytes / 1e6, 1), "state_predicted_mb": round(predicted / 1e6, 1),
        "rows_per_event": round(engine.usage().rows / len(batch), 2),
    }  # fmt: skip


def flink(scale: int) -> dict[str, object]:
    if why := flink_missing():
        progress(f"Flink is left out: {why}")
        return {"flink_events_per_s": None, "ratio_flink": None}
    batch = _velocity_flink.world(200_000 // scale)
    with tempfile.TemporaryDirectory(prefix="bench-velocity-") as place:
        path = Path(place) / "batch.parquet"
        _velocity_flink.write_parquet(batch, path)
        theirs = _velocity_flink.flink_rate(path)
    ours = run(_velocity_flink.catalogue(), batch)[0]
    progress(f"24 columns, a CPU second: engine {ours:,.0f} events, Flink SQL {theirs.cpu_rate:,.0f}")
    return {
        "flink_events_per_s": round(theirs.rate),
        "flink_events_per_cpu_s": round(theirs.cpu_rate),
        "engine_events_per_s_24": round(ours),
        "ratio_flink": round(ours / theirs.cpu_rate, 1),
    }


def quix(scale: int) -> dict[str, object]:
    """Cards as Flink's comparison has them, and again with one card in a fifth of all events."""
    if why := _velocity_quix.quix_missing():
        progress(f"Quix Streams is left out: {why}")
        return {"quix_events_per_s": None, "ratio_quix": None}
    definitions, batch = _velocity_quix.catalogue(), _velocity_flink.world(20_000 // scale)
    theirs = _velocity_quix.quix_rate(batch)
    hot = _velocity_quix.quix_rate(_velocity_flink.world(len(batch), zipf=True))
    ours = median([run(definitions, batch)[0] for _ in range(REPEATS)], 0)
    many = len(definitions.velocity)
    progress(f"{many} columns, a CPU second: engine {ours:,.0f} events, Quix Streams {theirs.cpu_rate:,.0f}")
    return {
        "quix_events_per_s": round(theirs.rate),
        "quix_events_per_cpu_s": round(theirs.cpu_rate),
        "quix_hot_keys_per_cpu_s": round(hot.cpu_rate),
        "quix_features": many,
        "quix_events": len(batch),
        "engine_events_per_s_12": round(ours),
        "ratio_quix": round(ours / theirs.cpu_rate, 1),
    }


def by_duckdb(scale: int) -> dict[str, object]:
    """Range joins on the fold sequence, on one thread, of the counts and sums."""
    features = [feature for feature in columns() if feature.aggregate in {"count", "sum"}]
    batch = world(20_000 // scale, 2_000)
    data = {"seq": batch.seq, "time": batch.time, "amount": batch.amount}
    data |= {entity: batch.keys[:, KEY_INDEX[entity]].astype(np.int64) for entity in PARTNERS}
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("events", pa.table(data))
        began = time.process_time()
        for entity in PARTNERS:
            what = ", ".join(
                f"{'count(*)' if it.aggregate == 'count' else 'sum(x.amount)'} "
                f"FILTER (WHERE x.time >= e.time - {it.window_ms})"
                for it in features
                if it.entity == entity
            )
            connection.execute(
                f"""SELECT e.seq, {what} FROM events e JOIN events x ON x.{entity} = e.{entity} AND x.seq <= e.seq
                AND x.time BETWEEN e.time - {WINDOWS[-1]} AND e.time GROUP BY e.seq"""  # noqa: S608 - our own words
            ).fetchnumpy()
        theirs = len(batch) / (time.process_time() - began)
    return {
        "duckdb_events_per_s": round(theirs),
        "engine_events_per_s_as_duckdb": round(run(catalogue(features), batch)[0]),
    }


def backfill(scale: int) -> dict[str, object]:
    return backfill_rate(2_000_000 // scale)


PARTS: dict[str, Callable[[int], dict[str, object]]] = {
    "rate": rate, "curves": curves, "memory": memory, "flink": flink, "quix": quix, "duckdb": by_duckdb,
    "backfill": backfill, "tail": tail,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.velocity", description="The velocity engine on one core.")
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS), help="run these parts")
    parser.add_argument("--quick", action="store_true", help="a tenth of every part")
    given = parser.parse_args()
    figures: dict[str, object] = {}
    for name in given.only:
        progress(f"--- {name}")
        figures |= PARTS[name](10 if given.quick else 1)
    report("velocity", figures)


if __name__ == "__main__":
    main()
