"""Rows of a file as columns that the velocity engine and the field readers take."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from events.times import DAY_MS
from events.types import AddressKey, Label, Transaction
from features.batch import make_batch
from features.fields import FIELDS
from features.keys import CHANNEL_INDEX, KEY_INDEX, KEYS
from lake.probes import CURRENCIES, NO_COUNTRY, country_code

HOUR_MS = 3_600_000
NO_LABEL, FRAUD, GENUINE = 0, 1, 2
FACTS: Mapping[str, tuple[str, ...]] = {
    "email": ("email_digit_share",),
    "phone": ("phone_country",),
    "ip": ("ip_country",),
    "merchant": ("merchant_country", "merchant_category"),
    "places": ("address_written", "billing_differs"),
}
"""Names in `Rows.facts`, by the group of `lake.probes.GROUPS` whose facts they are."""


@dataclass(frozen=True, slots=True)
class Rows:
    """n rows that the door lets in, in order of time.

    `number` int64[n] is the row's in the file, `ids` string[n] (Arrow); `time`, `kind`,
    `channel`, `keys` and `amount` are as in `features.batch.Batch`. `minor` int64[n] is the amount in its own currency,
    `currency` int64[n] an index into `lake.probes.CURRENCIES`. `facts` holds float64[n] by name: see `FACTS`. `label`
    uint8[n] is `FRAUD`, `GENUINE` or `NO_LABEL`, and `known` int64[n] (epoch ms) when that became known.
    """

    number: NDArray[np.int64]
    ids: Any
    time: NDArray[np.int64]
    kind: NDArray[np.uint8]
    channel: NDArray[np.uint8]
    keys: NDArray[np.uint64]
    amount: NDArray[np.int64]
    minor: NDArray[np.int64]
    currency: NDArray[np.int64]
    facts: dict[str, NDArray[np.float64]]
    label: NDArray[np.uint8]
    known: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.number)

    def where(self, kept: NDArray[np.bool_]) -> "Rows":
        """The rows that `kept` bool[n] marks."""
        if kept.all():
            return self
        made: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        made |= {name: values[kept] for name, values in made.items() if isinstance(values, np.ndarray)}
        made["ids"] = self.ids.filter(pa.array(kept))
        made["facts"] = {name: values[kept] for name, values in self.facts.items()}
        return Rows(**made)


def blank_rows(number: NDArray[np.int64], time: NDArray[np.int64], ids: Any) -> Rows:
    """Rows of which nothing else is known yet: no keys, no amount, no facts, no label."""
    n = len(number)
    return Rows(
        number,
        ids,
        time.copy(),
        kind=np.zeros(n, np.uint8),
        channel=np.zeros(n, np.uint8),
        keys=np.zeros((n, len(KEYS)), np.uint64),
        amount=np.zeros(n, np.int64),
        minor=np.zeros(n, np.int64),
        currency=np.zeros(n, np.int64),
        facts={name: np.full(n, np.nan) for names in FACTS.values() for name in names},
        label=np.full(n, NO_LABEL, np.uint8),
        known=np.zeros(n, np.int64),
    )


def put_messages(
    rows: Rows,
    at: Sequence[int],
    messages: Sequence[Transaction],
    addresses: Sequence[AddressKey | None],
    labels: Sequence[Label | None],
) -> Rows:
    """`rows` with those `at` made of the door's own messages and their address keys, and of labels."""
    if not at:
        return rows
    batch = make_batch(messages, addresses, np.arange(len(at)))
    rows.time[at], rows.kind[at], rows.channel[at] = batch.time, batch.kind, batch.channel
    rows.keys[at], rows.amount[at] = batch.keys, batch.amount
    rows.minor[at] = [message.amount.minor for message in messages]
    rows.currency[at] = [CURRENCIES.index(message.amount.currency) for message in messages]
    for name, values in rows.facts.items():
        values[at] = [_FACT[name](message) for message in messages]
    for i, label in zip(at, labels, strict=True):
        rows.label[i] = NO_LABEL if label is None else FRAUD if label.is_fraud else GENUINE
        rows.known[i] = 0 if label is None else label.known_at
    ids = pa.array([message.id for message in messages], pa.string())
    mask = np.zeros(len(rows), np.bool_)
    mask[at] = True
    made: dict[str, Any] = {field.name: getattr(rows, field.name) for field in fields(rows)}
    return Rows(**made | {"ids": pc.replace_with_mask(rows.ids, pa.array(mask), ids)})


_FACT: Mapping[str, Callable[[Transaction], float]] = {
    "email_digit_share": FIELDS["txn.email_digit_share"],
    "phone_country": lambda it: country_code(it.phone),
    "ip_country": lambda it: country_code(it.ip),
    "merchant_country": lambda it: country_code(it.merchant),
    "merchant_category": FIELDS["txn.merchant_category"],
    "address_written": FIELDS["address.written"],
    "billing_differs": FIELDS["address.billing_differs"],
}


def field_values(rows: Rows, base: str, name: str) -> NDArray[np.float64]:
    """float64[n]: the column `name` of `features.fields.FIELDS`, or whether there is an address key (`address.keyed`).

    `base` is the base currency. KeyError for a field that is not known here.
    """
    head, _, rest = name.partition(".has_")
    if head == "txn" and rest in KEY_INDEX:
        return _flag(rows.keys[:, KEY_INDEX[rest]] != 0)
    head, _, rest = name.partition(".channel.")
    if head == "txn" and rest in CHANNEL_INDEX:
        return _flag(rows.channel == CHANNEL_INDEX[rest])
    return _FIELDS[name](rows, base)


def _flag(where: NDArray[np.bool_]) -> NDArray[np.float64]:
    return where.astype(np.float64)


def _differ(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    known = (one != NO_COUNTRY) & (other != NO_COUNTRY)
    return np.where(known, one != other, np.nan)


_FIELDS: Mapping[str, Callable[[Rows, str], NDArray[np.float64]]] = {
    "txn.amount": lambda rows, _: rows.amount.astype(np.float64),
    "txn.round_amount": lambda rows, _: _flag(rows.minor % 100 == 0),
    "txn.foreign_currency": lambda rows, base: _flag(rows.currency != CURRENCIES.index(base)),
    "txn.hour": lambda rows, _: rows.time % DAY_MS / HOUR_MS,
    "txn.weekday": lambda rows, _: ((rows.time // DAY_MS + 3) % 7).astype(np.float64),
    "txn.email_digit_share": lambda rows, _: rows.facts["email_digit_share"],
    "txn.merchant_category": lambda rows, _: rows.facts["merchant_category"],
    "txn.ip_abroad": lambda rows, _: _differ(rows.facts["ip_country"], rows.facts["merchant_country"]),
    "txn.phone_abroad": lambda rows, _: _differ(rows.facts["phone_country"], rows.facts["ip_country"]),
    "address.written": lambda rows, _: rows.facts["address_written"],
    "address.keyed": lambda rows, _: _flag(rows.keys[:, KEY_INDEX["address"]] != 0),
    "address.billing_differs": lambda rows, _: rows.facts["billing_differs"],
}
