"""The world's door: a seeded source of events, and the truth behind them."""

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

import numpy as np

from events import topics
from events.arrival import Arrival
from events.door import Door
from events.types import AccountEvent, Label, Transaction, TransactionOutcome
from simulator import rows as r
from simulator.gazetteer import COUNTRIES
from simulator.history import History, make_history
from simulator.spec import WorldSpec
from simulator.submissions import Submission, submissions, transaction_id
from simulator.truth import Fraud, FraudType, LookAlike, Member, Ring, Truth

_Message = Transaction | TransactionOutcome | AccountEvent | Label
_TYPES: tuple[FraudType | None, ...] = (None, "ring", "card_testing", "stolen_card", "takeover")


class World:
    """Customers, merchants and fraudsters: a function of (spec, seed).

    The history is drawn on first use (seconds for the demo's size) and kept: `arrivals` may be read many times
    and always gives the same messages behind the same door.
    """

    def __init__(self, spec: WorldSpec, seed: int) -> None:
        self.spec = spec
        self.seed = seed

    @cached_property
    def _history(self) -> History:
        return make_history(self.spec, self.seed)

    def submissions(self) -> Iterator[Submission]:
        """Raw submissions in order of (time, topic, id). Labels go on for weeks after `spec.end_ms`."""
        return submissions(self._history)

    def arrivals(self, door: Door) -> Iterator[Arrival]:
        """The same through `door`: messages with tokens for identifiers."""
        enter: dict[str, Callable[[dict[str, Any]], _Message]] = {
            topics.TRANSACTIONS.name: door.transaction,
            topics.OUTCOMES.name: door.outcome,
            topics.ACCOUNT_EVENTS.name: door.account_event,
            topics.LABELS.name: door.label,
        }
        for item in self.submissions():
            yield Arrival(item.time, item.topic, enter[item.topic](item.raw))

    @cached_property
    def truth(self) -> Truth:
        """What really happened; independent of whether anything was streamed."""
        history = self._history
        payments = history.payments[np.argsort(history.payments["time"], kind="stable")]
        rings = tuple(
            ring
            for number in range(len(history.rings))
            if (ring := _ring(history, payments, number)) is not None
        )
        bad = payments[payments["fraud"] != 0]
        frauds: dict[str, Fraud] = {}
        for number, kind, ring in zip(
            bad["id"].tolist(), bad["fraud"].tolist(), bad["ring"].tolist(), strict=True
        ):
            name = _TYPES[kind]
            if name is not None:
                frauds[transaction_id(number)] = Fraud(name, _ring_id(ring) if ring >= 0 else None)
        book = history.book
        look_alikes = tuple(
            LookAlike(
                group.kind,
                tuple(book.accounts[history.people.account[who]] for who in group.members),
                tuple(book.devices[device] for device in group.devices),
                tuple(book.texts[text][0] for text in group.texts),
            )
            for group in history.people.groups
        )
        return Truth(frauds, rings, look_alikes)


def _ring_id(number: int) -> str:
    return f"ring-{number:03d}"


def _ring(history: History, payments: r.Rows, number: int) -> Ring | None:
    """The ring as it came to act; None where its time fell outside the world."""
    plan, book = history.rings[number], history.book
    cards = payments["card"]
    members = []
    for person, wave in zip(plan.members, plan.waves, strict=True):
        mine = np.flatnonzero(cards == person.card)
        if len(mine):
            members.append(
                Member(
                    book.cards[person.card]["reference"], book.accounts[person.account], book.devices[person.device],
                    book.emails[person.email], book.phones[person.phone], wave, int(payments["time"][mine[0]]),
                )
            )  # fmt: skip
    if not members:
        return None
    return Ring(
        id=_ring_id(number),
        country=COUNTRIES[plan.country],
        members=tuple(members),
        devices=tuple(book.devices[device] for device in plan.devices),
        drop=tuple(book.texts[text][0] for text in plan.drop),
        transactions=tuple(transaction_id(n) for n in payments["id"][payments["ring"] == number].tolist()),
    )
