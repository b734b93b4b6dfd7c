"""The default catalogue, as data: which columns a decision is made on."""

from collections.abc import Collection, Iterator

from features.families import chosen
from features.feature import (
    GRAPH_KINDS,
    Derived,
    Feature,
    GraphFeature,
    Group,
    TransactionField,
    VelocityFeature,
    parts_of,
)
from features.graph_columns import GRAPH_COLUMNS

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

_GRAPH_OF_ONE = (
    "ring_score",
    "degree",
    "linked_cards",
    "community_size",
    "community_fraud_share",
    "fraud_linked",
)


def default_features(families: Collection[str] | None = None) -> tuple[Feature, ...]:
    """All columns, in order; of the velocity columns those of the `families` named (None: all).

    Raises ValueError for a family that there is not.
    """
    wanted = chosen(families)
    velocity = [feature for family in wanted for feature in family.features]
    plain = [feature for feature in velocity if isinstance(feature.source, VelocityFeature)]
    derived = [feature for feature in velocity if isinstance(feature.source, Derived)]
    names = {feature.name for feature in plain} | {name for name, _, _ in _FIELDS}
    whole = [it for it in derived if isinstance(it.source, Derived) and names.issuperset(parts_of(it.source))]
    return (*_fields(), *plain, *whole, *_graph())


def _fields() -> Iterator[Feature]:
    for name, group, meaning in _FIELDS:
        yield Feature(name, group, TransactionField(name), meaning)


def _graph() -> Iterator[Feature]:
    for column in GRAPH_COLUMNS:
        meaning = f"{column.meaning}; the largest over the transaction's entities"
        yield Feature(f"graph.max.{column.name}", "graph", GraphFeature(None, column.name), meaning)
    meanings = {column.name: column.meaning for column in GRAPH_COLUMNS}
    for kind in GRAPH_KINDS:
        for name in _GRAPH_OF_ONE:
            meaning = f"{meanings[name]}; of the transaction's {kind}"
            yield Feature(f"graph.{kind}.{name}", "graph", GraphFeature(kind, name), meaning)
