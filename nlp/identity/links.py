"""What hangs together by pairs."""

from collections.abc import Iterable


def linked(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Each name of `pairs`, in the order in which they come -> the least of those it hangs together with.

    >>> linked([("b", "c"), ("d", "e"), ("c", "a")])
    {'b': 'a', 'c': 'a', 'd': 'd', 'e': 'd', 'a': 'a'}
    """
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while (up := parent.setdefault(name, name)) != name:
            parent[name] = name = parent[up]
        return name

    for pair in pairs:
        one, other = map(root, pair)
        parent[max(one, other)] = min(one, other)
    return {name: root(name) for name in parent}
