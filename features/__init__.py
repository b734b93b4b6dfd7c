"""Features: the catalogue that declares each column once, and what computes the columns.

`VelocityEngine` lives in `features.velocity`, which brings in numba; import it from there.
"""

from features.assemble import GraphRows, assemble
from features.batch import Batch, kind_of, make_batch
from features.catalogue import Catalogue, default_catalogue
from features.feature import (
    GRAPH_KINDS,
    Difference,
    Feature,
    GraphFeature,
    Ratio,
    TransactionField,
    VelocityFeature,
    ZScore,
)
from features.graph_columns import GRAPH_COLUMNS, GraphColumn
from features.keys import CHANNEL_INDEX, CHANNELS, KEY_INDEX, KEYS, EventKind

__all__ = [
    "CHANNELS",
    "CHANNEL_INDEX",
    "GRAPH_COLUMNS",
    "GRAPH_KINDS",
    "KEYS",
    "KEY_INDEX",
    "Batch",
    "Catalogue",
    "Difference",
    "EventKind",
    "Feature",
    "GraphColumn",
    "GraphFeature",
    "GraphRows",
    "Ratio",
    "TransactionField",
    "VelocityFeature",
    "ZScore",
    "assemble",
    "default_catalogue",
    "kind_of",
    "make_batch",
]
