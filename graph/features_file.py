"""One version of graph features as a Parquet file: what back-fill, training and replay read by version id."""

import io
from typing import Any

import msgspec
import numpy as np

from events.errors import CorruptError
from events.types import ENTITY_KINDS
from graph.edges import KIND_CODES
from graph.graph_features import COLUMNS, GraphFeatures, Lineage, Ring, make_features
from storage.blob import BlobStore

_META = b"ringwatch"


class _Meta(msgspec.Struct, frozen=True):
    version: str
    cut_ms: int
    columns: tuple[str, ...]
    rings: tuple[Ring, ...]
    lineage: tuple[Lineage, ...]


def blob_key(version: str) -> str:
    """Where a version is kept."""
    return f"graph-features/{version}.parquet"


def dump(features: GraphFeatures) -> bytes:
    """Columns token, kind, fraud, community and one float32 a feature; rings and lineage in the schema's metadata."""
    import pyarrow as pa
    from pyarrow import parquet

    meta = _Meta(features.version, features.cut_ms, tuple(COLUMNS), features.rings, features.lineage)
    columns: dict[str, Any] = {
        "token": pa.array(features.tokens, pa.string()),
        "kind": pa.array([ENTITY_KINDS[kind] for kind in features.kinds], pa.string()),
        "fraud": pa.array(features.fraud, pa.bool_()),
        "community": pa.array(features.community, pa.string()),
    }
    for name, index in COLUMNS.items():
        columns[name] = pa.array(features.values[:, index], pa.float32())
    table = pa.table(columns).replace_schema_metadata({_META: msgspec.json.encode(meta)})
    sink = io.BytesIO()
    parquet.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def load(data: bytes) -> GraphFeatures:
    """Inverse of `dump`; `CorruptError` where the bytes are no such file, or another catalogue's, or damaged."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.read_table(io.BytesIO(data))
        meta = msgspec.json.decode((table.schema.metadata or {})[_META], type=_Meta)
        columns = [table.column(name).to_numpy() for name in meta.columns]
        fraud = table.column("fraud").to_numpy()
        kinds = [KIND_CODES[kind] for kind in table.column("kind").to_pylist()]
        tokens, community = (tuple(table.column(name).to_pylist()) for name in ("token", "community"))
    except (pa.ArrowException, KeyError, OSError, msgspec.MsgspecError) as error:
        raise CorruptError(f"graph features: {error}") from error
    if meta.columns != tuple(COLUMNS):
        raise CorruptError(f"graph features {meta.version} have other columns: {', '.join(meta.columns)}")
    features = make_features(
        cut_ms=meta.cut_ms,
        tokens=tokens,
        kinds=np.array(kinds, dtype=np.uint8),
        values=np.stack(columns, axis=1),
        fraud=fraud,
        community=community,
        rings=meta.rings,
        lineage=meta.lineage,
    )
    if features.version != meta.version:
        raise CorruptError(f"graph features {meta.version} hold the content of {features.version}")
    return features


def load_version(blobs: BlobStore, version: str) -> GraphFeatures:
    """A published version; `NotFoundError` where there is none of that name."""
    return load(blobs.get(blob_key(version)))
