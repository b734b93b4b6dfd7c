"""What the door makes of a part of a submission alone: a row's parts don't touch each other, so each is asked once.

A group of fields (the card and its BIN, say) is put through the door in a payment that has nothing else in it. What
comes out are the keys of `features.batch.make_batch` and a few facts for `features.fields`; a group that the door
refuses sends its rows through it whole, so that they are refused as they always are.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from events.door import Door
from events.entities import principal_address
from events.errors import InputError
from events.money import EXPONENTS
from events.times import EARLIEST_MS
from events.types import AddressKey, Ip, Merchant, Phone, Transaction
from features.batch import kind_of, make_batch
from features.fields import FIELDS
from features.keys import CHANNEL_INDEX, KEY_INDEX
from lake.distinct import Meaning, Meanings
from lake.mapping import Columns, FileMap, Take, as_take, submission
from lake.quick import Quick
from nlp import KeyCache

CURRENCIES: tuple[str, ...] = tuple(sorted(EXPONENTS))
NO_COUNTRY = -1.0

Fact = Callable[[Transaction], float]


def country_code(part: Ip | Phone | Merchant | None) -> float:
    """A number for a part's country, two capital letters; `NO_COUNTRY` where it names none."""
    country = None if part is None else part.country
    return NO_COUNTRY if country is None else float(ord(country[0]) * 256 + ord(country[1]))


@dataclass(frozen=True, slots=True)
class Group:
    """Fields of a submission that are read together: those named in `heads`, with their parts.

    `keys` are the columns of `features.keys.KEYS` that come out, `facts` the numbers.
    """

    heads: tuple[str, ...]
    keys: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()

    def fields(self, found: FileMap) -> tuple[str, ...]:
        """Those that `found` maps."""
        return tuple(name for name in found.transaction if name.partition(".")[0] in self.heads)


GROUPS: Mapping[str, Group] = {
    "card": Group(("card",), ("card", "bin")),
    "account": Group(("account",), ("account",)),
    "device": Group(("device",), ("device",)),
    "email": Group(("email",), ("email", "email_domain"), (FIELDS["txn.email_digit_share"],)),
    "phone": Group(("phone", "country"), ("phone",), (lambda t: country_code(t.phone),)),
    "ip": Group(("ip",), ("ip", "ip_prefix"), (lambda t: country_code(t.ip),)),
    "merchant": Group(
        ("merchant",),
        ("merchant", "category"),
        (lambda t: country_code(t.merchant), FIELDS["txn.merchant_category"]),
    ),
    "places": Group(
        ("shipping_address", "billing_address"),
        ("address",),
        (FIELDS["address.written"], FIELDS["address.billing_differs"]),
    ),
    "country": Group(("country",)),
    "how": Group(
        ("kind", "channel"),
        (),
        (lambda t: float(kind_of(t)), lambda t: float(CHANNEL_INDEX[t.channel])),
    ),
    "parent": Group(("parent",)),
    "currency": Group(("currency",), (), (lambda t: float(CURRENCIES.index(t.amount.currency)),)),
}


class Prober:
    """Puts groups through `door`; addresses are keyed by `addresses`. `quick` makes the plain ones without it."""

    def __init__(
        self, found: FileMap, door: Door, addresses: KeyCache, base: str, quick: Quick | None = None
    ) -> None:
        self._quick = quick
        self._map = found
        self._door = door
        self._addresses = addresses
        self._base = base

    @property
    def rates(self) -> str:
        """The version of the rates that the door converts by."""
        return self._payment.amount.rate_version

    @property
    def token(self) -> str | None:
        """What the door makes of the account `x`."""
        return self._payment.account

    @property
    def _payment(self) -> Transaction:
        asked = {"id": "x", "time": EARLIEST_MS, "amount": 0, "currency": self._base, "account": "x"}
        return self._door.transaction(asked)

    def group(self, name: str) -> tuple[tuple[str, ...], Meanings]:
        """The columns that a group of `GROUPS` reads, and what their values mean."""
        group = GROUPS[name]
        names = group.fields(self._map)
        part = self._part(names)
        columns = _columns(part, names)
        quick = self._quick.groups.get(name) if self._quick and _as_they_are(part, names, columns) else None

        def make(values: Sequence[tuple[object, ...]]) -> list[Meaning]:
            messages = [
                (quick(dict(zip(names, value, strict=True))) if quick else None)
                or self._ask(part, dict(zip(columns, value, strict=True)))
                for value in values
            ]
            return self._meanings(group, messages)

        return columns, Meanings(make, len(group.keys), len(group.facts))

    def amounts(self) -> tuple[tuple[str, ...], Meanings]:
        """The columns of amount and currency, and (minor, base minor) of their values."""
        names = ("amount", "currency")
        part = self._part(names)
        columns = _columns(part, names)

        def make(values: Sequence[tuple[object, ...]]) -> list[Meaning]:
            found = (self._ask(part, dict(zip(columns, value, strict=True))) for value in values)
            return [
                (False, (0, 0), ()) if it is None else (True, (it.amount.minor, it.amount.base_minor), ())
                for it in found
            ]

        return columns, Meanings(make, 2, 0)

    def kept(self, name: str) -> Meanings:
        """Whether the door takes values of the extra column `name`."""
        part = msgspec.structs.replace(self._part(()), columns=Columns(extra=[name]))

        def make(values: Sequence[tuple[object, ...]]) -> list[Meaning]:
            return [(self._ask(part, {name: value}) is not None, (), ()) for (value,) in values]

        return Meanings(make, 0, 0)

    def _part(self, names: Sequence[str]) -> FileMap:
        """The map of a payment that has the fields `names` and nothing else but what is required."""
        kept = {name: source for name, source in self._map.transaction.items() if name in names}
        whole: dict[str, str | int] = {"id": "x", "amount": 0, "currency": self._base, "account": "x"}
        if "account" in kept:  # may be blank in a row: then this one stands for the card that row must have
            whole["card"] = "x"
        constants = {name: Take(value=value) for name, value in whole.items()}
        return FileMap(transaction={**constants, "time": self._map.transaction["time"], **kept})

    def _ask(self, part: FileMap, row: Mapping[str, object]) -> Transaction | None:
        try:
            return self._door.transaction(submission(row, part, EARLIEST_MS))
        except InputError:
            return None

    def _meanings(self, group: Group, messages: Sequence[Transaction | None]) -> list[Meaning]:
        there = [message for message in messages if message is not None]
        keys: Sequence[AddressKey | None] = [None] * len(there)
        if "address" in group.keys:
            keys = [key for key, _ in self._addresses.get_many([principal_address(it) for it in there])]
        wanted = [KEY_INDEX[name] for name in group.keys]
        rows = iter(make_batch(there, keys, np.arange(len(there))).keys[:, wanted].tolist())
        nothing: Meaning = (False, (0,) * len(wanted), (0.0,) * len(group.facts))
        return [
            nothing if it is None else (True, tuple(next(rows)), tuple(fact(it) for fact in group.facts))
            for it in messages
        ]


def _as_they_are(part: FileMap, names: Sequence[str], columns: Sequence[str]) -> bool:
    """Whether each of the fields is a column of its own, and nothing is done to what stands in it."""
    takes = [as_take(part.transaction[name]) for name in names]
    return [take.column for take in takes] == list(columns) and all(take.values is None for take in takes)


def _columns(part: FileMap, names: Sequence[str]) -> tuple[str, ...]:
    named = (column for name in names for column in as_take(part.transaction[name]).named)
    return tuple(dict.fromkeys(named))
