"""What another alias map changes: which places merge, which split, in batches that leave no place half changed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec import Struct

from events.identity import content_hash
from graph.aliases import Read
from nlp.identity import linked

BATCH = 500
"""Addresses a transaction, unless one group of places that hang together has more."""


class Change(NamedTuple):
    """An address moves from the place `before` to the place `after`; its own token where it is one by itself.

    `group` numbers the places that hang together: changes of one group are applied in one transaction.
    """

    group: int
    strict: str
    before: str
    after: str


class Counts(Struct, frozen=True, kw_only=True):
    """What moves. `links`, `entities` and `alerts` are those of addresses that change their place.

    `addresses`: strict addresses that change. `merges`: places that are made of several, `splits`: places that come
    apart. `links` lead to the addresses and were there at the plan's cut; `entities` are the cards and accounts at
    their other ends, each counted once a group; `alerts` are those on payments to the addresses.
    """

    addresses: int = 0
    merges: int = 0
    splits: int = 0
    links: int = 0
    entities: int = 0
    alerts: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(**{name: getattr(self, name) + getattr(other, name) for name in self.__struct_fields__})


class Plan(Struct, frozen=True, kw_only=True):
    """A change of alias maps, ready to be applied.

    Attributes:
        id: the hash of all that follows, and of the changes.
        map, former: names of alias maps; "" is none.
        behind: the plan that the database had come to when this one was made, and how far (`RekeyState.mark`).
        cut_ms: links and alerts up to this event time are counted.
        batch, batches: addresses a transaction, as they were asked for, and number of transactions.
        counts: what was found when it was made.
        created: epoch ms.
    """

    id: str
    map: str
    former: str
    behind: str
    cut_ms: int
    batch: int
    batches: int
    counts: Counts
    created: int


def changes_of(held: Mapping[str, str], wanted: Mapping[str, str]) -> list[Change]:
    """What it takes from one map to another, by group and then by token."""
    moved = [
        (strict, before, after)
        for strict in sorted({*held, *wanted})
        if (before := held.get(strict, strict)) != (after := wanted.get(strict, strict))
    ]
    groups = _groups((before, after) for _, before, after in moved)
    return sorted(Change(groups[before], strict, before, after) for strict, before, after in moved)


def batches_of(changes: Sequence[Change], size: int = BATCH) -> list[list[Change]]:
    """`changes` in batches of up to `size`; more where one group has more."""
    batches: list[list[Change]] = []
    start = 0
    while start < len(changes):
        stop = end = start
        while end < len(changes):
            group = changes[end].group
            while end < len(changes) and changes[end].group == group:
                end += 1
            if stop > start and end - start > size:
                break
            stop = end
        batches.append(list(changes[start:stop]))
        start = stop
    return batches


def plan_id(behind: str, map_: str, cut_ms: int, changes: Iterable[Change]) -> str:
    """`rekey-<32 hex>`."""
    parts = (part for change in changes for part in (str(change.group), *change[1:]))
    return "rekey-" + content_hash("rekey", behind, map_, str(cut_ms), *parts)


def count_changes(read: Read, changes: Sequence[Change], known: Mapping[str, str], cut_ms: int) -> Counts:
    """Counts of whole groups: the same for a plan and, later, in the transaction that applies them.

    `known` is the present place of every address at one of the places that change (`graph.aliases.members_of`).
    """
    merges, splits = _merges_and_splits(read, changes, known)
    rows = [(change.group, change.strict) for change in changes]
    found = read(_LINKS, {"rows": rows, "cut": cut_ms})
    alerts = read(_ALERTS, {"rows": rows, "cut": cut_ms})
    return Counts(
        addresses=len(changes),
        merges=merges,
        splits=splits,
        links=sum(row[1] for row in found),
        entities=sum(row[2] for row in found),
        alerts=sum(row[1] for row in alerts),
    )


_LINKS = """UNWIND $rows AS row
MATCH (n:Address {key: row[1]})<-[r:SHIPPED_TO]-(e)
WHERE r.first_seen <= $cut
RETURN row[0] AS place, count(r) AS links, count(DISTINCT e.key) AS entities"""

_ALERTS = """UNWIND $rows AS row
MATCH (n:Address {key: row[1]})<-[:TOUCHED]-(t:Transaction)<-[:ABOUT]-(a:Alert)
WHERE a.time <= $cut
RETURN row[0] AS place, count(DISTINCT a.key) AS alerts"""

_THERE = "UNWIND $keys AS key MATCH (n:Address {key: key}) RETURN key"


def _merges_and_splits(read: Read, changes: Sequence[Change], known: Mapping[str, str]) -> tuple[int, int]:
    """(places made of several, places that come apart), counting what is an address or named by a map."""
    before, after = dict(known), dict(known)
    for change in changes:
        before[change.strict], after[change.strict] = change.before, change.after
    # A place's own token counts as an address only where it is one.
    doubtful = sorted(key for key, place in known.items() if key == place)
    there = {row[0] for row in read(_THERE, {"keys": doubtful})} if doubtful else set()
    moved = {change.strict for change in changes}
    real = [key for key in after if key not in doubtful or key in there or key in moved]
    made: dict[str, set[str]] = {}
    left: dict[str, set[str]] = {}
    for key in real:
        made.setdefault(after[key], set()).add(before[key])
        left.setdefault(before[key], set()).add(after[key])
    return sum(len(of) > 1 for of in made.values()), sum(len(to) > 1 for to in left.values())


def _groups(pairs: Iterable[tuple[str, str]]) -> dict[str, int]:
    """Places that hang together by `pairs`, numbered in the order in which they come."""
    numbers: dict[str, int] = {}
    return {place: numbers.setdefault(least, len(numbers)) for place, least in linked(pairs).items()}
