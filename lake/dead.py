"""Which features of a catalogue will be dead for a file, and why: no two rows that have a value differ in it."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

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
_OWN = frozenset({"transactions", "amount", "age_days", "idle_days"})  # need no link to anybody
_OF_FRAUD = frozenset({"fraud_linked", "community_fraud", "community_fraud_share"})
_LINKED: dict[str, EntityKind] = {
    "linked_cards": "card", "linked_accounts": "account", "linked_devices": "device", "linked_addresses": "address",
    "linked_emails": "email", "linked_phones": "phone", "linked_ips": "ip",
}  # fmt: skip
_SHARED: frozenset[EntityKind] = frozenset({"device", "address", "email", "phone"})
_READ_FROM = {"bin": "card.bin", "ip_prefix": "ip", "email_domain": "email", "category": "merchant.category"}
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
    still = [part for part in dead if isinstance(by_name[part], VelocityFeature)]  # 0 on every row, or absent
    if never:
        yield reasons[never[0]]
    elif isinstance(source, Difference):
        if len(dead) == len(parts):
            yield reasons[dead[0]]
    elif parts[-1] in still:  # divides by 0
        yield reasons[parts[-1]]
    elif (isinstance(source, Ratio) and parts[0] in still) or set(parts[:2]) <= set(
        still
    ):  # 0 over something
        yield reasons[parts[0]]


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


_NEEDS: dict[str, tuple[str, ...]] = {
    "txn.email_digit_share": ("email",),
    "txn.merchant_category": ("merchant.category",),
    "txn.ip_abroad": ("ip.country", "merchant.country"),
    "txn.phone_abroad": ("phone", "ip.country"),
    "address.written": ("address",),
    "address.keyed": ("address",),
    "address.billing_differs": ("shipping_address", "billing_address"),
}


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
        return
    if kinds <= {EventKind.LABEL_FRAUD, EventKind.LABEL_GENUINE}:
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
