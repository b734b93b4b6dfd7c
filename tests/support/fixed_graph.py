"""Graph features for tests of the stream: a function of entity and version."""

from collections.abc import Mapping, Sequence

import numpy as np

from events.types import EntityKind
from features.assemble import GRAPH_KINDS, GraphRows
from features.graph_columns import GRAPH_COLUMNS


class FixedGraph:
    """Graph rows that are a function of the entities and the version, with gaps."""

    def __init__(self) -> None:
        self.version = "g1"

    def read(self, entities: Sequence[Mapping[EntityKind, str]], version: str | None = None) -> GraphRows:
        named = version or self.version
        values = np.full((len(entities), len(GRAPH_KINDS), len(GRAPH_COLUMNS)), np.nan, np.float32)
        status = np.full(values.shape[:2], 2, np.uint8)
        for row, found in enumerate(entities):
            for column, kind in enumerate(GRAPH_KINDS):
                if kind in found:
                    values[row, column] = len(named) + int(found[kind][-2:], 16)
                    status[row, column] = 0
        return GraphRows(values, status, named)
