"""Published figures (docs/published.toml) and the measures that they stand beside."""

import tomllib
from dataclasses import dataclass
from math import isnan
from pathlib import Path
from typing import Literal

import msgspec

PUBLISHED = Path(__file__).resolve().parents[1] / "docs" / "published.toml"
AGREES = (2 / 3, 3 / 2)  # simulated over published within these counts as agreeing; else it departs

Unit = Literal["share", "bp", "number", "days", "USD", "INR", "times", "index", "hour", "auc"]


class Figure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[figure]]`; the fields' meanings stand at the head of the file."""

    key: str
    value: float | tuple[float, float]
    of: str
    source: str
    kind: Literal["official", "paper", "survey", "trade", "press"]
    fits: tuple[str, ...]
    year: int | None = None
    derived: str = ""
    confirmed: bool = True
    why: str = ""

    def ratio(self, simulated: float) -> float:
        """Simulated over published; 1 inside a published range, else against its nearer end."""
        low, high = self.value if isinstance(self.value, tuple) else (self.value, self.value)
        if simulated < low:
            return simulated / low
        return simulated / high if simulated > high else 1.0


@dataclass(frozen=True, slots=True)
class Measure:
    """`says` names what is measured and, after the colon, its denominator."""

    key: str
    says: str
    unit: Unit


_RATES = (
    Measure("rate_value", "fraud by value, all channels: value that went through", "bp"),
    Measure("rate_count", "fraud by count, all channels: payments that went through", "bp"),
    Measure("rate_attempts", "attempted fraud by count: all authorisations, declined ones too", "bp"),
    Measure("rate_value_online", "fraud by value, online: online value that went through", "bp"),
    Measure("rate_count_online", "fraud by count, online: online payments that went through", "bp"),
    Measure("value_over_count", "fraud rate by value over fraud rate by count: all channels", "times"),
    Measure("dispute_rate", "disputes (chargebacks): payments that went through", "bp"),
)
_CHANNEL = (
    Measure("cnp_payments", "card not present: payments that went through", "share"),
    Measure("cnp_value", "card not present: value that went through", "share"),
    Measure("cnp_fraud_value", "card not present: value of fraud that went through", "share"),
    Measure("cnp_fraud_count", "card not present: frauds that went through", "share"),
    Measure("abroad_value", "merchant abroad: online value that went through", "share"),
    Measure("abroad_fraud_value", "merchant abroad: value of online fraud that went through", "share"),
    Measure("mix_new_account", "rings and bust-out (new accounts): attempted frauds", "share"),
)
_AMOUNT = (
    Measure("amount_mean_ratio", "mean fraud over mean genuine payment: online, went through", "times"),
    Measure("amount_median_ratio", "median fraud over median genuine payment: online, went through", "times"),
    Measure("amount_median_all", "median attempted fraud over median genuine payment: all channels", "times"),
    Measure("amount_mean_all", "mean attempted fraud over mean genuine payment: all channels", "times"),
    Measure(
        "amount_spread_genuine", "upper over lower quartile, USD: genuine payments, all channels", "times"
    ),
    Measure("amount_spread_fraud", "upper over lower quartile, USD: attempted frauds, all channels", "times"),
    Measure("fraud_mean_usd", "mean fraud, USD: online, went through", "USD"),
    Measure("genuine_mean_usd", "mean genuine payment, USD: online, went through", "USD"),
    Measure("fraud_mean_inr", "mean fraud, INR: online, went through", "INR"),
    Measure("genuine_mean_inr", "mean genuine payment, INR: online, went through", "INR"),
)
_CYCLE = (
    Measure("hour_05", "05:00-05:59 local, mean hour = 100: genuine online payments", "index"),
    Measure("hour_13", "13:00-13:59 local, mean hour = 100: genuine online payments", "index"),
    Measure("hour_21", "21:00-21:59 local, mean hour = 100: genuine online payments", "index"),
    Measure("peak_hour", "hour with the most payments, local: genuine online payments", "hour"),
    Measure("weekday_tue", "Tuesday, mean day = 100: genuine online payments", "index"),
    Measure("weekday_fri", "Friday, mean day = 100: genuine online payments", "index"),
    Measure("weekday_sun", "Sunday, mean day = 100: genuine online payments", "index"),
)
_ATTACKS = (
    Measure("testing_burst", "attempts in a burst of card testing (one merchant), median: bursts", "number"),
    Measure(
        "testing_merchant_day", "attempts at a merchant in a day, mean: merchants and days with any", "number"
    ),
    Measure("testing_share", "card testing: online payments", "share"),
    Measure("testing_declined", "declined: attempts in card testing", "share"),
    Measure("ring_members_p50", "members of a ring, median: rings", "number"),
    Measure("ring_members", "members of a ring, mean: rings", "number"),
    Measure("ring_drops", "drop addresses of a ring, mean: rings", "number"),
    Measure("ring_mules", "mules, real customers: members of rings", "share"),
    Measure("drop_days", "days from a ring's first fraud to its last, median: rings", "days"),
    Measure(
        "dormant_days", "days from opening to first fraud, median: ring accounts opened in the world", "days"
    ),
    Measure("ring_card_usd", "fraud that went through, USD: card used in a ring", "USD"),
    Measure("look_alikes", "innocent look-alike groups: rings", "times"),
)
_LABELS = (
    Measure("chargeback_p10", "days from payment to chargeback, 10 %: charged-back frauds", "days"),
    Measure("chargeback_p50", "days from payment to chargeback, median: charged-back frauds", "days"),
    Measure("chargeback_p90", "days from payment to chargeback, 90 %: charged-back frauds", "days"),
    Measure("chargeback_p99", "days from payment to chargeback, 99 %: charged-back frauds", "days"),
    Measure("chargeback_max", "days from payment to chargeback, longest: charged-back frauds", "days"),
    Measure("reported", "charged back: frauds that went through and past review", "share"),
    Measure("never_known", "never known to anybody: frauds that went through", "share"),
    Measure("first_party", "made by the customer himself: disputes", "share"),
    Measure("disputes_won", "won back by the merchant: disputes", "share"),
    Measure("review_rate", "reviewed by an analyst: authorisations", "share"),
    Measure("review_good", "genuine: reviewed payments", "share"),
    Measure("review_missed", "fraud after all: payments cleared in review", "share"),
    Measure("approval_online", "approved: online authorisations", "share"),
    Measure("approval_present", "approved: authorisations in person", "share"),
    Measure("declined_good", "declined: genuine payments", "share"),
    Measure("declined_fraud", "declined: attempted frauds", "share"),
    Measure("declined_funds", "for want of money: declines", "share"),
)
_SHARING = (
    Measure("household_mean", "customers in a household of two and more, mean: households", "number"),
    Measure("household_device", "share a device: households of two and more", "share"),
    Measure("device_one_account", "seen with one account only: devices", "share"),
    Measure("ip_accounts", "accounts behind the busiest IP address: that address, whole span", "number"),
    Measure("cards_an_account", "cards seen, mean: accounts", "number"),
    Measure("set_recycled", "`shared.recycled_phone_share`: phone numbers given up", "share"),
    Measure("set_tower_in", "`people.tower_share`, India: homes", "share"),
    Measure("set_tower_us", "`people.tower_share`, US: homes", "share"),
    Measure("set_office_tail", "`people.office_tail`: exponent of the power law of staff", "number"),
)
_ALONE = (
    Measure("auc_online", "AUC of 'card not present' alone: all authorisations", "auc"),
    Measure("auc_amount", "AUC of the amount alone: all authorisations", "auc"),
)
SECTIONS: tuple[tuple[str, tuple[Measure, ...]], ...] = (
    ("How much fraud", _RATES), ("Card not present", _CHANNEL), ("Amounts", _AMOUNT), ("Day and week", _CYCLE),
    ("Attacks", _ATTACKS), ("Labels, reviews, declines", _LABELS), ("Who shares what", _SHARING),
    ("What one feature tells", _ALONE),
)  # fmt: skip
MEASURES = {measure.key: measure for _, measures in SECTIONS for measure in measures}


def published(path: Path = PUBLISHED) -> tuple[Figure, ...]:
    """All figures in the file's order; `msgspec.ValidationError` for a field that does not fit, `KeyError` for a
    figure of an unknown measure."""
    figures = msgspec.convert(tomllib.loads(path.read_text()), dict[str, tuple[Figure, ...]])["figure"]
    for figure in figures:
        MEASURES[figure.key]
    return figures


_SHOWN: dict[Unit, str] = {"bp": "{:.3g} bp", "auc": "{:.3f}", "USD": "{:,.0f}", "INR": "{:,.0f}", "index": "{:.0f}",
                           "hour": "{:.0f}"}  # fmt: skip


def shown(value: float, unit: Unit) -> str:
    """The number as the card shows it; a hyphen for nan."""
    if isnan(value):
        return "-"
    if unit == "share":
        near_an_end = not (0.1 <= value <= 0.9 or value in {0.0, 1.0})
        return f"{100 * value:.2g} %" if 0 < value < 0.001 else f"{100 * value:.{1 + near_an_end}f} %"
    return _SHOWN.get(unit, "{:,.0f}" if value >= 100 else "{:.3g}").format(value)
