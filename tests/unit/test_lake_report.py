"""The data report against files made to have each fault once, and against what the fold really computes."""

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.catalogue import default_catalogue
from lake.history import open_history
from lake.measure import make_report
from lake.report import Entity, Report
from lake.seen import quiet_hour
from nlp import KeyCache, load_parser
from streaming.backfill import Backfill, BackfillSettings
from tests.support.made import T0, door

_NOW = T0 + 400 * 86_400_000
_BASE = 'id = "id"\ntime = "time"\namount = "amount"\ncurrency = { value = "USD" }\n'
_ADDRESSES = (
    "12 Mill Road, Springfield IL 62704",
    "77 Harbor Street Apt 4, Boston MA 02110",
    "6 Quarry Rd, Decatur IL 62521",
)


def _report(
    tmp_path: Path,
    rows: Sequence[Mapping[str, Any]],
    transaction: str,
    rest: str = "",
    *,
    parse: bool = False,
    delay: int | None = None,
) -> Report:
    pq.write_table(pa.Table.from_pylist([dict(row) for row in rows]), tmp_path / "f.parquet")
    used = [line.partition(" = ")[2] for line in (_BASE + transaction + rest).splitlines()]
    drop = [name for name in rows[0] if not any(f'"{name}"' in line for line in used)]
    (tmp_path / "m.toml").write_text(
        f"[transaction]\n{_BASE}{transaction}\n{rest}\n[columns]\ndrop = {drop!r}\n"
    )
    history = open_history(tmp_path / "f.parquet", tmp_path / "m.toml", label_delay_ms=delay)
    parser = load_parser() if parse else None
    return make_report(history, door, default_catalogue(), parser, now_ms=_NOW, base="USD")


def _row(number: int, **changes: object) -> dict[str, object]:
    row: dict[str, object] = {
        "id": f"t{number}", "time": T0 + number * 600_000, "amount": 10.5 + number % 7, "card": f"c{number % 10}",
        "device": f"d{number % 4}", "merchant": f"m{number % 3}", "fraud": int(number % 20 == 0),
    }  # fmt: skip
    return row | changes


_CARD = 'card = "card"\n'
_LABEL = '[label]\nfraud = "fraud"\ndelay = "7d"\n'


def test_a_clean_file_has_no_warnings(tmp_path: Path) -> None:
    found = _report(
        tmp_path, [_row(n) for n in range(200)], _CARD + 'device = "device"\nmerchant = "merchant"', _LABEL
    )
    assert found.warnings == ()
    assert (found.rows, found.times.first, found.times.last) == (200, T0, T0 + 199 * 600_000)
    assert (found.ids.distinct, found.ids.repeated, found.ids.missing) == (200, 0, 0)
    assert found.sample.rows == 200
    assert sum(found.times.hours) == 200
    assert sum(part.rows for part in found.times.slices) == 200
    assert found.labels is not None
    assert (found.labels.fraud, found.labels.genuine, found.labels.assumed) == (10, 190, True)
    assert found.labels.delay_days == (7, 7, 7, 7)


def test_ids_times_and_amounts_at_fault(tmp_path: Path) -> None:
    rows = [
        _row(0), _row(1), _row(1), _row(2, id="t0"), _row(3, id=None), _row(4, time=None), _row(5, time=5),
        _row(6, time=_NOW + 10 * 86_400_000), _row(7, amount=-3.0), _row(8, amount=0.0), _row(9, amount=None),
        _row(10, amount=float("nan")), _row(11, card=None),
    ]  # fmt: skip
    found = _report(tmp_path, rows, _CARD)
    assert (found.ids.missing, found.ids.repeated, found.ids.conflicting) == (1, 2, 1)
    assert (found.times.unreadable, found.times.early, found.times.future) == (1, 1, 1)
    (usd,) = found.amounts
    assert (usd.negative, usd.zero, usd.unreadable, usd.largest) == (1, 1, 2, 16.5)
    reasons = {(it.field, it.first): it.rows for it in found.sample.refusals}
    assert reasons == {
        ("id (column id)", 5): 1, ("time (column time)", 6): 1, ("time (column time)", 7): 1,
        ("time (column time)", 8): 1, ("amount (column amount)", 9): 1, ("amount (column amount)", 11): 1,
        ("amount (column amount)", 12): 1, ("card (column card)", 13): 1,
    }  # fmt: skip
    assert found.sample.refused == 8
    text = "\n".join(found.warnings)
    for part in ("refuses 8 of 13", "1 rows have no transaction id", "2 rows repeat", "1 ids stand for different",
                 "1 rows have no time", "1 times lie before 2000 and 1 in the future", "1 amounts are negative",
                 "2 amounts are missing", "no labels are mapped"):  # fmt: skip
        assert part in text


def test_minor_units_are_scaled_and_suspected(tmp_path: Path) -> None:
    rows = [_row(n, amount=1000 + n) for n in range(50)]
    found = _report(tmp_path, rows, _CARD, _LABEL)
    assert any('unit = "minor"' in sentence for sentence in found.warnings)
    (tmp_path / "n").mkdir()
    again = _report(tmp_path / "n", rows, _CARD + 'account = { column = "merchant" }', _LABEL)
    assert again.amounts[0].p50 == 1024


def _people(hours_ahead: float) -> list[dict[str, object]]:
    """Payments of people who sleep from 0 to 7 on their own clock; times on the clock of UTC, without a zone."""
    made = []
    for number in range(2_000):
        local = datetime(2026, 1, 1, 7, tzinfo=UTC) + timedelta(days=number % 40, minutes=number * 7 % 1020)
        made.append(_row(number, time=(local - timedelta(hours=hours_ahead)).replace(tzinfo=None)))
    return made


def test_a_missing_zone_is_noticed_by_day_and_night(tmp_path: Path) -> None:
    found = _report(tmp_path, _people(5.5), _CARD, _LABEL)
    assert found.times.stated == 0
    assert found.times.offset is not None
    assert abs(found.times.offset - 5.5) < 1.5
    assert any("no zone" in sentence and "UTC+" in sentence for sentence in found.warnings)
    (tmp_path / "n").mkdir()
    near = _report(tmp_path / "n", _people(0), _CARD, _LABEL)
    assert near.times.offset is not None
    assert abs(near.times.offset) < 1.5
    assert not any("zone" in sentence for sentence in near.warnings)


def test_the_quiet_hour() -> None:
    assert quiet_hour([10] * 24) is None  # few
    assert quiet_hour([1000] * 24) is None  # flat
    assert quiet_hour([1000 + 900 * (6 <= hour < 18) for hour in range(24)]) == 0.0
    assert quiet_hour([1000 + 900 * (9 <= hour < 21) for hour in range(24)]) == 3.0


def test_dates_without_a_time_of_day(tmp_path: Path) -> None:
    rows = [_row(n, time=(datetime(2026, 1, 1) + timedelta(days=n)).date()) for n in range(60)]  # noqa: DTZ001 - a date
    found = _report(tmp_path, rows, _CARD, _LABEL)
    assert any("dates without a time of day" in sentence for sentence in found.warnings)
    assert any("txn.hour" in it.features for it in found.dead)


def test_a_hole_in_the_export(tmp_path: Path) -> None:
    rows = [_row(n, time=T0 + n * 600_000 + (4 * 86_400_000 if n > 300 else 0)) for n in range(600)]
    found = _report(tmp_path, rows, _CARD, _LABEL)
    assert (found.times.gaps[0].end - found.times.gaps[0].start) == 4 * 86_400_000 + 600_000
    assert any("no payment for 96 hours from 2026-01-03" in sentence for sentence in found.warnings)


def test_label_coverage_and_delay(tmp_path: Path) -> None:
    rows = [_row(n, known=None) for n in range(400)]
    for number in range(
        0, 200, 5
    ):  # all frauds in the first half, known after 1 to 40 days, one before it happened
        at = datetime.fromtimestamp(T0 / 1000 + number * 600, UTC)
        rows[number]["known"] = (
            at + timedelta(days=number / 5 + 1, seconds=1) if number else at - timedelta(days=3)
        )
    found = _report(tmp_path, rows, _CARD, '[label]\nknown_at = "known"\n').labels
    assert found is not None
    assert (found.fraud, found.genuine, found.silent, found.assumed, found.early) == (40, 360, 0, False, 1)
    assert found.delay_days is not None
    assert [round(days) for days in found.delay_days] == [20, 36, 40, 40]
    report = _report(tmp_path, rows, _CARD, '[label]\nknown_at = "known"\n')
    assert any("no fraud in the last" in sentence for sentence in report.warnings)
    late = _report(tmp_path, rows, _CARD, '[label]\nknown_at = "known"\n', delay=500 * 86_400_000).labels
    assert late is not None
    assert (late.pending, late.assumed) == (40, True)


def test_a_label_that_is_never_fraud_says_what_the_column_says(tmp_path: Path) -> None:
    rows = [_row(n, fraud="stolen" if n % 9 == 0 else "fine") for n in range(60)]
    found = _report(tmp_path, rows, _CARD, _LABEL)
    assert found.labels is not None
    assert [(it.value, it.rows, it.fraud) for it in found.labels.said] == [
        ("fine", 53, False),
        ("stolen", 7, False),
    ]
    assert any("'fine', 'stolen': translate with values" in sentence for sentence in found.warnings)


def _entity(found: Report, kind: str) -> Entity:
    return next(entity for entity in found.entities if entity.kind == kind)


def test_degrees_and_hubs(tmp_path: Path) -> None:
    rows = [
        _row(n, card=f"c{n % 300}", device="Unknown" if n % 2 else f"d{n % 300}", account=f"a{n % 100}")
        for n in range(600)
    ]
    found = _report(
        tmp_path, rows, _CARD + 'device = "device"\nmerchant = "merchant"\naccount = "account"', _LABEL
    )
    device = _entity(found, "device")
    assert (device.filled, device.distinct, device.hubs, device.cap) == (600, 151, 1, 25)
    assert device.degree == (1, 1, 150)
    assert [(it.value, it.degree, it.payments, it.placeholder) for it in device.top] == [
        ("Unknown", 150, 300, True)
    ]
    assert any("'Unknown' stands on 300 rows" in sentence for sentence in found.warnings)
    assert _entity(found, "card").degree == (2, 2, 2)  # a device and an account each; merchants make no links
    assert _entity(found, "account").degree == (3, 3, 3)
    assert _entity(found, "merchant").cap is None


def test_hubs_never_show_a_card_number(tmp_path: Path) -> None:
    rows = [_row(n, card=f"c{n}", device="4111111111111111") for n in range(60)]
    found = _report(tmp_path, rows, _CARD + 'device = "device"', _LABEL)
    assert _entity(found, "device").top[0].value == "411111******1111"
    assert found.sample.refusals[0].code == "raw_card_number"


def test_degrees_where_some_rows_have_no_card(tmp_path: Path) -> None:
    rows = [_row(n, card=None if n % 2 else f"c{n}", account=f"a{n // 4}") for n in range(40)]
    found = _report(tmp_path, rows, _CARD + 'account = "account"\ndevice = "device"', _LABEL)
    assert _entity(found, "account").degree == (2, 2, 2)
    assert _entity(found, "account").payments == (4, 4, 4)
    assert _entity(found, "device").degree == (10, 10, 10)  # ten cards each, or ten accounts


def test_addresses_of_the_sample_are_parsed(tmp_path: Path) -> None:
    rows = [_row(n, ship=_ADDRESSES[n % 3] if n % 4 else "somewhere") for n in range(40)]
    found = _report(tmp_path, rows, _CARD + 'shipping_address = "ship"', _LABEL, parse=True)
    assert (found.sample.addresses, found.sample.keyed) == (40, 30)
    assert 0 < found.sample.units <= 10


def _rich(count: int) -> list[dict[str, object]]:
    chance = random.Random(3)  # noqa: S311 - made rows
    made: list[dict[str, object]] = []
    some = chance.randrange
    for number in range(count):
        row: dict[str, object] = {
            "id": f"t{number}", "time": T0 + number * 3_600_000, "amount": 1 + some(30) * 20 + some(3) / 2,
            "card": f"c{some(20)}", "account": f"a{some(15)}" if some(5) else None,
            "device": f"d{some(9)}" if some(4) else None, "merchant": f"m{some(4)}", "mcc": ("5411", "5942")[some(2)],
            "email": f"u{some(30)}@example.com",
            "phone": f"+1 202-555-01{some(40):02d}" if some(3) else None, "ip": f"203.0.113.{some(12)}",
            "land": ("US", "IN")[some(2)], "channel": ("moto", "ecommerce")[some(2)],
            "kind": "refund" if some(9) == 0 else "authorisation", "ship": _ADDRESSES[some(3)] if some(3) else None,
            "bill": _ADDRESSES[some(3)], "fraud": int(some(12) == 0), "code": ("USD", "EUR")[some(2)],
        }  # fmt: skip
        made.append(row)
    return made


_ALL = """kind = "kind"
channel = "channel"
account = "account"
card = "card"
device = "device"
email = "email"
phone = "phone"
ip.address = "ip"
ip.country = "land"
merchant.id = "merchant"
merchant.category = "mcc"
merchant.country = "land"
shipping_address = "ship"
billing_address = "bill"
"""


def _constant(tmp_path: Path) -> set[str]:
    """Columns in which no two rows that have a value differ, once the file has been folded."""
    history = open_history(tmp_path / "f.parquet", tmp_path / "m.toml")
    driver = Backfill(default_catalogue(), KeyCache(load_parser(), None, size=1_000), BackfillSettings())
    x = np.concatenate([served.x for served in driver.rows(history.arrivals(door, lambda *_: None))])
    constant = set()
    for index, name in enumerate(default_catalogue().names):
        known = x[~np.isnan(x[:, index]), index]
        if not len(known) or known.min() == known.max():
            constant.add(name)
    return constant


def test_bands_that_no_amount_is_in_and_windows_that_hold_one_payment(tmp_path: Path) -> None:
    made = {"land": "US", "channel": "moto"}
    rows = [_row(n, time=T0 + n * 660_000, ip=f"203.0.113.{n % 5}", **made) for n in range(200)]
    more = 'device = "device"\nmerchant.id = "merchant"\nmerchant.country = "land"\nip.address = "ip"\n'
    report = _report(tmp_path, rows, _CARD + more + 'ip.country = "land"\nchannel = "channel"', _LABEL)
    why = {name: group.why for group in report.dead for name in group.features}
    assert why["card.small.count.1d"] == "no amount is below 500 base minor units"
    assert why["card.large.count.7d"] == "no amount is 50000 base minor units or more"
    assert why["card.transactions.count.10m"] == "any two payments are 11 minutes or more apart"
    assert why["txn.ip_abroad"] == "ip.country and merchant.country never differ"
    assert why["card.remote.share.30d"].startswith("the channel is always ")
    assert why.keys() <= _constant(tmp_path)


@pytest.mark.parametrize(
    ("transaction", "label", "least"),
    [
        (_ALL, _LABEL, 15),
        (_ALL, "", 30),
        ('card = "card"\nmerchant = "merchant"', _LABEL, 120),
        ('account = "account"\ncard = "card"', _LABEL, 110),
        ('account = "card"\ndevice = "device"\nbilling_address = "bill"', _LABEL, 90),
    ],
)
def test_features_called_dead_are_the_same_on_every_row(
    tmp_path: Path, transaction: str, label: str, least: int
) -> None:
    report = _report(tmp_path, _rich(400), transaction, label)
    dead = {name for group in report.dead for name in group.features}
    assert len(dead) >= least
    constant = _constant(tmp_path)
    assert dead <= constant
    # What is not foreseen is this little world's: no amount comes twice in an hour, addresses all parse, one community.
    assert len(constant - dead) < 12, sorted(constant - dead)
