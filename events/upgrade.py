"""Older schema versions, brought up to the present one by pure functions on decoded JSON.

`UPGRADES[v]` turns the JSON object of a message of version v into version v + 1. A function never changes its
argument, sets the new `schema`, and leaves fields it does not know to the decoder's judgement.

- 0: `amount` was decimal texts, `{"value": "12.30", "currency": "USD", "base_value": "12.30",
  "base_currency": "USD", "rates": "2025-11"}`.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction

from events.errors import InvalidFieldError
from events.money import EXPONENTS, parse_amount

Json = dict[str, object]

_MAX_SIZE = 40
"""Powers of ten: far beyond any amount, and small enough to compute with."""


def _from_0(message: Json) -> Json:
    upgraded: Json = {**message, "schema": 1}
    amount = message.get("amount")
    if isinstance(amount, dict) and "value" in amount:
        rest = {key: item for key, item in amount.items() if key not in ("value", "base_value", "rates")}
        upgraded["amount"] = {
            **rest,
            "minor": _minor(amount, "value", "currency"),
            "base_minor": _minor(amount, "base_value", "base_currency"),
            "rate_version": amount.get("rates"),
        }
    return upgraded


UPGRADES: Mapping[int, Callable[[Json], Json]] = {0: _from_0}


def upgrade(message: Json, version: int, target: int) -> Json:
    """`message` of schema `version` as one of schema `target`; KeyError where the table has no way there."""
    while version < target:
        message = UPGRADES[version](message)
        version += 1
    return message


def _minor(amount: Mapping[str, object], value: str, currency: str) -> int:
    field = f"amount.{value}"
    number = parse_amount(amount.get(value), field)
    exponent = EXPONENTS.get(str(amount.get(currency)))
    if exponent is None:
        raise InvalidFieldError(f"amount.{currency}", "is not a currency of ISO 4217")
    if abs(number.adjusted()) > _MAX_SIZE:
        raise InvalidFieldError(field, "is too large" if number.adjusted() > 0 else "is too small")
    minor = Fraction(number) * 10**exponent
    if minor.denominator != 1:
        raise InvalidFieldError(field, "has more decimals than its currency")
    return int(minor)
