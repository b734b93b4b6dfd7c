"""The identity of communities and rings from run to run: the largest part of one keeps its id."""

from collections import Counter
from collections.abc import Mapping, Sequence

from events.identity import content_hash
from graph.graph_features import Lineage

MIN_OVERLAP = 2


def name_communities(
    members: Mapping[int, Sequence[str]], cut_ms: int, before: Mapping[str, str], what: str = "community"
) -> tuple[dict[int, str], tuple[Lineage, ...]]:
    """Ids for groups given as number -> member tokens (ascending), and what happened to them.

    `before` has the former id of each token that had one; ids begin with the first letter of `what`.

    Old and new are matched one to one by falling overlap (at least `MIN_OVERLAP` members in common); ties go
    to the smaller old id, then to the smaller first member. What finds no match gets a new id.
    """
    parents: dict[int, dict[str, int]] = {}
    for number, tokens in members.items():
        overlap = Counter(before.get(token, "") for token in tokens)
        parents[number] = {old: n for old, n in sorted(overlap.items()) if old and n >= MIN_OVERLAP}
    names = _match(members, parents)
    taken = set(names.values())
    changes: list[Lineage] = []
    for number in sorted(members, key=lambda each: members[each][0]):
        olds = tuple(parents[number])
        if number not in names:
            names[number] = what[0] + content_hash(what, members[number][0], str(cut_ms), size=8)
            change = "split" if any(old in taken for old in olds) else "born"
        else:
            change = "merged" if len(olds) > 1 else "kept"
        if change != "kept":
            changes.append(Lineage(id=names[number], change=change, parents=olds))
    return names, tuple(changes)


def _match(members: Mapping[int, Sequence[str]], parents: Mapping[int, Mapping[str, int]]) -> dict[int, str]:
    candidates = sorted(
        (-shared, old, members[number][0], number)
        for number, olds in parents.items()
        for old, shared in olds.items()
    )
    names: dict[int, str] = {}
    taken: set[str] = set()
    for _, old, _, number in candidates:
        if number not in names and old not in taken:
            names[number] = old
            taken.add(old)
    return names
