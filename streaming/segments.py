"""Segments: what was folded, written once and never changed. Parquet, zstd, a BLAKE2b digest in the manifest.

A segment's name has its seqs and its digest, so two writers can't write different bytes under one name.
"""

import hashlib
import io
import itertools
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from events.errors import CorruptError, NotFoundError
from features.batch import Batch
from features.keys import KEYS
from storage.blob import BlobStore
from streaming.folded import Folded

if TYPE_CHECKING:
    import pyarrow as pa

FOLDER = "segments/"
ROWS = 65_536
"""Rows of a row group: what a reader holds at once."""
REMEDY = "put it back from a copy of the blob store; without one, move the scorer's state away and back-fill"
_DIGEST = 16
_KEY = "key."
_NUMBERS = (("time", np.int64), ("kind", np.uint8), ("channel", np.uint8), ("amount", np.int64))


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """`rows` events from `first_seq` on, of event times `from_ms` to `to_ms`; `bytes` long, `digest` its BLAKE2b."""

    key: str
    first_seq: int
    rows: int
    from_ms: int
    to_ms: int
    bytes: int
    digest: str

    @property
    def next_seq(self) -> int:
        return self.first_seq + self.rows


def write_segment(blobs: BlobStore, prefix: str, parts: Iterable[Folded]) -> Segment:
    """Store `parts`, at least one and without a gap between their seqs, as one segment."""
    import pyarrow.parquet as pq

    sink, facts, first_seq, rows = io.BytesIO(), list[tuple[int, int]](), -1, 0
    schema = _schema()
    with pq.ParquetWriter(
        sink,
        schema,
        compression="zstd",
        use_dictionary=[name for name in schema.names if name != "digest"],
        write_statistics=False,  # the manifest has what is asked for
        store_schema=False,
    ) as writer:
        for part in _in_groups(parts):
            first_seq = int(part.batch.seq[0]) if first_seq < 0 else first_seq
            writer.write_table(_table(schema, part), row_group_size=ROWS)
            rows += len(part)
            facts.append((int(part.batch.time.min()), int(part.batch.time.max())))
        writer.add_key_value_metadata({"first_seq": str(first_seq)})
    data = sink.getvalue()
    digest = _digest(data)
    key = f"{prefix}{FOLDER}{first_seq:020d}-{first_seq + rows:020d}-{digest}.parquet"
    blobs.put(key, data)
    return Segment(
        key=key, first_seq=first_seq, rows=rows, from_ms=min(low for low, _ in facts),
        to_ms=max(high for _, high in facts), bytes=len(data), digest=digest,
    )  # fmt: skip


def read_segment(blobs: BlobStore, segment: Segment) -> Iterator[Folded]:
    """The events of a segment, at most `ROWS` at once. `CorruptError` where it is missing or damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = verified(blobs, segment)
    try:
        file = pq.ParquetFile(pa.BufferReader(data))
        seq = segment.first_seq
        for number in range(file.num_row_groups):
            part = _folded(file.read_row_group(number, use_threads=segment.rows >= ROWS), seq)
            seq += len(part)
            yield part
    except (pa.ArrowException, KeyError) as error:
        raise CorruptError(f"segment {segment.key} can't be read: {error}; {REMEDY}") from error
    if seq != segment.next_seq:
        raise CorruptError(f"segment {segment.key} has not the {segment.rows} rows it should have; {REMEDY}")


def verified(blobs: BlobStore, segment: Segment) -> bytes:
    """The bytes of a segment, checked. `CorruptError` where it is missing or damaged."""
    try:
        data = blobs.get(segment.key)
    except NotFoundError:
        raise CorruptError(f"segment {segment.key} is missing; {REMEDY}") from None
    if _digest(data) != segment.digest:
        raise CorruptError(f"segment {segment.key} fails its checksum; {REMEDY}")
    return data


def read_all(blobs: BlobStore, segments: Sequence[Segment]) -> Iterator[Folded]:
    """The events of `segments` in their order."""
    return itertools.chain.from_iterable(read_segment(blobs, segment) for segment in segments)


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=_DIGEST).hexdigest()


def _in_groups(parts: Iterable[Folded]) -> Iterator[Folded]:
    """The same events in parts of up to `ROWS`: batches of a few would make a row group each."""
    waiting: list[Folded] = []
    rows = 0
    for part in parts:
        if waiting and int(part.batch.seq[0]) != waiting[-1].next_seq:
            raise ValueError(f"seq {waiting[-1].next_seq} is missing before {part.batch.seq[0]}")
        if waiting and rows + len(part) > ROWS:
            yield joined(waiting)
            waiting, rows = [], 0
        waiting.append(part)
        rows += len(part)
    if waiting:
        yield joined(waiting)


def joined(parts: Sequence[Folded]) -> Folded:
    """Adjacent parts as one."""
    if len(parts) == 1:
        return parts[0]
    batches = [part.batch for part in parts]
    names = ("seq", "time", "kind", "channel", "keys", "amount")
    columns = (np.concatenate([getattr(batch, name) for batch in batches]) for name in names)
    return Folded(Batch(*columns), np.concatenate([part.digests for part in parts]))


def _schema() -> "pa.Schema":
    import pyarrow as pa

    return pa.schema(
        [(name, pa.from_numpy_dtype(dtype)) for name, dtype in _NUMBERS]
        + [(_KEY + name, pa.uint64()) for name in KEYS]
        + [("digest", pa.binary(_DIGEST))]
    )


def _table(schema: "pa.Schema", part: Folded) -> "pa.Table":
    import pyarrow as pa

    columns: list[Any] = [pa.array(getattr(part.batch, name)) for name, _ in _NUMBERS]
    columns += [pa.array(np.ascontiguousarray(part.batch.keys[:, i])) for i in range(len(KEYS))]
    packed = pa.py_buffer(np.ascontiguousarray(part.digests))
    columns.append(pa.FixedSizeBinaryArray.from_buffers(pa.binary(_DIGEST), len(part), [None, packed]))
    return pa.Table.from_arrays(columns, schema=schema)


def _folded(table: "pa.Table", first_seq: int) -> Folded:
    n = table.num_rows
    keys = np.zeros((n, len(KEYS)), dtype=np.uint64)  # a key that came later than the segment stays absent
    for i, name in enumerate(KEYS):
        if _KEY + name in table.column_names:
            keys[:, i] = table[_KEY + name].to_numpy()
    batch = Batch(
        seq=np.arange(first_seq, first_seq + n, dtype=np.int64),
        time=table["time"].to_numpy().astype(np.int64),
        kind=table["kind"].to_numpy().astype(np.uint8),
        channel=table["channel"].to_numpy().astype(np.uint8),
        keys=keys,
        amount=table["amount"].to_numpy().astype(np.int64),
    )
    return Folded(batch, _digests(table["digest"], n))


def _digests(column: Any, n: int) -> NDArray[np.uint64]:
    chunk = column.combine_chunks()
    raw = np.frombuffer(chunk.buffers()[1], dtype=np.uint64)
    begin = chunk.offset * 2
    return raw[begin : begin + 2 * n].reshape(n, 2)
