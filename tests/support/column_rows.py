"""The row path beside the column path: what each makes of one file."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from events.entities import principal_address
from events.errors import InputError
from events.money import default_rates
from events.tokens import Tokeniser
from events.types import Label, Transaction
from features.batch import Batch, make_batch
from features.fields import FIELDS
from lake.encode import Encoder
from lake.history import History, open_history
from lake.rows import FRAUD, NO_LABEL, field_values
from nlp import KeyCache
from tests.support.made import door

BASE = "USD"
TOKENISER = Tokeniser({1: b"k" * 32}, 1)  # `door`'s


@dataclass
class Refusals:
    """Rows refused, as they are told; values as texts, so that NaN is NaN."""

    told: list[tuple[int, str, str, str]] = field(default_factory=list)

    def __call__(self, number: int, row: Mapping[str, object], error: InputError) -> None:
        self.told.append((number, repr(dict(row)), error.code, str(error)))


@dataclass
class Seen:
    """What came out: columns of `Batch` but for seqs, ids, fields by name, labels by payment, refusals."""

    columns: dict[str, NDArray[Any]]
    ids: list[str]
    fields: dict[str, NDArray[np.float64]]
    labels: list[tuple[str, bool, int]]
    refused: list[tuple[int, str, str, str]]


def history_of(folder: Path, table: pa.Table, map_: str, **options: Any) -> History:
    """`table` as a Parquet file in `folder`, read by the map."""
    pq.write_table(table, folder / "f.parquet")
    (folder / "m.toml").write_text(map_)
    return open_history(folder / "f.parquet", folder / "m.toml", **options)


def by_rows(history: History, addresses: KeyCache) -> Seen:
    """Every row through the door as a message."""
    refused = Refusals()
    messages = [arrival.message for arrival in history.arrivals(door, refused)]
    payments = [it for it in messages if isinstance(it, Transaction)]
    keys = [key for key, _ in addresses.get_many([principal_address(it) for it in payments])]
    batch = make_batch(payments, keys, range(len(payments)))
    labels = [(it.subject.id, it.is_fraud, it.known_at) for it in messages if isinstance(it, Label)]
    fields = {name: np.array([read(it) for it in payments]) for name, read in FIELDS.items()}
    return Seen(_columns(batch), [it.id for it in payments], fields, sorted(labels), refused.told)


def by_columns(history: History, addresses: KeyCache, *, chunk: int = 65_536, quick: bool = True) -> Seen:
    """The same by columns; without `quick` every part is put through the door."""
    refused = Refusals()
    encoder = Encoder(
        history,
        door,
        default_rates(),
        addresses,
        refused,
        tokeniser=TOKENISER if quick else None,
        chunk=chunk,
    )
    parts = list(encoder.read())
    ids = [one for part in parts for one in part.ids.to_pylist()]
    labels = [
        (identity, label == FRAUD, known)
        for part in parts
        for identity, label, known in zip(
            part.ids.to_pylist(), part.label.tolist(), part.known.tolist(), strict=True
        )
        if label != NO_LABEL
    ]
    names = ("time", "kind", "channel", "keys", "amount")
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    fields = {name: np.concatenate([field_values(part, BASE, name) for part in parts]) for name in FIELDS}
    return Seen(columns, ids, fields, sorted(labels), refused.told)


def _columns(batch: Batch) -> dict[str, NDArray[Any]]:
    return {name: getattr(batch, name) for name in ("time", "kind", "channel", "keys", "amount")}


def assert_same(one: Seen, other: Seen) -> None:
    """Bit for bit, NaN being NaN."""
    assert one.ids == other.ids
    assert sorted(one.refused) == sorted(other.refused)  # rows without a time may be told in file order
    assert one.labels == other.labels
    for name, values in one.columns.items():
        np.testing.assert_array_equal(values, other.columns[name], err_msg=name)
    for name, values in one.fields.items():
        np.testing.assert_array_equal(values, other.fields[name], err_msg=name)
