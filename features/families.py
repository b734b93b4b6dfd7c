"""Families of velocity features, as data: what a user switches on or off.

Windows of one entity and filter share what is stored, so many windows are cheap and many filters are not.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from events.types import Channel
from features.feature import Aggregate, Difference, Feature, Ratio, VelocityFeature, ZScore
from features.keys import EventKind

_MINUTE = 60_000
SPANS = {
    "1m": _MINUTE,
    "10m": 10 * _MINUTE,
    "1h": 60 * _MINUTE,
    "6h": 360 * _MINUTE,
    "1d": 1_440 * _MINUTE,
    "7d": 7 * 1_440 * _MINUTE,
    "28d": 28 * 1_440 * _MINUTE,
    "30d": 30 * 1_440 * _MINUTE,
}
_LOW, _HIGH = 500, 50_000  # minor units of the base currency: what is tried, and what is worth it


@dataclass(frozen=True)
class Happening:
    """What windows count, as names put it: which events, and how meanings say it."""

    kinds: tuple[EventKind, ...]
    words: str
    channels: tuple[Channel, ...] = ()
    amount_from: int | None = None
    amount_below: int | None = None


_PAID = (EventKind.AUTHORISATION,)
HAPPENINGS: dict[str, Happening] = {
    "transactions": Happening(_PAID, "transactions"),
    "amount": Happening(_PAID, "transactions"),
    "declined": Happening((EventKind.OUTCOME_DECLINED,), "declines"),
    "approved": Happening((EventKind.OUTCOME_APPROVED,), "approvals by the issuer"),
    "check_failed": Happening((EventKind.CHECK_FAILED,), "failed CVV, AVS or 3DS checks"),
    "refund": Happening((EventKind.REFUND,), "refunds"),
    "login": Happening((EventKind.LOGIN,), "logins"),
    "login_failed": Happening((EventKind.LOGIN_FAILED,), "failed logins"),
    "change": Happening((EventKind.ACCOUNT_CHANGE,), "changes to the account"),
    "fraud_label": Happening((EventKind.LABEL_FRAUD,), "fraud labels that became known"),
    "genuine_label": Happening((EventKind.LABEL_GENUINE,), "payments cleared as genuine"),
    "remote": Happening(_PAID, "transactions without the card present", channels=("ecommerce", "moto")),
    "present": Happening(_PAID, "transactions with the card present", channels=("card_present",)),
    "small": Happening(_PAID, f"transactions below {_LOW / 100:.2f}", amount_below=_LOW),
    "large": Happening(_PAID, f"transactions of {_HIGH / 100:.2f} and above", amount_from=_HIGH),
}
_PARTNERS = {
    "cards": "card",
    "accounts": "account",
    "devices": "device",
    "addresses": "address",
    "merchants": "merchant",
    "emails": "email",
    "categories": "category",
    "bins": "bin",
}
_WORDS: dict[Aggregate, str] = {
    "sum": "amount of {words} of {entity} in {window}, base minor units",
    "mean": "mean amount of {words} of {entity} in {window}, base minor units",
    "std": "standard deviation of the amounts of {words} of {entity} in {window}, base minor units",
    "min": "lowest amount of {words} of {entity} in {window}, base minor units",
    "max": "highest amount of {words} of {entity} in {window}, base minor units",
    "count": "{words} of {entity} in {window}",
    "last": "amount of the last of the {words} of {entity} before this event, within {window}, base minor units",
    "first": "amount of the first of the {words} of {entity} within {window}, base minor units",
    "since_last": "seconds since the last of the {words} of {entity} before this event, within {window}",
    "since_first": "seconds since the first of the {words} of {entity} within {window}",
}
# entity: (what happened, or the partners' plural; aggregate; windows, `7d<1d` for the 7 days that ended a day ago)
Row = tuple[str, str, Aggregate, str]


@dataclass(frozen=True)
class Family:
    """Features that are switched on together."""

    name: str
    title: str
    features: tuple[Feature, ...]


_PAIRS = (
    "card+device", "card+email", "card+ip", "card+merchant", "card+address", "card+account", "account+device",
    "account+address", "account+ip", "device+email", "device+merchant",
)  # fmt: skip

_KNOWN_BY: tuple[tuple[Aggregate, str], ...] = (
    ("count", "1d 30d"),
    ("since_first", "30d"),
    ("since_last", "30d"),
)
_ROWS: dict[str, tuple[str, tuple[Row, ...]]] = {
    "counts": ("how often", (
        ("card", "transactions", "count", "10m 1h 1d 7d 30d"), ("account", "transactions", "count", "1h 1d 7d 30d"),
        ("device", "transactions", "count", "10m 1h 1d 7d 30d"), ("address", "transactions", "count", "1d 7d 30d"),
        ("ip", "transactions", "count", "10m 1h 1d"), ("merchant", "transactions", "count", "1h 1d 7d 30d"),
    )),
    "amounts": ("how much", (
        ("card", "amount", "sum", "1h 1d 7d 30d"), ("card", "amount", "mean", "7d 30d"),
        ("card", "amount", "std", "30d"), ("card", "amount", "max", "7d 30d"), ("card", "amount", "min", "30d"),
        ("account", "amount", "sum", "1d 7d 30d"), ("account", "amount", "mean", "30d"),
        ("account", "amount", "std", "30d"), ("account", "amount", "max", "30d"),
        ("device", "amount", "sum", "1d 7d"), ("device", "amount", "mean", "30d"),
        ("address", "amount", "sum", "7d 30d"),
        ("merchant", "amount", "mean", "7d 30d"), ("merchant", "amount", "std", "30d"),
    )),
    "links": ("how many different", (
        ("card", "merchants", "distinct", "1h 1d 30d"), ("card", "devices", "distinct", "1d 7d 30d"),
        ("card", "addresses", "distinct", "7d 30d"), ("account", "cards", "distinct", "1d 7d 30d"),
        ("account", "devices", "distinct", "1d 30d"), ("account", "addresses", "distinct", "7d 30d"),
        ("device", "cards", "distinct", "1h 1d 7d 30d"), ("device", "accounts", "distinct", "1d 7d 30d"),
        ("address", "cards", "distinct", "1d 7d 30d"), ("address", "accounts", "distinct", "7d 30d"),
        ("address", "devices", "distinct", "7d 30d"), ("email", "cards", "distinct", "7d 30d"),
        ("email", "accounts", "distinct", "30d"), ("phone", "cards", "distinct", "7d 30d"),
        ("phone", "accounts", "distinct", "30d"), ("ip", "cards", "distinct", "1h 1d 7d"),
        ("ip", "accounts", "distinct", "1d 7d"), ("merchant", "cards", "distinct", "1h 1d"),
        ("card", "categories", "distinct", "1d 30d"), ("device", "bins", "distinct", "1d 7d"),
        ("device", "emails", "distinct", "1d 30d"),
    )),
    "pairs": ("how well two know each other", tuple(
        (pair, "transactions", how, windows)
        for pair in _PAIRS
        for how, windows in _KNOWN_BY
    )),
    "recency": ("how long ago", (
        *(
            (entity, "transactions", how, "30d")
            for entity in ("card", "account", "device", "address", "merchant")
            for how in ("since_last", "since_first")
        ),
        ("ip", "transactions", "since_last", "1d"),
        ("card", "amount", "last", "30d"), ("card", "amount", "first", "30d"), ("account", "amount", "last", "30d"),
    )),
    "declines": ("what issuers said", (
        ("card", "declined", "count", "1h 1d 7d"), ("card", "declined", "since_last", "7d"),
        ("account", "declined", "count", "1d 7d"), ("device", "declined", "count", "1h 1d 7d"),
        ("ip", "declined", "count", "1h 1d"), ("merchant", "declined", "count", "1h 1d"),
        ("card+merchant", "declined", "count", "1h 1d"), ("card", "refund", "count", "30d"),
        ("card", "approved", "count", "1d 7d"), ("device", "approved", "count", "1d"),
        ("merchant", "approved", "count", "1d"),
    )),
    "checks": ("CVV, AVS and 3DS", (
        ("card", "check_failed", "count", "1h 1d 7d"), ("device", "check_failed", "count", "1h 1d"),
        ("ip", "check_failed", "count", "1h 1d"), ("merchant", "check_failed", "count", "1h 1d"),
    )),
    "logins": ("what happened to the account", (
        ("account", "login", "count", "1d 7d"), ("account", "login", "since_last", "30d"),
        ("account", "login_failed", "count", "1h 1d"), ("account", "change", "count", "1d 7d"),
        ("account", "change", "since_last", "30d"), ("device", "login_failed", "count", "1d"),
        ("ip", "login_failed", "count", "1h"),
    )),
    "labels": ("what became known", (
        ("card", "fraud_label", "count", "30d"), ("account", "fraud_label", "count", "30d"),
        ("device", "fraud_label", "count", "30d"), ("address", "fraud_label", "count", "30d"),
        ("email", "fraud_label", "count", "30d"), ("ip", "fraud_label", "count", "7d"),
        ("merchant", "fraud_label", "count", "7d 30d"), ("card", "genuine_label", "count", "30d"),
        ("card", "fraud_label", "since_last", "30d"), ("device", "fraud_label", "since_last", "30d"),
    )),
    "attacks": ("one number after another", (
        ("bin", "transactions", "count", "10m 1h 1d"), ("bin", "cards", "distinct", "10m 1h 1d"),
        ("merchant+bin", "transactions", "count", "10m 1h 1d"), ("merchant+bin", "cards", "distinct", "10m 1h"),
        ("ip_prefix", "transactions", "count", "10m 1h 1d"), ("ip_prefix", "cards", "distinct", "1h 1d"),
        ("email_domain", "transactions", "count", "1h 1d"), ("email_domain", "accounts", "distinct", "1d"),
    )),
    "same_amount": ("the same amount again", (
        ("card+amount", "transactions", "count", "1h 1d 7d"), ("card+amount", "transactions", "since_last", "30d"),
        ("merchant+amount", "transactions", "count", "10m 1h 1d"), ("merchant+amount", "cards", "distinct", "1h 1d"),
        ("bin+amount", "transactions", "count", "1h 1d"),
    )),
    "bands": ("small and large", (
        ("card", "small", "count", "10m 1h 1d"), ("merchant", "small", "count", "10m 1h 1d"),
        ("device", "small", "count", "1h 1d"), ("card", "large", "count", "1d 7d"),
        ("account", "large", "count", "1d 7d"),
    )),
    "channels": ("with and without the card", (
        ("card", "remote", "count", "1h 1d 30d"), ("card", "remote", "sum", "1d 30d"),
        ("card", "present", "count", "1d 30d"), ("card", "present", "since_last", "30d"),
    )),
    "baselines": ("what was usual until yesterday", (
        ("card", "transactions", "count", "7d<1d 28d<1d"), ("card", "amount", "mean", "28d<1d"),
        ("account", "transactions", "count", "28d<1d"), ("account", "amount", "mean", "28d<1d"),
        ("device", "transactions", "count", "7d<1d"), ("merchant", "transactions", "count", "7d<1d"),
        ("merchant", "amount", "mean", "7d<1d"), ("merchant", "declined", "count", "7d<1d"),
    )),
}  # fmt: skip
Made = tuple[str, Ratio | Difference | ZScore, str]
_AMOUNT = "txn.amount"
_DERIVED: dict[str, tuple[Made, ...]] = {
    "amounts": tuple(
        made
        for entity in ("card", "account", "merchant")
        for made in (
            (
                f"{entity}.amount.ratio.30d", Ratio(_AMOUNT, f"{entity}.amount.mean.30d"),
                f"amount over the {entity}'s mean of 30d",
            ),
            (
                f"{entity}.amount.zscore.30d",
                ZScore(_AMOUNT, f"{entity}.amount.mean.30d", f"{entity}.amount.std.30d"),
                f"standard deviations of 30d that the amount lies above the {entity}'s mean",
            ),
        )
    ),
    "counts": (
        (
            "card.transactions.ratio.1d", Ratio("card.transactions.count.1d", "card.transactions.count.30d"),
            "share of the card's transactions of 30d that fell in the last day",
        ),
        (
            "device.transactions.ratio.1d", Ratio("device.transactions.count.1d", "device.transactions.count.30d"),
            "share of the device's transactions of 30d that fell in the last day",
        ),
    ),
    "recency": (
        (
            "card.amount.change", Difference(_AMOUNT, "card.amount.last.30d"),
            "amount less the card's last, base minor units",
        ),
    ),
    "pairs": (
        (
            "card+merchant.share.30d",
            Ratio("card+merchant.transactions.count.30d", "card.transactions.count.30d"),
            "share of the card's transactions of 30d that were at this merchant",
        ),
        (
            "card+device.share.30d", Ratio("card+device.transactions.count.30d", "card.transactions.count.30d"),
            "share of the card's transactions of 30d that came from this device",
        ),
        (
            "card+address.share.30d",
            Ratio("card+address.transactions.count.30d", "card.transactions.count.30d"),
            "share of the card's transactions of 30d that went to this address",
        ),
    ),
    "declines": (
        (
            "card.decline_rate.1d", Ratio("card.declined.count.1d", "card.transactions.count.1d"),
            "declines of the card over its transactions, in 1d",
        ),
        (
            "device.decline_rate.1d", Ratio("device.declined.count.1d", "device.transactions.count.1d"),
            "declines of the device over its transactions, in 1d",
        ),
        (
            "merchant.decline_rate.1d", Ratio("merchant.declined.count.1d", "merchant.transactions.count.1d"),
            "declines at the merchant over its transactions, in 1d",
        ),
    ),
    "labels": (
        (
            "merchant.fraud_rate.30d", Ratio("merchant.fraud_label.count.30d", "merchant.transactions.count.30d"),
            "fraud labels known in 30d over transactions in 30d",
        ),
    ),
    "channels": (
        (
            "card.remote.share.30d", Ratio("card.remote.count.30d", "card.transactions.count.30d"),
            "share of the card's transactions of 30d without the card present",
        ),
    ),
    "baselines": (
        (
            "card.transactions.surge.1d", Ratio("card.transactions.count.1d", "card.transactions.count.28d<1d"),
            "the card's transactions of the last day over those of the 28 days before",
        ),
        (
            "card.amount.surge", Ratio(_AMOUNT, "card.amount.mean.28d<1d"),
            "amount over the card's mean of the 28 days until yesterday",
        ),
        (
            "account.amount.surge", Ratio(_AMOUNT, "account.amount.mean.28d<1d"),
            "amount over the account's mean of the 28 days until yesterday",
        ),
        (
            "merchant.transactions.surge.1d",
            Ratio("merchant.transactions.count.1d", "merchant.transactions.count.7d<1d"),
            "the merchant's transactions of the last day over those of the 7 days before",
        ),
        (
            "merchant.declined.surge.1d", Ratio("merchant.declined.count.1d", "merchant.declined.count.7d<1d"),
            "declines at the merchant in the last day over those of the 7 days before",
        ),
        (
            "device.transactions.surge.1d",
            Ratio("device.transactions.count.1d", "device.transactions.count.7d<1d"),
            "the device's transactions of the last day over those of the 7 days before",
        ),
    ),
}  # fmt: skip


def families() -> tuple[Family, ...]:
    """All families, in order."""
    found = []
    for name, (title, rows) in _ROWS.items():
        plain = (feature for row in rows for feature in _of_row(*row))
        derived = (Feature(it, "velocity", source, meaning) for it, source, meaning in _DERIVED.get(name, ()))
        found.append(Family(name, title, (*plain, *derived)))
    return tuple(found)


def chosen(names: Collection[str] | None) -> tuple[Family, ...]:
    """The families named, in their own order (None: all). ValueError, with what was meant, for one there is not."""
    every = families()
    known = [family.name for family in every]
    for name in names or ():
        if name not in known:
            near = get_close_matches(name, known, 1)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise ValueError(f"there is no family {name!r}{meant} (there are {', '.join(known)})")
    return every if names is None else tuple(family for family in every if family.name in names)


def _of_row(entity: str, what: str, how: Aggregate, windows: str) -> Iterator[Feature]:
    happening = HAPPENINGS.get(what, HAPPENINGS["transactions"])
    for window in windows.split():
        length, _, delay = window.partition("<")
        source = VelocityFeature(
            entity=entity, kinds=happening.kinds, aggregate=how, window_ms=SPANS[length],
            partner=_PARTNERS[what] if how == "distinct" else None, delay_ms=SPANS[delay] if delay else 0,
            channels=happening.channels, amount_from=happening.amount_from, amount_below=happening.amount_below,
        )  # fmt: skip
        yield Feature(f"{entity}.{what}.{how}.{window}", "velocity", source, _meaning(source, what, window))


def _meaning(source: VelocityFeature, what: str, window: str) -> str:
    length, _, delay = window.partition("<")
    when = f"the {length} that ended {delay} ago" if delay else length
    whose = (
        "the pair of " + " and ".join(source.entity.split("+"))
        if "+" in source.entity
        else f"the {source.entity}"
    )
    if source.partner is not None:
        return f"different {what} in the transactions of {whose} in {when}"
    words = HAPPENINGS[what].words
    return _WORDS[source.aggregate].format(words=words, entity=whose, window=when)
