"""The velocity part of a catalogue as arrays, so that one kernel serves every feature."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from events.types import ENTITY_KINDS
from features.batch import ENTITY_INDEX, EventKind
from features.catalogue import Catalogue

NONE = -1


class Plan(NamedTuple):
    """What to keep and what to read.

    A *stream* is one (entity kind, event kinds) pair of the catalogue; an entity keeps one *series* a stream. The
    streams of entity kind k are first_stream[k] .. first_stream[k + 1] - 1; the windows of stream s, shortest
    first, are first_window[s] .. first_window[s + 1] - 1. `NONE` marks what is not asked for.
    """

    first_stream: NDArray[np.int32]  # [9]
    needs_slot: NDArray[np.uint8]  # [event kinds, 8]: 1 where such an event must know the entity
    stream_kinds: NDArray[np.int64]  # [s]: bit set over EventKind
    stream_longest: NDArray[np.int64]  # [s]: ms
    stream_partner: NDArray[np.int32]  # [s, p]: entity kind counted as partner, or NONE
    first_window: NDArray[np.int32]  # [s + 1]
    window_ms: NDArray[np.int64]  # [w]
    window_feature: NDArray[np.int32]  # [w, 3]: output column of count, sum, mean
    window_distinct: NDArray[np.int32]  # [w, p]: output column of the distinct count a partner
    longest: int  # ms, over all streams
    limit: int  # of distinct counts


_AGGREGATE = {"count": 0, "sum": 1, "mean": 2}


def make_plan(catalogue: Catalogue) -> Plan:
    """The plan of `catalogue.velocity`; output columns are positions in that tuple."""
    streams = sorted({(ENTITY_INDEX[f.entity], _bits(f.kinds)) for f in catalogue.velocity})
    places = {stream: place for place, stream in enumerate(streams)}
    features: list[list[int]] = [[] for _ in streams]
    for column, feature in enumerate(catalogue.velocity):
        features[places[ENTITY_INDEX[feature.entity], _bits(feature.kinds)]].append(column)
    partners = [
        sorted({ENTITY_INDEX[f.partner] for f in (catalogue.velocity[c] for c in columns) if f.partner})
        for columns in features
    ]
    windows = [sorted({catalogue.velocity[c].window_ms for c in columns}) for columns in features]
    first_window = np.cumsum([0, *map(len, windows)])
    width = max([1, *map(len, partners)])
    scalar = np.full((first_window[-1], 3), NONE, dtype=np.int32)
    distinct = np.full((first_window[-1], width), NONE, dtype=np.int32)
    for place, columns in enumerate(features):
        for column in columns:
            feature = catalogue.velocity[column]
            window = first_window[place] + windows[place].index(feature.window_ms)
            if feature.partner is None:
                scalar[window, _AGGREGATE[feature.aggregate]] = column
            else:
                distinct[window, partners[place].index(ENTITY_INDEX[feature.partner])] = column
    counts = np.bincount([kind for kind, _ in streams], minlength=len(ENTITY_KINDS))
    return Plan(
        first_stream=np.cumsum([0, *counts]).astype(np.int32),
        needs_slot=_needs_slot(streams, partners),
        stream_kinds=np.array([bits for _, bits in streams], dtype=np.int64),
        stream_longest=np.array([max(lengths) for lengths in windows], dtype=np.int64),
        stream_partner=np.array(
            [row + [NONE] * (width - len(row)) for row in partners], dtype=np.int32
        ).reshape(-1, width),
        first_window=first_window.astype(np.int32),
        window_ms=np.array([length for lengths in windows for length in lengths], dtype=np.int64),
        window_feature=scalar,
        window_distinct=distinct,
        longest=max((max(lengths) for lengths in windows), default=0),
        limit=catalogue.distinct_limit,
    )


def _bits(kinds: tuple[EventKind, ...]) -> int:
    return sum(1 << kind for kind in set(kinds))


def _needs_slot(streams: list[tuple[int, int]], partners: list[list[int]]) -> NDArray[np.uint8]:
    needs = np.zeros((len(EventKind), len(ENTITY_KINDS)), dtype=np.uint8)
    for (entity, bits), others in zip(streams, partners, strict=True):
        for kind in EventKind:
            if bits >> kind & 1:
                needs[kind, [entity, *others]] = 1
    return needs
