"""How much a community looks like a fraud ring, 0..1, from four parts that each say something to a person.

- many: more customers than a household has (0.5 at five);
- sharing: how many kinds of entity (device, address, e-mail, phone) a customer shares with another one, two
  being full;
- fresh: customers with little history, a short life and few payments;
- fraud: customers with known fraud.

Without labels the score is `sqrt(many * sharing * fresh)`: an old household scores low by size and by
history. Known fraud adds `1 - exp(-3 share)`, weighed down by `k / (k + 1)` for k known frauds and for small
groups, where one is likelier a stolen card than a ring; both join as independent evidence,
`1 - (1 - x)(1 - y)`. The constants are judgements, to be replaced by fitted ones once investigated rings are
there to fit to.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.edges import KIND_CODES, EdgeTable
from graph.projection import ACCOUNT, CARD, DAY_MS, Projection
from graph.ring_cores import NO_RING, stand_ins

SHARED_KINDS = tuple(KIND_CODES[kind] for kind in ("device", "address", "email", "phone"))
FRESH_DAYS = 60.0
FRESH_PAYMENTS = 5.0
_Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RingParts:
    """The score of each of c communities and its parts, float64[c] in 0..1; counts are int64[c]."""

    customers: NDArray[np.int64]
    known_fraud: NDArray[np.int64]
    value: NDArray[np.int64]
    entity_sharing: _Floats
    many: _Floats
    sharing: _Floats
    fresh: _Floats
    score: _Floats

    def why(self, community: int) -> str:
        """One community's score as a sentence."""
        return (
            f"{self.customers[community]} customers (weight {self.many[community]:.2f}), "
            f"sharing {self.sharing[community]:.2f}, fresh {self.fresh[community]:.2f}, "
            f"{self.known_fraud[community]} with known fraud"
        )

    def why_core(self, ring: int, cores: int) -> str:
        """The same of a ring found by so many cores."""
        return (
            f"{self.known_fraud[ring]} of {self.customers[ring]} customers have known fraud; what holds them together: "
            f"{cores} shared {'thing' if cores == 1 else 'things'} that known frauds were paid with "
            f"(fresh {self.fresh[ring]:.2f})"
        )


def customers_of(table: EdgeTable, community: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    """bool[n]: the nodes that stand for customers: cards, or accounts where a community has more of those."""
    cards = np.bincount(community[table.kinds == CARD], minlength=count)
    accounts = np.bincount(community[table.kinds == ACCOUNT], minlength=count)
    kind = np.where(accounts > cards, ACCOUNT, CARD)
    return np.asarray(table.kinds == kind[community])


def score_rings(
    table: EdgeTable, projection: Projection, community: NDArray[np.int64], count: int, cut_ms: int
) -> RingParts:
    """Score `count` communities; `community` is int64[n], the community of each node."""
    customer = customers_of(table, community, count)
    where = community[customer]
    customers = np.bincount(where, minlength=count)
    per = np.maximum(customers, 1)
    known_fraud = np.bincount(where[table.fraud[customer] > 0], minlength=count)
    kinds_shared, entity_sharing = _sharing(table, projection, community, customer, count)

    many = np.where(customers > 1, 1.0 / (1.0 + np.exp(-(customers - 5.0) / 1.2)), 0.0)
    sharing = np.minimum(kinds_shared / per / 2.0, 1.0)
    fresh = np.bincount(where, weights=_freshness(table, cut_ms)[customer], minlength=count) / per
    labelled = _labelled(customers, known_fraud) * (0.25 + 0.75 * many)
    score = np.where(customers > 1, 1.0 - (1.0 - np.sqrt(many * sharing * fresh)) * (1.0 - labelled), 0.0)

    value = np.zeros(count, dtype=np.int64)
    np.add.at(value, where, table.amount[customer])
    return RingParts(customers, known_fraud, value, entity_sharing, many, sharing, fresh, score)


def score_cores(table: EdgeTable, ring: NDArray[np.int64], cut_ms: int) -> RingParts:
    """The same of rings found by their cores (`ring_cores.find_cores`), whose customers all share a core.

    What is shared is a fact here and not a likeness: `sharing` is 1 and known fraud has its full weight at any size.
    """
    count = int(ring.max(initial=NO_RING)) + 1
    customer = (ring != NO_RING) & ((table.kinds == CARD) | (table.kinds == ACCOUNT))
    where = ring[customer]
    customers = np.bincount(where, minlength=count)
    entities = np.bincount(ring[(ring != NO_RING) & ~customer], minlength=count)
    known_fraud = np.bincount(where[table.fraud[customer] > 0], minlength=count)
    many = 1.0 / (1.0 + np.exp(-(customers - 5.0) / 1.2))
    sharing = np.ones(count)
    fresh = np.bincount(where, weights=_freshness(table, cut_ms)[customer], minlength=count) / customers
    score = 1.0 - (1.0 - np.sqrt(many * sharing * fresh)) * (1.0 - _labelled(customers, known_fraud))
    value = np.zeros(count, dtype=np.int64)
    np.add.at(value, where, table.amount[customer])
    return RingParts(customers, known_fraud, value, customers / entities, many, sharing, fresh, score)


def _labelled(customers: NDArray[np.int64], known_fraud: NDArray[np.int64]) -> _Floats:
    """What known fraud alone says of so many customers, in 0..1."""
    told = known_fraud / (known_fraud + 1.0)
    return np.asarray((1.0 - np.exp(-3.0 * known_fraud / np.maximum(customers, 1))) * told)


def _freshness(table: EdgeTable, cut_ms: int) -> _Floats:
    """float64[n]: 1 for an entity seen once, near 0 for one with a history, be it over or going on.

    Where all history is shorter than `FRESH_DAYS`, a short life says little yet and weighs less.
    """
    if not len(table.first):
        return np.zeros(0)
    horizon = (cut_ms - int(table.first.min())) / DAY_MS
    short = np.clip(1.0 - (table.last - table.first) / DAY_MS / FRESH_DAYS, 0.0, 1.0)
    few = 2.0 ** (-np.maximum(table.transactions - 1, 0) / FRESH_PAYMENTS)
    return np.asarray((0.6 * short + 0.4 * few) * min(horizon / FRESH_DAYS, 1.0))


def _sharing(
    table: EdgeTable,
    projection: Projection,
    community: NDArray[np.int64],
    customer: NDArray[np.bool_],
    count: int,
) -> tuple[_Floats, _Floats]:
    """Per community: (customer, kind) pairs shared with another customer; customers an entity on average."""
    nodes = len(table.tokens)
    place = stand_ins(table, projection)
    kinds = table.kinds.astype(np.int64)
    use = (
        customer[projection.a]
        & np.isin(kinds[projection.b], SHARED_KINDS)
        & (community[projection.a] == community[projection.b])
    )
    who, what = projection.a[use].astype(np.int64), place[projection.b[use]]
    pairs = np.unique(who * nodes + what)
    who, what = pairs // max(nodes, 1), pairs % max(nodes, 1)
    holders = np.bincount(what, minlength=nodes)
    entities = np.bincount(community[holders > 0], minlength=count)
    entity_sharing = np.bincount(community[who], minlength=count) / np.maximum(entities, 1)
    shared = holders[what] > 1
    by_kind = np.unique(who[shared] * len(KIND_CODES) + kinds[what[shared]])
    kinds_shared = np.bincount(community[by_kind // len(KIND_CODES)], minlength=count)
    return kinds_shared.astype(np.float64), entity_sharing
