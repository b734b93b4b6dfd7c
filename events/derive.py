"""What is derived from a raw identifier before it becomes a token: normal forms, domains, prefixes.

Normal forms decide which identifiers are one and the same, so they fold only what the providers fold.
"""

import re
import unicodedata
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from events.errors import InvalidFieldError

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

_DOTLESS = frozenset({"gmail.com"})
_PLUS_TAGS = frozenset({
    "gmail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "icloud.com", "me.com", "mac.com",
    "fastmail.com", "proton.me", "protonmail.com", "pm.me", "zoho.com",
})  # fmt: skip
_HYPHEN_TAGS = frozenset({"yahoo.com", "yahoo.co.in", "yahoo.co.uk", "yahoo.in", "ymail.com"})
_SAME_DOMAIN = {"googlemail.com": "gmail.com"}
_NOT_DIALLED = re.compile(r"[^\d+]")
_MAX_EMAIL = 320
_MAX_DOMAIN = 255


@dataclass(frozen=True, slots=True)
class DerivedEmail:
    """`identity` is what is tokenised; `normal` and `domain` are None where the text is no e-mail address."""

    identity: str
    normal: str | None
    domain: str | None


@dataclass(frozen=True, slots=True)
class DerivedPhone:
    """`normal` (E.164) and `country` (ISO 3166) are None where the number can't be read."""

    identity: str
    normal: str | None
    country: str | None


@dataclass(frozen=True, slots=True)
class DerivedIp:
    identity: str
    prefix: str


def derive_email(raw: str) -> DerivedEmail:
    """The normal form of an e-mail address: case folded, dots and tags dropped where the provider ignores them.

    A text that is no address keeps its folded form as identity: what customers mistype must not stop a payment.
    """
    text = unicodedata.normalize("NFKC", raw).strip().lower()
    local, at, domain = text.rpartition("@")
    domain = domain.rstrip(".")
    domain = _SAME_DOMAIN.get(domain, domain)
    if not at or not local or "." not in domain or " " in text or len(text) > _MAX_EMAIL:
        return DerivedEmail(text, None, None)
    if domain in _PLUS_TAGS:
        local = local.partition("+")[0] or local
    elif domain in _HYPHEN_TAGS:
        local = local.partition("-")[0] or local
    if domain in _DOTLESS:
        local = local.replace(".", "") or local
    normal = f"{local}@{domain}"
    return DerivedEmail(normal, normal, domain if len(domain) <= _MAX_DOMAIN else None)


def derive_phone(raw: str, country: str | None = None) -> DerivedPhone:
    """E.164 by libphonenumber's metadata; `country` (ISO 3166) reads numbers without a country code.

    A number that is not valid as written but is with a `+` before it has lost its `+`. One that can't be read
    keeps its digits as identity.
    """
    import phonenumbers

    text = unicodedata.normalize("NFKC", raw).strip()
    digits = _NOT_DIALLED.sub("", text)
    number = _phone(text, country)
    if number is None or not phonenumbers.is_valid_number(number):
        international = _phone(f"+{digits.lstrip('+')}", None)
        if international is not None and phonenumbers.is_valid_number(international):
            number = international
    if number is None:
        return DerivedPhone(digits or text, None, None)
    normal = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    region = phonenumbers.region_code_for_number(number)
    return DerivedPhone(normal, normal, region if region and region.isalpha() else None)


def _phone(text: str, country: str | None) -> "PhoneNumber | None":
    import phonenumbers

    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_possible_number(number) else None


def derive_ip(raw: str, field: str = "ip") -> DerivedIp:
    """The address in canonical form and its /24 (IPv4) or /48 (IPv6) prefix; IPv4 inside IPv6 is IPv4.

    Raises `InvalidFieldError` naming `field`: addresses are written by machines, so a bad one is a fault upstream.
    """
    try:
        address = ip_address(raw.strip().partition("%")[0])
    except ValueError:
        raise InvalidFieldError(field, "is no IP address") from None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    bits = 48 if isinstance(address, IPv6Address) else 24
    return DerivedIp(str(address), str(ip_network((address, bits), strict=False)))
