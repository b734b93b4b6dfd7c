"""What a rule may ask of a transaction besides its features: attributes by name."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from events.types import Transaction

Reader = Callable[[Transaction], str | None]
EXTRA = "extra."
"""`extra.<field>` reads a field of the sender's own; numbers and booleans as JSON writes them."""

ATTRIBUTES: Mapping[str, Reader] = MappingProxyType(
    {
        "channel": lambda t: t.channel,
        "currency": lambda t: t.amount.currency,
        "account.token": lambda t: t.account,
        "card.bin": lambda t: t.card.bin if t.card else None,
        "card.token": lambda t: t.card.token if t.card else None,
        "device.model": lambda t: t.device.model if t.device else None,
        "device.token": lambda t: t.device.token if t.device else None,
        "email.domain": lambda t: t.email.domain if t.email else None,
        "email.token": lambda t: t.email.token if t.email else None,
        "ip.country": lambda t: t.ip.country if t.ip else None,
        "ip.prefix": lambda t: t.ip.prefix if t.ip else None,
        "ip.token": lambda t: t.ip.token if t.ip else None,
        "merchant.category": lambda t: t.merchant.category if t.merchant else None,
        "merchant.country": lambda t: t.merchant.country if t.merchant else None,
        "merchant.token": lambda t: t.merchant.token if t.merchant else None,
        "phone.country": lambda t: t.phone.country if t.phone else None,
        "phone.token": lambda t: t.phone.token if t.phone else None,
    }
)


def reader(name: str) -> Reader:
    """The function that reads attribute `name`; KeyError for an unknown one."""
    if name.startswith(EXTRA):
        field = name.removeprefix(EXTRA)
        return lambda transaction: _text(transaction.extra.get(field))
    return ATTRIBUTES[name]


def _text(value: str | float | bool | None) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)
