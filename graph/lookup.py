"""Graph features of a batch of transactions: from the process, then one MGET."""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np

from events.errors import UnavailableError
from events.types import EntityKind, Status
from features.assemble import GRAPH_KINDS, GraphRows
from features.graph_columns import GRAPH_COLUMNS
from graph.graph_features import GraphFeatures
from graph.publish import CURRENT, Pointer, row_key, version_key, worth_serving
from graph.row_cache import ABSENT, UNKNOWN, RowCache
from storage.clock import Clock
from storage.kv import KeyValue

NO_VERSION = "none"
_WIDTH = len(GRAPH_COLUMNS)
_NOTHING = np.full(_WIDTH, np.nan, "<f4").tobytes()


class GraphFeatureReader:
    """Reads the version that is served, or one by name. A store that does not answer shows in the status only.

    One batch is read from one version: a newer pointer counts from the next batch on. While the store is away,
    what the process remembers is served as STALE and the rest is FAILED; the same holds for a version whose rows have
    expired, and everything is STALE once it was published more than `stale_after_ms` ago.
    """

    def __init__(
        self, kv: KeyValue, clock: Clock, *, cache_size: int = 200_000, stale_after_ms: int = 3_600_000
    ) -> None:
        self._kv = kv
        self._clock = clock
        self._stale_after_ms = stale_after_ms
        self._pointer: Pointer | None = None
        self._known = RowCache(_WIDTH, cache_size)
        self._asked = False

    def read(self, entities: Sequence[Mapping[EntityKind, str]], version: str | None = None) -> GraphRows:
        """float32[m, 7, 22] and status uint8[m, 7] of m transactions' entities (`features.assemble.GraphRows`)."""
        if version is not None and (self._pointer is None or version != self._pointer.version):
            return self._read_named(entities, version)
        if not self._asked:
            self._follow(self._ask([CURRENT]))
        pointer = self._pointer
        if pointer is None:
            answers = self._ask([CURRENT])
            self._follow(answers)
            failed = answers is None
            return fill(entities, {}, NO_VERSION, missing=Status.FAILED if failed else Status.ABSENT)
        at, missing = self._known.find(entities)
        keys = [row_key(pointer.version, token) for token in missing]
        answers = self._ask([CURRENT, version_key(pointer.version), *keys])
        alive = answers is not None and answers[1] is not None
        if answers is not None and alive and missing:
            self._known.add(at, missing, [_whole(data) for data in answers[2:]])
        old = self._clock.now_ms() - pointer.published_ms > self._stale_after_ms
        status = np.full(at.shape, Status.FRESH if alive and not old else Status.STALE, np.uint8)
        status[at == ABSENT] = Status.ABSENT
        status[at == UNKNOWN] = Status.FAILED
        result = GraphRows(self._known.rows(at), status, pointer.version)
        self._known.trim()
        self._follow(answers)
        return result

    def _read_named(self, entities: Sequence[Mapping[EntityKind, str]], version: str) -> GraphRows:
        if version == NO_VERSION:
            return fill(entities, {}, NO_VERSION, missing=Status.ABSENT)
        wanted = list(dict.fromkeys(token for found in entities for token in found.values()))
        answers = self._ask([version_key(version), *(row_key(version, token) for token in wanted)])
        if answers is None or answers[0] is None:
            return fill(entities, {}, version, missing=Status.FAILED)
        rows = {token: _whole(data) for token, data in zip(wanted, answers[1:], strict=True)}
        return fill(entities, rows, version)

    def _ask(self, keys: list[str]) -> list[bytes | None] | None:
        try:
            return self._kv.mget(keys)
        except UnavailableError:
            return None

    def _follow(self, answers: list[bytes | None] | None) -> None:
        """Take the pointer in `answers[0]` over; another version's rows are of no use any more."""
        if answers is None:
            return
        self._asked = True
        data = answers[0]
        pointer = msgspec.json.decode(data, type=Pointer) if data is not None else None
        if pointer is None:
            return
        if self._pointer is None or pointer.version != self._pointer.version:
            self._known.clear()
        self._pointer = pointer


class MemoryGraphFeatures:
    """The same door over a version in memory, for back-fills: what a store would serve, no more."""

    def __init__(self, features: GraphFeatures | None) -> None:
        self._version = features.version if features is not None else NO_VERSION
        self._row: dict[str, int] = {}
        # The last row stands for what is absent.
        self._values = np.full((1, _WIDTH), np.nan, np.float32)
        if features is not None:
            worth = np.flatnonzero(worth_serving(features))
            self._row = {features.tokens[node]: row for row, node in enumerate(worth.tolist())}
            self._values = np.concatenate([features.values[worth], self._values])

    def read(self, entities: Sequence[Mapping[EntityKind, str]], version: str | None = None) -> GraphRows:
        """As `GraphFeatureReader.read`; there is one version, whatever is asked for."""
        del version
        absent, row = len(self._values) - 1, self._row
        rows = [row.get(found.get(kind, ""), absent) for found in entities for kind in GRAPH_KINDS]
        at = np.array(rows, np.intp).reshape(len(entities), len(GRAPH_KINDS))
        status = np.where(at == absent, np.uint8(Status.ABSENT), np.uint8(Status.FRESH))
        return GraphRows(self._values[at], status, self._version)


def fill(
    entities: Sequence[Mapping[EntityKind, str]],
    rows: Mapping[str, bytes | None],
    version: str,
    *,
    missing: Status = Status.ABSENT,
) -> GraphRows:
    """Packed rows in place. A token mapped to None is known to be absent, one that is not in `rows` is `missing`."""
    packed: list[bytes] = []
    status = bytearray()
    for found in entities:
        for kind in GRAPH_KINDS:
            token = found.get(kind)
            if token is not None and token not in rows:
                packed.append(_NOTHING)
                status.append(missing)
            elif token is not None and (row := rows[token]) is not None:
                packed.append(row)
                status.append(Status.FRESH)
            else:
                packed.append(_NOTHING)
                status.append(Status.ABSENT)
    shape = (len(entities), len(GRAPH_KINDS))
    values = np.frombuffer(b"".join(packed), "<f4").astype(np.float32)
    return GraphRows(values.reshape(*shape, _WIDTH), np.array(status, np.uint8).reshape(shape), version)


def _whole(data: bytes | None) -> bytes | None:
    """None for a row of another width too: it was written for other columns."""
    return data if data is not None and len(data) == len(_NOTHING) else None
