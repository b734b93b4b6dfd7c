from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import InvalidFieldError, SettingsError
from events.money import EXPONENTS, MAX_MINOR, Rates, default_rates, parse_amount

RATES = Rates(
    {"EUR": Decimal("1.08"), "JPY": Decimal("0.0067"), "KWD": Decimal("3.25"), "INR": Decimal("0.0119")}
)


@pytest.mark.parametrize(
    ("amount", "currency", "minor", "base_minor"),
    [
        (Decimal("12.30"), "USD", 1230, 1230),
        (Decimal(10), "EUR", 1000, 1080),
        (Decimal(1000), "JPY", 1000, 670),
        (Decimal("1.234"), "KWD", 1234, 401),
        (1234, "KWD", 1234, 401),
        (Decimal("0.5"), "JPY", 0, 0),  # half to even
        (Decimal("1.5"), "JPY", 2, 1),
        (Decimal("0.005"), "USD", 0, 0),
        (Decimal("0.015"), "USD", 2, 2),
        (Decimal("29.123"), "USD", 2912, 2912),
        (Decimal("1e-999999"), "USD", 0, 0),
        (Decimal(0), "USD", 0, 0),
    ],
)
def test_amounts_become_minor_and_base_units(
    amount: Decimal | int, currency: str, minor: int, base_minor: int
) -> None:
    money = RATES.to_money(amount, currency)
    assert (money.minor, money.base_minor) == (minor, base_minor)
    assert (money.currency, money.base_currency, money.rate_version) == (currency, "USD", RATES.version)


@given(st.integers(0, MAX_MINOR // 10**4), st.sampled_from(["EUR", "JPY", "KWD", "INR", "USD"]))
def test_the_base_amount_is_exact_decimal_arithmetic(minor: int, currency: str) -> None:
    rates = {"EUR": "1.08", "JPY": "0.0067", "KWD": "3.25", "INR": "0.0119", "USD": "1"}
    major = Decimal(minor) / 10 ** EXPONENTS[currency]
    exact = (major * Decimal(rates[currency]) * 100).to_integral_value(ROUND_HALF_UP)
    assert RATES.to_money(minor, currency).base_minor == exact


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_larger_amount_never_has_a_smaller_base(one: int, two: int) -> None:
    low, high = sorted((one, two))
    assert RATES.to_money(low, "INR").base_minor <= RATES.to_money(high, "INR").base_minor


def test_the_version_is_the_content() -> None:
    same = Rates(
        {"INR": Decimal("0.01190"), "KWD": Decimal("3.250"), "JPY": Decimal("0.0067"), "EUR": Decimal("1.08")}
    )
    other = Rates({"EUR": Decimal("1.09")})
    assert same.version == RATES.version
    assert other.version != RATES.version
    assert Rates({"EUR": Decimal(1)}, base="EUR").version != Rates({"USD": Decimal(1)}, base="USD").version


@pytest.mark.parametrize(
    ("amount", "currency", "field"),
    [
        (Decimal("NaN"), "USD", "amount"),
        (Decimal("Infinity"), "USD", "amount"),
        (Decimal(-1), "USD", "amount"),
        (Decimal("1e15"), "USD", "amount"),
        (Decimal("1e999999"), "USD", "amount"),
        (10**14, "KWD", "amount"),  # fits by itself, not in the base currency... nor much else
        (MAX_MINOR + 1, "USD", "amount"),
        (Decimal(1), "CHF", "currency"),
        (Decimal(1), "ZZZ", "currency"),
        (Decimal(1), "", "currency"),
    ],
)
def test_what_is_no_money_is_refused(amount: Decimal | int, currency: str, field: str) -> None:
    rates = Rates({"KWD": Decimal(100)})
    with pytest.raises(InvalidFieldError) as refused:
        rates.to_money(amount, currency)
    assert refused.value.field == field


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), "NaN", "-Infinity", "twelve", "", "1,50", None, True, [1], b"1"]
)
def test_what_is_no_amount_is_refused(value: object) -> None:
    with pytest.raises(InvalidFieldError) as refused:
        parse_amount(value, "amount")
    assert refused.value.field == "amount"


def test_amounts_are_read_as_meant() -> None:
    assert parse_amount(12.3) == Decimal("12.3")
    assert parse_amount(" 12.30 ") == Decimal("12.30")
    assert parse_amount(12) == Decimal(12)
    assert parse_amount(10**5000) == Decimal(10) ** 5000


def test_bad_tables_are_refused_with_every_fault() -> None:
    with pytest.raises(SettingsError) as refused:
        Rates({"ZZZ": Decimal(1), "EUR": Decimal(0), "GBP": Decimal("NaN")})
    assert len(str(refused.value).splitlines()) == 3


def test_the_default_table_knows_the_currencies_it_names() -> None:
    rates = default_rates()
    assert rates.base == "USD"
    assert {"USD", "INR", "EUR", "JPY", "KWD"} <= rates.currencies <= set(EXPONENTS)
    assert rates.to_money(Decimal(100), "INR").base_minor == 119


def test_exponents() -> None:
    assert (EXPONENTS["JPY"], EXPONENTS["USD"], EXPONENTS["KWD"]) == (0, 2, 3)
    assert len(EXPONENTS) > 150
