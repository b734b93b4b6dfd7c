"""The columns of `features.fields`, for many transactions at once."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from events.types import Channel, Transaction
from features.batch import Batch
from features.fields import ADDRESS_KEYED, DAY_MS, EPOCH_WEEKDAY, FIELDS, HOUR_MS
from features.keys import CHANNEL_INDEX, KEY_INDEX

Column = Callable[[Batch], NDArray[np.generic]]


def field_columns(
    names: Sequence[str], transactions: Sequence[Transaction], batch: Batch
) -> NDArray[np.float64]:
    """float64[m, len(names)] of m transactions and their rows of the batch; NaN where there is nothing to say."""
    found = np.empty((len(transactions), len(names)), dtype=np.float64)
    for column, name in enumerate(names):
        of_batch = OF_BATCH.get(name)
        if of_batch is not None:
            found[:, column] = of_batch(batch)
        else:
            read = FIELDS[name]
            found[:, column] = [read(transaction) for transaction in transactions]
    return found


def _channel(name: Channel) -> Column:
    index = CHANNEL_INDEX[name]
    return lambda batch: batch.channel == index


def _has(kind: str) -> Column:
    index = KEY_INDEX[kind]
    return lambda batch: batch.keys[:, index] != 0


OF_BATCH: Mapping[str, Column] = MappingProxyType({
    "txn.amount": lambda batch: batch.amount,
    "txn.hour": lambda batch: batch.time % DAY_MS / HOUR_MS,
    "txn.weekday": lambda batch: (batch.time // DAY_MS + EPOCH_WEEKDAY) % 7,
    "txn.channel.card_present": _channel("card_present"),
    "txn.channel.ecommerce": _channel("ecommerce"),
    "txn.channel.moto": _channel("moto"),
    "txn.channel.recurring": _channel("recurring"),
    "txn.channel.transfer": _channel("transfer"),
    "txn.has_card": _has("card"),
    "txn.has_account": _has("account"),
    "txn.has_device": _has("device"),
    "txn.has_email": _has("email"),
    "txn.has_phone": _has("phone"),
    ADDRESS_KEYED: _has("address"),
})  # fmt: skip
"""What a batch holds already says the same as the function in `FIELDS`; of address keys it alone knows."""
