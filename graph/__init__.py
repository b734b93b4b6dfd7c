"""The entity graph: written to Neo4j or ArcadeDB, folded in memory, cut into communities, read as features.

The database driver, networkit, networkx and pyarrow are imported when first used.
"""

from graph.communities import CommunityRules, compute
from graph.driver import GraphStore
from graph.edges import EdgeTable
from graph.ego import TableNeighbourhoods
from graph.fold import EdgeFold
from graph.graph_features import GraphFeatures, Lineage, Ring
from graph.links import Link, links_of
from graph.lookup import NO_VERSION, GraphFeatureReader, MemoryGraphFeatures
from graph.paths import Path, paths_to_fraud
from graph.projection import ProjectionRules
from graph.publish import Pointer, current, load, newest, pointer, publish
from graph.queries import neighbourhood, path_sentence, ring_of
from graph.rings_writer import write_rings
from graph.subgraph import Edge, Node, Subgraph
from graph.writer import Applied, GraphWriter, Sourced

__all__ = [
    "NO_VERSION",
    "Applied",
    "CommunityRules",
    "Edge",
    "EdgeFold",
    "EdgeTable",
    "GraphFeatureReader",
    "GraphFeatures",
    "GraphStore",
    "GraphWriter",
    "Lineage",
    "Link",
    "MemoryGraphFeatures",
    "Node",
    "Path",
    "Pointer",
    "ProjectionRules",
    "Ring",
    "Sourced",
    "Subgraph",
    "TableNeighbourhoods",
    "compute",
    "current",
    "links_of",
    "load",
    "neighbourhood",
    "newest",
    "path_sentence",
    "paths_to_fraud",
    "pointer",
    "publish",
    "ring_of",
    "write_rings",
]
