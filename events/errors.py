"""The one error tree. Every error of ours descends from `RingwatchError`.

RingwatchError
├── InputError                what arrived is wrong: it is dead-lettered (log) or answered 422 (HTTP)
│   ├── MalformedError            not JSON, or not the shape of any message
│   ├── SchemaVersionError        a schema version that this release neither reads nor upgrades
│   ├── InvalidFieldError         one field breaks its rule
│   └── RawCardNumberError        a card number in the clear: masked, never replayable
├── SettingsError             the configuration is wrong; says every fault at once
├── NotFoundError             nothing of that name
├── ConflictError             what was asked contradicts what is (an artefact with other bytes, a stale write)
├── FencedError               a newer owner has taken over; the caller must stop
├── UnavailableError          a service does not answer; the same call may succeed later
└── CorruptError              stored bytes fail their checksum or their format

HTTP status codes live on the class (`http_status`), so that no endpoint maps errors by hand.
"""

from typing import ClassVar


class RingwatchError(Exception):
    """Base of every error ringwatch raises on purpose."""

    http_status: ClassVar[int] = 500
    code: ClassVar[str] = "internal"


class InputError(RingwatchError):
    """Input that can't be accepted.

    Args:
        field: dotted path of the field at fault (`amount.minor`), or `""` for the message as a whole.
        reason: what is wrong, without ever quoting a raw identifier.
        remedy: what the sender can do about it.
    """

    http_status = 422
    code = "invalid_input"
    replayable: ClassVar[bool] = True

    def __init__(self, field: str, reason: str, remedy: str = "") -> None:
        self.field = field
        self.reason = reason
        self.remedy = remedy
        super().__init__(
            ": ".join(part for part in (field, reason) if part) + (f" ({remedy})" if remedy else "")
        )


class MalformedError(InputError):
    """The bytes are no JSON object, or have the shape of no known message."""

    code = "malformed"


class SchemaVersionError(InputError):
    """The message names a schema version that this release can't read or upgrade."""

    code = "unknown_schema_version"


class InvalidFieldError(InputError):
    """One field breaks its rule."""

    code = "invalid_field"


class RawCardNumberError(InputError):
    """A card number in the clear. It is refused at the door, masked in its dead letter and never replayed."""

    code = "raw_card_number"
    replayable = False


class SettingsError(RingwatchError):
    """The configuration is wrong. The message lists every fault, one a line, with the remedy."""

    code = "settings"


class NotFoundError(RingwatchError):
    """Nothing of that name exists."""

    http_status = 404
    code = "not_found"


class ConflictError(RingwatchError):
    """The call contradicts what is stored."""

    http_status = 409
    code = "conflict"


class FencedError(RingwatchError):
    """A newer owner holds the role; whoever gets this must stop at once and change nothing more."""

    http_status = 409
    code = "fenced"


class UnavailableError(RingwatchError):
    """A service does not answer. Transient: the caller may try again."""

    http_status = 503
    code = "unavailable"


class CorruptError(RingwatchError):
    """Stored bytes fail their checksum or format."""

    code = "corrupt"
