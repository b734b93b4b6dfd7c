"""The decoder's complaints as errors of ours: the path dotted, and none of the values it quotes."""

import re
from collections.abc import Mapping
from typing import TypeVar

import msgspec

from events.errors import InvalidFieldError
from events.pan import mask

P = TypeVar("P")

_AT_PATH = re.compile(r" - at (?:`key` in )?`\$\.?([^`]*)`$")
_INDEX = re.compile(r"\[(\d+)\]")
_NAMED_FIELD = re.compile(r"(missing required|unknown) field `(.*)`", re.DOTALL)
_MAX_NAME = 64


def field_error(fault: Exception | None, prefix: str = "") -> InvalidFieldError:
    """What msgspec says in `fault`, as an error naming the dotted path of the field, `prefix` before it."""
    text = str(fault)
    at_path = _AT_PATH.search(text)
    inner = _INDEX.sub(r".\1", at_path.group(1)).replace("[...]", "").strip(".") if at_path else ""
    reason = text[: at_path.start()] if at_path else text
    named = _NAMED_FIELD.search(reason)
    name = mask(named.group(2))[:_MAX_NAME] if named else ""
    path = ".".join(part for part in (prefix, inner, name) if part)
    if named is not None and named.group(1) == "missing required":
        return InvalidFieldError(path, "is missing")
    if named is not None:
        return InvalidFieldError(path, "is no field of this message", "fields of one's own go under `extra`")
    if reason.startswith("Invalid") and "'" in reason:
        return InvalidFieldError(path, "is none of the values allowed")
    return InvalidFieldError(path, reason[:1].lower() + reason[1:])


def convert_part(values: Mapping[str, object], kind: type[P], field: str) -> P:
    """`values` (None: left out) as a checked `kind`; faults name `field` and what is in it."""
    try:
        return msgspec.convert({key: value for key, value in values.items() if value is not None}, kind)
    except msgspec.ValidationError as fault:
        raise field_error(fault, field) from None
