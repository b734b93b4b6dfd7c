"""Address keys of a batch of inputs."""

from collections.abc import Sequence

from events.entities import principal_address
from events.types import AccountEvent, AddressKey, Input, Status, Transaction
from nlp import KeyCache


def address_keys(cache: KeyCache, events: Sequence[Input]) -> tuple[list[AddressKey | None], list[int]]:
    """The key and status of each event's principal address; (None, ABSENT) where it has none."""
    keys: list[AddressKey | None] = [None] * len(events)
    status = [int(Status.ABSENT)] * len(events)
    rows: list[int] = []
    texts: list[str] = []
    for i, event in enumerate(events):
        text = principal_address(event) if isinstance(event, Transaction | AccountEvent) else None
        if text is not None:
            rows.append(i)
            texts.append(text)
    for i, (key, code) in zip(rows, cache.keys(texts), strict=True):
        keys[i], status[i] = key, int(code)
    return keys, status
