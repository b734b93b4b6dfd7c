"""A file by columns: the same keys, times, amounts, labels and refusals as of its messages, whatever it holds."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.money import Rates, default_rates
from events.tokens import Tokeniser
from lake.encode import Encoder
from lake.history import open_history
from nlp import KeyCache, load_parser
from simulator import preset
from simulator.files import WorldFiles
from tests.support.column_rows import TOKENISER, Refusals, assert_same, by_columns, by_rows, history_of
from tests.support.made import T0, door

_EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
_PAN = "4111111111111111"
_ODD = ["", "  ", " x ", "é", "\u200b", "a\tb", "x" * 129, "x" * 300, _PAN, "4111 1111 1111 1111", "1234567890123456",
        "US", "58", "999.1.1.1"]  # fmt: skip

MAP = """
[transaction]
id = "id"
time = { column = "time", unit = "ms" }
kind = "kind"
amount = "amount"
currency = "currency"
channel = { column = "entry", values = { web = "ecommerce", chip = "card_present" } }
account = "account"
card.reference = "card"
card.bin = "bin"
card.last4 = "last4"
device.id = "device"
device.model = "model"
email = "email"
phone.number = "phone"
phone.country = "phone_country"
ip = "ip"
merchant.id = "merchant"
merchant.category = "category"
merchant.country = "merchant_country"
shipping_address = { columns = ["street", "city"] }
billing_address = "billing"
country = "country"
parent = "parent"

[label]
fraud = "bad"
known_at = { column = "known", unit = "ms" }
delay = "3d"
reason_code = { column = "why" }
cleared = true

[columns]
extra = ["note", "score", "rank", "flag"]
"""


_USUAL: dict[str, tuple[Any, ...]] = {
    "id": tuple(f"t{i}" for i in range(40)),
    "time": tuple(range(T0, T0 + 50_000, 700)),
    "kind": ("authorisation", "authorisation", "capture", "refund", None),
    "amount": (12.3, 0.0, 99.99, 1e6, 2.675),
    "currency": ("USD", "EUR", "INR", "JPY", "KWD", "usd", " EUR "),
    "entry": ("web", "chip", "moto", None),
    "account": ("acct-1", "acct-2", None),
    "card": ("card-1", "card-2", "card-3"),
    "bin": ("411111", "55001122", None),
    "last4": ("1234", None),
    "device": ("d-1", "d-2"),
    "model": ("phone", None),
    "email": ("ann.b9@gmail.com", "annb9@googlemail.com", "no address", None),
    "phone": ("+919876543210", "9876543210", "020 7946 0958"),
    "phone_country": ("IN", "GB", "gb", None),
    "ip": ("203.0.113.7", "2001:db8::1", None),
    "merchant": ("shop-1", "shop 2", "shop-é"),
    "category": ("5812", None),
    "merchant_country": ("US", "IN", None),
    "street": ("12 Mill Road", "Flat 4, 12 Mill Rd", None),
    "city": ("Springfield IL 62704", None),
    "billing": ("12 Mill Road, Springfield IL 62704", "9 Oak Street, Springfield IL 62704", None),
    "country": ("US", "us", None),
    "parent": ("a", "txn-2", None, None),
    "bad": ("1", "0", "yes", "no", None),
    "known": (None, T0 - 5, T0 + 100_000),
    "why": ("10.4", "stolen", None),
    "note": ("hello", None),
    "score": (None, 0.5, float("nan")),
    "rank": (None, 7, 10**12),
    "flag": (None, True, False),
}
_STRANGE: dict[str, tuple[Any, ...]] = {
    "time": (None, 0, 5_000_000_000_000),
    "amount": (None, -1.0, float("nan"), float("inf"), 1e13, 0.005, 1e-30, 123456.785),
    "known": (9_999_999_999_999,),
    "score": (float("inf"),),
    "rank": (int(_PAN), -(2**63)),
    "flag": (None,),
    "card": (None, *_ODD),
    "currency": ("XXX", "BOB", *_ODD),
    "note": ("x" * 600, *_ODD),
}


def _row(usual: dict[str, Any], strange: list[tuple[str, Any]]) -> dict[str, Any]:
    return usual | dict(strange)


_ODD_ONE = st.sampled_from(tuple(_USUAL)).flatmap(
    lambda name: st.tuples(st.just(name), st.sampled_from(_STRANGE.get(name, tuple(_ODD))))
)
_ROW = st.builds(
    _row,
    st.fixed_dictionaries({name: st.sampled_from(values) for name, values in _USUAL.items()}),
    st.one_of(st.just([]), st.lists(_ODD_ONE, max_size=2)),
)
_KINDS = {"time": pa.int64(), "amount": pa.float64(), "known": pa.int64(), "score": pa.float64(), "rank": pa.int64(),
          "flag": pa.bool_()}  # fmt: skip


@pytest.fixture(scope="module")
def addresses() -> KeyCache:
    return KeyCache(load_parser())


def _table(rows: list[dict[str, Any]]) -> pa.Table:
    schema = pa.schema([(name, _KINDS.get(name, pa.string())) for name in rows[0]])
    return pa.Table.from_pylist(rows, schema=schema)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=st.lists(_ROW, min_size=1, max_size=12), chunk=st.sampled_from([1, 4, 1000]))
def test_any_row_is_what_the_door_says(
    tmp_path: Path, addresses: KeyCache, rows: list[dict[str, Any]], chunk: int
) -> None:
    history = history_of(tmp_path, _table(rows), MAP)
    rowwise = by_rows(history, addresses)
    assert_same(by_columns(history, addresses, chunk=chunk), rowwise)
    assert_same(by_columns(history, addresses, chunk=chunk, quick=False), rowwise)


def test_a_simulated_world(tmp_path: Path, addresses: KeyCache) -> None:
    WorldFiles(preset("tiny"), 3).write(tmp_path)
    history = open_history(tmp_path / "transactions.parquet", tmp_path / "map.toml")
    found = by_columns(history, addresses, chunk=300)
    assert_same(found, by_rows(history, addresses))
    assert len(found.ids) == history.count()
    assert found.labels


@pytest.mark.parametrize("delay", [None, 86_400_000])
def test_a_text_file(addresses: KeyCache, delay: int | None) -> None:
    history = open_history(
        _EXAMPLES / "payments.csv", _EXAMPLES / "payments.toml", label_delay_ms=delay, limit=25
    )
    assert_same(by_columns(history, addresses, chunk=7), by_rows(history, addresses))


_PLAIN = """
[transaction]
id = "id"
time = { column = "time", unit = "s", origin = "2026-01-01T00:00:00Z" }
amount = { column = "amount"%s }
currency = { value = "%s" }
card = "card"
"""


@pytest.mark.parametrize("unit", ["", ', unit = "minor"'])
@pytest.mark.parametrize("currency", ["USD", "JPY", "KWD", "EUR"])
@pytest.mark.parametrize(
    "amounts",
    [
        pa.array([Decimal("12.345"), Decimal("0.005"), Decimal("0.015"), None, Decimal(-1)], pa.decimal128(18, 3)),
        pa.array([Decimal("12.345"), Decimal(1), None], pa.decimal128(38, 3)),
        pa.array([12.345, 2.675, 1.005, 1e15, None, float("nan"), -0.001, 33554433.0], pa.float64()),
        pa.array([12.34, 0.1, 16777217.0], pa.float32()),
        pa.array([0, 7, 10**15, -3, None], pa.int64()),
        pa.array([7, 2**63 + 1], pa.uint64()),
        pa.array(["12.30", " 7 ", "1e2", "", "many", None, "NaN"], pa.string()),
        pa.array([True, False], pa.bool_()),
    ],
)  # fmt: skip
def test_amounts(tmp_path: Path, addresses: KeyCache, amounts: pa.Array, currency: str, unit: str) -> None:
    n = len(amounts)
    columns = {
        "id": pa.array(
            [1.0, 2.5, float("nan"), 1e17, *map(float, range(n))][:n]
        ),  # ids as floats are met often
        "time": pa.array(np.arange(n)),
        "amount": amounts,
        "card": pa.array([1.0 * i for i in range(n)]),
    }
    history = history_of(tmp_path, pa.table(columns), _PLAIN % (unit, currency))
    assert_same(by_columns(history, addresses), by_rows(history, addresses))


def test_rows_out_of_order_come_in_order_of_time(tmp_path: Path, addresses: KeyCache) -> None:
    rng = np.random.default_rng(5)
    columns = {
        "id": pa.array([f"t{i}" for i in range(500)]),
        "time": pa.array(rng.integers(0, 200, 500), mask=rng.random(500) < 0.02),
        "amount": pa.array(rng.integers(1, 90, 500)),
        "card": pa.array(rng.integers(0, 9, 500)),
    }
    for limit in (None, 120, 499):
        history = history_of(tmp_path, pa.table(columns), _PLAIN % ("", "EUR"), limit=limit)
        assert_same(by_columns(history, addresses, chunk=64), by_rows(history, addresses))


def test_what_columns_cannot_read_goes_through_the_door(tmp_path: Path, addresses: KeyCache) -> None:
    columns = {
        "id": pa.array(["a", "b"]),
        "time": pa.array([1, 2]),
        "amount": pa.array([1, 2]),
        "card": pa.array([1, 2]),
        "tags": pa.array([["x"], None], pa.list_(pa.string())),
    }
    history = history_of(tmp_path, pa.table(columns), _PLAIN % ("", "EUR") + '[columns]\nextra = ["tags"]')
    found = by_columns(history, addresses)
    assert_same(found, by_rows(history, addresses))
    assert (found.ids, len(found.refused)) == (["b"], 1)


def test_fields_with_parts_in_one_column(tmp_path: Path, addresses: KeyCache) -> None:
    lines = [
        '{"id": "a", "time": 1, "amount": "1.50", "card": "c-1", "device": {"id": "d-1", "model": "phone"}}',
        '{"id": "b", "time": 2, "amount": "2.50", "card": "c-1", "device": {"id": null, "model": "phone"}}',
        '{"id": "c", "time": 3, "amount": "3.50", "card": "c-1"}',
    ]
    (tmp_path / "f.jsonl").write_text("\n".join(lines) + "\n")
    (tmp_path / "m.toml").write_text(_PLAIN % ("", "EUR") + 'device = "device"\n')
    history = open_history(tmp_path / "f.jsonl", tmp_path / "m.toml")
    found = by_columns(history, addresses)
    assert_same(found, by_rows(history, addresses))
    assert found.ids == ["a", "c"]
    assert (found.fields["txn.has_device"] == [1, 0]).all()


def test_other_rates_or_tokens_than_the_doors_are_refused(tmp_path: Path, addresses: KeyCache) -> None:
    columns = {name: pa.array([1]) for name in ("id", "time", "amount", "card")}
    history = history_of(tmp_path, pa.table(columns), _PLAIN % ("", "USD"))
    Encoder(history, door, default_rates(), addresses, Refusals(), tokeniser=TOKENISER)
    with pytest.raises(ValueError, match="rates"):
        Encoder(history, door, Rates({"EUR": Decimal(2)}), addresses, Refusals())
    with pytest.raises(ValueError, match="tokens"):
        Encoder(
            history, door, default_rates(), addresses, Refusals(), tokeniser=Tokeniser({1: b"other" * 8}, 1)
        )
