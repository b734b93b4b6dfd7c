"""Components, cores and communities of a weighted graph by networkit: one thread, seeded, hence reproducible.

Communities are found by Leiden (Traag, Waltman, van Eck 2019, "From Louvain to Leiden"). Plain modularity
would swallow small rings in a large graph (Fortunato and Barthélemy 2007, "Resolution limit in community
detection"); so its resolution is scaled with the graph's weight (`gamma = 2 m * resolution`), which makes the
gain of joining two groups `w - resolution * k1 * k2`: local, whatever the size of the graph.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

# A networkit algorithm holds a bare pointer to its graph, so each function keeps its graph in a variable to the end.
Indices = NDArray[np.int64]


def components(nodes: int, a: NDArray[np.int32], b: NDArray[np.int32]) -> Indices:
    """int64[nodes]: the connected component of each node; numbers have no meaning beyond equality."""
    import networkit

    with _one_thread(networkit, 0):
        graph = _graph(networkit, nodes, a, b, None)
        found = networkit.components.ConnectedComponents(graph)
        found.run()
        return np.asarray(found.getPartition().getVector(), dtype=np.int64)


def core_numbers(nodes: int, a: NDArray[np.int32], b: NDArray[np.int32]) -> Indices:
    """int64[nodes]: largest k such that a node lies in the k-core."""
    import networkit

    if not len(a):
        return np.zeros(nodes, dtype=np.int64)
    with _one_thread(networkit, 0):
        graph = _graph(networkit, nodes, a, b, None)
        found = networkit.centrality.CoreDecomposition(graph)
        found.run()
        return np.asarray(found.scores(), dtype=np.int64)


def leiden(
    nodes: int,
    links_a: NDArray[np.int32],
    links_b: NDArray[np.int32],
    links_weight: NDArray[np.float64],
    *,
    stands_for: Indices,
    resolution: float,
    seed: int,
) -> Indices:
    """int64[nodes]: the community of each node, numbered 0.. by first member.

    `stands_for` int64[nodes] names for each node the one it is one with (itself, or a node that stands for
    itself). What has a single neighbour left then is no evidence of sharing: it is set aside and joins its
    neighbour after, so that what people have to themselves does not weigh against what they share.
    """
    import networkit

    a, b, weight = _contracted(nodes, stands_for[links_a], stands_for[links_b], links_weight)
    degree = np.bincount(a, minlength=nodes) + np.bincount(b, minlength=nodes)
    core = (degree[a] > 1) & (degree[b] > 1)
    inside = np.unique(np.concatenate([a[core], b[core]]))
    label = np.arange(nodes, dtype=np.int64)
    if len(inside):
        with _one_thread(networkit, seed):
            graph = _graph(
                networkit,
                len(inside),
                np.searchsorted(inside, a[core]),
                np.searchsorted(inside, b[core]),
                weight[core],
            )
            found = networkit.community.ParallelLeiden(
                graph, randomize=True, iterations=5, gamma=2.0 * graph.totalEdgeWeight() * resolution
            )
            found.run()
            number = np.asarray(found.getPartition().getVector(), dtype=np.int64)
        _, first = np.unique(number, return_index=True)
        order = np.zeros(int(number.max()) + 1, dtype=np.int64)
        order[number[first]] = inside[first]
        label[inside] = order[number]
    _join_pendants(label, degree, a[~core], b[~core])
    return np.unique(label[stands_for], return_inverse=True)[1].astype(np.int64)


def _contracted(
    nodes: int, a: Indices, b: Indices, weight: NDArray[np.float64]
) -> tuple[Indices, Indices, NDArray[np.float64]]:
    """Links between different nodes, each pair once, with the greatest weight that any of its links has."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    keep = low != high
    pairs, which = np.unique(low[keep] * nodes + high[keep], return_inverse=True)
    most = np.zeros(len(pairs))
    np.maximum.at(most, which, weight[keep])
    return pairs // max(nodes, 1), pairs % max(nodes, 1), most


def _join_pendants(label: Indices, degree: Indices, a: Indices, b: Indices) -> None:
    pendant_b = degree[b] == 1
    label[b[pendant_b]] = label[a[pendant_b]]
    pendant_a = ~pendant_b
    label[a[pendant_a]] = label[b[pendant_a]]


def _graph(
    networkit: Any, nodes: int, a: NDArray[Any], b: NDArray[Any], weight: NDArray[np.float64] | None
) -> Any:
    if not len(a):
        return networkit.Graph(nodes, weighted=True)
    weights = np.ones(len(a)) if weight is None else weight
    ends = (a.astype(np.uint64), b.astype(np.uint64))
    return networkit.GraphFromCoo((weights, ends), n=nodes, weighted=True)


@contextmanager
def _one_thread(networkit: Any, seed: int) -> Iterator[None]:
    """Set what is global to the process in networkit, threads and seed, and give the threads back after."""
    threads = networkit.getMaxNumberOfThreads()
    networkit.setNumberOfThreads(1)
    networkit.setSeed(seed, useThreadId=False)
    try:
        yield
    finally:
        networkit.setNumberOfThreads(threads)
