"""Addresses as they were written, out of the graph."""

from collections.abc import Iterator
from random import Random

from graph.driver import GraphStore

_PIECE = 2_000
_ABOVE = """MATCH (n:Address) WHERE n.key > $after AND n.text IS NOT NULL
RETURN n.key, n.text ORDER BY n.key LIMIT $limit"""
_BUILDINGS = "UNWIND $keys AS key MATCH (n:Address {key: key})-[:IN]->(b:Address) RETURN key, b.key"


def address_texts(
    store: GraphStore, *, after: str = "", at_most: int | None = None
) -> Iterator[tuple[str, str, str]]:
    """(strict token, its building's, a text of it) by token, of those behind `after`; `at_most` so many."""
    left = at_most
    while left is None or left > 0:
        limit = _PIECE if left is None else min(_PIECE, left)
        rows = store.read(_ABOVE, {"after": after, "limit": limit})
        within: dict[str, str] = dict(store.read(_BUILDINGS, {"keys": [key for key, _ in rows]}))
        yield from ((str(key), str(within.get(key, key)), str(text)) for key, text in rows)
        if len(rows) < limit:
            return
        after, left = str(rows[-1][0]), None if left is None else left - len(rows)


def some_texts(store: GraphStore, parser: str, number: int, seed: int) -> list[str]:
    """Texts of up to `number` addresses of a parser, from where `seed` says: tokens are hashes, so by chance."""
    start = f"address.{parser}.{Random(seed).getrandbits(128):032x}"  # noqa: S311 - of a sample
    return [text for *_, text in address_texts(store, after=start, at_most=number)]
