"""Inputs made by hand, for tests that need a few of them."""

from events.door import Door
from events.money import default_rates
from events.tokens import Tokeniser
from events.types import Transaction

T0 = 1_767_225_600_000  # 2026-01-01T00:00Z
MINUTE = 60_000
DAY = 86_400_000

door = Door(Tokeniser({1: b"k" * 32}, 1), default_rates())


def payment(
    number: int, *, card: str | None = None, time: int | None = None, **fields: object
) -> Transaction:
    """Payment `number`: one a minute, ten cards in turn unless told otherwise."""
    raw: dict[str, object] = {
        "id": f"t{number}",
        "time": T0 + number * MINUTE if time is None else time,
        "amount": f"{10 + number % 7}.50",
        "currency": "USD",
        "channel": "ecommerce",
        "card": card or f"card-{number % 10}",
        "device": f"device-{number % 5}",
        "ip": f"203.0.113.{number % 200 + 1}",
        "merchant": f"m{number % 3}",
        "shipping_address": f"{number % 9 + 1} Mill Road, Springfield IL 62704",
    }
    return door.transaction(raw | fields)
