"""Suggested maps: they load, they speak of every column, and the door takes the rows they make."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from events.errors import SettingsError
from events.types import Label, Transaction
from lake.history import open_history
from lake.mapping import FileMap, as_take, load_map
from lake.source import open_source
from lake.suggest import suggest_map
from tests.support.made import door

_EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
Rows = Sequence[Mapping[str, object]]


def _suggest(path: Path) -> tuple[str, FileMap]:
    source = open_source(path)
    text = suggest_map(source)
    path.with_suffix(".toml").write_text(text)
    return text, load_map(path.with_suffix(".toml"), source.columns)


def _csv(path: Path, rows: Rows) -> Path:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue())
    return path


def _messages(path: Path) -> list[object]:
    refused: list[str] = []
    history = open_history(path, path.with_suffix(".toml"))
    found = [it.message for it in history.arrivals(door, lambda *parts: refused.append(str(parts[2])))]
    assert refused == []
    return list(found)


def test_the_entity_rich_example_is_mapped_as_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "payments.csv"
    path.write_bytes((_EXAMPLES / "payments.csv").read_bytes())
    text, found = _suggest(path)
    by_hand = load_map(_EXAMPLES / "payments.toml", open_source(path).columns)
    guessed = {name: as_take(value) for name, value in found.transaction.items()}
    for name, value in by_hand.transaction.items():
        assert guessed[name].named == as_take(value).named, name
    assert guessed.keys() == by_hand.transaction.keys()
    assert found.label is not None
    assert by_hand.label is not None
    assert found.label.known_at is not None
    assert as_take(found.label.known_at).column == by_hand.label.known_at
    assert found.label.reason_code == by_hand.label.reason_code
    assert set(found.columns.drop) == set(by_hand.columns.drop)
    assert found.columns.extra == by_hand.columns.extra
    assert "speaks of the answer" in text
    messages = _messages(path)
    assert sum(isinstance(it, Transaction) for it in messages) == 30
    assert sum(isinstance(it, Label) for it in messages) == 5


def _handbook(number: int) -> dict[str, object]:
    return {
        "TRANSACTION_ID": number, "CUSTOMER_ID": number % 9, "TERMINAL_ID": number % 14,
        "TX_AMOUNT": 5.25 + number % 11,
        "TX_TIME_SECONDS": number * 977, "TX_TIME_DAYS": number // 88,
        "TX_FRAUD": int(number % 50 == 0),
        "TX_FRAUD_SCENARIO": number % 4 if number % 50 == 0 else 0,
    }  # fmt: skip


def test_the_handbook_layout(tmp_path: Path) -> None:
    path = tmp_path / "transactions.parquet"
    pq.write_table(pa.Table.from_pylist([_handbook(number) for number in range(400)]), path)
    text, found = _suggest(path)
    assert {name: as_take(value).named for name, value in found.transaction.items()} == {
        "id": ("TRANSACTION_ID",), "time": ("TX_TIME_SECONDS",), "amount": ("TX_AMOUNT",), "currency": (),
        "account": ("CUSTOMER_ID",), "merchant.id": ("TERMINAL_ID",),
    }  # fmt: skip
    assert found.label is not None
    assert found.label.fraud == "TX_FRAUD"
    assert sorted(found.columns.drop) == ["TX_FRAUD_SCENARIO", "TX_TIME_DAYS"]
    assert text.count("CHECK: ") == 3  # where time begins, the currency, the delay
    assert len(_messages(path)) == 408


def _mobile(number: int) -> dict[str, object]:
    """As a mobile money simulation is laid out: no id, hours since a start, camel case."""
    return {
        "step": number // 7, "type": ("PAYMENT", "TRANSFER", "CASH_OUT")[number % 3], "amount": f"{number * 3.5:.2f}",
        "nameOrig": f"C{number % 13}", "oldbalanceOrg": f"{number * 10.5}", "newbalanceOrig": "0.0",
        "nameDest": f"M{number % 5}", "isFraud": int(number % 40 == 0), "isFlaggedFraud": 0,
    }  # fmt: skip


def _raw_cards(number: int) -> dict[str, object]:
    """As another public one: card numbers in the clear, a person's name and address, a text time without a zone."""
    return {
        "": number, "trans_date_trans_time": f"2026-01-{1 + number % 28:02d} 10:{number % 60:02d}:00",
        "cc_num": "4111111111111111" if number % 2 else "5105105105105100", "merchant": f"Shop {number % 6}",
        "category": "travel", "amt": 5.5 + number, "first": "Ann", "last": f"Lee {number % 9}", "gender": "F",
        "street": f"{number % 9 + 1} Mill Road", "city": "Springfield", "state": "IL", "zip": "62704", "lat": 39.8,
        "long": -89.6, "city_pop": 5_000 + number, "job": f"Job {number % 8}", "dob": "1980-01-01",
        "trans_num": f"{number:032x}", "unix_time": 1_767_225_600 + number * 60, "is_fraud": int(number % 30 == 0),
    }  # fmt: skip


def _dated(number: int) -> dict[str, object]:
    at = datetime(2026, 3, 14) + timedelta(hours=number)  # noqa: DTZ001 - written without a zone
    return {
        "Order No": f"A-{number}", "Order Date": f"{at:%d/%m/%Y %H:%M}", "Amount (paise)": 100 + number, "Ccy": "INR",
        "Client": f"client {number % 7}", "Entry Mode": ("CHIP", "Online", "Strange")[number % 3], "Empty": None,
        "Wiederholung": "x\ny" if number % 2 else "# z", "Client E-Mail": f"u{number % 7}@example.com",
        "remote_addr": f"198.51.100.{number % 20}",
        "Fraud Reported At": f"{at:%d/%m/%Y %H:%M}" if number % 9 == 0 else None,
    }  # fmt: skip


def test_a_layout_without_ids_and_with_hours_since_a_start(tmp_path: Path) -> None:
    path = _csv(tmp_path / "mobile.csv", [_mobile(number) for number in range(300)])
    text, found = _suggest(path)
    assert as_take(found.transaction["id"]).named == ("step", "nameOrig", "nameDest", "amount")
    assert as_take(found.transaction["time"]).unit == "h"
    assert found.transaction["account"] == "nameOrig"
    assert found.label is not None
    assert found.label.fraud == "isFraud"
    assert "isFlaggedFraud" in found.columns.drop
    assert "no column is unique" in text
    assert sum(isinstance(it, Label) for it in _messages(path)) == 8


def test_card_numbers_in_the_clear_are_dropped_and_said(tmp_path: Path) -> None:
    rows = [{name or "index": value for name, value in _raw_cards(number).items()} for number in range(120)]
    path = _csv(tmp_path / "raw.csv", rows)
    text, found = _suggest(path)
    assert {"cc_num", "first", "last", "gender", "dob", "unix_time"} <= set(found.columns.drop)
    assert "CARD NUMBERS IN THE CLEAR" in text
    assert "4111" not in text
    assert found.transaction["id"] == "trans_num"
    assert as_take(found.transaction["time"]).zone == "UTC"
    assert as_take(found.transaction["shipping_address"]).columns == ("street", "city", "state", "zip")
    assert "city_pop" in found.columns.extra
    assert len(_messages(path)) == 124


def test_foreign_dates_minor_units_odd_names_and_values(tmp_path: Path) -> None:
    path = _csv(tmp_path / "dated.csv", [_dated(number) for number in range(200)])
    text, found = _suggest(path)
    take = {name: as_take(value) for name, value in found.transaction.items()}
    assert take["time"].format == "%d/%m/%Y %H:%M"
    assert take["amount"].unit == "minor"
    assert take["channel"].values == {"CHIP": "card_present", "Online": "ecommerce", "Strange": "unknown"}
    assert take["ip.address"].column == "remote_addr"
    assert take["email"].column == "Client E-Mail"
    assert take["account"].column == "Client"
    assert found.columns.drop == ["Empty"]
    assert found.columns.extra == ["Wiederholung"]
    assert "what is Strange?" in text
    messages = _messages(path)
    assert max(it.amount.minor for it in messages if isinstance(it, Transaction)) == 299
    assert sum(isinstance(it, Label) for it in messages) == 23


@pytest.mark.parametrize("unit", ["s", "ms", "us"])
def test_epoch_numbers(tmp_path: Path, unit: str) -> None:
    scale = {"s": 1, "ms": 1_000, "us": 1_000_000}[unit]
    rows = [{"id": n, "ts": (1_767_225_600 + n) * scale, "amount": 1.5 + n, "user": n % 5} for n in range(50)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "f.parquet")
    _, found = _suggest(tmp_path / "f.parquet")
    assert as_take(found.transaction["time"]).unit == unit
    assert len(_messages(tmp_path / "f.parquet")) == 50


def test_a_payer_has_to_be_found_whatever_it_takes(tmp_path: Path) -> None:
    rows = [
        {"id": n, "when": f"2026-01-01T10:00:{n:02d}Z", "amount": 1.5 + n, "region": f"r{n % 5}"}
        for n in range(50)
    ]
    text, found = _suggest(_csv(tmp_path / "f.csv", rows))
    assert found.transaction["account"] == "region"
    assert "who pays?" in text


@pytest.mark.parametrize(
    ("rows", "says"), [([{"a": 1}], "time or amount"), ([{"a": None}], "time or amount")]
)
def test_a_file_that_holds_no_payments(tmp_path: Path, rows: Rows, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        _suggest(_csv(tmp_path / "f.csv", rows))


def test_a_file_without_rows(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("id,time,amount\n")
    with pytest.raises(SettingsError, match="no rows"):
        _suggest(tmp_path / "f.csv")
