"""A world as Parquet: the same rows as its submissions, bytes that a seed decides, and a map that reads them."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from events import topics
from events.door import Door
from events.money import default_rates
from events.tokens import Tokeniser
from events.types import Label, Transaction
from lake.history import open_history
from ringwatch.cli.app import app
from simulator import preset
from simulator import rows as r
from simulator.book import Book
from simulator.files import WorldFiles
from simulator.raw_columns import RawColumns, coded, money
from simulator.rows import blank
from simulator.seeds import Seeds
from simulator.verdicts import last_verdicts

SPEC = preset("tiny")
TABLES = ("transactions", "outcomes", "account_events", "labels", "truth")
ALL = {*(f"{name}.parquet" for name in TABLES), "truth.json", "map.toml"}


def new_door() -> Door:
    return Door(Tokeniser({1: b"a key of this test only" * 2}, 1), default_rates(), check_free_text=True)


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@dataclass(frozen=True)
class Written:
    folder: Path
    world: WorldFiles
    told: list[int]

    def table(self, name: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = pq.read_table(self.folder / f"{name}.parquet").to_pylist()
        return rows


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Written:
    folder, told = tmp_path_factory.mktemp("world") / "out", list[int]()
    world = WorldFiles(SPEC, 3)
    world.write(folder, told.append)
    return Written(folder, world, told)


def ms(moment: Any) -> int:
    milliseconds: int = round(moment.timestamp() * 1000)
    return milliseconds


def test_the_folder_has_tables_truth_and_map(written: Written) -> None:
    assert {path.name for path in written.folder.iterdir()} == ALL
    assert sum(written.told) == written.world.count == sum(1 for _ in written.world.submissions())


def check_label(row: dict[str, Any], raw: dict[str, Any]) -> None:
    assert row["transaction"] == raw["subject"]["id"]
    for name in ("verdict", "reason_code", "source", "actor", "supersedes"):
        assert row[name] == raw.get(name)
    assert ms(row["known_at"]) == raw["known_at"]


def check_outcome(row: dict[str, Any], raw: dict[str, Any]) -> None:
    for name in ("transaction", "kind", "approved", "code"):
        assert row[name] == raw[name]


def check_party(row: dict[str, Any], raw: dict[str, Any]) -> None:
    addresses = {each["role"]: each for each in raw.get("addresses", ())}
    for role in ("shipping", "billing"):
        if f"{role}_address" in row:
            assert row[f"{role}_address"] == addresses.get(role, {}).get("text")
    assert all(each["country"] == row["country"] for each in addresses.values())
    for name in ("kind", "account", "device", "email"):
        assert row[name] == raw.get(name)
    card, ip = raw.get("card", {}), raw.get("ip", {})
    for part in ("reference", "bin", "last4"):
        assert row[f"card_{part}"] == card.get(part)
    assert (row["ip"], row["ip_country"]) == (ip.get("address"), ip.get("country"))


def check_payment(row: dict[str, Any], raw: dict[str, Any]) -> None:
    check_party(row, raw)
    assert f"{row['amount']:.2f}" == raw["amount"]
    for name in ("currency", "channel", "phone", "parent"):
        assert row[name] == raw.get(name)
    merchant = {part: row[f"merchant_{part}"] for part in ("category", "country")}
    assert merchant | {"id": row["merchant"]} == raw["merchant"]


def test_tables_say_what_submissions_say_in_their_order(written: Written) -> None:
    tables = {
        topics.TRANSACTIONS.name: (iter(written.table("transactions")), check_payment),
        topics.OUTCOMES.name: (iter(written.table("outcomes")), check_outcome),
        topics.ACCOUNT_EVENTS.name: (iter(written.table("account_events")), check_party),
        topics.LABELS.name: (iter(written.table("labels")), check_label),
    }
    for item in written.world.submissions():
        rows, check = tables[item.topic]
        row = next(rows)
        assert (row["id"], ms(row["time"])) == (item.raw["id"], item.raw["time"])
        check(row, item.raw)
    assert all(next(rows, None) is None for rows, _ in tables.values())


def test_the_map_reads_the_world_back_through_the_door(written: Written) -> None:
    history = open_history(written.folder / "transactions.parquet", written.folder / "map.toml")
    refused: list[Exception] = []
    door = new_door()
    arrivals = list(history.arrivals(door, lambda _number, _row, error: refused.append(error)))
    assert not refused
    read = {a.message.id: a.message for a in arrivals if isinstance(a.message, Transaction)}
    told = {
        a.message.id: a.message for a in written.world.arrivals(door) if isinstance(a.message, Transaction)
    }
    assert read.keys() == told.keys()
    for name, message in told.items():
        same = read[name]
        assert {(a.role, a.text, a.country) for a in same.addresses} == {
            (a.role, a.text, a.country) for a in message.addresses
        }
        for field in ("time", "kind", "amount", "channel", "card", "account", "device", "email", "phone", "ip",
                      "merchant", "parent"):  # fmt: skip
            assert getattr(same, field) == getattr(message, field), field
    frauds = {a.message.subject.id for a in arrivals if isinstance(a.message, Label)}
    last: dict[str, Label] = {}
    for arrival in written.world.arrivals(door):
        if isinstance(arrival.message, Label):
            last[arrival.message.subject.id] = arrival.message
    assert frauds == {name for name, label in last.items() if label.verdict != "cleared"}
    assert frauds


def test_truth_is_beside_the_tables_and_not_in_them(written: Written) -> None:
    truth = written.world.truth
    rows = written.table("truth")
    assert {row["transaction"]: (row["type"], row["ring"]) for row in rows} == {
        name: (fraud.type, fraud.ring) for name, fraud in truth.frauds.items()
    }
    found = json.loads((written.folder / "truth.json").read_text())
    assert [ring["id"] for ring in found["rings"]] == [ring.id for ring in truth.rings]
    assert len(found["look_alikes"]) == len(truth.look_alikes)
    assert found["look_alikes"][0]["kind"] == truth.look_alikes[0].kind
    names = set(pq.read_schema(written.folder / "transactions.parquet").names)
    assert not names & {"fraud", "ring", "type", "code"}


def test_rows_are_in_order_of_time_and_ids_are_unique(written: Written) -> None:
    for name in ("transactions", "outcomes", "account_events"):
        keys = [(row["time"], row["id"]) for row in written.table(name)]
        assert all(a < b for a, b in pairwise(keys)), name
    known = [row["known_at"] for row in written.table("labels")]
    assert known == sorted(known)


def test_one_seed_gives_the_same_bytes_here_and_in_another_process(written: Written, tmp_path: Path) -> None:
    first = hashes(written.folder)
    code = f"""
from pathlib import Path
from simulator import preset
from simulator.files import WorldFiles
WorldFiles(preset("tiny"), 3).write(Path({str(tmp_path)!r}))
"""
    for hash_seed in ("1", "4711"):
        environment = os.environ | {"PYTHONHASHSEED": hash_seed}
        subprocess.run([sys.executable, "-c", code], check=True, env=environment)  # noqa: S603 - our own code
        assert hashes(tmp_path) == first
    WorldFiles(SPEC, 4).write(tmp_path)
    assert hashes(tmp_path)["transactions.parquet"] != first["transactions.parquet"]


def test_row_groups_and_memory_stay_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.files._ROW_GROUP", 100)
    world = WorldFiles(SPEC, 3)
    told: list[int] = []
    world.write(tmp_path, told.append)
    assert max(told) == 100
    meta = pq.ParquetFile(tmp_path / "transactions.parquet").metadata
    assert meta.num_row_groups == -(-meta.num_rows // 100)
    assert max(meta.row_group(i).num_rows for i in range(meta.num_row_groups)) == 100
    rows = duckdb.read_parquet(str(tmp_path / "labels.parquet")).aggregate("count(*)").fetchall()[0][0]
    assert rows == sum(item.topic == topics.LABELS.name for item in world.submissions())


def test_raw_forms_are_kept_in_bounded_memos() -> None:
    book = Book(Seeds(1))
    for memo in ("card", "account", "device", "email", "phone", "ip"):
        info = getattr(book, memo).cache_info()
        assert info.maxsize is not None
        assert info.currsize == 0


def test_a_dictionary_names_each_value_once() -> None:
    made = coded(
        np.array([0, 1, 2, 1]), ("network", "analyst", "analyst"), np.array([True, True, True, False])
    )
    assert made.to_pylist() == ["network", "analyst", "analyst", None]
    assert made.dictionary.to_pylist() == ["network", "analyst"]


def test_a_world_without_fraud_has_an_empty_truth(tmp_path: Path) -> None:
    WorldFiles(SPEC.change(fraud={"share": 0.0}), 3).write(tmp_path)
    assert pq.read_table(tmp_path / "truth.parquet").num_rows == 0
    assert json.loads((tmp_path / "truth.json").read_text())["rings"] == []


# --- parts ------------------------------------------------------------------------------------------------


def test_many_raw_identifiers_are_those_made_one_by_one() -> None:
    seeds = Seeds(9)
    book = Book(seeds)
    country = (np.arange(300) % 2).astype(np.int8)
    raw = RawColumns(book)
    gap = np.array([-1], np.int32)
    for name, index in (
        ("accounts", book.add_accounts(300, "x")), ("devices", book.add_devices(300, "x")),
        ("emails", book.add_emails(country, "x")), ("phones", book.add_phones(country, "x")),
    ):  # fmt: skip
        made = getattr(raw, name)(np.concatenate([gap, index]).astype(np.int32)).to_pylist()
        assert made == [None, *(getattr(book, name[:-1])(n) for n in index.tolist())]
    cards = book.add_cards(country, "x")
    columns = raw.cards(np.concatenate([cards, gap]).astype(np.int32))
    for part in ("reference", "bin", "last4"):
        made = columns[f"card_{part}"].to_pylist()
        assert made == [*(book.card(n)[part] for n in cards.tolist()), None]
    ips = book.add_ips(country, "x")
    columns = raw.ips(ips)
    assert columns["ip"].to_pylist() == [book.ip(n)["address"] for n in ips.tolist()]
    assert columns["ip_country"].to_pylist() == [("IN", "US")[k] for k in country.tolist()]


def test_money_is_exact() -> None:
    minor = np.array([0, 1, 99, 100, 12_345_678_901], np.int64)
    assert [str(value) for value in money(minor).to_pylist()] == [
        "0.00",
        "0.01",
        "0.99",
        "1.00",
        "123456789.01",
    ]


def test_the_last_verdict_counts_from_when_it_was_first_given() -> None:
    story = (
        # payment, known_at, verdict
        (7, 10, r.CONFIRMED), (7, 30, r.CHARGEBACK),
        (8, 10, r.CHARGEBACK), (8, 50, r.CLEARED),
        (9, 5, r.CLEARED), (9, 20, r.CHARGEBACK),
    )  # fmt: skip
    labels = blank(r.LABEL, len(story))
    for row, (payment, known, verdict) in zip(labels, story, strict=True):
        row["payment"], row["known_at"], row["verdict"], row["id"] = (
            payment,
            known,
            verdict,
            payment * 100 + known,
        )
    found = last_verdicts(labels[::-1]).of(np.array([9, 6, 7, 8], np.uint64))
    assert found.verdict.tolist() == [r.CHARGEBACK, -1, r.CONFIRMED, r.CLEARED]
    assert found.known_at.tolist() == [20, 0, 10, 50]
    none = last_verdicts(blank(r.LABEL, 0)).of(np.array([1], np.uint64))
    assert none.verdict.tolist() == [-1]


# --- the command ------------------------------------------------------------------------------------------


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RINGWATCH_VAR", str(tmp_path / "var"))
    return CliRunner()


def test_the_command_writes_tables_by_default(shell: CliRunner, written: Written) -> None:
    result = shell.invoke(app, ["simulate", "--preset", "tiny", "--seed", "3", "--out", "w", "--json"])
    assert result.exit_code == 0, result.output
    said = json.loads(result.stdout)
    assert said["messages"] == written.world.count
    assert (said["to"], said["seed"], said["customers"]) == ("w", 3, SPEC.customers)
    assert hashes(Path("w")) == hashes(written.folder)


def test_the_command_writes_messages_and_takes_a_world_of_ones_own(shell: CliRunner) -> None:
    Path("mine.toml").write_text('preset = "tiny"\n[fraud]\nshare = 0.05\n')
    result = shell.invoke(
        app,
        [
            "simulate",
            "--world",
            "mine.toml",
            "--days",
            "20",
            "--customers",
            "200",
            "--out",
            "w",
            "--format",
            "jsonl",
        ],
    )
    assert result.exit_code == 0, result.output
    lines = [json.loads(line) for line in Path("w/arrivals.jsonl").read_text().splitlines()]
    spec = SPEC.change(customers=200, days=20, fraud={"share": 0.05})
    assert len(lines) == WorldFiles(spec, 7).count
    assert str(len(lines)) in result.stdout
    assert sum("amount" in line and "kind" not in line for line in lines) > 300  # authorisations
    assert json.loads(Path("w/truth.json").read_text())["rings"]


def test_the_command_names_a_world_that_does_not_fit(shell: CliRunner) -> None:
    Path("mine.toml").write_text('preset = "tiny"\ncustomer = 5\n')
    result = shell.invoke(app, ["simulate", "--world", "mine.toml", "--out", "w"])
    assert result.exit_code != 0
    assert "customer" in str(result.exception or result.output)
