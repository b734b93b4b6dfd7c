"""The rules that single fields of messages keep; `events.validate` says which message has which.

Each `check_...` raises `InvalidFieldError` or `RawCardNumberError` naming `field`. This is the inner loop of
reading, a few microseconds a message: the common case comes first, and errors are made where they are raised.
"""

from collections.abc import Mapping, Sequence
from itertools import product
from math import isfinite
from string import ascii_uppercase
from typing import NoReturn

from events.errors import InvalidFieldError, RawCardNumberError
from events.money import EXPONENTS, MAX_MINOR
from events.pan import has_card_number, is_card_number, mask
from events.times import EARLIEST_MS, LATEST_MS
from events.tokens import MATCHERS
from events.types import (
    AccountEvent,
    Address,
    Card,
    Device,
    Email,
    EntityKind,
    Ip,
    Merchant,
    Money,
    Phone,
    Reason,
    Scalar,
    Transaction,
)

MAX_ADDRESSES = 8
MAX_EXTRA = 64
MAX_EXTRA_KEY = 64
MAX_EXTRA_TEXT = 512
MAX_INTEGER = 2**63 - 1
"""The largest integer in free fields: what Parquet and the graph hold."""

_E164 = 16
_COUNTRIES = frozenset("".join(pair) for pair in product(ascii_uppercase, repeat=2))
_is_card, _is_account, _is_device = MATCHERS["card"], MATCHERS["account"], MATCHERS["device"]
_is_email, _is_phone, _is_ip = MATCHERS["email"], MATCHERS["phone"], MATCHERS["ip"]
_is_merchant = MATCHERS["merchant"]


def check_time(time: int, field: str, latest: int) -> None:
    if EARLIEST_MS <= time <= latest:
        return
    remedy = "times are UTC epoch milliseconds"
    if time < EARLIEST_MS:
        raise InvalidFieldError(field, "is before the year 2000", remedy)
    if time >= LATEST_MS:
        raise InvalidFieldError(field, "is in the year 2100 or later", remedy)
    raise InvalidFieldError(field, "is more than a day in the future", remedy)


def check_money(money: Money) -> None:
    if not 0 <= money.minor <= MAX_MINOR:
        _amount_fault("amount.minor", money.minor)
    if not 0 <= money.base_minor <= MAX_MINOR:
        _amount_fault("amount.base_minor", money.base_minor)
    if money.currency not in EXPONENTS:
        raise InvalidFieldError("amount.currency", "is not a currency of ISO 4217")
    if money.base_currency not in EXPONENTS:
        raise InvalidFieldError("amount.base_currency", "is not a currency of ISO 4217")


def _amount_fault(field: str, minor: int) -> NoReturn:
    raise InvalidFieldError(
        field,
        "is negative" if minor < 0 else "is too large",
        "the kind (refund, reversal) says the direction",
    )


def check_identifier(text: str, field: str) -> None:
    if not text.isprintable():
        raise InvalidFieldError(field, "holds control characters")
    # Twelve characters can't hold a card number: most identifiers are done here.
    if len(text) > 12 and has_card_number(text):  # noqa: PLR2004 - one less than events.pan.MIN_DIGITS
        _refuse_card_number(field)


def check_no_card_number(text: str, field: str) -> None:
    if len(text) > 12 and has_card_number(text):  # noqa: PLR2004 - as above
        _refuse_card_number(field)


def _refuse_card_number(field: str) -> NoReturn:
    raise RawCardNumberError(
        field, "holds a card number in the clear", "send a reference to the card instead"
    )


def refuse_token(kind: str, field: str) -> NoReturn:
    raise InvalidFieldError(field, f"is not a {kind} token", f"tokens read {kind}.<version>.<32 hex digits>")


def _no_country(field: str) -> NoReturn:
    raise InvalidFieldError(field, "is no country code", "two capital letters, such as IN")


def check_entities(entities: Mapping[EntityKind, str]) -> None:
    for kind, token in entities.items():
        if MATCHERS[kind](token) is None:
            refuse_token(kind, f"entities.{kind}")
    merchant = entities.get("merchant")
    if merchant is not None:
        check_no_card_number(merchant, "entities.merchant")


def check_party(message: Transaction | AccountEvent, free_text: bool) -> None:
    """The entities that transactions and account events share."""
    if message.card is not None:
        _card(message.card)
    if message.account is not None and not _is_account(message.account):
        refuse_token("account", "account")
    if message.device is not None:
        _device(message.device)
    if message.email is not None:
        _email(message.email)
    if message.phone is not None:
        _phone(message.phone)
    if message.ip is not None:
        _ip(message.ip)
    if message.addresses:
        _addresses(message.addresses, free_text)
    if message.extra:
        _extra(message.extra)


def _card(card: Card) -> None:
    if not _is_card(card.token):
        refuse_token("card", "card.token")
    if card.bin is not None and not (6 <= len(card.bin) <= 8 and _all_digits(card.bin)):  # noqa: PLR2004 - ISO/IEC 7812
        raise InvalidFieldError("card.bin", "is not 6 to 8 digits")
    if card.last4 is not None and not (len(card.last4) == 4 and _all_digits(card.last4)):  # noqa: PLR2004 - its name
        raise InvalidFieldError("card.last4", "is not four digits")


def _device(device: Device) -> None:
    if not _is_device(device.token):
        refuse_token("device", "device.token")
    if device.model is not None:
        check_no_card_number(device.model, "device.model")


def _email(email: Email) -> None:
    if not _is_email(email.token):
        refuse_token("email", "email.token")
    if email.normal is not None:
        check_no_card_number(email.normal, "email.normal")


def _phone(phone: Phone) -> None:
    if not _is_phone(phone.token):
        refuse_token("phone", "phone.token")
    number = phone.normal
    if number is not None and not (number[:1] == "+" and _all_digits(number[1:]) and len(number) <= _E164):
        raise InvalidFieldError(
            "phone.normal", "is not in E.164 form", "+ and the digits, country code first"
        )
    if phone.country is not None and phone.country not in _COUNTRIES:
        _no_country("phone.country")


def _ip(ip: Ip) -> None:
    if not _is_ip(ip.token):
        refuse_token("ip", "ip.token")
    if ip.country is not None and ip.country not in _COUNTRIES:
        _no_country("ip.country")


def check_merchant(merchant: Merchant) -> None:
    if not _is_merchant(merchant.token):
        refuse_token("merchant", "merchant.token")
    check_no_card_number(merchant.token, "merchant.token")
    category = merchant.category
    if category is not None and not (len(category) == 4 and _all_digits(category)):  # noqa: PLR2004 - ISO 18245
        raise InvalidFieldError("merchant.category", "is not four digits")
    if merchant.country is not None and merchant.country not in _COUNTRIES:
        _no_country("merchant.country")


def _all_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _addresses(addresses: Sequence[Address], free_text: bool) -> None:
    if len(addresses) > MAX_ADDRESSES:
        raise InvalidFieldError("addresses", f"holds more than {MAX_ADDRESSES}")
    for index, address in enumerate(addresses):
        if address.country is not None and address.country not in _COUNTRIES:
            _no_country(f"addresses.{index}.country")
        if free_text:
            check_no_card_number(address.text, f"addresses.{index}.text")


def _extra(extra: Mapping[str, Scalar]) -> None:
    if len(extra) > MAX_EXTRA:
        raise InvalidFieldError("extra", f"holds more than {MAX_EXTRA} fields")
    for key, value in extra.items():
        field = f"extra.{mask(key)[:MAX_EXTRA_KEY]}"
        if not 0 < len(key) <= MAX_EXTRA_KEY or not key.isprintable():
            raise InvalidFieldError(field, f"is not named by 1 to {MAX_EXTRA_KEY} printable characters")
        check_no_card_number(key, field)
        _scalar(value, field)


def _scalar(value: Scalar, field: str) -> None:
    if isinstance(value, str):
        if len(value) > MAX_EXTRA_TEXT:
            raise InvalidFieldError(field, f"is longer than {MAX_EXTRA_TEXT} characters")
        check_no_card_number(value, field)
    else:
        check_number(value, field)
        # 13 digits are epoch milliseconds.
        if type(value) is int and value >= 10**13 and is_card_number(str(value)):
            _refuse_card_number(field)


def check_number(value: Scalar, field: str) -> None:
    if isinstance(value, float):
        if not isfinite(value):
            raise InvalidFieldError(field, "is not finite")
    elif isinstance(value, int) and abs(value) > MAX_INTEGER:
        raise InvalidFieldError(field, "is an integer beyond 64 bits")


def check_score(score: float, reasons: Sequence[Reason]) -> None:
    if not isfinite(score):
        raise InvalidFieldError("score", "is not finite")
    for index, reason in enumerate(reasons):
        if not isfinite(reason.weight):
            raise InvalidFieldError(f"reasons.{index}.weight", "is not finite")


def check_payload(value: object, field: str) -> None:
    if isinstance(value, Mapping):
        for key, item in value.items():
            check_payload(item, f"{field}.{key}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            check_payload(item, f"{field}.{index}")
    elif isinstance(value, str | int | float):
        if isinstance(value, str):
            check_no_card_number(value, field)
        else:
            check_number(value, field)
