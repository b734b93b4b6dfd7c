"""Loads a whole entity graph at once: how an installation starts from its history."""

from collections.abc import Callable, Iterator

import numpy as np

from events.types import ENTITY_KINDS, EntityKind
from graph.driver import GraphStore, Work
from graph.edges import KIND_CODES, EdgeTable
from graph.links import IN_BUILDING, RELATIONS
from graph.schema import Pattern, load_links, load_nodes

CHUNK = 5_000
_Rows = list[tuple[object, ...]]


def load_table(store: GraphStore, table: EdgeTable, progress: Callable[[int], None]) -> None:
    """Write `table` so that `GraphStore.read_edges` gives it back; run again it changes nothing.

    `progress` gets the number of links written so far. Merchants and attributes are no part of a table: they
    come with the events that follow.
    """
    for kind, nodes in _nodes(table):
        _send(store, load_nodes(kind), nodes)
    done = 0
    for pattern, links in _links(table):
        _send(store, load_links(pattern), links)
        done += len(links)
        progress(done)


def _send(store: GraphStore, statement: str, rows: _Rows) -> None:
    def work(tx: Work) -> None:
        tx.run(statement, {"rows": rows})

    store.write(work)


def _nodes(table: EdgeTable) -> Iterator[tuple[EntityKind, _Rows]]:
    """What each entity has of its own: all it has seen, less what its incoming links say again."""
    payments, amount = table.transactions.copy(), table.amount.copy()
    np.subtract.at(payments, table.b, table.edge_count)
    np.subtract.at(amount, table.b, table.edge_amount)
    for code, kind in enumerate(ENTITY_KINDS):
        of_kind = np.flatnonzero(table.kinds == code)
        for start in range(0, len(of_kind), CHUNK):
            at = of_kind[start : start + CHUNK]
            columns = (payments, amount, table.first, table.last, table.fraud, table.first_fraud)
            tokens = (table.tokens[node] for node in at)
            yield kind, list(zip(tokens, *(column[at].tolist() for column in columns), strict=True))


def _links(table: EdgeTable) -> Iterator[tuple[Pattern, _Rows]]:
    pairs = table.kinds[table.a].astype(np.int64) * len(ENTITY_KINDS) + table.kinds[table.b]
    for pair in np.unique(pairs):
        a_kind, b_kind = (ENTITY_KINDS[code] for code in divmod(int(pair), len(ENTITY_KINDS)))
        relation = IN_BUILDING if KIND_CODES[a_kind] == KIND_CODES["address"] else RELATIONS[b_kind]
        of_pair = np.flatnonzero(pairs == pair)
        for start in range(0, len(of_pair), CHUNK):
            at = of_pair[start : start + CHUNK]
            columns = (table.edge_count, table.edge_first, table.edge_last, table.edge_amount)
            ends = ((table.tokens[a], table.tokens[b]) for a, b in zip(table.a[at], table.b[at], strict=True))
            values = zip(*(column[at].tolist() for column in columns), strict=True)
            yield (
                (a_kind, relation, b_kind),
                [(*end, *value) for end, value in zip(ends, values, strict=True)],
            )
