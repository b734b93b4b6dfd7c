"""A map: which column of a foreign file is which field of a submission. Written in TOML.

[transaction]
id = "TRANSACTION_ID"                       # a column by name
amount = "TX_AMOUNT"
currency = { value = "EUR" }                # the same for every row
time = { column = "TX_TIME_SECONDS", unit = "s", origin = "2018-04-01T00:00:00Z" }
card = "CUSTOMER_ID"
"device.id" = "device"                      # a part of a field
channel = { column = "entry", values = { chip = "card_present", web = "ecommerce" } }

[label]                                     # optional
fraud = "TX_FRAUD"                          # true, 1, "fraud", "yes" ... or { column = ..., values = [...] }
delay = "7d"                                # known that long after the payment; or known_at = a time column
cleared = false                             # whether rows that are no fraud make a label, too

[columns]                                   # every other column must be named here
extra = ["device_os"]                       # kept under `extra`
drop = ["TX_TIME_DAYS", "TX_FRAUD_SCENARIO"]
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Struct, field

from events.errors import SettingsError

_UNITS_MS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_DURATION = re.compile(r"^(\d+)(ms|s|m|h|d)$")
_TRUE = ("1", "true", "t", "yes", "y", "fraud")


class Take(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a field's value comes from.

    `value`: a constant. `column`: of the file; then `values` translates it, `unit` and `origin` read a number as time
    since then, `zone` (an IANA name) is that of times written without one.
    """

    column: str | None = None
    value: str | int | float | None = None
    values: dict[str, str] | None = None
    unit: Literal["ms", "s", "m", "h", "d"] | None = None
    origin: str | None = None
    zone: str | None = None


class LabelMap(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a row says that it was fraud, and when that became known."""

    fraud: str | Take
    delay: str = "0s"
    known_at: str | Take | None = None
    reason_code: str = "reported"
    cleared: bool = False


class Columns(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What becomes of columns that no field takes."""

    extra: list[str] = field(default_factory=list)
    drop: list[str] = field(default_factory=list)


class FileMap(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A whole map."""

    transaction: dict[str, str | Take]
    label: LabelMap | None = None
    columns: Columns = field(default_factory=Columns)

    def used(self) -> set[str]:
        """Every column that the map speaks of."""
        takes = [as_take(value) for value in self.transaction.values()]
        if self.label is not None:
            takes.append(as_take(self.label.fraud))
            if self.label.known_at is not None:
                takes.append(as_take(self.label.known_at))
        named = {take.column for take in takes if take.column is not None}
        return named | set(self.columns.extra) | set(self.columns.drop)


def as_take(value: str | Take) -> Take:
    """A bare text names a column."""
    return Take(column=value) if isinstance(value, str) else value


def load_map(path: Path, columns: Iterable[str]) -> FileMap:
    """Read a map for a file with these `columns`. Raises `SettingsError` that names every fault."""
    try:
        found = msgspec.convert(tomllib.loads(path.read_text()), FileMap)
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SettingsError(
            f"{path}: {error}; `ringwatch ingest FILE --suggest-map` writes a map to start from"
        ) from error
    faults = _faults(found, list(columns))
    if faults:
        raise SettingsError(
            "\n".join([f"{path} does not fit the file:", *(f"  {fault}" for fault in faults)])
        )
    return found


def _faults(found: FileMap, columns: list[str]) -> list[str]:
    faults = [f"the file has no column {name!r}" for name in sorted(found.used() - set(columns))]
    left = [name for name in columns if name not in found.used()]
    if left:
        faults.append(f"no word on {', '.join(left)}: map each, or name it under [columns] extra or drop")
    faults += [
        f"[transaction] {name} is missing"
        for name in ("id", "time", "amount")
        if name not in found.transaction
    ]
    if not any(name.split(".")[0] in {"card", "account"} for name in found.transaction):
        faults.append("[transaction] needs a card or an account")
    if found.label is not None and not _DURATION.match(found.label.delay):
        faults.append(f"[label] delay {found.label.delay!r} is no duration such as 7d, 12h, 90s")
    return faults


def duration_ms(text: str) -> int:
    """Milliseconds of a duration such as 7d, 12h, 90s, 500ms; `SettingsError` for anything else."""
    match = _DURATION.match(text)
    if match is None:
        raise SettingsError(f"{text!r} is no duration such as 7d, 12h, 90s")
    return int(match[1]) * _UNITS_MS[match[2]]


def time_ms(value: object, take: Take) -> object:
    """A time as the door reads it: epoch ms where the map says how, else as it stands."""
    if value is None:
        return None
    if isinstance(value, datetime):
        return round(_zoned(value, take).timestamp() * 1000)
    if take.unit is not None and isinstance(value, int | float | str):
        origin = datetime.fromisoformat(take.origin).timestamp() if take.origin else 0.0
        return round(origin * 1000 + float(value) * _UNITS_MS[take.unit])
    if isinstance(value, str):
        return round(_zoned(datetime.fromisoformat(value), take).timestamp() * 1000)
    return value


def _zoned(value: datetime, take: Take) -> datetime:
    if value.tzinfo is not None:
        return value
    if take.zone is None or take.zone == "UTC":
        return value.replace(tzinfo=UTC)
    from zoneinfo import ZoneInfo

    return value.replace(tzinfo=ZoneInfo(take.zone))


def is_fraud(row: Mapping[str, object], take: Take) -> bool | None:
    """Whether the row says fraud; None where it says nothing."""
    value = row.get(take.column) if take.column is not None else take.value
    if value is None:
        return None
    if take.values is not None:
        return take.values.get(str(value), "").lower() in _TRUE
    if isinstance(value, float):
        return value == 1.0
    return str(value).strip().lower() in _TRUE


def submission(row: Mapping[str, object], found: FileMap) -> dict[str, object]:
    """The row as a submission for `events.door.Door.transaction`."""
    made: dict[str, object] = {}
    for name, source in found.transaction.items():
        take = as_take(source)
        value = take.value if take.column is None else row.get(take.column)
        if take.values is not None and value is not None:
            value = take.values.get(str(value), value)
        if name == "time":
            value = time_ms(value, take)
        if value is None:
            continue
        head, _, part = name.partition(".")
        if part:
            inner = made.setdefault(head, {})
            if not isinstance(inner, dict):
                raise SettingsError(f"[transaction] {head} is mapped as a whole and by its part {part}")
            inner[part] = value
        else:
            made[head] = value
    extra = {name: row[name] for name in found.columns.extra if row.get(name) is not None}
    if extra:
        made["extra"] = extra
    return made
