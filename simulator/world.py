"""The world's door: a seeded source of events, and the truth behind them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from events import topics
from events.arrival import Arrival
from events.door import Door
from events.types import AccountEvent, Label, Transaction, TransactionOutcome
from simulator import rows as r
from simulator.gazetteer import COUNTRIES
from simulator.history import History, make_history
from simulator.spec import WorldSpec
from simulator.submissions import Submission, submissions, transaction_id
from simulator.truth import Fraud, LookAlike, Member, Ring, Truth

_Message = Transaction | TransactionOutcome | AccountEvent | Label


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
        bad = history.payments[history.payments["fraud"] != 0]
        frauds = {
            transaction_id(number): Fraud(name, _ring_id(ring) if ring >= 0 else None)
            for number, kind, ring in zip(
                bad["id"].tolist(), bad["fraud"].tolist(), bad["ring"].tolist(), strict=True
            )
            if (name := r.FRAUDS[kind])
        }
        return Truth(frauds, _rings(history, bad), _LookAlikes(history))


class _LookAlikes(Sequence[LookAlike]):
    """Each made when it is asked for: there are hundreds of thousands in a big world."""

    def __init__(self, history: History) -> None:
        self._book, self._people = history.book, history.people

    def __len__(self) -> int:
        return len(self._people.groups)

    @overload
    def __getitem__(self, at: int) -> LookAlike: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[LookAlike, ...]: ...
    def __getitem__(self, at: int | slice) -> LookAlike | tuple[LookAlike, ...]:
        if isinstance(at, slice):
            return tuple(self[i] for i in range(*at.indices(len(self))))
        group, book = self._people.groups[at], self._book
        return LookAlike(
            group.kind,
            tuple(book.account(int(self._people.account[who])) for who in group.members),
            tuple(book.device(device) for device in group.devices),
            tuple(book.texts.written(text).text for text in group.texts),
        )


def _ring_id(number: int) -> str:
    return f"ring-{number:03d}"


def _rings(history: History, bad: r.Rows) -> tuple[Ring, ...]:
    """The rings as they came to act, in order of their numbers."""
    mine = bad[bad["ring"] >= 0]
    if not len(mine):
        return ()
    mine = mine[np.lexsort((mine["time"], mine["ring"]))]
    first_seen = _first_seen(history, mine["card"])
    numbers, start = np.unique(mine["ring"], return_index=True)
    return tuple(
        _ring(history, number, frauds, first_seen)
        for number, frauds in zip(numbers.tolist(), np.split(mine, start[1:]), strict=True)
    )


def _first_seen(history: History, cards: NDArray[np.int32]) -> dict[int, int]:
    """When each of these cards was first seen in a payment: epoch ms. One pass over the payments for all of them."""
    wanted, payments = np.unique(cards), history.payments
    paid = np.isin(payments["card"], wanted)
    first = np.full(len(wanted), np.iinfo(np.int64).max)
    np.minimum.at(first, np.searchsorted(wanted, payments["card"][paid]), payments["time"][paid])
    return dict(zip(wanted.tolist(), first.tolist(), strict=True))


def _ring(history: History, number: int, frauds: r.Rows, first_seen: Mapping[int, int]) -> Ring:
    """Ring `number` by its `frauds` in order of time: members whose first was still to come are not among them."""
    plan, book = history.rings[number], history.book
    struck = set(frauds["card"].tolist())
    members = tuple(
        Member(
            book.card(role.card)["reference"], book.account(role.persona.account), book.device(role.persona.device),
            book.email(role.persona.email), book.phone(role.persona.phone), role.mule, first_seen[role.card],
        )
        for role in plan.members
        if role.card in struck
    )  # fmt: skip
    spare = struck.difference(role.card for role in plan.members)
    used, seen = set(frauds["ship"].tolist()) | set(frauds["bill"].tolist()), set(frauds["device"].tolist())
    return Ring(
        id=_ring_id(number),
        country=COUNTRIES[plan.country],
        opsec=plan.opsec,
        first_fraud=int(frauds["time"][0]),
        members=members,
        spare_cards=tuple(book.card(card)["reference"] for card in sorted(spare)),
        devices=tuple(book.device(device) for device in plan.devices if device in seen),
        drops=tuple(
            tuple(book.texts.written(text) for text in drop if text in used)
            for drop in plan.drops
            if used.intersection(drop)
        ),
        transactions=tuple(transaction_id(n) for n in frauds["id"].tolist()),
    )
