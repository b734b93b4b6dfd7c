"""What a map says, as SQL over the file: the one place where times and labels are read, for rows and for reports."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from lake.mapping import UNITS_MS, FileMap, Take, as_take
from lake.source import Source, quoted, text_literal

DAY_MS = 86_400_000
ZONE_AT_END = r"(Z|z|UTC|GMT|[+-][0-9]{2}(:?[0-9]{2})?|[A-Z][A-Za-z]+/[A-Za-z_/]+)$"
"""A time of day with this at its end says where it is."""

_TRUE = ("1", "true", "t", "yes", "y", "fraud", "fraudulent", "chargeback", "confirmed")
_FLOATS = ("FLOAT", "DOUBLE")


def time_sql(take: Take, source: Source) -> str:
    """A BIGINT of epoch milliseconds; NULL where the value is missing or can't be read."""
    name = take.column or ""
    column, kind = quoted(name), source.columns[name]
    if take.unit is not None:
        number = f"try_cast({column} AS DOUBLE) * {UNITS_MS[take.unit]!r}"
        return f"try_cast(round({_origin_ms(take)} + {number}) AS BIGINT)"
    if source.has_zone(name):
        return _whole_ms(column)
    if kind.startswith("TIMESTAMP") or kind == "DATE":
        return _epoch_ms(f"CAST({column} AS TIMESTAMP)", take.zone)
    text = f"trim(CAST({column} AS VARCHAR))"
    if take.format is not None:
        read = f"try_strptime({text}, {text_literal(take.format)})"
        return _whole_ms(read) if "%z" in take.format.lower() else _epoch_ms(read, take.zone)
    if kind != "VARCHAR":
        return f"try_cast(round({column}) AS BIGINT)"
    return (
        f"CASE WHEN regexp_full_match({text}, '[0-9]+') THEN try_cast({text} AS BIGINT)"
        f" WHEN {has_zone_sql(text)} THEN {_whole_ms(f'try_cast({text} AS TIMESTAMPTZ)')}"
        f" ELSE {_epoch_ms(f'try_cast({text} AS TIMESTAMP)', take.zone)} END"
    )


def has_zone_sql(text: str) -> str:
    """Whether a text is a time of day that names its zone."""
    return f"(contains({text}, ':') AND regexp_matches({text}, {text_literal(ZONE_AT_END)}))"


def known_sql(found: FileMap, source: Source) -> str:
    """A BIGINT: when a row's label became known, by its `known_at`; NULL where that says nothing."""
    if found.label is None or found.label.known_at is None:
        return "CAST(NULL AS BIGINT)"
    take = as_take(found.label.known_at)
    moment = time_sql(take, source)
    local = f"timezone({text_literal(take.zone or 'UTC')}, timezone('UTC', epoch_ms({moment})))"
    # A day without a time of day: known for certain only once that day is over.
    return f"(({moment}) + CASE WHEN {local} = date_trunc('day', {local}) THEN {DAY_MS} ELSE 0 END)"


def fraud_sql(found: FileMap, source: Source) -> str:
    """A BOOLEAN: whether a row says that it was fraud; NULL where it says nothing."""
    if found.label is None:
        return "CAST(NULL AS BOOLEAN)"
    if found.label.fraud is None:
        return f"({known_sql(found, source)} IS NOT NULL)"
    text = f"lower(CAST({value_sql(as_take(found.label.fraud), source)} AS VARCHAR))"
    return f"({text} IN ({', '.join(map(text_literal, _TRUE))}) OR coalesce(try_cast({text} AS DOUBLE) = 1, false))"


def value_sql(take: Take, source: Source) -> str:
    """What a field is made of: NULL where blank; in the column's own type unless it is text, joined or translated."""
    if take.columns:
        parts = ", ".join(f"nullif(trim(CAST({quoted(name)} AS VARCHAR)), '')" for name in take.columns)
        return f"nullif(concat_ws(', ', {parts}), '')"
    if take.column is None:
        return text_literal(str(take.value))
    column, kind = quoted(take.column), source.columns[take.column]
    if kind in _FLOATS:
        value = f"CASE WHEN isnan({column}) THEN NULL ELSE {column} END"
    elif kind == "VARCHAR":
        value = f"nullif(trim({column}), '')"
    else:
        value = column
    if take.values is None:
        return value
    text = f"CAST({value} AS VARCHAR)"
    if kind in _FLOATS:
        text = f"regexp_replace({text}, '[.]0$', '')"
    cases = " ".join(f"WHEN {text_literal(old)} THEN {text_literal(new)}" for old, new in take.values.items())
    return f"CASE {text} {cases} ELSE {text} END" if cases else text


def _origin_ms(take: Take) -> int:
    if take.origin is None:
        return 0
    origin = datetime.fromisoformat(take.origin)
    if origin.tzinfo is None:
        origin = origin.replace(tzinfo=ZoneInfo(take.zone) if take.zone else UTC)
    return round(origin.timestamp() * 1000)


def _epoch_ms(timestamp: str, zone: str | None) -> str:
    if zone is None or zone == "UTC":
        return _whole_ms(timestamp)
    return _whole_ms(f"timezone({text_literal(zone)}, {timestamp})")


def _whole_ms(moment: str) -> str:
    """Milliseconds begun, as the door reads times; DuckDB's own `epoch_ms` rounds."""
    return f"epoch_us({moment}) // 1000"
