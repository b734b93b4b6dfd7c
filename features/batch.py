"""Inputs as columns: what the velocity engine folds and the assembler reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from events.entities import entities_of
from events.tokens import token_hash
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

ENTITY_INDEX: dict[EntityKind, int] = {kind: index for index, kind in enumerate(ENTITY_KINDS)}


class EventKind(IntEnum):
    """What happened, as windows filter it. Numbers are stored in snapshots: only ever add."""

    AUTHORISATION = 0
    CAPTURE = 1
    REFUND = 2
    REVERSAL = 3
    OUTCOME_APPROVED = 4
    OUTCOME_DECLINED = 5
    LOGIN = 6
    LOGIN_FAILED = 7
    ACCOUNT_CHANGE = 8
    LABEL_FRAUD = 9
    LABEL_GENUINE = 10
    CHECK_PASSED = 11
    CHECK_FAILED = 12


@dataclass(frozen=True, slots=True)
class Batch:
    """n events in fold order.

    `seq` int64[n] rises strictly. `time` int64[n] is epoch ms: event time, but for labels the moment they
    became known (`Label.known_at`), since a window may use them from then on. `kind` uint8[n] holds
    `EventKind`. `keys` uint64[n, 8] are hashes of the entity tokens in the order of `ENTITY_KINDS`, 0 where
    absent. `amount` int64[n] is in minor units of the base currency, 0 where the event carries none.
    """

    seq: NDArray[np.int64]
    time: NDArray[np.int64]
    kind: NDArray[np.uint8]
    keys: NDArray[np.uint64]
    amount: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.seq)

    @property
    def authorisations(self) -> NDArray[np.bool_]:
        """bool[n]: the rows that ask for a decision."""
        return np.equal(self.kind, EventKind.AUTHORISATION)


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


def make_batch(
    events: Sequence[Input], addresses: Sequence[AddressKey | None], seqs: Sequence[int] | NDArray[np.int64]
) -> Batch:
    """The columns of `events`; `addresses[i]` is the key of the principal address of `events[i]`.

    Raises ValueError where the three differ in length.
    """
    times: list[int] = []
    kinds: list[int] = []
    amounts: list[int] = []
    keys: list[int] = []
    for event, address, _ in zip(events, addresses, seqs, strict=True):
        times.append(event.label.known_at if isinstance(event, JoinedLabel) else event.time)
        kinds.append(kind_of(event))
        money = None if isinstance(event, AccountEvent) else event.amount
        amounts.append(0 if money is None else money.base_minor)
        row = [0] * len(ENTITY_KINDS)
        for kind, token in entities_of(event, address).items():
            row[ENTITY_INDEX[kind]] = token_hash(token)
        keys += row
    return Batch(
        seq=np.array(seqs, dtype=np.int64),
        time=np.array(times, dtype=np.int64),
        kind=np.array(kinds, dtype=np.uint8),
        keys=np.array(keys, dtype=np.uint64).reshape(-1, len(ENTITY_KINDS)),
        amount=np.array(amounts, dtype=np.int64),
    )
