import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import InvalidFieldError
from events.times import EARLIEST_MS, LATEST_MS, parse_time, to_iso
from tests.unit.events_examples import NOON


@pytest.mark.parametrize(
    ("value", "time"),
    [
        ("2026-03-01T12:00:00Z", NOON),
        ("2026-03-01T17:30:00+05:30", NOON),
        (" 2026-03-01 12:00:00.000Z ", NOON),
        ("20260301T120000Z", NOON),
        ("2026-03-01T12:00:00.999999Z", NOON + 999),
        ("1969-12-31T23:59:59.999Z", -1),
        (NOON, NOON),
        (float(NOON), NOON),
    ],
)
def test_times_are_read(value: object, time: int) -> None:
    assert parse_time(value, "time") == time


@pytest.mark.parametrize(
    "value", ["", "2026-03-01", "2026-03-01T12:00:00", "12:00", "x", None, False, 1.5, []]
)
def test_what_is_no_time_is_refused(value: object) -> None:
    with pytest.raises(InvalidFieldError) as refused:
        parse_time(value, "known_at")
    assert refused.value.field == "known_at"


@given(st.integers(EARLIEST_MS, LATEST_MS - 1))
def test_iso_and_back(time: int) -> None:
    assert parse_time(to_iso(time), "time") == time


def test_iso() -> None:
    assert to_iso(NOON + 7) == "2026-03-01T12:00:00.007Z"
