"""Money: ISO 4217 currencies, their minor units, and rates into one base currency.

Sums are made of integers (`Money.base_minor`) and are therefore equal everywhere; the rate table that made them
is named by the hash of its content.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from fractions import Fraction
from types import MappingProxyType

from events.errors import InvalidFieldError, SettingsError
from events.identity import content_hash
from events.types import Money

# The active ISO 4217 codes (funds and metals left out), by number of decimals of their minor unit.
_TWO = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP
CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR
JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN
NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP
SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
_ZERO = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"

EXPONENTS: Mapping[str, int] = MappingProxyType(
    dict.fromkeys(_TWO.split(), 2) | dict.fromkeys(_ZERO.split(), 0) | dict.fromkeys(_THREE.split(), 3)
)
"""Decimals of the minor unit, by currency code."""

MAX_MINOR = 10**14
"""The largest amount accepted, in minor units: 90,000 of them still sum within 64 bits."""

_DIGITS = len(str(MAX_MINOR)) + 1

# Rounded mid-market levels; an installation gives its own table. Only their order of magnitude matters here:
# features compare amounts with each other, and no money moves by them.
_DEFAULT_PER_UNIT = {
    "USD": "1", "EUR": "1.08", "GBP": "1.27", "INR": "0.0119", "JPY": "0.0067", "CNY": "0.139", "AUD": "0.65",
    "CAD": "0.73", "CHF": "1.13", "SGD": "0.745", "HKD": "0.128", "NZD": "0.60", "SEK": "0.095", "NOK": "0.093",
    "DKK": "0.145", "PLN": "0.25", "CZK": "0.043", "HUF": "0.0028", "RON": "0.217", "TRY": "0.029", "ILS": "0.27",
    "AED": "0.2723", "SAR": "0.2667", "QAR": "0.2747", "KWD": "3.25", "BHD": "2.65", "OMR": "2.60", "ZAR": "0.054",
    "NGN": "0.00065", "KES": "0.0077", "EGP": "0.0205", "BRL": "0.18", "MXN": "0.055", "ARS": "0.001",
    "CLP": "0.00105", "COP": "0.00024", "PEN": "0.265", "KRW": "0.00072", "TWD": "0.031", "THB": "0.029",
    "MYR": "0.22", "IDR": "0.000062", "PHP": "0.0175", "VND": "0.00004", "PKR": "0.0036", "BDT": "0.0084",
    "LKR": "0.0034", "NPR": "0.0074",
}  # fmt: skip


class Rates:
    """A table of rates into `base`.

    Args:
        per_unit: what one major unit of a currency is worth in major units of `base`.
        base: the base currency; its own rate is 1.

    `version` is the hash of the table: equal tables have equal names. Raises `SettingsError` for unknown
    currencies and rates that are not positive and finite.
    """

    def __init__(self, per_unit: Mapping[str, Decimal], base: str = "USD") -> None:
        table = {**per_unit, base: Decimal(1)}
        faults = [f"currency {code!r} is not in ISO 4217" for code in sorted(table) if code not in EXPONENTS]
        faults += [
            f"the rate of {code} is not a positive number"
            for code, rate in sorted(table.items())
            if not rate.is_finite() or rate <= 0
        ]
        if faults:
            raise SettingsError("\n".join(faults))
        self.base = base
        content = [f"{code}={table[code].normalize():f}" for code in sorted(table)]
        self.version = f"rates-{content_hash(base, *content, size=8)}"
        # Minor units to base minor units, as a fraction of integers.
        self._ratios = {code: _ratio(code, rate, base).as_integer_ratio() for code, rate in table.items()}

    @property
    def currencies(self) -> frozenset[str]:
        return frozenset(self._ratios)

    def to_money(self, amount: Decimal | int, currency: str) -> Money:
        """`amount` in major units (Decimal) or minor units (int) as `Money`.

        More decimals than the currency has are rounded half to even; the base amount is rounded half up.
        Raises `InvalidFieldError` naming `currency` or `amount`.
        """
        ratio = self._ratios.get(currency)
        if ratio is None:
            known = currency in EXPONENTS
            raise InvalidFieldError(
                "currency",
                "has no rate into the base currency" if known else "is not a currency of ISO 4217",
                "add it to the rate table" if known else "give a three-letter code such as USD",
            )
        minor = amount if isinstance(amount, int) else _to_minor(amount, EXPONENTS[currency])
        top, bottom = ratio
        base_minor = (2 * minor * top + bottom) // (2 * bottom)
        if not (0 <= minor <= MAX_MINOR and base_minor <= MAX_MINOR):
            raise InvalidFieldError("amount", "is negative" if minor < 0 else "is too large")
        return Money(
            minor=minor,
            currency=currency,
            base_minor=base_minor,
            base_currency=self.base,
            rate_version=self.version,
        )


def default_rates() -> Rates:
    """The built-in table, into US dollars: round figures, good enough to begin with."""
    return Rates({code: Decimal(rate) for code, rate in _DEFAULT_PER_UNIT.items()})


def parse_amount(value: object, field: str = "amount") -> Decimal:
    """A finite amount in major units from a decimal text or a number; else `InvalidFieldError` naming `field`."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
        raise InvalidFieldError(field, "is no amount", 'give a decimal text such as "12.30"')
    try:
        # A float by its shortest text: 12.3 is meant, not 12.300000000000000710542735760100.
        amount = Decimal(repr(value) if isinstance(value, float) else value)
    except InvalidOperation:
        raise InvalidFieldError(
            field, "is no decimal number", 'give a decimal text such as "12.30"'
        ) from None
    if not amount.is_finite():
        raise InvalidFieldError(field, "is not finite")
    return amount


def _to_minor(amount: Decimal, exponent: int) -> int:
    if not amount.is_finite():
        raise InvalidFieldError("amount", "is not finite")
    # Scaling is exact for sizes in between, and a waste of memory beyond.
    if amount and not -_DIGITS < amount.adjusted() < _DIGITS:
        if amount.adjusted() < 0:
            return 0
        raise InvalidFieldError("amount", "is too large")
    return int(amount.scaleb(exponent).to_integral_value(ROUND_HALF_EVEN))


def _ratio(currency: str, rate: Decimal, base: str) -> Fraction:
    return Fraction(rate) * Fraction(10) ** (EXPONENTS[base] - EXPONENTS[currency])
