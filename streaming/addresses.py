"""Address keys of a batch of inputs."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from events.entities import principal_address
from events.types import AccountEvent, AddressKey, Input, Status, Transaction
from nlp import KeyCache


@dataclass(frozen=True, slots=True)
class AddressKeys:
    """The key of each of n events' principal address and how it came about (`Status`, uint8[n])."""

    keys: tuple[AddressKey | None, ...]
    status: NDArray[np.uint8]


def address_keys(cache: KeyCache, events: Sequence[Input], *, budget_ms: float | None = None) -> AddressKeys:
    """Keys of `events`; None and ABSENT where an event has no address, PENDING where `budget_ms` was not enough.

    The scorer gives a budget. Whoever writes down what is (graph, label join, back-fill) waits for every key.
    """
    keys: list[AddressKey | None] = [None] * len(events)
    status = np.full(len(events), Status.ABSENT, np.uint8)
    rows: list[int] = []
    texts: list[str] = []
    for i, event in enumerate(events):
        text = principal_address(event) if isinstance(event, Transaction | AccountEvent) else None
        if text is not None:
            rows.append(i)
            texts.append(text)
    for i, (key, code) in zip(rows, cache.get_many(texts, budget_ms=budget_ms), strict=True):
        keys[i], status[i] = key, code
    return AddressKeys(tuple(keys), status)
