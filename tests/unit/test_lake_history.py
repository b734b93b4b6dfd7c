"""A file as arrivals: times read once and rightly, labels when they became known, the same at every reading."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.errors import InputError, SettingsError
from events.times import parse_time, to_iso
from events.types import Label, Transaction
from lake.history import History, open_history
from tests.support.made import door

_DAY = 86_400_000
_ZONES = [timezone(timedelta(minutes=minutes)) for minutes in (-570, -300, 0, 60, 330, 345, 840)]
_EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


def _history(
    tmp_path: Path,
    csv: str,
    *,
    time: str = '"time"',
    rest: str = "",
    delay: int | None = None,
    limit: int | None = None,
) -> History:
    (tmp_path / "f.csv").write_text(csv)
    (tmp_path / "m.toml").write_text(
        f'[transaction]\nid = "id"\ntime = {time}\namount = "amount"\naccount = "who"\n'
        f'currency = {{ value = "USD" }}\n{rest}'
    )
    return open_history(tmp_path / "f.csv", tmp_path / "m.toml", label_delay_ms=delay, limit=limit)


def _refuse(number: int, row: object, error: InputError) -> None:
    raise AssertionError(f"row {number}: {error}: {row}")


def _time(tmp_path: Path, written: str, take: str) -> str | None:
    history = _history(tmp_path, f'id,time,amount,who\n1,"{written}",5,a\n', time=take)
    (row,) = history.rows()
    return None if row.time is None else to_iso(row.time)


_PLAIN, _INDIA = '"time"', '{ column = "time", zone = "Asia/Kolkata" }'


@pytest.mark.parametrize(
    ("written", "take", "read"),
    [
        ("2026-03-01T10:00:00Z", _PLAIN, "2026-03-01T10:00:00.000Z"),
        ("2026-03-01T10:00:00+05:30", _PLAIN, "2026-03-01T04:30:00.000Z"),
        ("2026-03-01 10:00:00.123456-0500", _PLAIN, "2026-03-01T15:00:00.123Z"),
        ("2026-03-01 10:00:00 UTC", _PLAIN, "2026-03-01T10:00:00.000Z"),
        ("2026-03-01T10:00", _PLAIN, "2026-03-01T10:00:00.000Z"),
        ("2026-03-01", _PLAIN, "2026-03-01T00:00:00.000Z"),
        ("2026-03-01T10:00", _INDIA, "2026-03-01T04:30:00.000Z"),
        ("2026-03-01T10:00Z", _INDIA, "2026-03-01T10:00:00.000Z"),
        ("2026-07-01 12:00:00", '{ column = "time", zone = "America/New_York" }', "2026-07-01T16:00:00.000Z"),
        ("1772359200000", _PLAIN, "2026-03-01T10:00:00.000Z"),
        ("1772359200.5", '{ column = "time", unit = "s" }', "2026-03-01T10:00:00.500Z"),
        ("1772359200123456789", '{ column = "time", unit = "ns" }', "2026-03-01T10:00:00.123Z"),
        ("90", '{ column = "time", unit = "s", origin = "2018-04-01T00:00:00Z" }', "2018-04-01T00:01:30.000Z"),
        ("2", '{ column = "time", unit = "h", origin = "2018-04-01" }', "2018-04-01T02:00:00.000Z"),
        (
            "2",
            '{ column = "time", unit = "h", origin = "2018-04-01", zone = "Asia/Kolkata" }',
            "2018-03-31T20:30:00.000Z",
        ),
        ("01/03/2026 10:00", '{ column = "time", format = "%d/%m/%Y %H:%M" }', "2026-03-01T10:00:00.000Z"),
        (
            "01/03/2026 10:00",
            '{ column = "time", format = "%d/%m/%Y %H:%M", zone = "Asia/Kolkata" }',
            "2026-03-01T04:30:00.000Z",
        ),
        ("01/03/2026 10:00 +0530", '{ column = "time", format = "%d/%m/%Y %H:%M %z" }', "2026-03-01T04:30:00.000Z"),
        ("yesterday", _PLAIN, None),
        ("many", '{ column = "time", unit = "s" }', None),
        ("2026-13-01", _PLAIN, None),
    ],
)  # fmt: skip
def test_times(tmp_path: Path, written: str, take: str, read: str | None) -> None:
    assert _time(tmp_path, written, take) == read


@pytest.mark.parametrize(
    "kind",
    [pa.timestamp("us"), pa.timestamp("ns"), pa.timestamp("ms", "UTC"), pa.timestamp("s", "Asia/Kolkata")],
)
def test_parquet_times(tmp_path: Path, kind: pa.DataType) -> None:
    moment = datetime(2026, 3, 1, 10, tzinfo=UTC)
    times = pa.array([moment if kind.tz else moment.replace(tzinfo=None)], kind)
    pq.write_table(
        pa.table({"id": [1.0], "time": times, "amount": [5.5], "who": [3.0]}), tmp_path / "f.parquet"
    )
    (tmp_path / "m.toml").write_text(
        '[transaction]\nid = "id"\ntime = "time"\namount = "amount"\ncurrency = { value = "USD" }\naccount = "who"'
    )
    (arrival,) = open_history(tmp_path / "f.parquet", tmp_path / "m.toml").arrivals(door, _refuse)
    assert isinstance(arrival.message, Transaction)
    assert (arrival.message.id, to_iso(arrival.time)) == ("1", "2026-03-01T10:00:00.000Z")


_MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31), timezones=st.sampled_from(_ZONES))  # noqa: DTZ001 - bounds


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(_MOMENTS, min_size=1, max_size=40))
def test_times_are_read_as_python_reads_them(tmp_path: Path, moments: list[datetime]) -> None:
    rows = "".join(f"{number},{moment.isoformat()},1,x\n" for number, moment in enumerate(moments))
    history = _history(tmp_path, f"id,time,amount,who\n{rows}")
    found = {row.values["id"]: row.time for row in history.rows()}
    assert found == {str(number): parse_time(it.isoformat(), "time") for number, it in enumerate(moments)}


def test_rows_come_in_order_of_the_moment_not_of_its_spelling(tmp_path: Path) -> None:
    csv = """id,time,amount,who
a,2026-03-01T10:00:00+05:30,1,x
b,2026-03-01T04:00:00Z,1,x
c,2026-03-01T04:30:00Z,1,x
d,,1,x
"""
    refused: list[int] = []
    history = _history(tmp_path, csv)
    found = [it.message.id for it in history.arrivals(door, lambda number, *_: refused.append(number))]
    assert found == ["b", "a", "c"]  # equal times in file order
    assert refused == [4]


_LABELLED = """id,time,amount,who,bad,when,why
a,2026-03-01T10:00:00Z,1,x,1,2026-03-20,10.4
b,2026-03-02T10:00:00Z,1,x,no,,
c,2026-03-03T10:00:00Z,1,x,Fraud,2026-03-20T08:00:00Z,
d,2026-03-04T10:00:00Z,1,x,,,
e,2026-03-05T10:00:00Z,1,x,TRUE,2026-03-01T00:00:01Z,
f,2026-03-06T10:00:00Z,1,x,1.0,,
"""


def _labels(history: History) -> dict[str, tuple[str, str, str]]:
    messages = [arrival.message for arrival in history.arrivals(door, _refuse)]
    return {
        it.subject.id: (it.verdict, it.reason_code, to_iso(it.known_at))
        for it in messages
        if isinstance(it, Label)
    }


def test_labels_arrive_when_they_became_known(tmp_path: Path) -> None:
    rest = """[label]
fraud = "bad"
known_at = "when"
delay = "7d"
reason_code = { column = "why" }
verdict = "chargeback"
"""
    history = _history(tmp_path, _LABELLED, rest=rest)
    assert _labels(history) == {
        "a": ("chargeback", "10.4", "2026-03-21T00:00:00.000Z"),  # a day is over when it is over
        "c": ("chargeback", "reported", "2026-03-20T08:00:00.000Z"),
        "e": ("chargeback", "reported", "2026-03-05T10:00:00.000Z"),  # never before the payment
        "f": ("chargeback", "reported", "2026-03-13T10:00:00.000Z"),  # the map's delay
    }
    times = [arrival.time for arrival in history.arrivals(door, _refuse)]
    assert times == sorted(times)


def test_cleared_rows_make_labels_where_the_map_says_so(tmp_path: Path) -> None:
    rest = '[label]\nfraud = "bad"\ndelay = "1d"\ncleared = true\n[columns]\ndrop = ["when", "why"]'
    found = _labels(_history(tmp_path, _LABELLED, rest=rest))
    assert found["b"] == ("cleared", "reported", "2026-03-03T10:00:00.000Z")
    assert "d" not in found  # the row says nothing
    assert sorted(found) == ["a", "b", "c", "e", "f"]


def test_a_payment_that_is_there_twice_may_have_two_labels_of_one_moment(tmp_path: Path) -> None:
    rest = '[label]\nfraud = "bad"\nknown_at = "when"\n[columns]\ndrop = ["why"]'
    csv = "id,time,amount,who,bad,when,why\n" + "a,2026-03-01T10:00:00Z,1,x,1,2026-03-20,\n" * 3
    messages = [arrival.message for arrival in _history(tmp_path, csv, rest=rest).arrivals(door, _refuse)]
    assert [type(it) for it in messages] == [Transaction] * 3 + [
        Label
    ] * 3  # who folds them drops what came before


def test_a_date_of_the_report_is_enough(tmp_path: Path) -> None:
    rest = '[label]\nknown_at = "when"\n[columns]\ndrop = ["why", "bad"]'
    assert sorted(_labels(_history(tmp_path, _LABELLED, rest=rest))) == ["a", "c", "e"]


def test_a_day_ends_where_the_zone_says(tmp_path: Path) -> None:
    rest = '[label]\nknown_at = { column = "when", zone = "Asia/Kolkata" }\n[columns]\ndrop = ["why", "bad"]'
    assert _labels(_history(tmp_path, _LABELLED, rest=rest))["a"][2] == "2026-03-20T18:30:00.000Z"


def test_values_translate_a_label(tmp_path: Path) -> None:
    rest = """[label]
fraud = { column = "why", values = { "10.4" = "fraud" } }
[columns]
drop = ["when", "bad"]"""
    assert sorted(_labels(_history(tmp_path, _LABELLED, rest=rest))) == ["a"]


def test_a_delay_overrides_file_and_map(tmp_path: Path) -> None:
    rest = '[label]\nfraud = "bad"\nknown_at = "when"\n[columns]\ndrop = ["why"]'
    found = _labels(_history(tmp_path, _LABELLED, rest=rest, delay=2 * _DAY))
    assert found["a"][2] == "2026-03-03T10:00:00.000Z"


def test_refused_rows_are_told_with_their_number_and_only_the_columns_wanted(tmp_path: Path) -> None:
    csv = "id,time,amount,who,secret\na,2026-03-01T10:00:00Z,-1,x,s\nb,2026-03-01T10:00:00Z,1,4111 1111 1111 1111,s\n"
    refused: list[tuple[int, str, dict[str, object]]] = []
    history = _history(tmp_path, csv, rest='[columns]\ndrop = ["secret"]')
    assert not list(
        history.arrivals(door, lambda number, row, error: refused.append((number, error.field, dict(row))))
    )
    assert [(number, field) for number, field, _ in refused] == [(1, "amount"), (2, "account")]
    assert all("secret" not in row for *_, row in refused)


def test_payments_of_the_future_are_refused_where_now_is_known(tmp_path: Path) -> None:
    history = _history(tmp_path, "id,time,amount,who\na,2030-01-01,1,x\n")
    assert len(list(history.arrivals(door, _refuse))) == 1
    refused: list[str] = []
    now = 1_772_359_200_000
    assert not list(history.arrivals(door, lambda *parts: refused.append(parts[2].field), now_ms=now))
    assert refused == ["time"]


def test_a_limit_keeps_the_earliest(tmp_path: Path) -> None:
    csv = "id,time,amount,who\na,2026-03-03,1,x\nb,2026-03-01,1,x\nc,2026-03-02,1,x\n"
    history = _history(tmp_path, csv, limit=2)
    assert history.count() == 2
    assert [it.message.id for it in history.arrivals(door, _refuse)] == ["b", "c"]
    with pytest.raises(SettingsError):
        _history(tmp_path, csv, limit=-1)


def test_reading_again_gives_the_same(tmp_path: Path) -> None:
    rest = '[label]\nfraud = "bad"\nknown_at = "when"\n[columns]\ndrop = ["why"]'
    first, second = (_history(tmp_path, _LABELLED, rest=rest) for _ in range(2))
    assert list(first.arrivals(door, _refuse)) == list(second.arrivals(door, _refuse))


def test_the_entity_rich_example() -> None:
    history = open_history(_EXAMPLES / "payments.csv", _EXAMPLES / "payments.toml")
    messages = [arrival.message for arrival in history.arrivals(door, _refuse)]
    payments = {it.id: it for it in messages if isinstance(it, Transaction)}
    assert len(payments) == 30
    assert sum(isinstance(it, Label) for it in messages) == 5
    assert payments["P-1014"].kind == "refund"
    first, again = payments["P-1001"], payments["P-1015"]
    assert first.email == again.email  # one address in two spellings
    assert first.phone == again.phone
    ring = [payments[f"P-{number}"] for number in (1005, 1006, 1007, 1011, 1018)]
    assert len({it.device.token for it in ring if it.device}) == 1
    assert len({it.card.token for it in ring if it.card}) == 5
    assert len({it.addresses[0].text for it in ring}) > 3  # the drop, in as many spellings
