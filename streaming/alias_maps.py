"""Alias maps in the registry: as places, and with what they say for people."""

from collections import OrderedDict

import msgspec

from events.errors import CorruptError
from features.places import NO_MAP, Places
from nlp.identity import AliasMap
from scoring import Registry

_KEPT = 4  # maps in memory: the one in force, its forerunner, one that is about to be


class AliasMaps:
    """The maps of all releases. Threads may share it."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._known: OrderedDict[str, Places] = OrderedDict()

    def get(self, name: str) -> Places:
        """The places of an alias map; every address by itself for `NO_MAP`.

        `NotFoundError` for an unknown one, `CorruptError` on other bytes.
        """
        if name == NO_MAP:
            return Places()
        found = self._known.get(name)
        if found is None:
            found = Places(self.whole(name).of, name)
            self._known[name] = found
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
        return found

    def whole(self, name: str) -> AliasMap:
        """The map itself, with the evidence of its joins."""
        return decoded(self._registry.get(name), name)

    def evidence(self, name: str) -> dict[str, str]:
        """Why each strict address is at its place, in words; {} for `NO_MAP`."""
        return {} if name == NO_MAP else told(self.whole(name))


def decoded(data: bytes, name: str) -> AliasMap:
    """The map whose bytes are `data`; `CorruptError` where they are none."""
    try:
        return AliasMap.decode(data)
    except msgspec.MsgspecError as error:
        raise CorruptError(f"{name} is no alias map: {error}") from error


def told(map_: AliasMap) -> dict[str, str]:
    """By strict token: the surest join that it is part of, its score and what spoke for it."""
    found: dict[str, tuple[float, str]] = {}
    for join in map_.joins:
        why = ", ".join(name for name, _ in join.features)
        for token, other in ((join.a, join.b), (join.b, join.a)):
            if join.score > found.get(token, (-1.0, ""))[0]:
                found[token] = (join.score, f"{join.score:.3f} with {other}: {why}")
    return {token: why for token, (_, why) in found.items()}
