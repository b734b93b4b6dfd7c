"""What a run over the graph gives: features by entity, communities with an identity, and rings."""

from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from events.identity import content_hash
from features.graph_columns import GRAPH_COLUMNS

COLUMNS: dict[str, int] = {column.name: index for index, column in enumerate(GRAPH_COLUMNS)}


class Ring(msgspec.Struct, frozen=True, kw_only=True):
    """A community that looks like a fraud ring.

    Args:
        members: entity tokens, ascending.
        customers: cards among them (accounts where the community has more of those).
        score: 0..1 (`graph.ring_score`).
        value: what its customers have paid so far, base minor units.
        known_fraud: customers with known fraud.
        why: the parts of the score, as a sentence.
    """

    id: str
    members: tuple[str, ...]
    customers: int
    score: float
    value: int
    known_fraud: int
    why: str


class Lineage(msgspec.Struct, frozen=True, kw_only=True):
    """Where a community comes from: `born` of none, `split` off one that lives on, `merged` of several."""

    id: str
    change: str
    parents: tuple[str, ...]


@dataclass(frozen=True)
class GraphFeatures:
    """One immutable version of the graph features.

    Args:
        version: content hash of all the rest.
        cut_ms: epoch ms; nothing later had a part in it.
        tokens: n entity tokens, ascending.
        kinds: uint8[n], index into `ENTITY_KINDS`.
        values: float32[n, len(GRAPH_COLUMNS)].
        fraud: bool[n], known as fraud by the cut.
        community: n ids; `""` for an entity whose community has fewer than two customers.
        rings: by falling score.
        lineage: communities that did not simply live on.
    """

    version: str
    cut_ms: int
    tokens: tuple[str, ...]
    kinds: NDArray[np.uint8]
    values: NDArray[np.float32]
    fraud: NDArray[np.bool_]
    community: tuple[str, ...]
    rings: tuple[Ring, ...]
    lineage: tuple[Lineage, ...]

    def column(self, name: str) -> NDArray[np.float32]:
        """float32[n], by the name in `GRAPH_COLUMNS`."""
        return np.asarray(self.values[:, COLUMNS[name]], dtype=np.float32)


def make_features(
    cut_ms: int,
    tokens: tuple[str, ...],
    kinds: NDArray[np.uint8],
    values: NDArray[np.float32],
    fraud: NDArray[np.bool_],
    community: tuple[str, ...],
    rings: tuple[Ring, ...],
    lineage: tuple[Lineage, ...],
) -> GraphFeatures:
    """Freeze the arrays and name the version by their content."""
    values = np.ascontiguousarray(values, dtype="<f4")
    for array in (kinds, values, fraud):
        array.flags.writeable = False
    version = content_hash(
        "graph-features",
        str(cut_ms),
        ",".join(COLUMNS),
        "\n".join(tokens),
        kinds.tobytes(),
        values.tobytes(),
        fraud.tobytes(),
        "\n".join(community),
        msgspec.json.encode(rings),
        msgspec.json.encode(lineage),
        size=8,
    )
    return GraphFeatures(version, cut_ms, tokens, kinds, values, fraud, community, rings, lineage)
