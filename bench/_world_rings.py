"""How many rings the graph's communities find, and how many innocents they name, as rings hide their links better."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from events.arrival import Arrival
from events.entities import principal_address
from events.types import AccountEvent, AddressKey, Input, Label, Transaction
from graph.communities import compute
from graph.fold import EdgeFold
from graph.graph_features import GraphFeatures
from nlp import KeyCache
from ringwatch.ring_truth import FoundRing, match_rings, ring_cards
from ringwatch.world_rows import door
from simulator import World
from simulator.spec import WorldSpec
from streaming.backfill import DAY_MS
from streaming.join_labels import Joinable, join, joinable

DIAL = (0.0, 0.25, 0.5, 0.75, 0.95)
CUT_DAYS = 10


def dialled(spec: WorldSpec, opsec: float) -> WorldSpec:
    """`spec` with every ring at this opsec."""
    return spec.change(rings={"opsec": opsec, "opsec_spread": 0.0})


def ring_counts(spec: WorldSpec, seed: int, keys: KeyCache) -> dict[str, int]:
    """Counts over one world, to be summed over seeds.

    Rings count with two cards and more. A report is one ring named at one of the cuts, which come every `CUT_DAYS`; the
    last is the world's end. A report is true where at least half of its cards belong to one ring. At the end too:
    `of_fraud`, reports at least half of whose cards committed any fraud (a bot's burst on one device looks like a ring,
    and is one customer's business with many cards); `innocents`, cards in reports that did neither.
    """
    world = World(spec, seed)
    entrance = door()
    true = ring_cards(world.truth, entrance)
    guilty = _Guilty(frozenset(world.truth.frauds))
    found: list[list[FoundRing]] = []
    there: frozenset[str] = frozenset()
    for features in _versions(guilty.watch(world.arrivals(entrance)), spec, keys):
        found.append(match_rings(features, true, guilty.cards))
        there = true.there(features.tokens)
    at_end = found[-1]
    seen = {ring.true_ring for reports in found for ring in reports if ring.true_ring in there}
    return {
        "rings": len(there),
        "reported": len(at_end),
        "true": sum(ring.true_ring is not None for ring in at_end),
        "of_fraud": sum(ring.is_fraud for ring in at_end),
        "found": len({ring.true_ring for ring in at_end} & there),
        "found_ever": len(seen),
        "reported_ever": sum(map(len, found)),
        "true_ever": sum(ring.true_ring is not None for reports in found for ring in reports),
        "innocents": sum(ring.innocents for ring in at_end),
        "ring_cards": sum(true.size.values()),
        "ring_cards_reported": sum(ring.true_cards for ring in at_end),
    }


def ring_figures(counts: Iterable[dict[str, int]]) -> dict[str, Any]:
    """Rates over the sum of several worlds' counts; each rate's numerator and denominator stand beside it."""
    total: Counter[str] = Counter()
    for each in counts:
        total.update(each)
    rates = {
        "precision": _share(total["true"], total["reported"]),
        "recall": _share(total["found"], total["rings"]),
        "recall_ever": _share(total["found_ever"], total["rings"]),
        "precision_ever": _share(total["true_ever"], total["reported_ever"]),
        "precision_any_fraud": _share(total["of_fraud"], total["reported"]),
        "innocents_per_ring": _share(total["innocents"], total["found"]),
        "card_recall": _share(total["ring_cards_reported"], total["ring_cards"]),
    }
    return {**rates, "counts": dict(total)}


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _versions(arrivals: Iterable[Arrival], spec: WorldSpec, keys: KeyCache) -> Iterator[GraphFeatures]:
    """Graph features at every cut, the last at the world's end: the back-fill's graph without its velocity."""
    edges, of, waiting = EdgeFold(), dict[str, Joinable](), dict[str, list[Label]]()
    previous: GraphFeatures | None = None
    cut = spec.start_ms + CUT_DAYS * DAY_MS
    for arrival in arrivals:
        while arrival.time >= cut:
            previous = compute(edges.table(), cut, previous=previous, seed=7)
            yield previous
            if cut >= spec.end_ms:
                return
            cut = min(cut + CUT_DAYS * DAY_MS, spec.end_ms)
        for event, key in _known(arrival, of, waiting, keys):
            edges.add(event, key)
    yield compute(edges.table(), spec.end_ms, previous=previous, seed=7)


def _known(
    arrival: Arrival, of: dict[str, Joinable], waiting: dict[str, list[Label]], keys: KeyCache
) -> Iterator[tuple[Input, AddressKey | None]]:
    """What the graph folds of an arrival; a label of a payment that has not come waits for it."""
    message = arrival.message
    if isinstance(message, Transaction):
        key = keys.get(principal_address(message))[0]
        of[message.id] = mine = joinable(message, keys)
        yield message, key
        for label in waiting.pop(message.id, ()):
            yield join(label, mine), None
    elif isinstance(message, Label) and message.subject.kind == "transaction":
        if message.subject.id in of:
            yield join(message, of[message.subject.id]), None
        else:
            waiting.setdefault(message.subject.id, []).append(message)
    elif isinstance(message, Label):
        yield join(message, None), None
    else:
        yield message, keys.get(principal_address(message))[0] if isinstance(message, AccountEvent) else None


class _Guilty:
    """The cards of all fraudulent payments that pass."""

    def __init__(self, frauds: frozenset[str]) -> None:
        self._frauds = frauds
        self.cards: set[str] = set()

    def watch(self, arrivals: Iterable[Arrival]) -> Iterator[Arrival]:
        for arrival in arrivals:
            message = arrival.message
            if isinstance(message, Transaction) and message.card and message.id in self._frauds:
                self.cards.add(message.card.token)
            yield arrival
