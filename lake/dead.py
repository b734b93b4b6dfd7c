"""Which features of a catalogue will be dead for a file, and why: no two rows that have a value differ in it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from events.types import EntityKind
from features.catalogue import Catalogue
from features.feature import (
    GRAPH_KINDS,
    Derived,
    Difference,
    GraphFeature,
    Ratio,
    Source,
    TransactionField,
    VelocityFeature,
    parts_of,
)
from features.keys import EventKind
from lake.report import Dead

_OUTCOMES = frozenset({
    EventKind.OUTCOME_APPROVED, EventKind.OUTCOME_DECLINED, EventKind.CHECK_PASSED, EventKind.CHECK_FAILED,
})  # fmt: skip
_ACCOUNT = frozenset({EventKind.LOGIN, EventKind.LOGIN_FAILED, EventKind.ACCOUNT_CHANGE})
_NAMED = {"authorisation": EventKind.AUTHORISATION, "capture": EventKind.CAPTURE, "refund": EventKind.REFUND,
          "reversal": EventKind.REVERSAL}  # fmt: skip
_LABELS = frozenset({EventKind.LABEL_FRAUD, EventKind.LABEL_GENUINE})
# Absent where an event is alone in its window.
_OF_SEVERAL = frozenset({"std", "last", "first", "since_last", "since_first"})
_OWN = frozenset({"transactions", "amount", "age_days", "idle_days"})  # need no link to anybody
_OF_FRAUD = frozenset({"fraud_linked", "community_fraud", "community_fraud_share"})
_LINKED: dict[str, EntityKind] = {
    "linked_cards": "card", "linked_accounts": "account", "linked_devices": "device", "linked_addresses": "address",
    "linked_emails": "email", "linked_phones": "phone", "linked_ips": "ip",
}  # fmt: skip
_SHARED: frozenset[EntityKind] = frozenset({"device", "address", "email", "phone"})
_READ_FROM = {"bin": "card.bin", "ip_prefix": "ip", "email_domain": "email", "category": "merchant.category"}
_MINUTE_MS = 60_000
_NO_FRAUD = "no row is labelled as fraud"
_NO_LINK = "nothing but cards, accounts alone, or merchants: no entity that several of them could share"


@dataclass(frozen=True)
class Facts:
    """What a file holds.

    Args:
        shares: of rows that have it, by field (`device`, `merchant.category`, `shipping_address`); not mapped: 0.
        channels, kinds, currencies: values of the column, as the map translates them.
        base: the base currency.
        fraud, genuine: whether any row makes such a label.
        one_hour: every payment has the same time of day; `whole_amounts`: none has a fraction.
        closest_ms: the shortest time between two rows; None where there are no two.
        smallest, largest: amounts, base minor units; None where some are of another currency.
        alike: pairs of fields of which no row has two that differ.
    """

    shares: dict[str, float]
    channels: Collection[str]
    kinds: Collection[str]
    currencies: Collection[str]
    base: str
    fraud: bool
    genuine: bool
    one_hour: bool
    whole_amounts: bool
    closest_ms: int | None
    smallest: int | None
    largest: int | None
    alike: Collection[tuple[str, str]]

    def has(self, name: str) -> bool:
        return self.shares.get(name, 0.0) > 0

    @property
    def anchors(self) -> frozenset[EntityKind]:
        """What links start from: the card, and the account where there is none."""
        card = self.shares.get("card", 0.0)
        if card == 0:
            return frozenset({"account"})
        return frozenset({"card", "account"}) if card < 1 and self.has("account") else frozenset({"card"})

    @property
    def others(self) -> frozenset[EntityKind]:
        """What links lead to, where communities look: not merchants."""
        first: EntityKind = "card" if self.has("card") else "account"
        return frozenset(kind for kind in GRAPH_KINDS if kind != first and self.has(kind))


def dead_features(catalogue: Catalogue, facts: Facts) -> tuple[Dead, ...]:
    """The dead columns of `catalogue` by reason, the reason that costs most first."""
    reasons: dict[str, str] = {}
    by_name = {feature.name: feature.source for feature in catalogue.features}
    for feature in sorted(catalogue.features, key=lambda feature: isinstance(feature.source, Derived)):
        source = feature.source
        whys = (
            _derived(source, by_name, reasons, facts) if isinstance(source, Derived) else _why(source, facts)
        )
        why = next(whys, None)
        if why is not None:
            reasons[feature.name] = why
    grouped: dict[str, list[str]] = {}
    for name in catalogue.names:
        if name in reasons:
            grouped.setdefault(reasons[name], []).append(name)
    found = [Dead(why, tuple(names)) for why, names in grouped.items()]
    return tuple(sorted(found, key=lambda dead: (-len(dead.features), dead.why)))


def _why(source: Source, facts: Facts) -> Iterator[str]:
    """Every reason for which a column is dead, the plainest first."""
    if isinstance(source, TransactionField):
        return _field(source.name, facts)
    if isinstance(source, VelocityFeature):
        return _velocity(source, facts)
    return _graph(source, facts) if isinstance(source, GraphFeature) else iter(())


def _derived(
    source: Derived, by_name: Mapping[str, Source], reasons: Mapping[str, str], facts: Facts
) -> Iterator[str]:
    """The reasons of those parts without which it has no value, or but one."""
    parts = parts_of(source)
    dead = [part for part in parts if part in reasons]
    never = [part for part in dead if _never(by_name[part], facts)]
    still = [part for part in dead if _still(by_name[part], facts)]
    if never:
        yield reasons[never[0]]
    elif len(dead) == len(parts):
        yield reasons[dead[0]]
    elif isinstance(source, Difference):
        return
    elif parts[-1] in still:  # divides by 0
        yield reasons[parts[-1]]
    elif (isinstance(source, Ratio) and parts[0] in still) or set(parts[:2]) <= set(
        still
    ):  # 0 over something
        yield reasons[parts[0]]
    elif isinstance(source, Ratio):
        yield from _whole(by_name[parts[0]], by_name[parts[1]], facts)


def _whole(share: Source, of: Source, facts: Facts) -> Iterator[str]:
    """Where every event of the one column is one of the other, the share is 1."""
    if not isinstance(share, VelocityFeature) or not isinstance(of, VelocityFeature):
        return
    if replace(share, channels=()) == of and _is_payment(share) and _only(share.channels, facts):
        yield f"the channel is always {' or '.join(share.channels)}"


def _still(source: Source, facts: Facts) -> bool:
    """Whether a dead column is 0 on every row, or absent."""
    return isinstance(source, VelocityFeature) and not (_lonely(source, facts) and _is_one(source))


def _never(source: Source, facts: Facts) -> bool:
    """Whether a dead column is absent on every row: there is no entity, or nothing to take an amount or a time of."""
    if not isinstance(source, VelocityFeature):
        return isinstance(source, GraphFeature)
    return source.aggregate not in {"count", "sum", "distinct"} or any(
        True for name in _fields_of(source.entity) for _ in _missing(name, facts)
    )


def _fields_of(entity: str) -> Iterator[str]:
    """The fields that the parts of a key are read from."""
    for part in entity.split("+"):
        if part != "amount":
            yield _READ_FROM.get(part, part)


def _missing(name: str, facts: Facts) -> Iterator[str]:
    if not facts.has(name):
        yield f"no {name}: no column is mapped to it, or the column is empty"


def _field(name: str, facts: Facts) -> Iterator[str]:
    if name.startswith("txn.channel."):
        yield from _channel(name.removeprefix("txn.channel."), facts)
    elif name.startswith("txn.has_"):
        yield from _has(name.removeprefix("txn.has_"), facts)
    elif name == "txn.round_amount" and facts.whole_amounts:
        yield "every amount is a whole number"
    elif name == "txn.hour" and facts.one_hour:
        yield "times are dates without a time of day"
    elif (
        name == "txn.foreign_currency" and len({currency == facts.base for currency in facts.currencies}) <= 1
    ):
        yield "one currency, or none that is the base currency"
    elif name == "address.written" and facts.shares.get("address", 0.0) == 1:
        yield "every row has an address"
    for need in _NEEDS.get(name, ()):
        yield from _missing(need, facts)
    if _PAIRS.get(name) in facts.alike:
        yield f"{' and '.join(_PAIRS[name])} never differ"


_NEEDS: dict[str, tuple[str, ...]] = {
    "txn.email_digit_share": ("email",),
    "txn.merchant_category": ("merchant.category",),
    "txn.ip_abroad": ("ip.country", "merchant.country"),
    "txn.phone_abroad": ("phone", "ip.country"),
    "address.written": ("address",),
    "address.keyed": ("address",),
    "address.billing_differs": ("shipping_address", "billing_address"),
}


_PAIRS = {
    "txn.ip_abroad": ("ip.country", "merchant.country"),
    "address.billing_differs": ("shipping_address", "billing_address"),
}
"""Columns that say whether two fields differ."""
PAIRS = tuple(_PAIRS.values())


def _channel(name: str, facts: Facts) -> Iterator[str]:
    yield from _missing("channel", facts)
    if name not in facts.channels:
        yield f"the channel is never {name}"
    elif facts.shares.get("channel") == 1 and len(facts.channels) == 1:
        yield f"the channel is always {name}"


def _told(channels: Collection[str], facts: Facts) -> bool:
    """Whether some row is of one of these channels; a row without any is `unknown`."""
    return bool(set(channels) & set(facts.channels)) or (
        "unknown" in channels and facts.shares.get("channel", 0.0) < 1
    )


def _only(channels: Collection[str], facts: Facts) -> bool:
    """Whether every row is of one of these channels; a row without any is `unknown`."""
    told = facts.shares.get("channel", 0.0) == 1 or "unknown" in channels
    return told and set(facts.channels) <= set(channels)


def _has(name: str, facts: Facts) -> Iterator[str]:
    yield from _missing(name, facts)
    if facts.shares.get(name) == 1:
        yield f"every row has one: {name}"


def _velocity(source: VelocityFeature, facts: Facts) -> Iterator[str]:
    for entity in (source.entity, source.partner):
        for name in _fields_of(entity) if entity is not None else ():
            yield from _missing(name, facts)
    if source.channels and not _told(source.channels, facts):
        yield f"the channel is never {' or '.join(source.channels)}"
    kinds = frozenset(source.kinds)
    if kinds & {EventKind[name.upper()] for name in facts.kinds if name in _NAMED}:
        yield from _out_of_band(source, facts)
        yield from _by_itself(source, facts)
        return
    if kinds <= _LABELS:
        if not (
            (EventKind.LABEL_FRAUD in kinds and facts.fraud)
            or (EventKind.LABEL_GENUINE in kinds and facts.genuine)
        ):
            yield _NO_FRAUD if EventKind.LABEL_FRAUD in kinds else "no row is labelled as genuine"
    elif kinds <= _OUTCOMES:
        yield "no outcomes: issuer responses and checks come as events of their own, not in a file of payments"
    elif kinds <= _ACCOUNT:
        yield "no account events: logins and changes come as events of their own, not in a file of payments"
    else:
        yield f"the kind is never {' or '.join(sorted(kind.name.lower() for kind in kinds))}"


def _out_of_band(source: VelocityFeature, facts: Facts) -> Iterator[str]:
    """No event passes a filter of amounts that the file has none of."""
    if not _is_payment(source) or facts.smallest is None or facts.largest is None:
        return
    if source.amount_from is not None and facts.largest < source.amount_from:
        yield f"no amount is {source.amount_from} base minor units or more"
    if source.amount_below is not None and facts.smallest >= source.amount_below:
        yield f"no amount is below {source.amount_below} base minor units"


def _by_itself(source: VelocityFeature, facts: Facts) -> Iterator[str]:
    """Windows too short for two events hold the event itself, if it is one that they count, and nothing else."""
    if _lonely(source, facts) and (
        not _holds_itself(source) or source.aggregate in _OF_SEVERAL or _is_one(source)
    ):
        yield f"any two payments are {(facts.closest_ms or 0) / _MINUTE_MS:.4g} minutes or more apart"


def _lonely(source: VelocityFeature, facts: Facts) -> bool:
    closest = facts.closest_ms
    return _is_payment(source) and closest is not None and closest > source.delay_ms + source.window_ms


def _holds_itself(source: VelocityFeature) -> bool:
    """Whether the window of an event that is decided may hold that event."""
    return source.delay_ms == 0 and EventKind.AUTHORISATION in source.kinds


def _is_one(source: VelocityFeature) -> bool:
    """Whether it counts the event that is decided, whatever that is."""
    filtered = source.channels or source.amount_from is not None or source.amount_below is not None
    return source.aggregate == "count" and _holds_itself(source) and not filtered


def _is_payment(source: VelocityFeature) -> bool:
    """Whether all it counts are rows of the file: labels come at times of their own, and have no channel."""
    return not frozenset(source.kinds) & _LABELS


def _graph(source: GraphFeature, facts: Facts) -> Iterator[str]:
    if source.entity is not None:
        yield from _missing(source.entity, facts)
    if source.column in _OWN:
        return
    if not facts.others:
        yield _NO_LINK
    if source.column in _OF_FRAUD and not facts.fraud:
        yield _NO_FRAUD
    if source.column == "community_cards":
        yield from _missing("card", facts)
    if source.column == "community_sharing" and not facts.others & _SHARED:
        yield f"no {', no '.join(sorted(_SHARED))} for customers to share"
    linked = _LINKED.get(source.column)
    if linked is not None:
        yield from _missing(linked, facts)
        if not any(linked in _neighbours(kind, facts) for kind in _of(source, facts)):
            yield f"links lead from a {' or '.join(sorted(facts.anchors))} to the rest: none joins two of a kind"


def _of(source: GraphFeature, facts: Facts) -> Collection[EntityKind]:
    return [kind for kind in GRAPH_KINDS if facts.has(kind)] if source.entity is None else [source.entity]


def _neighbours(kind: EntityKind, facts: Facts) -> frozenset[EntityKind]:
    found: frozenset[EntityKind] = frozenset()
    if kind in facts.anchors:
        found |= facts.others - {kind}
    if kind in facts.others:
        found |= facts.anchors - {kind}
    return found | {"address"} if kind == "address" else found
