"""Features in words: spans of time, entities, filters, meanings."""

from collections.abc import Mapping, Sequence

from features.feature import Derived, Difference, Ratio, VelocityFeature
from features.keys import EventKind

UNITS_MS: Mapping[str, int] = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000}
_ENTITIES: Mapping[str, str] = {
    "ip": "IP address", "bin": "BIN", "ip_prefix": "IP prefix", "email": "e-mail address",
    "email_domain": "e-mail domain", "category": "merchant category", "phone": "phone number",
}  # fmt: skip
_KINDS: Mapping[EventKind, str] = {
    EventKind.AUTHORISATION: "transactions",
    EventKind.CAPTURE: "captures",
    EventKind.REFUND: "refunds",
    EventKind.REVERSAL: "reversals",
    EventKind.OUTCOME_APPROVED: "approvals",
    EventKind.OUTCOME_DECLINED: "declines",
    EventKind.LOGIN: "logins",
    EventKind.LOGIN_FAILED: "failed logins",
    EventKind.ACCOUNT_CHANGE: "changes to the account",
    EventKind.LABEL_FRAUD: "fraud labels",
    EventKind.LABEL_GENUINE: "labels as genuine",
    EventKind.CHECK_PASSED: "passed checks",
    EventKind.CHECK_FAILED: "failed checks",
}
_AGGREGATES: Mapping[str, str] = {
    "count": "{events} of {entity} in {when}",
    "sum": "amount of the {events} of {entity} in {when}, base minor units",
    "mean": "mean amount of the {events} of {entity} in {when}, base minor units",
    "std": "standard deviation of the amounts of the {events} of {entity} in {when}, base minor units",
    "min": "lowest amount of the {events} of {entity} in {when}, base minor units",
    "max": "highest amount of the {events} of {entity} in {when}, base minor units",
    "last": "amount of the last of the {events} of {entity} before this event, in {when}, base minor units",
    "first": "amount of the first of the {events} of {entity} in {when}, base minor units",
    "distinct": "different values of {partner} in the {events} of {entity} in {when}",
    "since_last": "seconds since the last of the {events} of {entity} before this event, in {when}",
    "since_first": "seconds since the first of the {events} of {entity} in {when}",
}


def milliseconds(span: str) -> int:
    """`10m` as milliseconds. ValueError, for people, for what is no whole number of s, m, h or d."""
    number, unit = span[:-1], span[-1:]
    if unit not in UNITS_MS or not number.isascii() or not number.isdigit():
        raise ValueError(
            f"{span!r} is no span of time: write a whole number and s, m, h or d, such as 10m or 7d"
        )
    return int(number) * UNITS_MS[unit]


def span_of(milliseconds_: int) -> str:
    """The inverse: 86_400_000 is `1d`, 5_400_000 `90m`; what is no whole second is said in ms."""
    for unit, length in UNITS_MS.items():
        if milliseconds_ and milliseconds_ % length == 0:
            return f"{milliseconds_ // length}{unit}"
    return f"{milliseconds_}ms"


def entity_words(entity: str) -> str:
    """`card+ip` is "card and IP address"."""
    return " and ".join(_ENTITIES.get(part, part) for part in entity.split("+"))


def kind_words(kinds: Sequence[EventKind]) -> str:
    """The events that are counted, in the plural."""
    return _listed([_KINDS[kind] for kind in kinds])


def window_words(source: VelocityFeature) -> str:
    """`7d`, or `7d that ended 1d ago`."""
    length = span_of(source.window_ms)
    return f"the {length} that ended {span_of(source.delay_ms)} ago" if source.delay_ms else length


def filter_words(source: VelocityFeature) -> str:
    """What an event must be to be counted: "transactions, ecommerce, below 200 minor units"."""
    words = [kind_words(source.kinds)]
    if source.channels:
        words.append(f"{_listed(source.channels)}")
    if source.amount_from is not None:
        words.append(f"from {source.amount_from} minor units")
    if source.amount_below is not None:
        words.append(f"below {source.amount_below} minor units")
    return ", ".join(words)


def said_of(source: VelocityFeature | Derived) -> str:
    """The meaning of a feature that its author gave none."""
    if isinstance(source, VelocityFeature):
        return _AGGREGATES[source.aggregate].format(
            events=filter_words(source),
            entity=f"the {entity_words(source.entity)}",
            when=window_words(source),
            partner=entity_words(source.partner or ""),
        )
    if isinstance(source, Ratio):
        return f"{source.numerator} over {source.denominator}"
    if isinstance(source, Difference):
        return f"{source.minuend} less {source.subtrahend}"
    return f"({source.value} - {source.mean}) / {source.std}"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
