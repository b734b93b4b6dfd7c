"""Figures as words: money, shares, times. A minus is U+2212, what is unknown is said so."""

import re
from datetime import UTC, datetime

from events.money import EXPONENTS

UNKNOWN = "unknown"
MINUS, TIMES = "\u2212", "\u00d7"
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "INR": "₹", "JPY": "¥"}
_NEAR, _MANY = 0.01, 100
_SECOND_MS = 1000
# What no text may hold in HTML (C0 but tab and line ends, C1, surrogates, noncharacters): shown as U+FFFD.
_NO_TEXT = (
    dict.fromkeys([*range(9), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0), 0xFFFE, 0xFFFF], "\ufffd")
    | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
)  # fmt: skip


def clean(text: object) -> str:
    """`text` without the characters that no HTML file can hold."""
    return str(text).translate(_NO_TEXT)


def money(minor: int | None, currency: str, *, exact: bool = True) -> str:
    """`$1,234.50` (or, not exact, `$1,235`) of minor units; a currency without a sign of its own by its code."""
    if minor is None:
        return UNKNOWN
    exponent = EXPONENTS.get(currency, 2)
    unit = 10**exponent
    if exact and exponent:
        whole, part = divmod(abs(minor), unit)
        amount = f"{whole:,}.{part:0{exponent}d}"
    else:
        amount = f"{(2 * abs(minor) + unit) // (2 * unit):,}"
    minus = MINUS if minor < 0 and amount.strip("0.,") else ""
    return f"{minus}{_SIGNS.get(currency, f'{currency} ')}{amount}"


def short_money(minor: float, currency: str) -> str:
    """`$12.5k`: for the ticks of an axis."""
    value = abs(minor) / 10 ** EXPONENTS.get(currency, 2)
    for limit, letter in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if value >= limit:
            text = f"{value / limit:.2f}".rstrip("0").rstrip(".") + letter
            break
    else:
        text = f"{value:.2f}".rstrip("0").rstrip(".") or "0"
    return f"{MINUS if minor < 0 and value else ''}{_SIGNS.get(currency, f'{currency} ')}{text}"


def count(value: float | None) -> str:
    """`12,345`, `0.31`, `12.5`: as many decimals as a reader needs."""
    if value is None:
        return UNKNOWN
    if value == int(value) or abs(value) >= _MANY:
        text = f"{abs(value):,.0f}"
    else:
        text = f"{abs(value):.2f}" if abs(value) >= _NEAR else f"{abs(value):.2g}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"{MINUS if value < 0 and text.strip('0.') else ''}{text}"


def share(value: float | None) -> str:
    """`12.3%` of a share in 0..1; two decimals near the ends, where the second matters."""
    if value is None:
        return UNKNOWN
    if value in (0, 1):
        return f"{100 * value:.0f}%"
    near_end = 0 < value < _NEAR or 1 - _NEAR < value < 1
    return f"{100 * value:.{2 if near_end else 1}f}%".replace("-", MINUS)


def release(name: str) -> str:
    """`release-4f2a…` as it is, any other name after the word."""
    return name if name.startswith("release-") else f"Release {name}"


def score(value: float | None) -> str:
    """`0.873`: a score or a measure in 0..1."""
    return UNKNOWN if value is None else f"{value:.3f}"


def millis(value: float) -> str:
    """`0.42 ms`, `12.3 ms`, `1.25 s`."""
    if value >= _SECOND_MS:
        return f"{value / _SECOND_MS:.2f} s"
    return f"{value:.{1 if value >= 10 else 2}f} ms"  # noqa: PLR2004 - three digits are read at a glance


def moment(time_ms: int) -> str:
    """`2026-03-01 12:00Z`."""
    return f"{datetime.fromtimestamp(time_ms // _SECOND_MS, UTC):%Y-%m-%d %H:%MZ}"


def day(time_ms: int) -> str:
    """`2026-03-01`."""
    return f"{datetime.fromtimestamp(time_ms // _SECOND_MS, UTC):%Y-%m-%d}"


def plural(number: float, one: str, many: str = "") -> str:
    """`1 ring`, `2 rings`."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def ordinal(number: int) -> str:
    """`1st`, `22nd`, `113th`."""
    last = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th") if number % 100 not in (11, 12, 13) else "th"
    return f"{number:,}{last}"


def capital(text: str) -> str:
    """The first letter large."""
    return text[:1].upper() + text[1:]


def meaning(text: str) -> str:
    """A feature's meaning as a phrase: `1: paid abroad` says that 1 stands for it, which readers needn't know."""
    return capital(re.sub(r"^(0\.\.)?1: ", "", text))


def code_words(code: str) -> str:
    """`card_testing` as `Card testing`."""
    return capital(code.replace("_", " ").strip())
