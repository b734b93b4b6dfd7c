"""What windows are kept by, and what happened, as numbers that state and segments may store."""

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType
from typing import get_args

from events.types import ENTITY_KINDS, Channel

KEYS: tuple[str, ...] = (*ENTITY_KINDS, "bin", "ip_prefix", "email_domain", "category", "amount")
"""Columns of `Batch.keys`: entities first, then attributes of a transaction. Only ever add, at the end."""

KEY_INDEX: Mapping[str, int] = MappingProxyType({name: index for index, name in enumerate(KEYS)})
CHANNELS: tuple[Channel, ...] = get_args(Channel)
CHANNEL_INDEX: Mapping[str, int] = MappingProxyType({name: index for index, name in enumerate(CHANNELS)})


class EventKind(IntEnum):
    """What happened, as windows filter it. Numbers are stored in segments: only ever add."""

    AUTHORISATION = 0
    CAPTURE = 1
    REFUND = 2
    REVERSAL = 3
    OUTCOME_APPROVED = 4
    OUTCOME_DECLINED = 5
    LOGIN = 6
    LOGIN_FAILED = 7
    ACCOUNT_CHANGE = 8
    LABEL_FRAUD = 9
    LABEL_GENUINE = 10
    CHECK_PASSED = 11
    CHECK_FAILED = 12


def parts_of_key(entity: str) -> tuple[int, ...]:
    """The columns of `Batch.keys` that `entity` is made of: one, or two for a pair. ValueError for others."""
    names = entity.split("+")
    unknown = [name for name in names if name not in KEY_INDEX]
    if unknown or len(set(names)) < len(names) or len(names) not in {1, 2}:
        raise ValueError(
            f"{entity!r} is no entity: use one of {', '.join(KEYS)}, or two different ones joined by +"
        )
    return tuple(sorted(KEY_INDEX[name] for name in names))
