"""Batches into Flink and velocity rows out of it."""

from collections.abc import Iterable
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.csv
from msgspec import Struct
from numpy.typing import NDArray

from events.errors import CorruptError
from features.batch import Batch
from features.flink_sql import VelocitySql
from features.keys import KEYS


class VelocityRow(Struct, frozen=True):
    """A message of the topic `velocity`: the transaction's id and time, and the version of the velocity definitions.

    `values` are the columns `VelocitySql.names`, None where the engine has NaN.
    """

    id: str
    time: int
    catalogue: str
    values: tuple[float | None, ...]


_decode = msgspec.json.Decoder(VelocityRow).decode


def decode_row(data: bytes) -> VelocityRow:
    """The inverse of Flink's JSON; `CorruptError` where `data` is no such row."""
    try:
        return _decode(data)
    except msgspec.MsgspecError as error:
        raise CorruptError(f"not a velocity row: {error}") from error


def velocity_of(
    rows: Iterable[VelocityRow], sql: VelocitySql, width: int, version: str
) -> tuple[list[str], NDArray[np.float64]]:
    """Ids, and float64[n, width] as `Catalogue.velocity` has its columns, NaN in those that Flink can't compute.

    After a restart of the job rows come twice: the first of an id is kept. `CorruptError` for a row of another
    catalogue.
    """
    kept: dict[str, VelocityRow] = {}
    for row in rows:
        if row.catalogue != version or len(row.values) != len(sql.columns):
            raise CorruptError(f"the row of {row.id} is of catalogue {row.catalogue}, not {version}")
        kept.setdefault(row.id, row)
    values = np.full((len(kept), width), np.nan)
    if kept and sql.columns:
        values[:, list(sql.columns)] = np.array([row.values for row in kept.values()], dtype=np.float64)
    return list(kept), values


def write_batch(batch: Batch, path: Path) -> None:
    """As `tables.file_statements` reads it. Flink sees the rows in event time, so write rising times."""
    columns = {
        "seq": batch.seq, "time": batch.time, "kind": batch.kind, "channel": batch.channel, "amount": batch.amount,
    }  # fmt: skip
    arrays = {name: pa.array(column) for name, column in columns.items()}
    for place, name in enumerate(KEYS):
        signed = np.ascontiguousarray(batch.keys[:, place]).view(np.int64)
        arrays[f"k_{name}"] = pa.array(signed, mask=signed == 0)
    options = pa.csv.WriteOptions(include_header=False)
    pa.csv.write_csv(pa.table(arrays), path, options)


def read_file_rows(sink: Path) -> list[VelocityRow]:
    """What a job wrote into the folder `sink`, in no order."""
    files = sorted(path for path in sink.rglob("part-*") if not path.name.startswith((".", "_")))
    return [decode_row(line) for path in files for line in path.read_bytes().splitlines()]
