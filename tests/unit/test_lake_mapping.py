"""The map language: what it says, and every way it can be wrong, named at once."""

from decimal import Decimal
from pathlib import Path

import pytest

from events.errors import InvalidFieldError, SettingsError
from lake.mapping import FIELDS, FileMap, Take, duration_ms, load_map, parse_map, submission
from tests.support.made import door

_LEAST = {"id": "i", "time": "t", "amount": "a", "currency": "c", "card": "k"}
_COLUMNS = list("itack")


def _map(tmp_path: Path, text: str, columns: list[str] | None = None) -> FileMap:
    path = tmp_path / "map.toml"
    path.write_text(text)
    return load_map(path, _COLUMNS if columns is None else columns)


def _toml(**changes: str) -> str:
    lines = {name: f'"{column}"' for name, column in _LEAST.items()} | changes
    return "[transaction]\n" + "\n".join(f"{name} = {value}" for name, value in lines.items() if value)


def test_every_field_that_a_map_may_name_is_one_of_the_door() -> None:
    values: dict[str, object] = {
        "time": 1_767_225_600_000, "amount": "1.20", "currency": "USD", "kind": "refund", "channel": "moto",
        "country": "IN", "card.bin": "411111", "card.last4": "1111", "ip.address": "203.0.113.1", "ip": "203.0.113.1",
        "ip.country": "IN", "phone.country": "US", "merchant.category": "5411", "merchant.country": "US",
        "phone": "+1 202-555-0101", "phone.number": "+1 202-555-0101",
    }  # fmt: skip
    for name in FIELDS:
        head, _, part = name.partition(".")
        own = (
            {} if not part else {f"{head}.{main}": main for main in ("reference", "id", "number", "address")}
        )
        names = {"id", "time", "amount", "currency", "account", name, *(own.keys() & set(FIELDS))}
        found = FileMap(transaction={it: Take(column=it) for it in sorted(names)})
        made = door.transaction(
            submission({it: values.get(it, f"{it} 1") for it in names}, found, 1_767_225_600_000)
        )
        assert made.amount.minor == 120


def test_a_dotted_key_is_a_part_of_a_field() -> None:
    found = parse_map('[transaction]\ncard.reference = "k"\ncard.last4 = { column = "l" }\n"card.bin" = "b"')
    assert dict(found.transaction) == {"card.reference": "k", "card.last4": Take(column="l"), "card.bin": "b"}
    assert found.take("card") == Take(column="k")
    assert found.take("device") is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (_toml(currency=""), "currency is missing"),
        (_toml(card=""), "needs a card or an account"),
        (_toml(colour='"i"'), "colour is no field"),
        (_toml(device='"nothing"'), "no column 'nothing'"),
        (_toml(**{'"card.last4"': '"i"'}), "card is mapped as a whole and by its part"),
        (_toml(**{"device.model": '"i"'}), "needs device.id"),
        (_toml(account="{ value = 1, column = 'i' }"), "one of column, columns, value"),
        (_toml(account="{ }"), "one of column, columns, value"),
        (_toml(time="{ value = 3 }"), "time must be a column"),
        (_toml(time="{ column = 't', zone = 'Mars/Olympus' }"), "no time zone"),
        (_toml(time="{ column = 't', unit = 's', origin = 'then' }"), "origin is an ISO 8601 time"),
        (_toml(time="{ column = 't', origin = '2020-01-01' }"), "needs a unit"),
        (_toml(time="{ column = 't', unit = 'minor' }"), "unit is for times"),
        (_toml(account="{ column = 'i', zone = 'UTC' }"), "are for times"),
        (_toml(account="{ column = 'i', unit = 's' }"), "unit is for times"),
        (_toml() + "\n[label]\ndelay = '7d'", "needs fraud, known_at or both"),
        (_toml() + "\n[label]\nfraud = 'i'\ndelay = 'a week'", "no duration"),
        (_toml() + "\n[label]\nfraud = 'x'", "no column 'x'"),
        (_toml() + "\n[label]\nverdict = 'maybe'", "verdict"),
        ("[transaction", "--suggest-map"),
        (_toml(card="{ colum = 'k' }"), "colum"),
    ],
)
def test_a_wrong_map_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        _map(tmp_path, text)


def test_every_column_must_be_spoken_of(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no word on z: map each"):
        _map(tmp_path, _toml(), [*_COLUMNS, "z"])
    assert _map(tmp_path, _toml() + "\n[columns]\ndrop = ['z']", [*_COLUMNS, "z"]).read() == sorted(_COLUMNS)


def test_all_faults_come_at_once(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        _map(tmp_path, _toml(currency="", colour='"i"', time="{ column = 't', zone = 'No/Zone' }"))
    assert len(str(caught.value).splitlines()) == 5  # the head, and currency, its column, colour, zone


def test_durations() -> None:
    assert [duration_ms(text) for text in ("7d", "12h", "3m", "90s", "500ms")] == [
        604_800_000, 43_200_000, 180_000, 90_000, 500,
    ]  # fmt: skip
    with pytest.raises(SettingsError):
        duration_ms("7 days")


def _submit(row: dict[str, object], **transaction: str | Take) -> dict[str, object]:
    return submission(row, FileMap(transaction={**_LEAST, **transaction}), 5)


def test_a_row_as_a_submission() -> None:
    row: dict[str, object] = {
        "i": 7,
        "t": "x",
        "a": "1.20",
        "c": "EUR",
        "k": 123.0,
        "s": " 1 Mill Road ",
        "z": None,
    }
    row |= {"city": "Agra", "n": float("nan"), "flag": True}
    made = _submit(
        row,
        shipping_address=Take(columns=("s", "z", "city")),
        account="n",
        channel=Take(column="flag", values={"true": "moto"}),
        **{"device.id": "k", "device.model": "z"},
    )
    assert made == {
        "id": 7, "time": 5, "amount": "1.20", "currency": "EUR", "card": 123, "channel": "moto",
        "shipping_address": "1 Mill Road, Agra", "account": None, "device": {"id": 123},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("value", "currency", "major"),
    [
        ("1234", "USD", "12.34"),
        (1234.0, "USD", "12.34"),
        (500, "JPY", "500"),
        (Decimal(1234), "KWD", "1.234"),
    ],
)
def test_minor_units(value: object, currency: str, major: str) -> None:
    made = _submit({"i": 1, "a": value, "c": currency, "k": 1}, amount=Take(column="a", unit="minor"))
    assert Decimal(str(made["amount"])) == Decimal(major)


def test_a_minor_amount_that_is_no_number_is_left_for_the_door_to_refuse() -> None:
    made = _submit({"i": 1, "a": "much", "c": "USD", "k": 1}, amount=Take(column="a", unit="minor"))
    with pytest.raises(InvalidFieldError, match="amount"):
        door.transaction(made)


def test_a_time_that_could_not_be_read_is_refused_with_the_remedy() -> None:
    found = FileMap(transaction=dict(_LEAST))
    with pytest.raises(InvalidFieldError, match="unit, format or zone"):
        submission({"t": "yesterday"}, found, None)
    assert "time" not in submission({"t": None, "a": 1, "k": 1}, found, None)


def test_extra_keeps_scalars_and_leaves_out_what_is_not_there() -> None:
    row: dict[str, object] = {"a": Decimal("1.5"), "b": float("nan"), "c": "", "d": "x", "e": 3}
    found = parse_map('[transaction]\namount = "a"\n[columns]\nextra = ["a", "b", "c", "d", "e"]')
    assert submission(row, found, None)["extra"] == {"a": 1.5, "d": "x", "e": 3}
