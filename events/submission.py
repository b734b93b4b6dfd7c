"""Reading a submission: the fields of a raw mapping, one at a time, each fault named.

A submission is what a sender gives before anything is derived or tokenised: `events.door` says its fields.
"""

from collections.abc import Mapping
from typing import cast

from events.errors import InvalidFieldError, RawCardNumberError
from events.pan import MIN_DIGITS, has_card_number, mask

MAX_TEXT = 512
MAX_IDENTIFIER = 256
_MAX_PHONE_DIGITS = 15
_MAX_INTEGER = 10**40
_LEAK = "holds a card number in the clear"
_LEAK_REMEDY = "send a reference to the card instead"


class Fields:
    """One mapping of a submission, read field by field.

    Args:
        raw: the mapping as given; it is never changed.
        known: the names it may hold. Any other raises `InvalidFieldError` naming it.
        prefix: the path of the mapping, ending in a dot, or `""`.
    """

    __slots__ = ("_prefix", "_raw")

    def __init__(self, raw: Mapping[str, object], known: frozenset[str], prefix: str = "") -> None:
        if not raw.keys() <= known:
            field = min(str(key) for key in raw if key not in known)
            raise InvalidFieldError(
                f"{prefix}{mask(field)[:MAX_TEXT]}",
                "is no field of this submission",
                "put fields of your own under `extra`",
            )
        self._raw = raw
        self._prefix = prefix

    def get(self, name: str) -> object | None:
        """The value as given; texts that are empty or blank count as absent."""
        value = self._raw.get(name)
        return None if isinstance(value, str) and not value.strip() else value

    def required(self, name: str) -> object:
        value = self.get(name)
        if value is None:
            raise InvalidFieldError(f"{self._prefix}{name}", "is missing")
        return value

    def identifier(self, name: str) -> str | None:
        """A text or integer that names something, without blanks around it; never a card number."""
        value = self._raw.get(name)
        return None if value is None else read_identifier(value, self._prefix + name)

    def required_identifier(self, name: str) -> str:
        value = self.identifier(name)
        if value is None:
            raise InvalidFieldError(f"{self._prefix}{name}", "is missing")
        return value

    def text(self, name: str) -> str | None:
        """A text without blanks around it; None where it is blank."""
        value = self._raw.get(name)
        if value is None:
            return None
        if not isinstance(value, str):
            raise InvalidFieldError(f"{self._prefix}{name}", "is no text")
        return value.strip() or None

    def required_text(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            raise InvalidFieldError(f"{self._prefix}{name}", "is missing")
        return value

    def required_phone(self, name: str) -> str:
        """A phone number as text: digits alone are no card number here unless no phone number is so long."""
        value = self._raw.get(name)
        if value is None:
            raise InvalidFieldError(f"{self._prefix}{name}", "is missing")
        return read_phone(value, f"{self._prefix}{name}")

    def country(self, name: str = "country") -> str | None:
        """An ISO 3166 code of two letters, upper case."""
        value = self.text(name)
        if value is None:
            return None
        code = value.upper()
        if len(code) != 2 or not code.isascii() or not code.isalpha():  # noqa: PLR2004 - ISO 3166-1 alpha-2
            raise InvalidFieldError(f"{self._prefix}{name}", "is no country code", "two letters, such as IN")
        return code

    def parts(self, name: str, main: str, known: frozenset[str]) -> "Fields | None":
        """A value with attributes: a mapping of `known` fields, or the bare identifier, which is field `main`."""
        value = self.get(name)
        if value is None:
            return None
        if isinstance(value, Mapping):
            return Fields(as_mapping(value, self._prefix + name), known, f"{self._prefix}{name}.")
        return _Bare(value, main, self._prefix + name)


class _Bare(Fields):
    """A bare identifier in place of a mapping: faults name the field itself, as the sender wrote it."""

    __slots__ = ("_main", "_name")

    def __init__(self, value: object, main: str, name: str) -> None:
        super().__init__({main: value}, frozenset({main}))
        self._main = main
        self._name = name

    def identifier(self, name: str) -> str | None:
        return read_identifier(self._raw[name], self._name) if name == self._main else None

    def required_phone(self, name: str) -> str:
        return read_phone(self._raw[name], self._name)


def as_mapping(value: object, field: str) -> Mapping[str, object]:
    """`value` as a mapping of text keys; else `InvalidFieldError` naming `field`."""
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise InvalidFieldError(field, "is no object of named fields")
    return cast("Mapping[str, object]", value)


def read_identifier(value: object, field: str) -> str | None:
    """`value` as an identifier (None where blank); `RawCardNumberError` or `InvalidFieldError` naming `field`."""
    text = _read_text(value, field)
    if len(text) >= MIN_DIGITS and has_card_number(text):
        raise RawCardNumberError(field, _LEAK, _LEAK_REMEDY)
    return text or None


def read_phone(value: object, field: str) -> str:
    """`value` as a phone number. E.164 ends at 15 digits, so 13 to 15 of them are no card number here."""
    text = _read_text(value, field)
    if sum(char.isdigit() for char in text) > _MAX_PHONE_DIGITS and has_card_number(text):
        raise RawCardNumberError(field, _LEAK, _LEAK_REMEDY)
    if not text:
        raise InvalidFieldError(field, "is missing")
    return text


def _read_text(value: object, field: str) -> str:
    if isinstance(value, str):
        text = value.strip()
    elif isinstance(value, int) and not isinstance(value, bool) and abs(value) < _MAX_INTEGER:
        text = str(value)
    else:
        raise InvalidFieldError(field, "is no identifier", "give a text or an integer")
    if len(text) > MAX_IDENTIFIER:
        raise InvalidFieldError(field, f"is longer than {MAX_IDENTIFIER} characters")
    if not text.isprintable():
        raise InvalidFieldError(field, "holds control characters")
    return text
