"""The velocity part of a catalogue as arrays, so that one kernel serves every feature."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.catalogue import Catalogue
from features.engine import layout
from features.engine.layout import NONE
from features.feature import VelocityFeature
from features.keys import CHANNEL_INDEX, CHANNELS, parts_of_key

_WHAT = {
    "count": layout.COUNT,
    "sum": layout.SUM,
    "mean": layout.MEAN,
    "std": layout.STD,
    "min": layout.MIN,
    "max": layout.MAX,
    "last": layout.LAST,
    "first": layout.FIRST,
    "distinct": layout.DISTINCT,
    "since_last": layout.SINCE_LAST,
    "since_first": layout.SINCE_FIRST,
}
_EXTREMES = frozenset({"min", "max"})
_OF_AMOUNTS = frozenset({"sum", "mean", "std", "min", "max", "last", "first"})
_HIGHEST = np.iinfo(np.int64).max
_LIVES = 100  # epochs that the longest reach is cut into, of the 256 an entry can tell apart

Key = tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    """What to keep and what to read, as the words that `features.engine.layout` describes; times in ms.

    A *kind* is a sort of key, of one column of `Batch.keys` or of two. A *stream* is a kind with a filter; a key keeps
    one *series* a stream. Kinds come first, then streams by kind, windows by stream, delay and length, then outputs.

    Args:
        words: int64[n], to lie at `layout.PLAN_AT`; addresses in it are those of the whole memory.
        facts: numbers about the whole, by place.
        longest_ms: the longest reach of any window.
        partners: the most that any stream counts.
    """

    words: NDArray[np.int64]
    facts: Mapping[int, int]
    longest_ms: int
    partners: int


class Stream(NamedTuple):
    """What tells streams apart."""

    key: Key
    kinds: int
    channels: int
    amount_from: int
    amount_below: int


def stream_of(feature: VelocityFeature) -> Stream:
    """The stream that `feature` is read from."""
    channels = feature.channels or CHANNELS
    return Stream(
        parts_of_key(feature.entity),
        sum(1 << kind for kind in set(feature.kinds)),
        sum(1 << CHANNEL_INDEX[name] for name in set(channels)),
        -_HIGHEST if feature.amount_from is None else feature.amount_from,
        _HIGHEST if feature.amount_below is None else feature.amount_below,
    )


def stride_of(features: list[VelocityFeature]) -> int:
    """Words that a row of their common stream takes."""
    partners = {parts_of_key(f.partner) for f in features if f.partner is not None}
    aggregates = {feature.aggregate for feature in features}
    return 1 + bool(aggregates & _OF_AMOUNTS) + 2 * ("std" in aggregates) + len(partners)


def make_plan(catalogue: Catalogue) -> Plan:
    """The plan of `catalogue.velocity`; output columns are positions in that tuple."""
    found: dict[Stream, list[tuple[int, VelocityFeature]]] = {}
    for column, feature in enumerate(catalogue.velocity):
        found.setdefault(stream_of(feature), []).append((column, feature))
    streams = sorted(found)
    own = {parts_of_key(f.partner) for f in catalogue.velocity if f.partner is not None}
    keys = sorted({stream.key for stream in streams} | own)
    partners = {stream: _partners(found[stream]) for stream in streams}
    first_stream = layout.PLAN_AT + len(keys) * layout.KIND
    first_window = first_stream + sum(layout.PARTNER + len(partners[stream]) for stream in streams)
    spans = {stream: _spans(found[stream]) for stream in streams}
    first_out = first_window + layout.WINDOW * sum(map(len, spans.values()))
    words = _Words(keys, [], [], [], first_stream, first_window, first_out)
    begins = []
    for stream in streams:
        begins.append(words.next_stream)
        place = sum(other.key == stream.key for other in streams[: len(begins) - 1])
        words.add(found[stream], stream, spans[stream], partners[stream], place)
    begins.append(words.next_stream)
    longest = {stream: max(delay + length for delay, length in spans[stream]) for stream in streams}
    kinds = [_kind(key, streams, begins, longest) for key in keys]
    reach = max(longest.values(), default=1)
    return Plan(
        words=np.array([*chain(*kinds), *words.streams, *words.windows, *words.outs], dtype=np.int64),
        facts={
            layout.FIRST_KIND: layout.PLAN_AT,
            layout.END_KIND: first_stream,
            layout.DISTINCT_LIMIT: catalogue.distinct_limit,
            layout.EPOCH_MS: max(1, reach // _LIVES),
        },
        longest_ms=reach,
        partners=max(map(len, partners.values()), default=0),
    )


def _partners(features: list[tuple[int, VelocityFeature]]) -> list[Key]:
    return sorted({parts_of_key(f.partner) for _, f in features if f.partner is not None})


def _spans(features: list[tuple[int, VelocityFeature]]) -> list[tuple[int, int]]:
    """(delay, length) of the windows, in the order in which they are read."""
    return sorted({(feature.delay_ms, feature.window_ms) for _, feature in features})


@dataclass
class _Words:
    """The words of streams, windows and outputs as they come, and where the first of each will lie."""

    keys: list[Key]
    streams: list[int]
    windows: list[int]
    outs: list[int]
    first_stream: int
    first_window: int
    first_out: int

    @property
    def next_stream(self) -> int:
        return self.first_stream + len(self.streams)

    def add(
        self,
        features: list[tuple[int, VelocityFeature]],
        stream: Stream,
        spans: list[tuple[int, int]],
        partners: list[Key],
        place: int,
    ) -> None:
        """One stream, the `place`-th of its kind."""
        first = self.first_window + len(self.windows)
        for delay, length in spans:
            begin = self.first_out + len(self.outs)
            for column, feature in features:
                if (feature.delay_ms, feature.window_ms) == (delay, length):
                    whose = NONE if feature.partner is None else partners.index(parts_of_key(feature.partner))
                    self.outs += [_WHAT[feature.aggregate], column, whose]
            self.windows += [length, delay, begin, self.first_out + len(self.outs)]
        aggregates = {feature.aggregate for _, feature in features}
        has_sum, has_square = bool(aggregates & _OF_AMOUNTS), "std" in aggregates
        has_extreme = bool(aggregates & _EXTREMES)
        self.streams += [
            stream.kinds, stream.channels, stream.amount_from, stream.amount_below,
            max(delay + length for delay, length in spans), has_sum, has_square, has_extreme,
            stride_of([feature for _, feature in features]), first, self.first_window + len(self.windows),
            layout.E_SUM + has_sum + 2 * has_square + 2 * has_extreme,
            layout.R_SERIES + layout.SERIES * place, 0, self.next_stream + layout.PARTNER + len(partners),
            len(partners), *(layout.PLAN_AT + layout.KIND * self.keys.index(key) for key in partners),
        ]  # fmt: skip


def _kind(key: Key, streams: list[Stream], begins: list[int], longest: Mapping[Stream, int]) -> list[int]:
    mine = [number for number, stream in enumerate(streams) if stream.key == key]
    first, end = (begins[mine[0]], begins[mine[-1] + 1]) if mine else (0, 0)
    reach = max((longest[streams[number]] for number in mine), default=0)
    other = key[1] if len(key) > 1 else NONE
    size_class = class_of(layout.R_SERIES + layout.SERIES * len(mine))
    return [key[0], other, first, end, reach, size_class, 0, 0, 0]


def class_of(words: int) -> int:
    """The size class of a block for so many words."""
    return next(it for it in range(layout.CLASSES) if layout.room_of(it) >= words)
