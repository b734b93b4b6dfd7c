"""The velocity engine: events a second on one core with the default catalogue, and what start-up and state cost.

`make -s bench-velocity` prints one JSON object. The stream is like a payment day's: a few big merchants and carrier
IPs, many cards, households, one event in twenty late by up to an hour, half as many outcomes as authorisations, and
some logins and labels. The peer, in the same run, is DuckDB: the same columns as range joins, over a smaller world of
the same kind.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import psutil
import pyarrow as pa

from bench._report import median, progress, quantiles, report
from events.types import ENTITY_KINDS
from features import Batch, EventKind, default_catalogue
from features.feature import VelocityFeature
from features.velocity import VelocityEngine

EVENTS = 1_000_000
DAYS = 40
BATCH = 500
REPEATS = 3
PEER_EVENTS = 20_000
_DAY = 86_400_000
_COMPILE = """
import time
start = time.process_time(), time.perf_counter()
import numpy as np
from features import Batch, default_catalogue
from features.velocity import VelocityEngine
one = Batch(np.zeros(1, np.int64), np.zeros(1, np.int64), np.zeros(1, np.uint8), np.ones((1, 8), np.uint64),
            np.ones(1, np.int64))
engine = VelocityEngine(default_catalogue())
engine.update_and_read(one)
engine.snapshot()
print(time.process_time() - start[0], time.perf_counter() - start[1])
"""


def world(n: int, seed: int = 11) -> Batch:
    random = np.random.default_rng(seed)
    time = np.sort(random.integers(0, DAYS * _DAY, n))
    late = random.random(n) < 0.05
    time[late] -= random.integers(0, 3_600_000, int(late.sum()))
    kinds = np.array([EventKind.AUTHORISATION, EventKind.OUTCOME_APPROVED, EventKind.OUTCOME_DECLINED,
                      EventKind.LOGIN, EventKind.LOGIN_FAILED, EventKind.LABEL_FRAUD], dtype=np.uint8)  # fmt: skip
    kind = random.choice(kinds, n, p=[0.6, 0.25, 0.04, 0.08, 0.02, 0.01])
    person = random.integers(0, n // 20, n)  # about 20 events a person in 40 days
    keys = np.zeros((n, len(ENTITY_KINDS)), dtype=np.uint64)
    own = {
        "card": 1,
        "account": 1,
        "device": 2,
        "address": 3,
        "email": 1,
        "phone": 1,
    }  # persons who share one
    for place, entity in enumerate(ENTITY_KINDS):
        if entity in own:
            keys[:, place] = person // own[entity] + 1
        elif entity == "merchant":
            keys[:, place] = (random.random(n) ** 4 * 2_000).astype(np.uint64) + np.uint64(1)
        else:
            keys[:, place] = np.where(random.random(n) < 0.3, random.integers(0, 50, n), 100 + person) + 1
    keys[random.random(keys.shape) < 0.05] = 0
    keys *= np.uint64(0x9E3779B97F4A7C15)  # spread over 64 bits, as token hashes are
    amount = np.exp(random.normal(8, 1.2, n)).astype(np.int64)
    return Batch(np.arange(n, dtype=np.int64), time, kind, keys, amount)


def part(batch: Batch, start: int, stop: int) -> Batch:
    cut = slice(start, stop)
    return Batch(batch.seq[cut], batch.time[cut], batch.kind[cut], batch.keys[cut], batch.amount[cut])


def run(batch: Batch) -> tuple[float, list[float], VelocityEngine]:
    """CPU seconds in all, milliseconds of each batch of `BATCH`, and the engine as it ended."""
    engine = VelocityEngine(default_catalogue())
    samples: list[float] = []
    start = time.process_time()
    for first in range(0, len(batch), BATCH):
        before = time.perf_counter()
        cut = part(batch, first, first + BATCH)
        engine.update_and_read(cut)
        if first % 65_000 == 0:
            engine.evict(int(cut.time.max()))
        samples.append((time.perf_counter() - before) * 1000)
    return time.process_time() - start, samples, engine


def first_compile() -> tuple[float, float]:
    """CPU and wall seconds from nothing to a first answer and a first snapshot, with an empty cache and then a full."""
    with tempfile.TemporaryDirectory() as cache:
        command = [sys.executable, "-c", _COMPILE]
        environment = {**os.environ, "NUMBA_CACHE_DIR": cache}
        root = Path(__file__).resolve().parents[1]
        found = [
            subprocess.run(  # noqa: S603 - our own words
                command, env=environment, cwd=root, capture_output=True, text=True, check=True
            ).stdout.split()
            for _ in range(2)
        ]
    return float(found[0][0]), float(found[1][0])


def peer(batch: Batch) -> float:
    """Events a second of the same columns as range joins on the fold sequence, on one thread of DuckDB."""
    columns = {"seq": batch.seq, "time": batch.time, "kind": batch.kind, "amount": batch.amount}
    for place, entity in enumerate(ENTITY_KINDS):
        columns[entity] = batch.keys[:, place].astype(np.int64)
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.register("events", pa.table(columns))
        start = time.process_time()
        for entity in ENTITY_KINDS:
            mine = [feature for feature in default_catalogue().velocity if feature.entity == entity]
            longest = max(feature.window_ms for feature in mine)
            connection.execute(
                f"""SELECT e.seq, {", ".join(map(expression, mine))}
                FROM events e JOIN events x ON x.{entity} = e.{entity} AND x.seq <= e.seq
                AND x.time BETWEEN e.time - {longest} AND e.time WHERE e.{entity} <> 0 GROUP BY e.seq
                """  # noqa: S608 - names and numbers of our own
            ).fetchnumpy()
        return len(batch) / (time.process_time() - start)


def expression(feature: VelocityFeature) -> str:
    what = {"count": "count(x.seq)", "sum": "sum(x.amount)", "mean": "avg(x.amount)"}.get(
        feature.aggregate, f"count(DISTINCT nullif(x.{feature.partner}, 0))"
    )
    kinds = ", ".join(str(int(kind)) for kind in feature.kinds)
    return f"{what} FILTER (WHERE x.time >= e.time - {feature.window_ms} AND x.kind IN ({kinds}))"


def timed_snapshot(engine: VelocityEngine) -> tuple[bytes, float, float]:
    start = time.process_time()
    data = engine.snapshot()
    middle = time.process_time()
    VelocityEngine.restore(default_catalogue(), data)
    return data, middle - start, time.process_time() - middle


def spread(values: Sequence[float]) -> list[float]:
    return [round(min(values)), round(max(values))]


def main() -> None:
    progress("compiling with an empty cache, in a process of its own")
    cold, warm = first_compile()
    progress(f"{cold:.1f} s of CPU; {warm:.1f} s with a full cache")
    batch = world(EVENTS)
    run(part(batch, 0, 10 * BATCH))
    before = psutil.Process().memory_info().rss
    seconds, samples, engine = run(batch)
    grown = psutil.Process().memory_info().rss - before
    rates = [len(batch) / seconds]
    in_use = engine.memory_bytes
    data, writing, reading = timed_snapshot(engine)
    progress(f"{rates[0]:,.0f} events/s, state {in_use / 1e6:,.0f} MB, snapshot {len(data) / 1e6:,.0f} MB")
    for _ in range(REPEATS - 1):
        rates.append(len(batch) / run(batch)[0])
        progress(f"{rates[-1]:,.0f} events/s")
    small = world(PEER_EVENTS)
    ours, theirs = PEER_EVENTS / run(small)[0], peer(small)
    progress(f"{PEER_EVENTS:,} events: ours {ours:,.0f} events/s, DuckDB's range joins {theirs:,.0f}")
    report(
        "velocity",
        {
            "events_per_s": median(rates, 0),
            "events_per_s_spread": spread(rates),
            "columns": len(default_catalogue().velocity),
            "events": EVENTS,
            "batch": BATCH,
            "batch_ms": quantiles(samples),
            "compile_cpu_s": round(cold, 2),
            "start_cpu_s": round(warm, 2),
            "state_mb": round(in_use / 1e6, 1),
            "resident_growth_mb": round(grown / 1e6, 1),
            "snapshot_mb": round(len(data) / 1e6, 1),
            "snapshot_cpu_s": round(writing, 2),
            "restore_cpu_s": round(reading, 2),
            "small_events_per_s": round(ours),
            "small_peer_duckdb_events_per_s": round(theirs),
        },
    )


if __name__ == "__main__":
    main()
