"""Writing and reading the lake's files."""

import io
import re
from collections.abc import Collection, Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from events import codec
from events.arrival import Arrival
from events.types import AccountEvent, Label, Transaction, TransactionOutcome
from lake.tables import BY_TOPIC, TABLES, Stored, Table, to_arrow
from storage.blob import BlobStore

_ROOT = "lake"
_NAME = re.compile(r"p(\d+)/(\d+)-(\d+)\.parquet$")
_INPUTS = ("transactions", "outcomes", "account_events", "labels")


def write(
    blobs: BlobStore, topic: str, partition: int, first: int, following: int, rows: Sequence[Stored]
) -> str:
    """Put the records of offsets [first, following) of a partition; returns the key."""
    table = BY_TOPIC[topic]
    buffer = io.BytesIO()
    pq.write_table(to_arrow(table, rows), buffer, compression="zstd")
    key = f"{_ROOT}/{table.name}/p{partition:04d}/{first:020d}-{following:020d}.parquet"
    blobs.put(key, buffer.getvalue())
    return key


def positions(blobs: BlobStore, topic: str) -> dict[int, int]:
    """The next offset to write, a partition."""
    found: dict[int, int] = {}
    for key in blobs.list(f"{_ROOT}/{BY_TOPIC[topic].name}/"):
        name = _NAME.search(key)
        if name:
            partition, following = int(name[1]), int(name[3])
            found[partition] = max(found.get(partition, 0), following)
    return found


def read(blobs: BlobStore, name: str, columns: Sequence[str] | None = None) -> pa.Table:
    """A whole table; empty where nothing was written. KeyError for an unknown name."""
    table = _by_name(name)
    parts = [
        pq.read_table(io.BytesIO(blobs.get(key)), columns=None if columns is None else list(columns))
        for key in blobs.list(f"{_ROOT}/{name}/")
        if _NAME.search(key)
    ]
    if parts:
        return pa.concat_tables(parts)
    empty = table.schema.empty_table()
    return empty if columns is None else empty.select(list(columns))


def matching(blobs: BlobStore, name: str, wanted: Mapping[str, Collection[str]]) -> Iterator[bytes]:
    """Messages of the rows of which at least one column of `wanted` has one of its values, in order of the files.

    Looks at those columns alone and reads the messages, which are most of a file, only of row groups with a hit: never
    more than one file is in memory. A record that was sent twice comes twice. KeyError for an unknown name.
    """
    _by_name(name)
    values = {column: pa.array(sorted(some), pa.string()) for column, some in wanted.items() if some}
    if not values:
        return
    for key in blobs.list(f"{_ROOT}/{name}/"):
        if not _NAME.search(key):
            continue
        file = pq.ParquetFile(io.BytesIO(blobs.get(key)))
        for group in range(file.num_row_groups):
            columns = file.read_row_group(group, columns=list(values))
            hits = np.zeros(len(columns), np.bool_)
            for column, some in values.items():
                hits |= pc.is_in(columns[column], value_set=some).to_numpy()
            if hits.any():
                messages = file.read_row_group(group, columns=["message"])["message"]
                yield from messages.take(np.flatnonzero(hits)).to_pylist()


def arrivals(blobs: BlobStore, *, until: int | None = None) -> Iterator[Arrival]:
    """What came in, in the order in which a back-fill replays it: by time, topic, id. `until` (epoch ms) excludes."""
    parts: list[pa.Table] = []
    for name in _INPUTS:
        table = read(blobs, name, ("time", "id", "message"))
        topic = pa.array([_by_name(name).topic] * len(table), pa.string())
        parts.append(table.append_column("topic", topic))
    everything = pa.concat_tables(parts).sort_by(
        [("time", "ascending"), ("topic", "ascending"), ("id", "ascending")]
    )
    kinds = {table.topic: table.kind for table in TABLES}
    for batch in everything.to_batches(max_chunksize=8_192):
        columns = zip(*(batch.column(c).to_pylist() for c in ("time", "topic", "message")), strict=True)
        for time, topic, value in columns:
            if until is not None and time >= until:
                return
            message = codec.decode(value, kinds[topic])
            assert isinstance(message, Transaction | TransactionOutcome | AccountEvent | Label)  # noqa: S101 - by topic
            yield Arrival(time, topic, message)


def _by_name(name: str) -> Table:
    return {table.name: table for table in TABLES}[name]
