"""Versions of graph features: stored for ever in blobs, served for a while from the key-value store.

Blobs: `graph-features/<version>.parquet` (`graph.features_file`) holds a version, `graph-feature-cuts/<cut>-<version>`
(empty) orders them.
Key-values: `gf:<version>:<token>` float32[22] of every entity worth serving, `gf:<version>` once they are all there,
`gf:current` the pointer, moved last. Rows and pointer never mix versions: a reader asks for rows by version.
"""

from collections.abc import Callable
from types import EllipsisType

import msgspec
import numpy as np
from numpy.typing import NDArray

from events.errors import FencedError, NotFoundError
from graph.features_file import blob_key, dump, load_version
from graph.graph_features import GraphFeatures
from storage.blob import BlobStore
from storage.kv import KeyValue

CURRENT = "gf:current"
DAY_MS = 86_400_000
_CHUNK = 5_000
# Rows outlive the key that says they are there, so that a reader never takes expiry for absence.
_MARGIN_MS = 60_000


class Pointer(msgspec.Struct, frozen=True):
    """What `gf:current` says: the version being served, where it was cut, when it was published (epoch ms)."""

    version: str
    cut_ms: int
    published_ms: int


def publish(
    features: GraphFeatures,
    kv: KeyValue,
    blobs: BlobStore,
    *,
    now_ms: int,
    fence: Callable[[], None] = lambda: None,
    ttl_ms: int = DAY_MS,
    over: bytes | EllipsisType | None = ...,
) -> None:
    """Store `features` and make it the version that is served. Doing it again changes nothing but the expiry.

    `fence` raises `FencedError` where the caller may no longer publish; it is asked right before the pointer moves.
    A caller may be paused between the two, so it says with `over` which pointer it has seen (`kv.get(CURRENT)`):
    where somebody has moved it since, that is a `FencedError` too. Without `over` the pointer moves from anywhere.
    """
    save(features, blobs)
    worth = np.flatnonzero(worth_serving(features)).tolist()
    packed = np.ascontiguousarray(features.values, "<f4")
    for start in range(0, len(worth), _CHUNK):
        rows = {
            row_key(features.version, features.tokens[i]): packed[i].tobytes()
            for i in worth[start : start + _CHUNK]
        }
        kv.set_many(rows, ttl_ms=ttl_ms + _MARGIN_MS)
    kv.set(version_key(features.version), b"1", ttl_ms=ttl_ms)
    fence()
    data = msgspec.json.encode(Pointer(features.version, features.cut_ms, now_ms))
    if isinstance(over, EllipsisType):
        kv.set(CURRENT, data)
    elif not kv.compare_and_set(CURRENT, over, data):
        raise FencedError(f"another version than {features.version} was published meanwhile")


def worth_serving(features: GraphFeatures) -> NDArray[np.bool_]:
    """bool[n]: entities linked to more than one other, in a community of three or more, or with or near known fraud."""
    shared = features.column("degree") > 1
    together = features.column("community_size") > 2  # noqa: PLR2004 - two are what any single payment makes
    return shared | together | features.fraud | (features.column("fraud_linked") > 0)


def row_key(version: str, token: str) -> str:
    """The key of one entity's row."""
    return f"gf:{version}:{token}"


def version_key(version: str) -> str:
    """The key that is there while a version's rows are."""
    return f"gf:{version}"


def pointer(kv: KeyValue) -> Pointer | None:
    """What is being served; None before the first publication."""
    data = kv.get(CURRENT)
    return msgspec.json.decode(data, type=Pointer) if data is not None else None


def current(kv: KeyValue) -> str | None:
    """The version being served; None before the first."""
    found = pointer(kv)
    return found.version if found else None


def save(features: GraphFeatures, blobs: BlobStore) -> None:
    """Keep a version for ever."""
    blobs.put(blob_key(features.version), dump(features))
    blobs.put(f"graph-feature-cuts/{features.cut_ms:015d}-{features.version}", b"")


def load(blobs: BlobStore, version: str) -> GraphFeatures:
    """A version as it was. `NotFoundError` for an unknown one, `CorruptError` where its bytes are damaged."""
    return load_version(blobs, version)


def newest(blobs: BlobStore) -> str:
    """The version with the newest cut; `NotFoundError` where there is none."""
    names = list(blobs.list("graph-feature-cuts/"))
    if not names:
        raise NotFoundError("no version of graph features was ever published")
    return names[-1].rpartition("-")[2]
