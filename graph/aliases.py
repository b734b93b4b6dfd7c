"""Which place an address is at, as the database says: one (:Alias) an address that is not a place by itself.

    (:Alias) key: the strict token, place: the token of its place, map: the alias map's name, why: its evidence

(:Address) nodes and their links stay what the writer made of them, so another map changes none of them, and an address
that is first written after the map was applied is at its place from the start.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Row = tuple[Any, ...]
Read = Callable[[str, Mapping[str, object] | None], list[Row]]
"""`GraphStore.read`, or the `run` of a transaction."""

PLACE_INDEX = "CREATE INDEX alias_place IF NOT EXISTS FOR (n:Alias) ON (n.place)"

PUT_ALIASES = """UNWIND $rows AS row
MERGE (a:Alias {key: row[0]})
SET a.place = row[1], a.map = row[2], a.why = row[3]"""

DROP_ALIASES = "UNWIND $keys AS key MATCH (a:Alias {key: key}) DELETE a"


def read_aliases(read: Read) -> dict[str, str]:
    """Strict token -> place, of every address that is at another one's."""
    return dict(read("MATCH (a:Alias) RETURN a.key, a.place", None))


def places_of(read: Read, tokens: Iterable[str]) -> dict[str, str]:
    """Strict token -> place, of those of `tokens` that are at another one's."""
    keys = sorted(set(tokens))
    statement = "UNWIND $keys AS key MATCH (a:Alias {key: key}) RETURN a.key, a.place"
    return dict(read(statement, {"keys": keys})) if keys else {}


def members_of(read: Read, places: Iterable[str]) -> dict[str, str]:
    """Strict token -> place, of every address at `places`; a place's own token is one of them."""
    keys = sorted(set(places))
    if not keys:
        return {}
    statement = "UNWIND $keys AS place MATCH (a:Alias {place: place}) RETURN a.key, a.place"
    return {**{key: key for key in keys}, **dict(read(statement, {"keys": keys}))}
