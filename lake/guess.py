"""Which column plays which role: by its name and by what is in it, the surest guess first."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from lake.profile import Profile
from lake.synonyms import CHANNELS, CURRENCIES, KINDS, YES_NO

_LATER = (
    r"chargeback|dispute|fraud|label|report|known|refund|birth|dob|expir|updated|modified|settle|captured"
)
_HASH = r"(_(id|no|num|number|ref|reference|key|uuid|guid|token|code|hash|fingerprint))?$"
_PAYMENT = "(transaction|txn|tx|trans|payment|order|event|charge|auth)"
_PAYER = "(customer|client|user|account|acct|member|payer|buyer|consumer|cust|wallet|sender)"
_PAYEE = "(merchant|terminal|seller|store|shop|vendor|payee|mid|beneficiary)"
_MOST = 0.9
_NAMED = 2.0
_MAX_MODEL = 128


@dataclass(frozen=True)
class Role:
    """A field that a column may be.

    `named` is a pattern over `Profile.words`; `fits` says 0..1 how well the content does, 0 forbids. Where
    `alone`, what is in a column is enough; else its name must speak, too.
    """

    field: str
    named: re.Pattern[str]
    fits: Callable[[Profile], float]
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Guess:
    """`column` is taken for `field`; `sure` where its name says so, too."""

    field: str
    column: Profile
    sure: bool


def guess_roles(columns: Iterable[Profile]) -> dict[str, Guess]:
    """At most one column a field and one field a column, the best scores first."""
    found: dict[str, Guess] = {}
    taken: set[str] = set()
    scored = []
    for place, column in enumerate(columns):
        for order, role in enumerate(ROLES):
            named = role.named.search(column.words) is not None
            score = role.fits(column) if column.filled and (named or role.alone) else 0.0
            if score > 0:
                scored.append((-(score + _NAMED * named), order, place, Guess(role.field, column, named)))
    for *_, guess in sorted(scored, key=lambda item: item[:3]):
        if guess.field not in found and guess.column.name not in taken:
            found[guess.field] = guess
            taken.add(guess.column.name)
    return found


def address_columns(columns: Sequence[Profile]) -> dict[str, list[Profile]]:
    """The columns that together are the shipping and the billing address, street first."""
    parts: dict[str, list[Profile]] = {"shipping": [], "billing": [], "": []}
    for column in columns:
        if _ADDRESS.search(column.words) and not _NO_ADDRESS.search(column.words) and column.filled:
            roles = [role for role, pattern in _SIDES.items() if pattern.search(column.words)]
            parts[roles[0] if roles else ""].append(column)
    if parts[""] and _is_address(parts[""]):
        side = "billing" if _is_address(parts["shipping"]) and not parts["billing"] else "shipping"
        if not parts[side]:
            parts[side] = parts[""]
    return {side: sorted(parts[side], key=_address_order) for side in _SIDES if _is_address(parts[side])}


def time_fit(column: Profile) -> float:
    """How well a column reads as a time of payment."""
    if re.search(_LATER, column.words):
        return 0.0
    return moment_fit(column)


def moment_fit(column: Profile) -> float:
    """How well a column reads as any time."""
    if column.timely:
        return 1.0 if column.distinct > 1 or column.rows == 1 else 0.1
    if column.epoch is not None:
        return 0.8
    unit = counted_unit(column)
    return {"ms": 0.5, "s": 0.5, "m": 0.4, "h": 0.3, "d": 0.2}.get(unit or "", 0.0)


def counted_unit(column: Profile) -> str | None:
    """The unit of a number that counts from a start of the file's own, where its name says it."""
    if column.numeric < _MOST or column.low is None or column.low < 0:
        return None
    named = [unit for unit, pattern in _UNITS.items() if pattern.search(column.words)]
    if named:
        return named[0]
    return "s" if column.words in {"time", "timestamp", "transaction_dt"} else None


_UNITS = {
    "ms": re.compile(r"milli|(^|_)ms$"),
    "s": re.compile(r"sec(ond)?s?(_|$)"),
    "m": re.compile(r"min(ute)?s?$"),
    "h": re.compile(r"hours?$|^step$"),
    "d": re.compile(r"days?$"),
}
_SIDES = {
    "shipping": re.compile(r"ship|deliver|drop|recipient|consignee"),
    "billing": re.compile(r"bill|invoice|holder"),
}
_ADDRESS = re.compile(
    r"addr|street|(^|_)(line|city|town|state|zip|postcode|pincode|pin|postal|locality|landmark)(_|\d|$)"
)
_NO_ADDRESS = re.compile(
    r"(^|_)(ip|mac|email|e_mail|remote|merchant|seller|store)(_|$)|status|pop|population|count"
)
_ADDRESS_ORDER = (
    "addr",
    "street",
    "line",
    "locality",
    "landmark",
    "city",
    "town",
    "state",
    "zip",
    "post",
    "pin",
)


def _is_address(columns: Sequence[Profile]) -> bool:
    """A street or a whole text among them: a city and a postcode alone are a region."""
    return any(re.search(r"addr|street|line", column.words) and column.numeric < _MOST for column in columns)


def _address_order(column: Profile) -> tuple[int, str]:
    places = [place for place, word in enumerate(_ADDRESS_ORDER) if word in column.words]
    return (places[-1] if places else len(_ADDRESS_ORDER), column.words)


def _identity(column: Profile) -> float:
    """Identifiers are no fractions, and more than a handful."""
    if column.cards or (column.numeric > _MOST and column.whole < _MOST) or column.temporal:
        return 0.0
    return 1.0 if column.distinct > 1 or column.rows == 1 else 0.1


def _unique(column: Profile) -> float:
    if column.temporal or column.iso > _MOST or (column.numeric > _MOST and column.whole < 1) or column.cards:
        return 0.0
    if column.filled < column.rows or column.emails > _MOST or column.ips > _MOST:
        return 0.0
    return 1.0 if column.unique else 0.5 * (column.distinct > _MOST * column.filled)


def _amount(column: Profile) -> float:
    if column.numeric < _MOST or column.distinct < 2:  # noqa: PLR2004 - a constant is no amount
        return 0.0
    return 0.4 if column.whole == 1 else 0.6


def _among(known: Iterable[str]) -> Callable[[Profile], float]:
    words = frozenset(known)
    return lambda column: _at_least(column.among(words), 0.5) if column.values else 0.0


def _at_least(share: float, least: float = _MOST) -> float:
    return share if share >= least else 0.0


def _fraud(column: Profile) -> float:
    return float(1 < len(column.values) <= 4 and all(it.lower() in YES_NO for it in column.values))  # noqa: PLR2004 - yes, no, and their spellings


def _role(field: str, named: str, fits: Callable[[Profile], float], *, alone: bool = False) -> Role:
    return Role(field, re.compile(named), fits, alone)


ROLES: tuple[Role, ...] = (
    _role(
        "id",
        rf"^({_PAYMENT}_)?(id|uuid|guid|ref|reference|number|no|num|key)$|^{_PAYMENT}$",
        _unique,
        alone=True,
    ),
    _role("time", r"time|date|created|booked|posted|(^|_)(dt|ts|at|on|when|step)(_|$)", time_fit),
    _role("time", r"(?!)", lambda it: 0.5 * time_fit(it) if it.timely else 0.0, alone=True),
    _role("amount", r"amount|amt|value|total|price|gross|paid|(^|_)sum(_|$)", _amount),
    _role("currency", r"curr|ccy", lambda it: _at_least(it.among(CURRENCIES)), alone=True),
    _role("kind", r"kind|type|event|operation", _among(KINDS)),
    _role("channel", r"channel|entry|method|mode|source|type|medium|product", _among(CHANNELS)),
    _role("card.reference", rf"(^|_)(card|pan|cc){_HASH}|card_(ref|token|fingerprint|hash|id)", _identity),
    _role("card.bin", r"(^|_)(bin|iin)(_|$)|first_?(6|six)", lambda it: _at_least(it.digits(6, 7, 8))),
    _role("card.last4", r"last_?(4|four)", lambda it: _at_least(it.digits(4))),
    _role("account", rf"{_PAYER}{_HASH}|^name_orig$", _identity),
    _role("device.id", rf"(device|visitor|browser|imei){_HASH}|device_(id|fingerprint|hash)", _identity),
    _role(
        "device.model",
        r"device_(model|type|info|name|brand)|(^|_)model$",
        lambda it: float(it.longest <= _MAX_MODEL and it.distinct > 1),
    ),
    _role(
        "ip.address", r"(^|_)ip(_|$|v4|v6)|ipaddress|remote_addr", lambda it: _at_least(it.ips), alone=True
    ),
    _role("ip.country", r"(ip|geo)_?(country)", lambda it: _at_least(it.countries)),
    _role(
        "email", r"e_?mail(?!_?domain)", lambda it: it.emails if it.emails > _MOST else 0.3 * _identity(it)
    ),
    _role(
        "phone",
        r"phone|mobile|msisdn|(^|_)tel(_|$)",
        lambda it: it.phones if it.phones > _MOST else 0.3 * _identity(it),
    ),
    _role("merchant.id", rf"{_PAYEE}{_HASH}|merchant_name|^(merchant|name_dest)$", _identity),
    _role("merchant.category", r"(^|_)mcc(_|$)|category", lambda it: _at_least(it.digits(4))),
    _role(
        "merchant.country",
        r"(merchant|seller|terminal|acquirer)_?country",
        lambda it: _at_least(it.countries),
    ),
    _role("country", r"country(_code)?$", lambda it: _at_least(it.countries)),
    _role("label.fraud", r"fraud|(^|_)(label|class|target|chargeback|y)$|chargeback|dispute", _fraud),
    _role(
        "label.known_at",
        r"(chargeback|dispute|fraud|report|label|known|cb).*(date|at|time|on|day|when|ts)",
        moment_fit,
    ),
    _role(
        "label.reason_code",
        r"(chargeback|dispute|fraud|cb)_?(reason|code|type)",
        lambda it: float(bool(it.values)),
    ),
)
"""In order of preference where scores are equal."""
