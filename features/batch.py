"""Inputs as columns: what the velocity engine folds and the assembler reads."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from events.entities import entities_of
from events.tokens import token_hash
from events.types import (
    AccountEvent,
    AddressKey,
    Input,
    JoinedLabel,
    Transaction,
    TransactionOutcome,
)
from features.keys import CHANNEL_INDEX, KEY_INDEX, KEYS, EventKind


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


_TRANSACTIONS = {
    "authorisation": EventKind.AUTHORISATION,
    "capture": EventKind.CAPTURE,
    "refund": EventKind.REFUND,
    "reversal": EventKind.REVERSAL,
}
_LOGINS = {"login": EventKind.LOGIN, "login_failed": EventKind.LOGIN_FAILED}
_CHECKS = frozenset({"cvv", "avs", "three_ds"})
_UNKNOWN = CHANNEL_INDEX["unknown"]


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
    events: Sequence[Input], addresses: Sequence[AddressKey | None], seqs: Sequence[int] | NDArray[np.int64]
) -> Batch:
    """The columns of `events`; `addresses[i]` is the key of the principal address of `events[i]`.

    Raises ValueError where the three differ in length.
    """
    times: list[int] = []
    kinds: list[int] = []
    channels: list[int] = []
    amounts: list[int] = []
    keys: list[int] = []
    for event, address, _ in zip(events, addresses, seqs, strict=True):
        times.append(event.label.known_at if isinstance(event, JoinedLabel) else event.time)
        kinds.append(kind_of(event))
        money = None if isinstance(event, AccountEvent) else event.amount
        amounts.append(0 if money is None else money.base_minor)
        row = [0] * len(KEYS)
        for kind, token in entities_of(event, address).items():
            row[KEY_INDEX[kind]] = token_hash(token)
        if isinstance(event, Transaction):
            channels.append(CHANNEL_INDEX[event.channel])
            _attributes(event, row)
        else:
            channels.append(_UNKNOWN)
        keys += row
    batch = Batch(
        seq=np.array(seqs, dtype=np.int64),
        time=np.array(times, dtype=np.int64),
        kind=np.array(kinds, dtype=np.uint8),
        channel=np.array(channels, dtype=np.uint8),
        keys=np.array(keys, dtype=np.uint64).reshape(-1, len(KEYS)),
        amount=np.array(amounts, dtype=np.int64),
    )
    batch.keys[:, KEY_INDEX["amount"]] = amount_keys(batch.kind, batch.amount)
    return batch


def amount_keys(kind: NDArray[np.uint8], amount: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Keys of the amounts of authorisations, 0 for other events (mixed as in SplitMix64; Steele and others, 2014)."""
    mixed = amount.view(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return np.where(kind == EventKind.AUTHORISATION, mixed | np.uint64(1), np.uint64(0))


def _attributes(event: Transaction, row: list[int]) -> None:
    if event.card is not None and event.card.bin is not None:
        row[KEY_INDEX["bin"]] = attribute_hash("bin", event.card.bin)
    if event.ip is not None and event.ip.prefix is not None:
        row[KEY_INDEX["ip_prefix"]] = attribute_hash("ip_prefix", event.ip.prefix)
    if event.email is not None and event.email.domain is not None:
        row[KEY_INDEX["email_domain"]] = attribute_hash("email_domain", event.email.domain)
    if event.merchant is not None and event.merchant.category is not None:
        row[KEY_INDEX["category"]] = attribute_hash("category", event.merchant.category)
