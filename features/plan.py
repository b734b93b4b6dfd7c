"""The velocity part of a catalogue as arrays, so that one kernel serves every feature."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from events.types import ENTITY_KINDS
from features.batch import ENTITY_INDEX, EventKind
from features.catalogue import Catalogue
from features.feature import VelocityFeature
from features.kernel import COUNT, DISTINCT, END_STREAM, FIRST_STREAM, MEAN, NEEDED, NONE, PARTNER, SUM


class Plan(NamedTuple):
    """What to keep and what to read; times in ms.

    A *stream* is one (entity kind, event kinds) pair of the catalogue; an entity keeps one *series* a stream. Streams
    lie by entity kind, windows by stream, shortest first.
    """

    entities: NDArray[np.int64]  # [8, 2 + event kinds]
    streams: NDArray[np.int64]  # [s, 6 + p]; KINDS is a bit set over EventKind
    windows: NDArray[np.int64]  # [w, 4 + p]
    limits: NDArray[np.int64]  # [2]: the longest window of all, the limit of distinct counts


_AGGREGATE = {"count": COUNT, "sum": SUM, "mean": MEAN}


class _Stream:
    """The features of one stream, by output column."""

    def __init__(self, entity: int, bits: int, features: dict[int, VelocityFeature]) -> None:
        self.entity, self.bits, self.features = entity, bits, features
        self.lengths = sorted({feature.window_ms for feature in features.values()})
        self.partners = sorted({ENTITY_INDEX[f.partner] for f in features.values() if f.partner is not None})
        self.has_sum = any(feature.aggregate in {"sum", "mean"} for feature in features.values())

    def windows(self, width: int) -> list[list[int]]:
        rows = [[length] + [NONE] * (DISTINCT - 1 + width) for length in self.lengths]
        for column, feature in self.features.items():
            row = rows[self.lengths.index(feature.window_ms)]
            if feature.partner is None:
                row[_AGGREGATE[feature.aggregate]] = column
            else:
                row[DISTINCT + self.partners.index(ENTITY_INDEX[feature.partner])] = column
        return rows


def make_plan(catalogue: Catalogue) -> Plan:
    """The plan of `catalogue.velocity`; output columns are positions in that tuple."""
    found: dict[tuple[int, int], dict[int, VelocityFeature]] = {}
    for column, feature in enumerate(catalogue.velocity):
        bits = sum(1 << kind for kind in set(feature.kinds))
        found.setdefault((ENTITY_INDEX[feature.entity], bits), {})[column] = feature
    streams = [_Stream(*key, features) for key, features in sorted(found.items(), key=lambda item: item[0])]
    width = max((len(stream.partners) for stream in streams), default=0)
    rows: list[list[int]] = []
    windows: list[list[int]] = []
    for stream in streams:
        first = len(windows)
        windows += stream.windows(width)
        partners = stream.partners + [NONE] * (width - len(stream.partners))
        ends = [first, len(windows)]
        counts = [int(stream.has_sum), len(stream.partners)]
        rows.append([stream.bits, stream.lengths[-1], *ends, *counts, *partners])
    ttl = max((stream.lengths[-1] for stream in streams), default=0)
    return Plan(
        entities=_entities(streams),
        streams=np.array(rows, dtype=np.int64).reshape(-1, PARTNER + width),
        windows=np.array(windows, dtype=np.int64).reshape(-1, DISTINCT + width),
        limits=np.array([ttl, catalogue.distinct_limit], dtype=np.int64),
    )


def _entities(streams: list[_Stream]) -> NDArray[np.int64]:
    entities = np.zeros((len(ENTITY_KINDS), NEEDED + len(EventKind)), dtype=np.int64)
    for kind in range(len(ENTITY_KINDS)):
        entities[kind, FIRST_STREAM] = sum(stream.entity < kind for stream in streams)
        entities[kind, END_STREAM] = sum(stream.entity <= kind for stream in streams)
    for stream in streams:
        for kind in EventKind:
            if stream.bits >> kind & 1:
                entities[[stream.entity, *stream.partners], NEEDED + kind] = 1
    return entities
