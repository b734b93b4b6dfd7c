"""A world's whole history as columns: everything that happens, before it becomes messages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator import rows as r
from simulator.account_events import account_events
from simulator.book import Book
from simulator.commons import make_commons
from simulator.follow_ups import follow_ups
from simulator.fraud.bust_out import make_bust_out
from simulator.fraud.merchants import make_compromised
from simulator.fraud.retry import retries
from simulator.fraud.ring_life import make_ring
from simulator.fraud.rings import RingPlan
from simulator.fraud.scene import Scene, make_scene
from simulator.fraud.stolen import make_stolen
from simulator.fraud.takeover import make_takeover
from simulator.fraud.testing import make_testing
from simulator.habits import genuine_payments
from simulator.labels import labels
from simulator.merchants import Merchants, make_merchants
from simulator.outcomes import answer, outcomes
from simulator.population import Population, make_population
from simulator.rows import Rows
from simulator.screening import review
from simulator.seeds import Seeds
from simulator.spec import FraudType, WorldSpec

_MOST_RETRIES = 4
_EMPTY_TRIES = 50  # incidents in a row that leave no payment in the span: there is nothing to be had


@dataclass(frozen=True, slots=True)
class History:
    """Rows are in no order; `outcomes["payment"]` counts rows of `payments`."""

    book: Book
    merchants: Merchants
    people: Population
    rings: tuple[RingPlan, ...]
    payments: Rows
    outcomes: Rows
    events: Rows
    labels: Rows


def make_history(spec: WorldSpec, seed: int) -> History:
    """Draw the world. Fraud comes after the population, so that it changes nothing in it."""
    seeds = Seeds(seed)
    book = Book(seeds)
    merchants = make_merchants(spec, seeds)
    commons = make_commons(spec, seeds, book)
    people = make_population(spec, seeds, book, merchants, commons)
    bought, who = genuine_payments(spec, seeds, book, people, commons, merchants)
    events = [account_events(spec, seeds, people, bought, who)]
    scene = make_scene(spec, book, people, commons, merchants, bought, who)
    rings, frauds, happened = _frauds(scene)
    payments = r.join(r.PAYMENT, [bought, *frauds])
    answer(spec, seeds, payments)
    payments = r.join(r.PAYMENT, [payments, *_retried(spec, seeds, book, payments)])
    after = follow_ups(spec, seeds, payments, merchants)
    after["fraud"], after["ring"] = r.GENUINE, -1  # it is the purchase that was fraud
    payments = r.join(r.PAYMENT, [payments, after])
    return History(
        book=book,
        merchants=merchants,
        people=people,
        rings=tuple(rings),
        payments=payments,
        outcomes=outcomes(spec, seeds, payments),
        events=r.join(r.ACCOUNT_EVENT, [*events, *happened]),
        labels=labels(spec, seeds, payments, review(spec, seeds, payments)),
    )


def _frauds(scene: Scene) -> tuple[list[RingPlan], list[Rows], list[Rows]]:
    """The rings' plans, and payments and account events of all incidents of every kind."""
    plans: list[RingPlan] = []

    def ring(at: Scene, number: int) -> tuple[Rows, Rows]:
        paid, happened, plan = make_ring(at, number)
        plans.append(plan)
        return paid, happened

    kinds: tuple[tuple[FraudType, Callable[[Scene, int], tuple[Rows, Rows]]], ...] = (
        ("ring", ring), ("card_testing", make_testing), ("stolen_card", make_stolen), ("takeover", make_takeover),
        ("compromised_merchant", make_compromised), ("bust_out", make_bust_out),
    )  # fmt: skip
    found = [_incidents(scene, scene.spec.frauds(kind), make) for kind, make in kinds]
    del plans[len(found[0][0]) :]  # one that was made but left out
    payments = [rows for paid, _ in found for rows in paid]
    return plans, payments, [rows for _, happened in found for rows in happened]


def _retried(spec: WorldSpec, seeds: Seeds, book: Book, payments: Rows) -> Iterator[Rows]:
    """What follows on declined frauds, attempt by attempt, answered."""
    for _ in range(_MOST_RETRIES):
        payments = retries(spec, seeds, book, payments)
        answer(spec, seeds, payments)
        yield payments


def _incidents(
    scene: Scene, wanted: float, make: Callable[[Scene, int], tuple[Rows, Rows]]
) -> tuple[list[Rows], list[Rows]]:
    """Incidents until about so many fraudulent payments fall into the span; each has its own randomness.

    The last one is left out where that comes closer to what is `wanted`; but there is one at least.
    """
    payments: list[Rows] = []
    events: list[Rows] = []
    found, idle = 0, 0
    while found + 0.5 <= wanted and idle < _EMPTY_TRIES:
        paid, happened = make(scene.apart(), len(payments))
        frauds = int((paid["fraud"] != r.GENUINE).sum())
        if found and found + frauds / 2 > wanted:
            break
        found, idle = found + frauds, 0 if frauds else idle + 1
        payments.append(paid)
        events.append(happened)
    return payments, events


def in_order(history: History) -> tuple[NDArray[np.int8], NDArray[np.int64]]:
    """Which table and which row each arrival is, by (time, topic, id).

    Tables: 0 account events, 1 labels, 2 outcomes, 3 payments: the lexical order of their topics. Ids keep the
    order of their numbers (`letters`).
    """
    tables = (history.events, history.labels, history.outcomes, history.payments)
    times = np.concatenate([t["known_at" if i == 1 else "time"] for i, t in enumerate(tables)])
    which = np.repeat(np.arange(4, dtype=np.int8), [len(t) for t in tables])
    row = np.concatenate([np.arange(len(t), dtype=np.int64) for t in tables])
    order = np.lexsort((np.concatenate([t["id"] for t in tables]), which, times))
    return which[order], row[order]
