"""A world's whole history as columns: everything that happens, before it becomes messages."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator import rows as r
from simulator.addresses import Places
from simulator.aftermath import fraud_labels, genuine_labels, outcomes
from simulator.book import Book
from simulator.fraud.lone import make_stolen, make_takeovers, make_testing
from simulator.fraud.rings import RingPlan, make_ring
from simulator.fraud.scene import Scene
from simulator.habits import account_events, follow_ups, genuine_payments
from simulator.merchants import Merchants, make_merchants
from simulator.population import Population, make_commons, make_population
from simulator.rows import Rows
from simulator.seeds import Seeds
from simulator.spec import WorldSpec


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
    book, places = Book(seeds), Places()
    merchants = make_merchants(spec, seeds)
    commons = make_commons(spec, seeds, book, places)
    people = make_population(spec, seeds, book, places, merchants)
    bought, who = genuine_payments(seeds, book, people, commons, merchants)
    genuine_events = account_events(spec, seeds, people, bought, who)
    scene = Scene(spec, seeds, book, places, people, commons, merchants)
    rings = [make_ring(scene, number) for number in range(spec.rings)]
    blocks = {
        "genuine": (bought, genuine_events),
        **{f"ring-{number}": (paid, events) for number, (paid, events, _) in enumerate(rings)},
        "testing": make_testing(scene),
        "stolen": make_stolen(scene.apart()),
        "takeover": make_takeovers(scene.apart()),
    }
    payments: list[Rows] = []
    results: list[Rows] = []
    labels: list[Rows] = []
    first = 0
    for concern, (paid, _) in blocks.items():
        results.append(outcomes(spec, seeds, paid, first, concern))
        bad = paid["fraud"] != 0
        labels.append(fraud_labels(spec, seeds, paid[bad], concern))
        labels.append(genuine_labels(seeds, paid[~bad], f"{concern}-genuine"))
        after = follow_ups(spec, seeds, paid[~bad], merchants, concern)
        payments += [paid, after]
        first += len(paid) + len(after)
    everything = r.join(r.PAYMENT, payments)
    came_back = r.join(r.OUTCOME, results)
    return History(
        book=book,
        merchants=merchants,
        people=people,
        rings=tuple(plan for _, _, plan in rings),
        payments=everything,
        outcomes=came_back[came_back["time"] < spec.end_ms],
        events=r.join(r.ACCOUNT_EVENT, [events for _, events in blocks.values()]),
        labels=r.join(r.LABEL, labels),
    )


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
