"""Inputs as columns: what the velocity engine folds and the assembler reads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache, partial
from hashlib import blake2b
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from events.entities import entities_of
from events.types import (
    ENTITY_KINDS,
    AccountEvent,
    AddressKey,
    EntityKind,
    Input,
    JoinedLabel,
    Transaction,
    TransactionOutcome,
)
from features.keys import CHANNEL_INDEX, KEY_INDEX, KEYS, EventKind
from features.token_keys import token_keys


@dataclass(frozen=True, slots=True)
class Batch:
    """n events in fold order.

    `seq` int64[n] rises strictly. `time` int64[n] is epoch ms: event time, but for labels the moment they
    became known (`Label.known_at`), since a window may use them from then on. `kind` uint8[n] holds
    `EventKind`, `channel` uint8[n] an index into `CHANNELS`. `keys` uint64[n, k] are hashes of entity tokens and
    attributes in the order of `KEYS`, 0 where absent. `amount` int64[n] is in minor units of the base currency, 0 where
    the event carries none.
    """

    seq: NDArray[np.int64]
    time: NDArray[np.int64]
    kind: NDArray[np.uint8]
    channel: NDArray[np.uint8]
    keys: NDArray[np.uint64]
    amount: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.seq)

    @property
    def authorisations(self) -> NDArray[np.bool_]:
        """bool[n]: the rows that ask for a decision."""
        return np.equal(self.kind, EventKind.AUTHORISATION)

    def part(self, start: int, stop: int) -> "Batch":
        """Rows `start` to `stop`, as views."""
        if start == 0 and stop >= len(self):
            return self
        return Batch(*(getattr(self, field.name)[start:stop] for field in fields(self)))

    def where(self, rows: NDArray[np.intp]) -> "Batch":
        """These rows."""
        return Batch(*(getattr(self, field.name)[rows] for field in fields(self)))


_TRANSACTIONS = {
    "authorisation": EventKind.AUTHORISATION,
    "capture": EventKind.CAPTURE,
    "refund": EventKind.REFUND,
    "reversal": EventKind.REVERSAL,
}
_LOGINS = {"login": EventKind.LOGIN, "login_failed": EventKind.LOGIN_FAILED}
_CHECKS = frozenset({"cvv", "avs", "three_ds"})


def kind_of(event: Input) -> EventKind:
    """The kind of `event`.

    An outcome that says yes to a capture, refund or reversal is that; one that says no to anything but a
    check (CVV, AVS, 3DS) is a decline.
    """
    if isinstance(event, Transaction):
        return _TRANSACTIONS[event.kind]
    if isinstance(event, TransactionOutcome):
        if event.kind in _CHECKS:
            return EventKind.CHECK_PASSED if event.approved else EventKind.CHECK_FAILED
        approved = _TRANSACTIONS.get(event.kind, EventKind.OUTCOME_APPROVED)
        return approved if event.approved else EventKind.OUTCOME_DECLINED
    if isinstance(event, AccountEvent):
        return _LOGINS.get(event.kind, EventKind.ACCOUNT_CHANGE)
    return EventKind.LABEL_FRAUD if event.label.is_fraud else EventKind.LABEL_GENUINE


@lru_cache(maxsize=65_536)
def attribute_hash(name: str, value: str) -> int:
    """The engine's key of an attribute: 64 bits, never 0, the same in every process and release."""
    return int.from_bytes(blake2b(f"{name}\0{value}".encode(), digest_size=8).digest(), "little") or 1


def make_batch(
    events: Sequence[Input],
    addresses: Sequence[AddressKey | None],
    seqs: Sequence[int] | NDArray[np.int64],
    *,
    entities: Sequence[Mapping[EntityKind, str]] | None = None,
) -> Batch:
    """The columns of `events`; `addresses[i]` is the key of the principal address of `events[i]`.

    `entities` are those of the events (`events.entities.entities_of`), where the caller has them already. Raises
    ValueError where lengths differ.
    """
    if entities is None:
        entities = [entities_of(event, address) for event, address in zip(events, addresses, strict=True)]
    n = len(events)
    if not n == len(addresses) == len(seqs) == len(entities):
        raise ValueError(
            f"{n} events with {len(addresses)} addresses, {len(seqs)} seqs, {len(entities)} entities"
        )
    batch = Batch(
        seq=np.array(seqs, dtype=np.int64),
        time=np.array([_time(event) for event in events], dtype=np.int64),
        kind=np.array([kind_of(event) for event in events], dtype=np.uint8),
        channel=np.array(
            [CHANNEL_INDEX[getattr(event, "channel", "unknown")] for event in events], dtype=np.uint8
        ),
        keys=np.zeros((n, len(KEYS)), dtype=np.uint64),
        amount=np.array([_minor(event) for event in events], dtype=np.int64),
    )
    for kind in ENTITY_KINDS:
        _put(batch.keys, KEY_INDEX[kind], [found.get(kind) for found in entities], token_keys)
    for name, read in _ATTRIBUTES.items():
        texts = [read(event) if isinstance(event, Transaction) else None for event in events]
        _put(batch.keys, KEY_INDEX[name], texts, partial(_attribute_keys, name))
    batch.keys[:, KEY_INDEX["amount"]] = amount_keys(batch.kind, batch.amount)
    return batch


def _time(event: Input) -> int:
    return event.label.known_at if isinstance(event, JoinedLabel) else event.time


def _minor(event: Input) -> int:
    money = None if isinstance(event, AccountEvent) else event.amount
    return 0 if money is None else money.base_minor


def _put(
    keys: NDArray[np.uint64],
    column: int,
    texts: list[str | None],
    hashes: Callable[[Sequence[str]], NDArray[np.uint64]],
) -> None:
    """Hashes of the texts that there are into a column of `keys`."""
    there = [text for text in texts if text is not None]
    if len(there) == len(texts):
        keys[:, column] = hashes(there)
    elif there:
        keys[[row for row, text in enumerate(texts) if text is not None], column] = hashes(there)


def _attribute_keys(name: str, values: Sequence[str]) -> NDArray[np.uint64]:
    return np.array([attribute_hash(name, value) for value in values], dtype=np.uint64)


_ATTRIBUTES: Mapping[str, Callable[[Transaction], str | None]] = MappingProxyType({
    "bin": lambda txn: None if txn.card is None else txn.card.bin,
    "ip_prefix": lambda txn: None if txn.ip is None else txn.ip.prefix,
    "email_domain": lambda txn: None if txn.email is None else txn.email.domain,
    "category": lambda txn: None if txn.merchant is None else txn.merchant.category,
})  # fmt: skip


def amount_keys(kind: NDArray[np.uint8], amount: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Keys of the amounts of authorisations, 0 for other events (mixed as in SplitMix64; Steele and others, 2014)."""
    mixed = amount.view(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return np.where(kind == EventKind.AUTHORISATION, mixed | np.uint64(1), np.uint64(0))
