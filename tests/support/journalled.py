"""The address keys of a journal entry, checked against those that its texts have."""

from collections.abc import Sequence

from events.types import Input, Status
from nlp import KeyCache
from streaming.addresses import AddressKeys, address_keys
from streaming.journal import Entry


def journalled_keys(entry: Entry, events: Sequence[Input], cache: KeyCache) -> AddressKeys:
    """What `entry` says, where that is what `cache` says but for keys that were pending."""
    found, wanted = entry.addresses(), address_keys(cache, events)
    for key, status, its in zip(found.keys, found.status.tolist(), wanted.keys, strict=True):
        assert key == (None if status == Status.PENDING else its)
    return found
