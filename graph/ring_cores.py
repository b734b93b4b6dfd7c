"""Rings by what is known: things that several customers with known fraud have paid with, and everybody on them.

A community puts everybody in one place, and most of those who act in a ring have another one: a mule's is his
household, a stolen card's is its owner's. So a ring is looked for from the thing that is shared. An entity is a core
where enough of its customers have known fraud and enough of the known frauds were made with it; cores that a customer
has both of are one ring. docs/adr/0010-rings-from-cores.md has the figures beside those of communities alone.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from graph.edges import KIND_CODES, EdgeTable
from graph.partition import components
from graph.projection import ACCOUNT, CARD, Projection

CORE_KINDS = tuple(KIND_CODES[kind] for kind in ("device", "address", "email", "phone", "ip"))
NO_RING = -1
_Ints = NDArray[np.int64]


@dataclass(frozen=True)
class CoreRules:
    """What makes a core.

    Args:
        known: customers with known fraud that it has at least, and known frauds made with it.
        share: of its customers, those with known fraud at least.
        customers: the fewest that a ring has.
    """

    known: int = 2
    share: float = 0.6
    customers: int = 3


def find_cores(table: EdgeTable, projection: Projection, rules: CoreRules) -> _Ints:
    """int64[n]: the ring of each customer and core, numbered 0.. by first node; `NO_RING` for all other nodes.

    A customer is whatever payments are anchored on: a card, or an account that pays without one. Units of a small
    building count as the building. What many share by chance (a carrier's address, an office) has too few customers
    with known fraud among them, so hubs need no rule of their own.
    """
    nodes = len(table.tokens)
    place = stand_ins(table, projection)
    customer, entity = _paid_with(table, place)
    known = table.fraud > 0
    holders = np.bincount(entity, minlength=nodes)
    guilty = np.bincount(entity[known[customer]], minlength=nodes)
    frauds = np.zeros(nodes, dtype=np.int64)
    np.add.at(frauds, place, table.fraud)
    core = (np.minimum(guilty, frauds) >= rules.known) & (guilty >= rules.share * holders)
    use = core[entity]
    customer, entity = customer[use], entity[use]
    found = np.full(nodes, NO_RING, dtype=np.int64)
    if not len(customer):
        return found
    component = components(nodes, customer.astype(np.int32), entity.astype(np.int32))
    size = np.bincount(component[np.unique(customer)], minlength=nodes)
    inside = np.unique(np.concatenate([customer, entity]))
    inside = inside[size[component[inside]] >= rules.customers]
    _, first, number = np.unique(component[inside], return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    found[inside] = rank[number]
    return found


def stand_ins(table: EdgeTable, projection: Projection) -> _Ints:
    """int64[n]: the building of each unit that may be taken for it, every other node itself."""
    place = np.arange(len(table.tokens), dtype=np.int64)
    place[projection.a[projection.within]] = projection.b[projection.within]
    return place


def _paid_with(table: EdgeTable, place: _Ints) -> tuple[_Ints, _Ints]:
    """Customers and the entities that they have paid with, int64[k] each, no pair twice."""
    anchor = (table.kinds == CARD) | (table.kinds == ACCOUNT)
    use = anchor[table.a] & np.isin(table.kinds[table.b], CORE_KINDS) & (table.edge_count > 0)
    nodes = max(len(table.tokens), 1)
    pairs = np.unique(table.a[use].astype(np.int64) * nodes + place[table.b[use]])
    return pairs // nodes, pairs % nodes
