"""Writing and reading the lake's files."""

import io
import re
from collections.abc import Iterator, Sequence

import pyarrow as pa
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
