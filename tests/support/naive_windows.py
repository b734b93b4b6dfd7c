"""What a velocity column is, by its definition alone: a loop over everything folded before, in whole numbers."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from events.types import Status
from features.batch import Batch
from features.catalogue import Catalogue
from features.feature import VelocityFeature
from features.keys import CHANNELS, EventKind, parts_of_key

Filter = tuple[object, ...]
ALWAYS = -(10**18)


def filter_of(feature: VelocityFeature) -> Filter:
    """What tells the streams of one entity apart."""
    return frozenset(feature.kinds), frozenset(feature.channels), feature.amount_from, feature.amount_below


def naive(
    catalogue: Catalogue,
    batch: Batch,
    rows: Sequence[int] | None = None,
    horizons: Sequence[int] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Values and statuses at `rows` (all). `horizons[i]`: when i was folded, what was not expected any more."""
    wanted = range(len(batch)) if rows is None else rows
    loop = _Loop(catalogue, batch, horizons or [ALWAYS] * len(batch))
    values = np.full((len(wanted), len(catalogue.velocity)), np.nan)
    status = np.full(values.shape, Status.ABSENT, dtype=np.uint8)
    for at, i in enumerate(wanted):
        for j, feature in enumerate(catalogue.velocity):
            value, quality = loop.column(feature, i)
            if value is not None:
                values[at, j], status[at, j] = value, quality
    return values, status


class _Loop:
    def __init__(self, catalogue: Catalogue, batch: Batch, horizons: Sequence[int]) -> None:
        self.limit, self.horizons = catalogue.distinct_limit, horizons
        self.times: list[int] = batch.time.tolist()
        self.amounts: list[int] = batch.amount.tolist()
        self.batch = batch
        self.keys: dict[str, list[tuple[int, ...] | None]] = {}
        self.passing: dict[Filter, list[bool]] = {}
        self.longest: dict[tuple[tuple[int, ...], Filter], int] = {}
        for feature in catalogue.velocity:
            for entity in filter(None, (feature.entity, feature.partner)):
                self.keys.setdefault(entity, self._keys(entity))
            self.passing.setdefault(filter_of(feature), self._pass(feature))
            stream = parts_of_key(feature.entity), filter_of(feature)
            self.longest[stream] = max(self.longest.get(stream, 0), feature.window_ms + feature.delay_ms)

    def _keys(self, entity: str) -> list[tuple[int, ...] | None]:
        parts = self.batch.keys[:, list(parts_of_key(entity))].tolist()
        return [tuple(row) if all(row) else None for row in parts]

    def _pass(self, feature: VelocityFeature) -> list[bool]:
        return [
            EventKind(kind) in feature.kinds
            and (not feature.channels or CHANNELS[channel] in feature.channels)
            and (feature.amount_from is None or amount >= feature.amount_from)
            and (feature.amount_below is None or amount < feature.amount_below)
            for kind, channel, amount in zip(
                self.batch.kind.tolist(), self.batch.channel.tolist(), self.amounts, strict=True
            )
        ]

    def column(self, feature: VelocityFeature, i: int) -> tuple[float | None, Status]:
        key = self.keys[feature.entity][i]
        if key is None:
            return None, Status.ABSENT
        until = self.times[i] - feature.delay_ms
        since = until - feature.window_ms
        seen = self.horizons[i] - self.longest[parts_of_key(feature.entity), filter_of(feature)]
        passing, keys = self.passing[filter_of(feature)], self.keys[feature.entity]
        inside = [
            x for x in range(i + 1)
            if passing[x] and keys[x] == key and max(since, seen) <= self.times[x] <= until
        ]  # fmt: skip
        quality = Status.WARMING if since < self.times[0] else Status.FRESH
        if feature.partner is not None:
            different = len({self.keys[feature.partner][x] for x in inside} - {None})
            return min(different, self.limit), Status.CAPPED if different > self.limit else quality
        return self._aggregate(feature.aggregate, inside, i), quality

    def _aggregate(self, aggregate: str, inside: list[int], i: int) -> float | None:
        amounts = [self.amounts[x] for x in inside]
        n = len(amounts)
        if aggregate == "count":
            return n
        if aggregate == "sum":
            return float(sum(amounts))
        if aggregate == "std":
            spread = n * sum(amount * amount for amount in amounts) - sum(amounts) ** 2
            return math.sqrt(spread / (n * (n - 1))) if n > 1 else None
        if aggregate in {"mean", "min", "max"}:
            of = {
                "mean": float(sum(amounts)) / float(max(n, 1)),
                "min": min(amounts, default=0),
                "max": max(amounts, default=0),
            }
            return of[aggregate] if n else None
        others = sorted((self.times[x], x) for x in inside if x != i)
        if not others:
            return None
        time, x = others[-1] if aggregate in {"last", "since_last"} else others[0]
        return self.amounts[x] if aggregate in {"last", "first"} else (self.times[i] - time) / 1000
