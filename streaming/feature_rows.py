"""Feature rows as columns: the fold of `streaming.fold` for inputs that never were messages."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from features.batch import Batch
from features.catalogue import Catalogue
from features.derived import derive
from features.feature import (
    Derived,
    Feature,
    GraphFeature,
    TransactionField,
    VelocityFeature,
    parts_of,
)
from features.velocity import Marks, VelocityEngine
from lake.rows import Rows, field_values
from streaming.column_inputs import Inputs
from streaming.fold import EVICT_EVERY

PIECE = 8_192
"""Inputs that are read at once: what is read of them stays near the processor. A divisor of `EVICT_EVERY`."""


@dataclass(frozen=True, slots=True)
class FeatureRows:
    """m authorisations in fold order: which of the rows each is (int64[m]), `seq` int64[m], `x` float32[c, m]."""

    row: NDArray[np.int64]
    seq: NDArray[np.int64]
    x: NDArray[np.float32]


def columns_without_graph(catalogue: Catalogue) -> tuple[Feature, ...]:
    """The columns that need no graph, in order."""
    graph = {feature.name for feature in catalogue.features if isinstance(feature.source, GraphFeature)}
    return tuple(
        feature
        for feature in catalogue.features
        if feature.name not in graph
        and not (isinstance(feature.source, Derived) and graph & set(parts_of(feature.source)))
    )


class ColumnFold:
    """State behind `next_seq` inputs. Evicts at the same seqs as `streaming.fold.Fold` does."""

    def __init__(self, catalogue: Catalogue, base: str) -> None:
        self.engine = VelocityEngine(catalogue)
        self.next_seq = 0
        self.watermark = 0
        self._plan = _Plan(catalogue, base)

    @classmethod
    def restore(
        cls,
        catalogue: Catalogue,
        base: str,
        *,
        next_seq: int,
        watermark: int,
        marks: Marks,
        batches: Iterable[Batch],
    ) -> Self:
        """The fold that was left at `next_seq`, from the events that its windows may see."""
        fold = cls(catalogue, base)
        fold.engine = VelocityEngine.refold(catalogue, marks, batches)
        fold.next_seq, fold.watermark = next_seq, watermark
        return fold

    @property
    def names(self) -> tuple[str, ...]:
        """Of the columns of `FeatureRows.x`."""
        return tuple(feature.name for feature in self._plan.features)

    def fold(self, inputs: Inputs, rows: Rows) -> FeatureRows:
        """Fold `inputs`, made of `rows`, in order."""
        batch = inputs.folded.batch
        wanted = np.flatnonzero(batch.authorisations)
        fields = self._plan.fields(rows, inputs.row[wanted])
        x = np.empty((len(self._plan.features), len(wanted)), np.float32)
        done = 0
        for part in self._pieces(batch):
            marked = part.authorisations
            values, _ = self.engine.update_and_read(part, marked)
            self._folded(part)
            values = values if marked.all() else values[marked]
            until = done + len(values)
            self._plan.fill(x[:, done:until], values, {place: it[done:until] for place, it in fields.items()})
            done = until
        return FeatureRows(inputs.row[wanted], batch.seq[wanted], x)

    def _pieces(self, batch: Batch) -> Iterator[Batch]:
        start = 0
        while start < len(batch):
            stop = min(len(batch), start + PIECE - self.next_seq % PIECE)
            yield batch.part(start, stop)
            start = stop

    def _folded(self, part: Batch) -> None:
        self.next_seq += len(part)
        self.watermark = max(self.watermark, int(part.time.max()))
        if self.next_seq % EVICT_EVERY == 0:
            self.engine.evict(self.watermark)


class _Plan:
    """Columns by where they come from, each with its place in the row."""

    def __init__(self, catalogue: Catalogue, base: str) -> None:
        self.features = columns_without_graph(catalogue)
        self._base = base
        self._velocity: list[int] = []
        self._fields: dict[int, str] = {}
        self._derived: dict[int, Derived] = {}
        self._place = {feature.name: place for place, feature in enumerate(self.features)}
        for place, feature in enumerate(self.features):
            if isinstance(feature.source, VelocityFeature):
                self._velocity.append(place)
            elif isinstance(feature.source, TransactionField):
                self._fields[place] = feature.source.name
            elif isinstance(feature.source, Derived):
                self._derived[place] = feature.source
        self._engine_column = {place: column for column, place in enumerate(self._velocity)}

    def fields(self, rows: Rows, row: NDArray[np.int64]) -> dict[int, NDArray[np.float64]]:
        """float64[m] by place: the fields of the rows `row` int64[m]."""
        return {place: field_values(rows, self._base, name)[row] for place, name in self._fields.items()}

    def fill(
        self, x: NDArray[np.float32], velocity: NDArray[np.float64], fields: dict[int, NDArray[np.float64]]
    ) -> None:
        """Write float32[c, m] of what the engine read, float64[m, v], and of `fields`."""

        def column(name: str) -> NDArray[np.float64]:
            place = self._place[name]
            return fields[place] if place in fields else velocity[:, self._engine_column[place]]

        x[self._velocity] = velocity.T
        for place, values in fields.items():
            x[place] = values
        for place, source in self._derived.items():
            x[place] = derive(type(source), [column(name) for name in parts_of(source)])
