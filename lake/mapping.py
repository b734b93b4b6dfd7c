"""A map: which column of a foreign file is which field of a submission. Written in TOML.

[transaction]
id = "TRANSACTION_ID"                       # a column by name
amount = "TX_AMOUNT"                        # { column = "cents", unit = "minor" } for minor units
currency = { value = "EUR" }                # the same for every row
time = { column = "TX_TIME_SECONDS", unit = "s", origin = "2018-04-01T00:00:00Z" }
card.reference = "card_ref"                 # a part of a field
card.last4 = "card_last4"
shipping_address = { columns = ["street", "city", "zip"] }      # joined by ", "
channel = { column = "entry", values = { chip = "card_present", web = "ecommerce" } }

[label]                                     # optional
fraud = "TX_FRAUD"                          # 1, true, yes, fraud; else { column = ..., values = { stolen = "fraud" } }
known_at = "chargeback_date"                # when it became known; without `fraud`, a row that has one is fraud
delay = "7d"                                # known so long after the payment, where `known_at` says nothing
cleared = false                             # whether rows that are no fraud make a label, too

[columns]                                   # every other column must be named here
extra = ["device_os"]                       # kept under `extra`
drop = ["TX_TIME_DAYS", "TX_FRAUD_SCENARIO"]
"""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from itertools import chain
from math import isnan
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct, field

from events.errors import InvalidFieldError, SettingsError
from events.money import EXPONENTS

UNITS_MS: Mapping[str, float] = {
    "ns": 1e-6, "us": 1e-3, "ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000,
}  # fmt: skip
PARTS: Mapping[str, tuple[str, ...]] = {
    "card": ("reference", "bin", "last4"),
    "device": ("id", "model"),
    "phone": ("number", "country"),
    "ip": ("address", "country"),
    "merchant": ("id", "category", "country"),
}
"""Fields of a submission that have parts; the first is the identifier, and stands for a bare one."""
WHOLES = (
    "id", "time", "kind", "amount", "currency", "channel", "account", "email", "parent", "country",
    "shipping_address", "billing_address",
)  # fmt: skip
FIELDS: tuple[str, ...] = (
    *WHOLES,
    *PARTS,
    *(f"{name}.{part}" for name, parts in PARTS.items() for part in parts),
)
"""Everything `[transaction]` may map; `events.door` says what each means."""

_REQUIRED = ("id", "time", "amount", "currency")
_DURATION = re.compile(r"^(\d+)(ms|s|m|h|d)$")


class Take(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a field's value comes from: a `column`, several `columns` joined by ", ", or a constant `value`.

    `values` translates the column's (those it does not name stay as they are). For times: `unit` and `origin` read a
    number as time since then (without an origin, since 1970); `format` (strptime) reads a text that is not ISO 8601;
    `zone` (an IANA name) is that of times that name none, UTC if left out. For amounts `unit` "minor" reads minor
    units.
    """

    column: str | None = None
    columns: tuple[str, ...] = ()
    value: str | int | float | None = None
    values: dict[str, str] | None = None
    unit: Literal["ns", "us", "ms", "s", "m", "h", "d", "minor"] | None = None
    origin: str | None = None
    format: str | None = None
    zone: str | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """The columns that it reads."""
        return self.columns if self.column is None else (self.column,)

    @property
    def written(self) -> str:
        """The same for people."""
        return " + ".join(self.named) if self.named else repr(self.value)


class LabelMap(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a row says that it was fraud, and when that became known.

    `known_at` at midnight sharp names a day and counts as known when that day ends. `reason_code` may be a constant, or
    `{ column = ... }`.
    """

    fraud: str | Take | None = None
    known_at: str | Take | None = None
    delay: str = "0s"
    verdict: Literal["chargeback", "confirmed"] = "confirmed"
    reason_code: str | Take = "reported"
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

    def take(self, name: str) -> Take | None:
        """Where a field's value comes from; a field with parts stands for its identifier. None: not mapped."""
        parts = PARTS.get(name, ())
        found = self.transaction.get(name) or (self.transaction.get(f"{name}.{parts[0]}") if parts else None)
        return None if found is None else as_take(found)

    def read(self) -> list[str]:
        """Every column whose content is wanted, sorted."""
        takes = [as_take(value) for value in self.transaction.values()]
        if self.label is not None:
            takes += [as_take(it) for it in (self.label.fraud, self.label.known_at) if it is not None]
            if isinstance(self.label.reason_code, Take):
                takes.append(self.label.reason_code)
        return sorted({*chain.from_iterable(take.named for take in takes), *self.columns.extra})

    def used(self) -> set[str]:
        """Every column that the map speaks of."""
        return {*self.read(), *self.columns.drop}


def as_take(value: str | Take) -> Take:
    """A bare text names a column."""
    return Take(column=value) if isinstance(value, str) else value


def load_map(path: Path, columns: Collection[str]) -> FileMap:
    """Read a map for a file with these `columns`. Raises `SettingsError` that names every fault."""
    try:
        found = parse_map(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} can't be read: {error}") from error
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SettingsError(
            f"{path}: {error}; `ringwatch ingest FILE --suggest-map` writes a map to start from"
        ) from error
    faults = [*_misfits(found, columns), *_faults(found)]
    if faults:
        raise SettingsError(
            "\n".join([f"{path} does not fit the file:", *(f"  {fault}" for fault in faults)])
        )
    return found


def parse_map(text: str) -> FileMap:
    """A map from TOML; `tomllib.TOMLDecodeError` or `msgspec.ValidationError` where it is none."""
    raw = tomllib.loads(text)
    transaction = raw.get("transaction")
    if isinstance(transaction, dict):
        raw["transaction"] = dict(_flat(transaction))
    return msgspec.convert(raw, FileMap)


def duration_ms(text: str) -> int:
    """Milliseconds of a duration such as 7d, 12h, 90s, 500ms; `SettingsError` for anything else."""
    match = _DURATION.match(text)
    if match is None:
        raise SettingsError(f"{text!r} is no duration such as 7d, 12h, 90s")
    return int(match[1]) * int(UNITS_MS[match[2]])


def submission(row: Mapping[str, object], found: FileMap, time_ms: int | None) -> dict[str, object]:
    """The row as a submission for `events.door.Door.transaction`.

    `time_ms` is its time as `lake.expressions.time_sql` read it. Raises `InvalidFieldError` for a time or an amount
    that can't be read the way the map says.
    """
    made: dict[str, object] = {}
    for name, source in found.transaction.items():
        take = as_take(source)
        value = _time(row, take, time_ms) if name == "time" else _value(row, take)
        if value is None:
            continue
        head, _, part = name.partition(".")
        if part:
            inner = made.setdefault(head, {})
            if isinstance(inner, dict):  # always: a map that has a field as a whole and by parts is refused
                inner[part] = _identifier(value)
        else:
            made[head] = value if name in {"time", "amount"} else _identifier(value)
    if as_take(found.transaction["amount"]).unit == "minor" and "amount" in made:
        made["amount"] = _major(made["amount"], made.get("currency"))
    extra = {name: kept for name in found.columns.extra if (kept := _scalar(row.get(name))) is not None}
    if extra:
        made["extra"] = extra
    return made


def plain_text(value: object) -> str:
    """How `values` tables write a value: truth values in lower case, whole floats without .0."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


# --- rows -------------------------------------------------------------------------------------------------


def _value(row: Mapping[str, object], take: Take) -> object | None:
    if take.columns:
        texts = [plain_text(value) for name in take.columns if (value := row.get(name)) is not None]
        return ", ".join(text for text in texts if text) or None
    if take.column is None:
        return take.value
    value = row.get(take.column)
    if take.values is not None and value is not None:
        return take.values.get(plain_text(value), value)
    return value


def _time(row: Mapping[str, object], take: Take, time_ms: int | None) -> int | None:
    if time_ms is None and take.column is not None:
        value = row.get(take.column)
        if value is not None and plain_text(value):
            raise InvalidFieldError("time", "can't be read", "give its unit, format or zone in the map")
    return time_ms


def _identifier(value: object) -> object | None:
    """Whole floats and decimals as integers: that is how a nullable column of integers is often stored."""
    if isinstance(value, float):
        return None if isnan(value) else int(value) if value.is_integer() else value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    return value


def _scalar(value: object) -> object | None:
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, str):
        return value if value.strip() else None
    return None if isinstance(value, float) and isnan(value) else value


def _major(value: object, currency: object) -> object:
    """An amount in minor units as major ones; what can't be read is left to the door to refuse."""
    exponent = EXPONENTS.get(str(currency).strip().upper())
    if exponent is None:
        return value
    try:
        return Decimal(repr(value) if isinstance(value, float) else str(value)).scaleb(-exponent)
    except InvalidOperation:
        return value


# --- faults -----------------------------------------------------------------------------------------------


def _flat(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    """`card.last4 = ...` is a table in a table to TOML; here it is the field `card.last4`."""
    for name, value in table.items():
        if not prefix and isinstance(value, dict) and value and value.keys() <= set(PARTS.get(name, ())):
            yield from _flat(value, f"{name}.")
        else:
            yield prefix + name, value


def _misfits(found: FileMap, columns: Collection[str]) -> Iterator[str]:
    yield from (f"the file has no column {name!r}" for name in sorted(found.used() - set(columns)))
    left = [name for name in columns if name not in found.used()]
    if left:
        yield f"no word on {', '.join(left)}: map each, or name it under [columns] extra or drop"


def _faults(found: FileMap) -> Iterator[str]:
    mapped = found.transaction
    yield from (f"[transaction] {name} is missing" for name in _REQUIRED if name not in mapped)
    if not {"card", "card.reference", "account"} & mapped.keys():
        yield "[transaction] needs a card or an account"
    for name, source in mapped.items():
        head = name.partition(".")[0]
        if name not in FIELDS:
            yield f"[transaction] {name} is no field; there are {', '.join(FIELDS)}"
        elif head != name and head in mapped:
            yield f"[transaction] {head} is mapped as a whole and by its part: call the whole {head}.{PARTS[head][0]}"
        elif head != name and f"{head}.{PARTS[head][0]}" not in mapped:
            yield f"[transaction] {name} needs {head}.{PARTS[head][0]} beside it"
        yield from _take_faults(
            f"[transaction] {name}", as_take(source), time=name == "time", amount=name == "amount"
        )
    if found.label is not None:
        yield from _label_faults(found.label)


def _label_faults(label: LabelMap) -> Iterator[str]:
    if label.fraud is None and label.known_at is None:
        yield "[label] needs fraud, known_at or both"
    if not _DURATION.match(label.delay):
        yield f"[label] delay {label.delay!r} is no duration such as 7d, 12h, 90s"
    if label.fraud is not None:
        yield from _take_faults("[label] fraud", as_take(label.fraud))
    if label.known_at is not None:
        yield from _take_faults("[label] known_at", as_take(label.known_at), time=True)
    if isinstance(label.reason_code, Take):
        yield from _take_faults("[label] reason_code", label.reason_code)


def _take_faults(where: str, take: Take, *, time: bool = False, amount: bool = False) -> Iterator[str]:
    if (take.column is not None) + bool(take.columns) + (take.value is not None) != 1:
        yield f"{where}: give one of column, columns, value"
    if time and take.column is None:
        yield f"{where} must be a column"
    if not time and (take.origin or take.format or take.zone):
        yield f"{where}: origin, format and zone are for times"
    if take.unit is not None and not (amount if take.unit == "minor" else time):
        yield f'{where}: unit is for times, and "minor" for amounts'
    if take.origin is not None and (take.unit is None or not _is_time(take.origin)):
        yield f"{where}: origin is an ISO 8601 time, and needs a unit"
    if take.zone is not None and not _is_zone(take.zone):
        yield f"{where}: {take.zone!r} is no time zone such as Asia/Kolkata"


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError):  # ZoneInfoNotFoundError is a KeyError
        return False
    except KeyError:
        return False
    return True
