"""The default catalogue, as data: which columns a decision is made on."""

from collections.abc import Iterator

from events.types import EntityKind
from features.feature import (
    GRAPH_KINDS,
    Aggregate,
    Feature,
    GraphFeature,
    Group,
    Ratio,
    TransactionField,
    VelocityFeature,
)
from features.graph_columns import GRAPH_COLUMNS
from features.keys import EventKind

_MINUTE = 60_000
_WINDOWS = {
    "10m": 10 * _MINUTE,
    "1h": 60 * _MINUTE,
    "1d": 1440 * _MINUTE,
    "7d": 7 * 1440 * _MINUTE,
    "30d": 30 * 1440 * _MINUTE,
}

_FIELDS: tuple[tuple[str, Group, str], ...] = (
    ("txn.amount", "transaction", "amount, minor units of the base currency"),
    ("txn.round_amount", "transaction", "1: a whole number of major units"),
    ("txn.foreign_currency", "transaction", "1: not paid in the base currency"),
    ("txn.hour", "transaction", "hour of the day, UTC, with its fraction"),
    ("txn.weekday", "transaction", "day of the week, UTC, Monday 0"),
    ("txn.channel.card_present", "transaction", "1: card present"),
    ("txn.channel.ecommerce", "transaction", "1: e-commerce"),
    ("txn.channel.moto", "transaction", "1: by mail or telephone order"),
    ("txn.channel.recurring", "transaction", "1: recurring"),
    ("txn.channel.transfer", "transaction", "1: transfer"),
    ("txn.has_card", "transaction", "1: names a card"),
    ("txn.has_account", "transaction", "1: names an account"),
    ("txn.has_device", "transaction", "1: names a device"),
    ("txn.has_email", "transaction", "1: names an e-mail address"),
    ("txn.has_phone", "transaction", "1: names a phone number"),
    ("txn.email_digit_share", "transaction", "digits among the characters before the e-mail's @"),
    ("txn.merchant_category", "transaction", "the merchant's category code, as a number"),
    ("txn.ip_abroad", "transaction", "1: IP address and merchant lie in different countries"),
    ("txn.phone_abroad", "transaction", "1: phone number and IP address are of different countries"),
    ("address.written", "address", "1: an address came with the transaction"),
    ("address.keyed", "address", "1: the parser found a key for it"),
    ("address.billing_differs", "address", "1: billing and shipping address are written differently"),
)

# What happened, as names put it: the word, the event kinds, and how meanings say it.
_HAPPENED: dict[str, tuple[tuple[EventKind, ...], str]] = {
    "transactions": ((EventKind.AUTHORISATION,), "transactions"),
    "declined": ((EventKind.OUTCOME_DECLINED,), "declines"),
    "check_failed": ((EventKind.CHECK_FAILED,), "failed CVV, AVS or 3DS checks"),
    "refund": ((EventKind.REFUND,), "refunds"),
    "login_failed": ((EventKind.LOGIN_FAILED,), "failed logins"),
    "change": ((EventKind.ACCOUNT_CHANGE,), "changes to the account"),
    "fraud_label": ((EventKind.LABEL_FRAUD,), "fraud labels that became known"),
}
_PLURALS: dict[str, EntityKind] = {
    "cards": "card",
    "accounts": "account",
    "devices": "device",
    "addresses": "address",
    "merchants": "merchant",
}

# entity: (what, aggregate or the partner's plural, windows)
_VELOCITY: dict[EntityKind, tuple[tuple[str, str, str], ...]] = {
    "card": (
        ("transactions", "count", "10m 1h 1d 7d 30d"),
        ("amount", "sum", "1h 1d 7d 30d"),
        ("amount", "mean", "7d 30d"),
        ("merchants", "distinct", "1h 1d 30d"),
        ("devices", "distinct", "1d 7d 30d"),
        ("addresses", "distinct", "7d 30d"),
        ("declined", "count", "1h 1d 7d"),
        ("check_failed", "count", "1d"),
        ("refund", "count", "30d"),
        ("fraud_label", "count", "30d"),
    ),
    "account": (
        ("transactions", "count", "1h 1d 7d 30d"),
        ("amount", "sum", "1d 7d 30d"),
        ("amount", "mean", "30d"),
        ("cards", "distinct", "1d 7d 30d"),
        ("devices", "distinct", "1d 30d"),
        ("addresses", "distinct", "7d 30d"),
        ("declined", "count", "1d 7d"),
        ("login_failed", "count", "1h 1d"),
        ("change", "count", "1d 7d"),
    ),
    "device": (
        ("transactions", "count", "10m 1h 1d 7d 30d"),
        ("amount", "sum", "1d 7d"),
        ("cards", "distinct", "1h 1d 7d 30d"),
        ("accounts", "distinct", "1d 7d 30d"),
        ("declined", "count", "1h 1d"),
        ("login_failed", "count", "1d"),
    ),
    "address": (
        ("transactions", "count", "1d 7d 30d"),
        ("amount", "sum", "7d 30d"),
        ("cards", "distinct", "1d 7d 30d"),
        ("accounts", "distinct", "7d 30d"),
        ("devices", "distinct", "7d 30d"),
    ),
    "email": (("cards", "distinct", "7d 30d"), ("accounts", "distinct", "30d")),
    "phone": (("cards", "distinct", "7d 30d"), ("accounts", "distinct", "30d")),
    "ip": (
        ("transactions", "count", "10m 1h 1d"),
        ("cards", "distinct", "1h 1d 7d"),
        ("accounts", "distinct", "1d 7d"),
        ("declined", "count", "1h"),
        ("login_failed", "count", "1h"),
    ),
    "merchant": (
        ("transactions", "count", "1h 1d 7d 30d"),
        ("amount", "mean", "7d 30d"),
        ("cards", "distinct", "1h 1d"),
        ("declined", "count", "1h 1d"),
        ("fraud_label", "count", "7d 30d"),
    ),
}
_RATIOS: tuple[tuple[str, str, str, str], ...] = (
    (
        "card.amount.ratio.30d",
        "txn.amount",
        "card.amount.mean.30d",
        "amount over the card's mean of 30d",
    ),
    (
        "account.amount.ratio.30d",
        "txn.amount",
        "account.amount.mean.30d",
        "amount over the account's mean of 30d",
    ),
    (
        "merchant.amount.ratio.30d",
        "txn.amount",
        "merchant.amount.mean.30d",
        "amount over the merchant's mean of 30d",
    ),
    (
        "card.transactions.ratio.1d",
        "card.transactions.count.1d",
        "card.transactions.count.30d",
        "share of the card's transactions of 30d that fell in the last day",
    ),
    (
        "merchant.fraud_rate.30d",
        "merchant.fraud_label.count.30d",
        "merchant.transactions.count.30d",
        "fraud labels known in 30d over transactions in 30d",
    ),
)
_GRAPH_OF_ONE = (
    "ring_score",
    "degree",
    "linked_cards",
    "community_size",
    "community_fraud_share",
    "fraud_linked",
)


def default_features() -> tuple[Feature, ...]:
    """All columns, in order."""
    return (*_fields(), *_velocity(), *_ratios(), *_graph())


def _fields() -> Iterator[Feature]:
    for name, group, meaning in _FIELDS:
        yield Feature(name, group, TransactionField(name), meaning)


def _velocity() -> Iterator[Feature]:
    for entity, rows in _VELOCITY.items():
        for what, how, windows in rows:
            for window in windows.split():
                yield _velocity_feature(entity, what, how, window)


def _velocity_feature(entity: EntityKind, what: str, how: str, window: str) -> Feature:
    partner = _PLURALS[what] if how == "distinct" else None
    kinds, words = _HAPPENED.get(what, _HAPPENED["transactions"])
    aggregates: dict[str, tuple[Aggregate, str]] = {
        "count": ("count", f"{words} of the {entity} in {window}"),
        "sum": ("sum", f"amount of the {entity}'s transactions in {window}, base minor units"),
        "mean": ("mean", f"mean amount of the {entity}'s transactions in {window}, base minor units"),
        "distinct": ("distinct", f"different {what} in the {entity}'s transactions of {window}"),
    }
    aggregate, meaning = aggregates[how]
    source = VelocityFeature(
        entity=entity, kinds=kinds, aggregate=aggregate, window_ms=_WINDOWS[window], partner=partner
    )
    return Feature(f"{entity}.{what}.{how}.{window}", "velocity", source, meaning)


def _ratios() -> Iterator[Feature]:
    for name, numerator, denominator, meaning in _RATIOS:
        yield Feature(name, "velocity", Ratio(numerator, denominator), meaning)


def _graph() -> Iterator[Feature]:
    for column in GRAPH_COLUMNS:
        meaning = f"{column.meaning}; the largest over the transaction's entities"
        yield Feature(f"graph.max.{column.name}", "graph", GraphFeature(None, column.name), meaning)
    meanings = {column.name: column.meaning for column in GRAPH_COLUMNS}
    for kind in GRAPH_KINDS:
        for name in _GRAPH_OF_ONE:
            meaning = f"{meanings[name]}; of the transaction's {kind}"
            yield Feature(f"graph.{kind}.{name}", "graph", GraphFeature(kind, name), meaning)
