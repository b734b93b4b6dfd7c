"""Which place an address stands for: the alias map as windows and graph features use it.

Events, journal, segments and the database keep strict tokens for ever. A map is laid over them where something is
counted or looked up, so that another map needs no other events, and the former map gives the former result.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from events.errors import CorruptError
from events.types import AddressKey, EntityKind
from features.batch import Batch
from features.keys import KEY_INDEX
from features.token_keys import token_keys

NO_MAP = ""
_ADDRESS = KEY_INDEX["address"]


class Places:
    """Strict address token -> the token of its place. Addresses that the map does not name are places by themselves.

    Args:
        of: the map. Raises `CorruptError` where a place is itself mapped to another one.
        name: the artefact it is from; `NO_MAP` for none.
    """

    def __init__(self, of: Mapping[str, str] | None = None, name: str = NO_MAP) -> None:
        self.name = name
        self.of = {strict: place for strict, place in sorted((of or {}).items()) if strict != place}
        for place in self.of.values():
            if place in self.of:
                raise CorruptError(
                    f"alias map {name}: {place} is a place and stands for {self.of[place]}, too"
                )
        self._old, self._new = _columns(self.of)

    def __len__(self) -> int:
        return len(self.of)

    def token(self, strict: str) -> str:
        """The place of one address."""
        return self.of.get(strict, strict)

    def key(self, strict: AddressKey) -> AddressKey:
        """Both levels of a key; the building alone where the unit is no place apart from it."""
        building = self.token(strict.building)
        unit = self.token(strict.unit) if strict.unit is not None else None
        return AddressKey(building=building, unit=unit if unit != building else None)

    def entities(self, found: Mapping[EntityKind, str]) -> Mapping[EntityKind, str]:
        """The entities of an event, its address as its place."""
        address = found.get("address")
        place = self.of.get(address) if address is not None else None
        return found if place is None else {**found, "address": place}

    def batch(self, strict: Batch) -> Batch:
        """The same events, the address column as places; what carries no mapped address is not copied."""
        if not len(self._old) or not len(strict):
            return strict
        column = strict.keys[:, _ADDRESS]
        at = np.searchsorted(self._old, column)
        at[at == len(self._old)] = 0
        mapped = self._old[at] == column
        if not mapped.any():
            return strict
        keys = strict.keys.copy()
        keys[mapped, _ADDRESS] = self._new[at[mapped]]
        return replace(strict, keys=keys)

    def batches(self, strict: Iterable[Batch]) -> Iterator[Batch]:
        """`batch` of each."""
        return map(self.batch, strict)


def _columns(of: Mapping[str, str]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """The engine's keys of addresses, ascending, and those of their places: uint64[n] each."""
    old, new = token_keys(list(of)), token_keys(list(of.values()))
    order = np.argsort(old)
    return old[order], new[order]
