"""The wire: messages to deterministic JSON bytes and back.

Reading well-formed messages of the present schema is one pass of a typed decoder. Whatever that pass refuses is
looked at again, slowly, to say which field is at fault, to upgrade older schema versions, and to see that a card
number in the clear is reported as such before anything else: its record must never be stored as it came.
"""

import re
from typing import TypeVar, get_args, overload

import msgspec

from events.errors import (
    InputError,
    InvalidFieldError,
    MalformedError,
    RawCardNumberError,
    SchemaVersionError,
)
from events.faults import field_error
from events.json_path import path_at
from events.pan import card_number_path, first_card_number, mask
from events.types import SCHEMA_VERSION, AnyMessage, Message
from events.upgrade import UPGRADES, upgrade
from events.validate import require_finite, validate

M = TypeVar("M", bound=Message)

MAX_BYTES = 262_144
"""The largest message that is read: a hundred times what one of ours measures, a quarter of what Kafka takes."""

# A dictionary's keys are sorted: equal messages have equal bytes.
_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER: msgspec.json.Decoder[Message] = msgspec.json.Decoder(AnyMessage)
_RAW = msgspec.json.Decoder()

_NOT_FINITE = re.compile(rb"-?(?:NaN|Infinity|nan|inf(?:inity)?)")
_AT_BYTE = re.compile(r"\(byte (\d+)\)")
_LEAK = "holds a card number in the clear"
_LEAK_REMEDY = "send a reference to the card instead"


def encode(message: Message) -> bytes:
    """`message` as JSON: struct fields in their order, dictionary keys sorted, nothing between them.

    Raises `InvalidFieldError` for numbers JSON has no way to write (NaN, infinities).
    """
    require_finite(message)
    return _ENCODER.encode(message)


@overload
def decode(data: bytes | memoryview, *, now_ms: int | None = None, free_text: bool = False) -> Message: ...
@overload
def decode(
    data: bytes | memoryview, *expected: type[M], now_ms: int | None = None, free_text: bool = False
) -> M: ...
def decode(
    data: bytes | memoryview, *expected: type[M], now_ms: int | None = None, free_text: bool = False
) -> M | Message:
    """The message in `data`, which is one of the types `expected` (none given: any message).

    Args:
        data: JSON, UTF-8, at most `MAX_BYTES`.
        now_ms, free_text: as in `events.validate.validate`.

    Raises only errors of the `InputError` family, with the dotted path of the field: `MalformedError` (no JSON,
    or not an expected message), `SchemaVersionError`, `InvalidFieldError` and `RawCardNumberError`.
    """
    data = bytes(data)
    if len(data) > MAX_BYTES:
        raise MalformedError("", f"is longer than {MAX_BYTES} bytes")
    message: Message | None = None
    error: Exception | None = None
    try:
        message = _DECODER.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        error = fault
    if message is None or message.schema != SCHEMA_VERSION or b'"schema"' not in data:
        message = _second_look(data, expected, message, error)
    if expected and not isinstance(message, expected):
        raise _not_expected(_tag(type(message)), expected)
    try:
        validate(message, now_ms=now_ms, free_text=free_text)
    except InvalidFieldError:
        _refuse_leak(_RAW.decode(data))
        raise
    return message


def _second_look(
    data: bytes, expected: tuple[type[Message], ...], message: Message | None, error: Exception | None
) -> Message:
    """The message in `data`, upgraded where its schema is older; or raise what is wrong with it."""
    try:
        raw = _RAW.decode(data)
        _refuse_leak(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise _not_json(data, fault) from None
    if not isinstance(raw, dict):
        raise MalformedError("", "is no JSON object")
    tag = raw.get("type")
    if not isinstance(tag, str) or tag not in _TYPES:
        raise MalformedError("type", "is missing" if tag is None else "names no message")
    if expected and _TYPES[tag] not in expected:
        raise _not_expected(tag, expected)
    version = raw.get("schema")
    if version == SCHEMA_VERSION and type(version) is int:
        if message is None:
            raise field_error(error)
        return message
    try:
        return _DECODER.decode(_ENCODER.encode(upgrade(raw, _upgradable(version), SCHEMA_VERSION)))
    except msgspec.DecodeError as fault:
        raise field_error(fault) from None


def _upgradable(version: object) -> int:
    if not isinstance(version, int) or isinstance(version, bool):
        raise SchemaVersionError("schema", "is missing" if version is None else "is no integer")
    if version not in UPGRADES:
        newer = version > SCHEMA_VERSION
        raise SchemaVersionError(
            "schema",
            f"is unknown: this release reads {min(UPGRADES)} to {SCHEMA_VERSION}",
            "upgrade this reader" if newer else "upgrade the sender",
        )
    return version


def _refuse_leak(raw: object) -> None:
    """Raise where there is a card number anywhere: whatever else is wrong, its record must not be stored as it is."""
    leak = card_number_path(raw)
    if leak is not None:
        raise RawCardNumberError(leak, _LEAK, _LEAK_REMEDY)


def _not_json(data: bytes, fault: Exception) -> InputError:
    # Latin-1 maps bytes to characters one to one, so that positions in the text are positions in the bytes.
    leak = first_card_number(data.decode("latin-1"))
    if leak is not None:
        return RawCardNumberError(_path(data, leak), _LEAK, _LEAK_REMEDY)
    if isinstance(fault, RecursionError):
        return MalformedError("", "is nested too deeply")
    if isinstance(fault, UnicodeDecodeError):
        return MalformedError(_path(data, _first_not_utf8(data)), "is not UTF-8")
    at_byte = _AT_BYTE.search(str(fault))
    position = int(at_byte.group(1)) if at_byte else len(data)
    # The decoder stops at the first character that can't be; in `-Infinity` and `nan` that is not the first.
    for start in range(max(0, position - 4), position + 1):
        if _NOT_FINITE.match(data, start):
            remedy = "JSON numbers are finite; leave the field out"
            return InvalidFieldError(_path(data, start), "is not finite", remedy)
    return MalformedError(_path(data, position), f"is not JSON, from byte {position} on")


def _not_expected(tag: str, expected: tuple[type[Message], ...]) -> MalformedError:
    names = " or ".join(sorted(_tag(kind) for kind in expected))
    return MalformedError("type", f"is {tag}, where {names} is expected")


def _path(data: bytes, position: int) -> str:
    return mask(path_at(data, position))


def _first_not_utf8(data: bytes) -> int:
    try:
        data.decode()
    except UnicodeDecodeError as fault:
        return fault.start
    return len(data)


def _tag(kind: type[Message]) -> str:
    return str(kind.__struct_config__.tag)


_TYPES: dict[str, type[Message]] = {_tag(kind): kind for kind in get_args(AnyMessage)}
