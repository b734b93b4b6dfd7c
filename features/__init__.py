"""Features: the catalogue that declares each column once, and what computes the columns.

`VelocityEngine` lives in `features.velocity`, which brings in numba; import it from there.
"""

from features.assemble import GraphRows, assemble
from features.batch import ENTITY_INDEX, Batch, EventKind, kind_of, make_batch
from features.catalogue import Catalogue, default_catalogue
from features.feature import GRAPH_KINDS, Feature, GraphFeature, Ratio, TransactionField, VelocityFeature
from features.graph_columns import GRAPH_COLUMNS, GraphColumn

__all__ = [
    "ENTITY_INDEX",
    "GRAPH_COLUMNS",
    "GRAPH_KINDS",
    "Batch",
    "Catalogue",
    "EventKind",
    "Feature",
    "GraphColumn",
    "GraphFeature",
    "GraphRows",
    "Ratio",
    "TransactionField",
    "VelocityFeature",
    "assemble",
    "default_catalogue",
    "kind_of",
    "make_batch",
]
