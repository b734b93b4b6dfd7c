"""Back-fill by columns: rows of a raw file a second, on one core, to a table of feature rows.

`make -s bench-backfill` prints one JSON object. Two files are made and read:

* `plain`: the Fraud Detection Handbook's shape (a card, a terminal, an amount, a label), several million payments of
  half a million cards in Zipf's proportions;
* `rich`: a simulated world's (cards, accounts, devices, e-mails, phones, IPs, addresses in many spellings), where every
  new address text goes through the parser.

The peer, in the same run, is the row path (`streaming.backfill.Backfill` without communities) on the first rows.

    RINGWATCH_BENCH_ROWS      of the plain file (2000000)
    RINGWATCH_BENCH_RICH      customers of the rich one (20000); 0 leaves it out
"""

import os
import resource
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from bench._report import progress, report
from events.door import Door
from events.errors import InputError
from events.money import default_rates
from events.tokens import Tokeniser
from features import Catalogue, default_catalogue
from lake.history import History, open_history
from nlp import KeyCache, load_parser
from simulator import preset
from simulator.files import WorldFiles
from streaming.backfill import Backfill, BackfillSettings
from streaming.column_backfill import ColumnBackfill, Cut, Workshop

ROWS = 2_000_000
RICH_CUSTOMERS, RICH_DAYS = 20_000, 60
PEER_ROWS = 50_000
_CARDS, _TERMINALS, _DAYS = 500_000, 10_000, 180
_ROW_GROUP = 1 << 17
_DAY_S = 86_400
MAP = """
[transaction]
id = "TRANSACTION_ID"
time = { column = "TX_TIME_SECONDS", unit = "s", origin = "2018-04-01T00:00:00Z" }
amount = "TX_AMOUNT"
currency = { value = "EUR" }
card = "CUSTOMER_ID"
merchant = "TERMINAL_ID"
[label]
fraud = "TX_FRAUD"
delay = "7d"
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """A run: rows of the file a second of wall-clock and of processor time, bytes a feature row, seconds."""

    rows: int
    columns: int
    rows_per_s: float
    rows_per_cpu_s: float
    bytes_per_row: float
    seconds: float


def plain_file(folder: Path, rows: int, seed: int = 11) -> History:
    """A file of the handbook's shape, written row group by row group."""
    rng = np.random.default_rng(seed)
    cards = rng.permutation(_CARDS)
    schema = pa.schema(
        [("TRANSACTION_ID", pa.int64()), ("CUSTOMER_ID", pa.int32()), ("TERMINAL_ID", pa.int32()),
         ("TX_AMOUNT", pa.float64()), ("TX_TIME_SECONDS", pa.int64()), ("TX_FRAUD", pa.int8())]
    )  # fmt: skip
    path = folder / "plain.parquet"
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for first in range(0, rows, _ROW_GROUP):
            n = min(_ROW_GROUP, rows - first)
            begin, end = (at * _DAYS * _DAY_S // rows for at in (first, first + n))
            columns = (
                np.arange(first, first + n),
                cards[_zipf(rng, n, _CARDS)],
                _zipf(rng, n, _TERMINALS),
                np.round(rng.lognormal(3.5, 0.9, n), 2),
                np.sort(rng.integers(begin, max(end, begin + 1), n)),
                (rng.random(n) < 0.008).astype(np.int8),
            )
            arrays = [pa.array(column).cast(kind) for column, kind in zip(columns, schema.types, strict=True)]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema), row_group_size=_ROW_GROUP)
    (folder / "plain.toml").write_text(MAP)
    return open_history(path, folder / "plain.toml")


def _zipf(rng: np.random.Generator, n: int, size: int) -> NDArray[np.int64]:
    """Ranks from 0 to `size`, rank r with a weight of about 1 / (r + 10)."""
    uniform = rng.random(n)
    return np.minimum((10 * ((size / 10 + 1) ** uniform - 1)).astype(np.int64), size - 1)


def rich_file(folder: Path, customers: int) -> History:
    """A simulated world's payments."""
    spec = preset("gateway-cnp").change(customers=customers, days=RICH_DAYS)
    WorldFiles(spec, 7).write(folder / "rich")
    return open_history(folder / "rich" / "transactions.parquet", folder / "rich" / "map.toml")


def make_shop(catalogue: Catalogue | None = None) -> Workshop:
    """A door with a key of its own, and the parser."""
    rates = default_rates()
    tokeniser = Tokeniser({1: b"k" * 32}, 1)
    door = Door(tokeniser, rates, check_free_text=True)
    return Workshop(door, tokeniser, rates, KeyCache(load_parser()), catalogue or default_catalogue())


def measure(history: History, shop: Workshop, folder: Path) -> Measured:
    """Back-fill a file once, into `folder`."""
    job = ColumnBackfill(history, shop, folder, Cut())
    began, busy = time.perf_counter(), time.process_time()
    done = job.run(_refuse, restart=True)
    seconds, cpu = time.perf_counter() - began, time.process_time() - busy
    assert done.refused == 0
    size = sum(part.bytes for part in done.parts)
    return Measured(
        rows=done.next_row,
        columns=len(job.columns),
        rows_per_s=done.next_row / seconds,
        rows_per_cpu_s=done.next_row / cpu,
        bytes_per_row=size / max(done.rows, 1),
        seconds=seconds,
    )


def backfill_rate(rows: int = ROWS, catalogue: Catalogue | None = None) -> dict[str, object]:
    """The figure `backfill_rows_per_s` over a plain file of so many rows, with what it was measured on.

    The process is held to one core meanwhile; compiled code is warm.
    """
    with tempfile.TemporaryDirectory(prefix="bench-backfill-") as name, _one_core():
        folder, shop = Path(name), make_shop(catalogue)
        (folder / "warm").mkdir()
        measure(plain_file(folder / "warm", 20_000), shop, folder / "warm" / "out")
        found = measure(plain_file(folder, rows), shop, folder / "out")
    return {
        "backfill_rows_per_s": round(found.rows_per_s),
        "backfill_rows_per_cpu_s": round(found.rows_per_cpu_s),
        "backfill_rows": found.rows,
        "backfill_columns": found.columns,
        "backfill_bytes_per_row": round(found.bytes_per_row, 1),
    }


def peer(history: History, shop: Workshop, rows: int) -> float:
    """Rows a second of the row path, over the first rows."""
    driver = Backfill(shop.catalogue, shop.addresses, BackfillSettings(communities_every_ms=0))
    began = time.perf_counter()
    arrivals = islice(history.arrivals(shop.door, _refuse), rows)
    for _ in driver.rows(arrivals):
        pass
    return rows / (time.perf_counter() - began)


def _refuse(number: int, row: Mapping[str, object], error: InputError) -> None:
    del row
    raise AssertionError(f"row {number}: {error}")


@contextmanager
def _one_core() -> Iterator[None]:
    """Holds the process to one of its cores for the length of a block."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def main() -> None:
    rows = int(os.environ.get("RINGWATCH_BENCH_ROWS") or ROWS)
    customers = int(os.environ.get("RINGWATCH_BENCH_RICH") or RICH_CUSTOMERS)
    figures: dict[str, object] = backfill_rate(rows)
    progress(f"plain: {figures['backfill_rows_per_s']:,} rows/s over {rows:,} rows")
    with tempfile.TemporaryDirectory(prefix="bench-backfill-") as name, _one_core():
        folder = Path(name)
        figures["peer_rows_per_s"] = round(peer(plain_file(folder, PEER_ROWS), make_shop(), PEER_ROWS))
        progress(f"the row path: {figures['peer_rows_per_s']:,} rows/s over {PEER_ROWS:,} rows")
        if customers:
            found = measure(rich_file(folder, customers), make_shop(), folder / "out")
            figures |= {
                "rich_rows_per_s": round(found.rows_per_s),
                "rich_rows_per_cpu_s": round(found.rows_per_cpu_s),
                "rich_rows": found.rows,
                "rich_bytes_per_row": round(found.bytes_per_row, 1),
            }
            progress(f"rich: {figures['rich_rows_per_s']:,} rows/s over {found.rows:,} rows")
    figures["resident_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    report("backfill", figures)


if __name__ == "__main__":
    main()
