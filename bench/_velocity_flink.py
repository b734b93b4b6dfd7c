"""Flink SQL as the velocity engine's peer: the same columns over the same rows, on one task slot, from a file.

`flink_rate` is what `bench-velocity` reports. Called as a program it also measures state in RocksDB and the rate at
which the same rows are only read: `.venv/bin/python -m bench._velocity_flink [EVENTS]`.
"""

import json
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from itertools import product
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet
from numpy.typing import NDArray

from bench._report import progress, report
from features import KEYS, Batch, Catalogue, EventKind, Feature, VelocityFeature
from features.flink_sql import interval
from features.velocity import VelocityEngine
from ringwatch.flink.environment import find_flink, flink_missing
from ringwatch.flink.job import FlinkJob, JobOptions, State, file_job, run_job
from ringwatch.flink.rows import write_batch
from ringwatch.flink.tables import quoted

EVENTS_N = 100_000
ENTITIES = ("card", "device", "merchant")
WINDOWS = {"10m": 600_000, "1h": 3_600_000, "1d": 86_400_000, "7d": 7 * 86_400_000}
_BATCH = 2_048
_SAMPLE = 5_000


@dataclass(frozen=True, slots=True)
class FlinkRun:
    """Events/s by the clock and a CPU second, and how long it was; planning and the start of Java are left out."""

    rate: float
    cpu_rate: float
    seconds: float


def features() -> list[VelocityFeature]:
    """The 24 columns of the comparison: 3 entities x 4 windows x count and sum, of authorisations."""
    return [
        VelocityFeature(entity=entity, kinds=(EventKind.AUTHORISATION,), aggregate=aggregate, window_ms=ms)
        for entity in ENTITIES
        for ms in WINDOWS.values()
        for aggregate in ("count", "sum")
    ]


def catalogue() -> Catalogue:
    return Catalogue(tuple(Feature(f"f{n}", "velocity", feature, "") for n, feature in enumerate(features())))


def write_parquet(batch: Batch, path: Path) -> None:
    """`batch` as `flink_rate` reads it: seq, time, kind, channel, amount and k_<key> as int64, NULL where absent."""
    columns = {
        "seq": batch.seq, "time": batch.time, "kind": batch.kind, "channel": batch.channel, "amount": batch.amount,
    }  # fmt: skip
    for place, name in enumerate(KEYS):
        signed = np.ascontiguousarray(batch.keys[:, place]).view(np.int64)
        columns[f"k_{name}"] = pa.array(signed, mask=signed == 0)
    pa.parquet.write_table(pa.table(columns), path)


def read_parquet(path: Path) -> Batch:
    table = pa.parquet.read_table(path)

    def column(name: str) -> NDArray[np.int64]:
        found: NDArray[np.int64] = table[name].cast(pa.int64()).fill_null(0).to_numpy()
        return found

    keys = np.stack([column(f"k_{name}") for name in KEYS], axis=1).view(np.uint64)
    kind, channel = (column(name).astype(np.uint8) for name in ("kind", "channel"))
    return Batch(column("seq"), column("time"), kind, channel, keys, column("amount"))


def flink_rate(batch_parquet: Path, *, state: State = "heap", check: bool = True) -> FlinkRun:
    """How fast Flink SQL is at parallelism 1 over the rows of `batch_parquet` (`write_parquet`), rising in time.

    Of the two ways to write it the faster one, `narrow`, is timed, by the clock and with every core there is. With
    `check` the values of the first rows are compared with the engine's. Raises SettingsError where Flink is not
    installed (`flink_missing` says why, `make flink` installs it).
    """
    batch = read_parquet(batch_parquet)
    assert (np.diff(batch.time) > 0).all(), "Flink keeps its windows in event time: unique, rising times"
    with tempfile.TemporaryDirectory(prefix="ringwatch-flink-") as name:
        if check:
            check_narrow(batch.part(0, _SAMPLE), Path(name))
        return run(batch, Path(name), state, narrow=True)


def run(batch: Batch, place: Path, state: State, *, narrow: bool) -> FlinkRun:
    """The 24 columns over `batch`, their values thrown away."""
    write_batch(batch, place / "batch.csv")
    options = JobOptions(state=state, checkpoints=(place / "checkpoints").as_uri(), heap="4g", managed="1g")
    job, _ = file_job(catalogue(), place / "batch.csv", None, options)
    return _timed(narrowed(job, None) if narrow else job, options, place / "run", len(batch))


def narrowed(job: FlinkJob, sink: Path | None) -> FlinkJob:
    """A row for each window, side by side: nothing is carried along, but readers have 12 rows to put together."""
    *tables, _ = (it for it in job.statements if "velocity_" not in it)
    where = "'connector' = 'blackhole'"
    if sink is not None:
        where = f"'connector' = 'filesystem', 'path' = {quoted(sink.as_uri())}, 'format' = 'json'"
    table = f"CREATE TEMPORARY TABLE narrow (id STRING, part INT, n BIGINT, s BIGINT) WITH ({where})"
    # Flink 2.2 takes windows that differ in length alone for one and the same; so what they sum differs too.
    parts = [
        f"SELECT id, {part} AS part, COUNT(*) OVER w AS n, SUM(money + {part}) OVER w AS s FROM events\n"  # noqa: S608 - numbers of our own
        f"WINDOW w AS (PARTITION BY k_{entity} ORDER BY rt RANGE BETWEEN {interval(ms)} PRECEDING AND CURRENT ROW)"
        for part, (entity, ms) in enumerate(product(ENTITIES, WINDOWS.values()))
    ]
    insert = "INSERT INTO narrow\n" + "\nUNION ALL\n".join(parts)
    return FlinkJob(job.settings, (*tables, table, insert), wait=True)


def read_rate(batch: Batch, place: Path) -> FlinkRun:
    """The same rows parsed and thrown away: what the source alone costs."""
    options = JobOptions(heap="4g")
    job, _ = file_job(catalogue(), place / "batch.csv", None, options)
    source = [it for it in job.statements if "velocity_" not in it]
    insert = "INSERT INTO velocity SELECT id, t, 'x', ARRAY[CAST(money AS DOUBLE)] FROM events"
    return _timed(FlinkJob(job.settings, (*source, insert), wait=True), options, place / "read", len(batch))


def _timed(job: FlinkJob, options: JobOptions, place: Path, rows: int) -> FlinkRun:
    end = run_job(job, find_flink(progress), options, place, timeout_s=3_600)
    return FlinkRun(round(rows / end.seconds), round(rows / end.cpu_seconds), end.seconds)


def check_narrow(batch: Batch, place: Path) -> None:
    """Stops where Flink's values over `batch`, authorisations that name all three entities, are not the engine's."""
    write_batch(batch, place / "few.csv")
    options = JobOptions(checkpoints=(place / "few-checkpoints").as_uri(), checkpoint_ms=2_000)
    job, _ = file_job(catalogue(), place / "few.csv", None, options)
    run_job(narrowed(job, place / "few"), find_flink(progress), options, place / "few-run")
    rows = [
        json.loads(line)
        for path in (place / "few").rglob("part-*")
        if not path.name.startswith(".")
        for line in path.read_bytes().splitlines()
    ]
    values = np.full((len(batch), len(features())), np.nan)
    places = {str(seq): row for row, seq in enumerate(batch.seq.tolist())}
    for row in rows:
        values[places[row["id"]], 2 * row["part"] : 2 * row["part"] + 2] = (
            row["n"],
            row["s"] - row["part"] * row["n"],
        )
    np.testing.assert_array_equal(values, VelocityEngine(catalogue()).update_and_read(batch)[0])


def world(n: int, seed: int = 5, *, zipf: bool = False) -> Batch:
    """n authorisations over 30 days at unique rising times; the largest key of an entity is in 1 to 2 % of them.

    With `zipf` it is in nearly a fifth.
    """
    random = np.random.default_rng(seed)
    time = 1_767_225_600_000 + np.cumsum(random.integers(1, 2 * 30 * 86_400_000 // n, n))
    keys = np.zeros((n, len(KEYS)), dtype=np.uint64)
    for entity, many in zip(ENTITIES, (n // 20, n // 25, 2_000), strict=True):
        rank = (random.random(n) ** 2 * many).astype(np.int64)
        if zipf:
            rank = np.minimum(random.zipf(1.2, n) % many, many - 1)
        keys[:, KEYS.index(entity)] = (rank.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    return Batch(
        np.arange(n, dtype=np.int64), time, np.zeros(n, np.uint8), np.full(n, 1, np.uint8), keys,
        np.exp(random.normal(8, 1.2, n)).astype(np.int64) + 1,
    )  # fmt: skip


def main() -> None:
    missing = flink_missing()
    if missing:
        sys.exit(missing)
    n = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS_N
    batch = world(n)
    with tempfile.TemporaryDirectory(prefix="ringwatch-flink-") as name:
        place = Path(name)
        check_narrow(batch.part(0, _SAMPLE), place)
        narrow = run(batch, place, "heap", narrow=True)
        progress(f"heap, a row a window: {narrow}")
        hot = run(world(n, zipf=True), place, "heap", narrow=True)
        progress(f"heap, a row a window, hot keys: {hot}")
        wide = run(batch, place, "heap", narrow=False)
        progress(f"heap, a row an event: {wide}")
        rocks = run(batch, place, "rocksdb", narrow=True)
        progress(f"rocksdb, a row a window: {rocks}")
        write_batch(batch, place / "batch.csv")
        read = read_rate(batch, place)
    engine = VelocityEngine(catalogue())
    engine.update_and_read(batch.part(0, 1))
    engine = VelocityEngine(catalogue())
    start = time.process_time()
    for first in range(0, n, _BATCH):
        engine.update_and_read(batch.part(first, first + _BATCH))
    ours = n / (time.process_time() - start)
    runs = {
        "heap": narrow, "heap_hot_keys": hot, "heap_row_an_event": wide, "rocksdb": rocks, "source": read,
    }  # fmt: skip
    figures: dict[str, object] = {name: asdict(one) for name, one in runs.items()}
    ratios = {"ratio_cpu": round(ours / narrow.cpu_rate, 1), "ratio_clock": round(ours / narrow.rate, 1)}
    figures |= {"events": n, "engine_cpu_rate": round(ours), **ratios}
    report("velocity_flink", figures)


if __name__ == "__main__":
    main()
