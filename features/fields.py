"""The columns read off a transaction itself: one function each, NaN where there is nothing to say."""

from collections.abc import Callable, Mapping
from math import nan
from types import MappingProxyType

from events.types import Channel, Ip, Merchant, Phone, Transaction

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
EPOCH_WEEKDAY = 3  # 1 January 1970 was a Thursday
_MINOR = 100  # cents to the unit; a currency with other decimals only makes `round_amount` less telling

Field = Callable[[Transaction], float]


def _channel(name: Channel) -> Field:
    return lambda txn: float(txn.channel == name)


def _email_digit_share(txn: Transaction) -> float:
    if txn.email is None or not txn.email.normal:
        return nan
    name = txn.email.normal.partition("@")[0]
    return sum(character.isdigit() for character in name) / len(name) if name else nan


def _differ(one: str | None, other: str | None) -> float:
    return nan if one is None or other is None else float(one != other)


def _country(part: Ip | Phone | Merchant | None) -> str | None:
    return None if part is None else part.country


def _ip_abroad(txn: Transaction) -> float:
    return _differ(_country(txn.ip), _country(txn.merchant))


def _phone_abroad(txn: Transaction) -> float:
    return _differ(_country(txn.phone), _country(txn.ip))


def _merchant_category(txn: Transaction) -> float:
    return nan if txn.merchant is None or txn.merchant.category is None else float(txn.merchant.category)


def _billing_differs(txn: Transaction) -> float:
    by_role = {address.role: address.text for address in txn.addresses}
    return _differ(by_role.get("billing"), by_role.get("shipping"))


FIELDS: Mapping[str, Field] = MappingProxyType({
    "txn.amount": lambda txn: float(txn.amount.base_minor),
    "txn.round_amount": lambda txn: float(txn.amount.minor % _MINOR == 0),
    "txn.foreign_currency": lambda txn: float(txn.amount.currency != txn.amount.base_currency),
    "txn.hour": lambda txn: txn.time % DAY_MS / HOUR_MS,
    "txn.weekday": lambda txn: float((txn.time // DAY_MS + EPOCH_WEEKDAY) % 7),
    "txn.channel.card_present": _channel("card_present"),
    "txn.channel.ecommerce": _channel("ecommerce"),
    "txn.channel.moto": _channel("moto"),
    "txn.channel.recurring": _channel("recurring"),
    "txn.channel.transfer": _channel("transfer"),
    "txn.has_card": lambda txn: float(txn.card is not None),
    "txn.has_account": lambda txn: float(txn.account is not None),
    "txn.has_device": lambda txn: float(txn.device is not None),
    "txn.has_email": lambda txn: float(txn.email is not None),
    "txn.has_phone": lambda txn: float(txn.phone is not None),
    "txn.email_digit_share": _email_digit_share,
    "txn.merchant_category": _merchant_category,
    "txn.ip_abroad": _ip_abroad,
    "txn.phone_abroad": _phone_abroad,
    "address.written": lambda txn: float(bool(txn.addresses)),
    "address.billing_differs": _billing_differs,
})  # fmt: skip
ADDRESS_KEYED = "address.keyed"  # read off the batch, which holds the parser's answer
