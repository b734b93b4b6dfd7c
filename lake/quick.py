"""Parts of payments made without the door where nothing about them is in doubt: a third of what asking it costs.

Taken are texts that the door would leave as they are, letter by letter, and that break none of its rules; None sends
everything else to it. What is made is what `events.door` makes: tests hold the two side by side.
"""

import re
from collections.abc import Callable, Mapping

from events.derive import derive_email, derive_ip, derive_phone
from events.errors import InputError
from events.pan import MIN_DIGITS, has_card_number
from events.times import EARLIEST_MS
from events.tokens import MAX_MERCHANT_ID, Tokeniser, merchant_token
from events.types import Address, Card, Device, Email, Ip, Merchant, Money, Phone, Transaction

Values = Mapping[str, object]
"""What a row says, by field of the map."""

_PLAIN = re.compile(r"[!-~](?:[ -~]{0,126}[!-~])?").fullmatch
_BIN, _FOUR = re.compile(r"[0-9]{6,8}").fullmatch, re.compile(r"[0-9]{4}").fullmatch
_COUNTRY = re.compile(r"[A-Z]{2}").fullmatch
_E164 = re.compile(r"\+[0-9]{1,15}").fullmatch
_MAX_ADDRESS = 512

Check = Callable[[str], object]


def plain(text: str) -> bool:
    """Whether an identifier is taken as it is: printable ASCII without blanks around it, and no card number."""
    return _PLAIN(text) is not None and (len(text) < MIN_DIGITS or not has_card_number(text))


def _address(text: str) -> bool:
    return 0 < len(text) <= _MAX_ADDRESS and text.strip() == text and not has_card_number(text)


class Quick:
    """Makes payments of one part each. `groups` has a function by name of `lake.probes.GROUPS`."""

    def __init__(self, tokeniser: Tokeniser, base: str) -> None:
        self._token = tokeniser.token
        # No part looks at the amount.
        self._money = Money(minor=0, currency=base, base_minor=0, base_currency=base, rate_version="none")
        self.groups: Mapping[str, Callable[[Values], Transaction | None]] = {
            "card": self._card,
            "account": self._account,
            "device": self._device,
            "email": self._email,
            "phone": self._phone,
            "ip": self._ip,
            "merchant": self._merchant,
            "places": self._places,
        }

    def _made(self, **parts: object) -> Transaction:
        return Transaction(id="x", time=EARLIEST_MS, amount=self._money, **parts)  # type: ignore[arg-type]

    def _card(self, values: Values) -> Transaction | None:
        reference = _main(values, "card", "reference")
        bin_, last4 = _part(values, "card.bin", _BIN), _part(values, "card.last4", _FOUR)
        if reference is None or bin_ == "" or last4 == "":
            return None
        return self._made(card=Card(token=self._token("card", reference), bin=bin_, last4=last4))

    def _account(self, values: Values) -> Transaction | None:
        account = _part(values, "account", plain)
        return self._made(account=self._token("account", account)) if account else None

    def _device(self, values: Values) -> Transaction | None:
        device, model = _main(values, "device", "id"), _part(values, "device.model", plain)
        if device is None or model == "":
            return None
        return self._made(device=Device(token=self._token("device", device), model=model))

    def _email(self, values: Values) -> Transaction | None:
        raw = _part(values, "email", plain)
        found = derive_email(raw) if raw else None
        if found is None or not plain(found.identity):
            return None
        token = self._token("email", found.identity)
        return self._made(email=Email(token=token, normal=found.normal, domain=found.domain))

    def _phone(self, values: Values) -> Transaction | None:
        number = _main(values, "phone", "number")
        own, country = _part(values, "phone.country", _COUNTRY), _part(values, "country", _COUNTRY)
        if number is None or own == "" or country == "":
            return None
        found = derive_phone(number, own or country)
        if found.normal is None or _E164(found.normal) is None:
            return None
        token = self._token("phone", found.identity)
        return self._made(phone=Phone(token=token, normal=found.normal, country=found.country))

    def _ip(self, values: Values) -> Transaction | None:
        address, country = _main(values, "ip", "address"), _part(values, "ip.country", _COUNTRY)
        if address is None or country == "":
            return None
        try:
            found = derive_ip(address)
        except InputError:
            return None
        token = self._token("ip", found.identity)
        return self._made(ip=Ip(token=token, prefix=found.prefix, country=country))

    def _merchant(self, values: Values) -> Transaction | None:
        merchant = _main(values, "merchant", "id")
        category = _part(values, "merchant.category", _FOUR)
        country = _part(values, "merchant.country", _COUNTRY)
        if (
            merchant is None
            or "%" in merchant
            or len(merchant) > MAX_MERCHANT_ID
            or category == ""
            or country == ""
        ):
            return None
        made = Merchant(token=merchant_token(merchant), category=category, country=country)
        return self._made(merchant=made)

    def _places(self, values: Values) -> Transaction | None:
        shipping = _part(values, "shipping_address", _address)
        billing = _part(values, "billing_address", _address)
        if shipping == "" or billing == "":
            return None
        places = [Address(role="shipping", text=shipping)] if shipping else []
        places += [Address(role="billing", text=billing)] if billing else []
        return self._made(addresses=tuple(places))


def _main(values: Values, name: str, part: str) -> str | None:
    """The identifier of a field with parts, under either of its names; None where it is in doubt or not there."""
    return _part(values, name if name in values else f"{name}.{part}", plain) or None


def _part(values: Values, name: str, check: Check) -> str | None:
    """A text that passes `check`, None where there is none, an empty one where it is in doubt."""
    value = values.get(name)
    if value is None:
        return None
    return value if isinstance(value, str) and check(value) else ""
