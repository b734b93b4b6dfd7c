"""A world as files: Parquet tables in order of time, the truth beside them, and a map by which `ringwatch` reads them.

`transactions.parquet` has raw identifiers and the last verdict on each payment with the moment it became known;
`outcomes`, `account_events` and `labels` what came later; `truth.parquet` the frauds and `truth.json` them, rings and
look-alikes, which nobody outside a simulation could know. Tables are written row group by row group, so that memory
does not grow with them, and bytes are a function of (spec, seed) and the version of pyarrow.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from simulator import rows as r
from simulator.gazetteer import COUNTRIES, CURRENCIES
from simulator.history import History
from simulator.merchants import CATEGORIES
from simulator.raw_columns import RawColumns, coded, moments, money, named
from simulator.rows import Rows
from simulator.submissions import count
from simulator.truth import LookAlike, Ring, Truth
from simulator.verdicts import last_verdicts
from simulator.world import World

Told = Callable[[int], None]
_ROW_GROUP = 1 << 16
MAP = """\
# Written by `ringwatch simulate`: which column of transactions.parquet is which field.
[transaction]
id = "id"
time = "time"
kind = "kind"
amount = "amount"
currency = "currency"
channel = "channel"
account = "account"
card.reference = "card_reference"
card.bin = "card_bin"
card.last4 = "card_last4"
device = "device"
email = "email"
phone = "phone"
ip.address = "ip"
ip.country = "ip_country"
merchant.id = "merchant"
merchant.category = "merchant_category"
merchant.country = "merchant_country"
shipping_address = "shipping_address"
billing_address = "billing_address"
country = "country"
parent = "parent"

[label]                                # as it stands at the end: a chargeback that was won back is no fraud
fraud = { column = "verdict", values = { chargeback = "fraud", confirmed = "fraud", cleared = "no" } }
known_at = "known_at"
reason_code = { column = "reason_code" }
"""


class WorldFiles(World):
    """A world that can be written to a folder."""

    @property
    def count(self) -> int:
        """Rows of its four tables, and submissions in it."""
        return count(self._history)

    def write(self, folder: Path, told: Told = lambda _: None) -> None:
        """Write all files into `folder`, which is made; files of these names in it are replaced.

        `told` hears how many rows have been written since the last time: `count` in all.
        """
        folder.mkdir(parents=True, exist_ok=True)
        history, truth = self._history, self.truth
        tables = _Tables(history)
        for name, rows, make in (
            ("transactions", history.payments, tables.transactions), ("outcomes", history.outcomes, tables.outcomes),
            ("account_events", history.events, tables.account_events), ("labels", history.labels, tables.labels),
        ):  # fmt: skip
            time = rows["known_at" if name == "labels" else "time"]
            order = np.lexsort((rows["id"], time))
            _write(folder / f"{name}.parquet", (rows[at] for at in _cut(order)), make, told)
        payments = history.payments
        bad = np.flatnonzero(payments["fraud"])
        order = bad[np.lexsort((payments["id"][bad], payments["time"][bad]))]
        _write(folder / "truth.parquet", (payments[at] for at in _cut(order)), _frauds(truth), lambda _: None)
        self.write_truth(folder)
        (folder / "map.toml").write_text(MAP, encoding="utf-8")

    def write_truth(self, folder: Path) -> None:
        """Write `truth.json` alone into `folder`: frauds by transaction, rings, look-alikes."""
        with (folder / "truth.json").open("wb") as file:
            file.writelines(_truth_json(self.truth))


def _cut(order: NDArray[np.int64]) -> Iterator[NDArray[np.int64]]:
    """In row groups; one that is empty where there are no rows, for the schema."""
    for at in range(0, max(len(order), 1), _ROW_GROUP):
        yield order[at : at + _ROW_GROUP]


def _write(path: Path, chunks: Iterator[Rows], make: Callable[[Rows], dict[str, Any]], told: Told) -> None:
    writer: Any = None
    try:
        for rows in chunks:
            table = pa.table(make(rows))
            if writer is None:
                names = [f.name for f in table.schema if pa.types.is_dictionary(f.type)]
                # Arrow's own schema is left out: readers then see plain columns.
                writer = pq.ParquetWriter(
                    path, table.schema, compression="zstd", use_dictionary=names, store_schema=False
                )
            writer.write_table(table, row_group_size=_ROW_GROUP)
            told(len(rows))
    finally:
        if writer is not None:
            writer.close()


class _Tables:
    """Columns of each table, by name, of rows in the order of the file."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._raw = RawColumns(history.book)
        self._verdicts = last_verdicts(history.labels)

    def transactions(self, rows: Rows) -> dict[str, Any]:
        merchants, raw = self._history.merchants, self._raw
        category, home = merchants.category[rows["merchant"]], merchants.country[rows["merchant"]]
        (shipping, billing), country = raw.texts(rows["ship"], rows["bill"])
        found = self._verdicts.of(rows["id"])
        return {
            "id": named("txn", rows["id"]),
            "time": moments(rows["time"]),
            "kind": coded(rows["kind"], r.KINDS),
            "amount": money(rows["amount"]),
            "currency": coded(home, CURRENCIES),
            "channel": coded(rows["channel"], r.CHANNELS),
            "account": raw.accounts(rows["account"]),
            **raw.cards(rows["card"]),
            "device": raw.devices(rows["device"]),
            "email": raw.emails(rows["email"]),
            "phone": raw.phones(rows["phone"]),
            **raw.ips(rows["ip"]),
            "merchant": coded(rows["merchant"], merchants.ids),
            "merchant_category": coded(category, [each.code for each in CATEGORIES]),
            "merchant_country": coded(home, COUNTRIES),
            "shipping_address": shipping,
            "billing_address": billing,
            "country": country,
            "parent": named("txn", rows["parent"], rows["parent"] != 0),
            "verdict": coded(found.verdict, r.VERDICTS, found.verdict >= 0),
            "known_at": moments(found.known_at, found.verdict >= 0),
            "reason_code": coded(found.reason, r.REASONS, found.verdict >= 0),
        }

    def outcomes(self, rows: Rows) -> dict[str, Any]:
        issuer = rows["kind"] == r.ISSUER
        return {
            "id": named("out", rows["id"]),
            "transaction": named("txn", self._history.payments["id"][rows["payment"]]),
            "time": moments(rows["time"]),
            "kind": coded(rows["kind"], r.OUTCOME_KINDS),
            "approved": pa.array(issuer & (rows["code"] == r.APPROVED)),
            "code": coded(np.where(issuer, rows["code"], len(r.CODES)), (*r.CODES, "no-match")),
        }

    def account_events(self, rows: Rows) -> dict[str, Any]:
        raw = self._raw
        (address,), country = raw.texts(rows["ship"])
        return {
            "id": named("evt", rows["id"]),
            "time": moments(rows["time"]),
            "kind": coded(rows["kind"], r.ACCOUNT_KINDS),
            "account": raw.accounts(rows["account"]),
            **raw.cards(rows["card"]),
            "device": raw.devices(rows["device"]),
            "email": raw.emails(rows["email"]),
            **raw.ips(rows["ip"]),
            "shipping_address": address,
            "country": country,
        }

    def labels(self, rows: Rows) -> dict[str, Any]:
        return {
            "id": named("lab", rows["id"]),
            "transaction": named("txn", rows["payment"]),
            "verdict": coded(rows["verdict"], r.VERDICTS),
            "reason_code": coded(rows["reason"], r.REASONS),
            "source": coded(rows["actor"], r.SOURCES),
            "actor": coded(rows["actor"], r.ACTORS),
            "time": moments(rows["time"]),
            "known_at": moments(rows["known_at"]),
            "supersedes": named("lab", rows["supersedes"], rows["supersedes"] != 0),
        }


def _frauds(truth: Truth) -> Callable[[Rows], dict[str, Any]]:
    def columns(rows: Rows) -> dict[str, Any]:
        ids = named("txn", rows["id"])
        return {
            "transaction": ids,
            "type": coded(rows["fraud"], r.FRAUDS),
            "ring": pa.array([truth.frauds[name].ring for name in ids.to_pylist()], pa.string()),
        }

    return columns


def _truth_json(truth: Truth) -> Iterator[bytes]:
    """One object, ring by ring and group by group."""
    yield b'{"frauds":' + msgspec.json.encode(truth.frauds)
    yield b',\n"rings":['
    yield from _items(truth.rings)
    yield b'],\n"look_alikes":['
    yield from _items(truth.look_alikes)
    yield b"]}\n"


def _items(values: Iterable[Ring | LookAlike]) -> Iterator[bytes]:
    head = b"\n"
    for value in values:
        yield head + msgspec.json.encode(value)
        head = b",\n"
