"""Times at the edges: ISO 8601 or epoch milliseconds in, UTC epoch milliseconds inside."""

from datetime import UTC, datetime

from events.errors import InvalidFieldError

DAY_MS = 86_400_000
EARLIEST_MS = 946_684_800_000  # 2000-01-01T00:00:00Z
LATEST_MS = 4_102_444_800_000  # 2100-01-01T00:00:00Z, itself outside


def parse_time(value: object, field: str) -> int:
    """Epoch milliseconds of an ISO 8601 text with a zone, or of an integer that is epoch milliseconds already."""
    if isinstance(value, bool):
        raise InvalidFieldError(field, "is a truth value", "give ISO 8601 with a zone, or epoch milliseconds")
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        try:
            moment = datetime.fromisoformat(value.strip())
        except ValueError:
            raise InvalidFieldError(
                field, "is no ISO 8601 time", "for example 2026-03-01T12:00:00Z"
            ) from None
        if moment.tzinfo is None:
            raise InvalidFieldError(field, "has no time zone", "end it with Z or an offset such as +05:30")
        return _epoch_ms(moment)
    raise InvalidFieldError(field, "is no time", "give ISO 8601 with a zone, or epoch milliseconds")


def to_iso(time_ms: int) -> str:
    """`2026-03-01T12:00:00.000Z`."""
    seconds, millis = divmod(time_ms, 1000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{millis:03d}Z"


def _epoch_ms(moment: datetime) -> int:
    # Whole microseconds by integer arithmetic: datetime.timestamp() is a float and rounds.
    span = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (span.days * 86_400 + span.seconds) * 1000 + span.microseconds // 1000
