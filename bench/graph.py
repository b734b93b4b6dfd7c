"""The entity graph: folding, communities, look-ups of graph features, and writing to each database.

`make -s bench-graph` prints one JSON object. The world is `bench.graph_world`'s: households in towers, carriers that
all share, rings that share devices and a drop, no labels. The peer for communities, in the same run on a smaller
world, is networkx (Louvain, components, cores). Neo4j is left out where Java 17 or Maven is missing.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import networkx as nx
import numpy as np

from bench._report import median, progress, quantiles, report
from bench.graph_world import GraphWorld, make_world
from events.entities import entities_of
from events.types import EntityKind, Transaction
from graph import (
    EdgeFold,
    EdgeTable,
    GraphFeatureReader,
    GraphFeatures,
    GraphStore,
    GraphWriter,
    MemoryGraphFeatures,
    Sourced,
    compute,
    publish,
)
from graph.projection import ProjectionRules, project
from ringwatch.services.arcadedb import arcadedb, arcadedb_endpoint
from ringwatch.services.endpoints import GraphEndpoint
from ringwatch.services.jvm import jvm_missing
from ringwatch.services.neo4j import neo4j, neo4j_endpoint
from ringwatch.services.redis import redis_log, redis_url
from ringwatch.services.service import Place, Service
from ringwatch.services.stack import Stack
from storage import FolderBlobs, RedisKeyValue, SystemClock

HOUSEHOLDS, RINGS = 11_000, 60
PEER_HOUSEHOLDS, PEER_RINGS = 1_500, 8
BATCH = 64
LOOKUPS = 400
WRITTEN, WARM_UP = 40_000, 10_000
REPEATS = 3
Entities = dict[EntityKind, str]


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def fold(world: GraphWorld) -> EdgeTable:
    folded = EdgeFold()
    for event, key in world.events:
        folded.add(event, key)
    return folded.table()


def quality(world: GraphWorld, features: GraphFeatures) -> dict[str, float]:
    """Do ring cards score above household cards, and are reported rings the true ones?"""
    score = dict(zip(features.tokens, features.column("ring_score").tolist(), strict=True))
    ring = np.array([score[card] for cards in world.rings for card in cards])
    home = np.sort([score[card] for cards in world.households for card in cards])
    below = (np.searchsorted(home, ring, "left") + np.searchsorted(home, ring, "right")) / 2
    found = sum(any(cards <= set(each.members) for each in features.rings) for cards in world.rings)
    return {
        "ring_card_auc": round(float(below.mean() / len(home)), 5),
        "rings_reported": len(features.rings),
        "rings_found_whole": found,
        "rings_true": len(world.rings),
    }


def communities() -> tuple[dict[str, object], GraphWorld, GraphFeatures]:
    world = make_world(households=HOUSEHOLDS, rings=RINGS)
    progress(f"{len(world.events)} payments")
    fold_s = timed(lambda: fold(world))
    table = fold(world)
    progress(f"{len(table.tokens)} entities, {len(table.a)} links")
    seconds = [timed(lambda: compute(table, world.cut_ms)) for _ in range(REPEATS)]
    features = compute(table, world.cut_ms)
    small = make_world(households=PEER_HOUSEHOLDS, rings=PEER_RINGS)
    less = fold(small)
    ours = median([timed(lambda: compute(less, small.cut_ms)) for _ in range(REPEATS)])
    peer = timed(lambda: networkx_peer(less, small.cut_ms))
    figures: dict[str, object] = {
        "payments": len(world.events),
        "entities": len(table.tokens),
        "links": len(table.a),
        "fold_payments_per_s": round(len(world.events) / fold_s),
        "compute_s": median(seconds),
        "compute_s_first": round(seconds[0], 3),
        **quality(world, features),
        "peer_links": len(less.a),
        "peer_compute_s": ours,
        "peer_networkx_s": round(peer, 3),
    }
    return figures, world, features


def networkx_peer(table: EdgeTable, cut_ms: int) -> None:
    projection = project(table, cut_ms, ProjectionRules())
    graph = nx.Graph()
    graph.add_nodes_from(range(len(table.tokens)))
    graph.add_weighted_edges_from(
        zip(projection.a.tolist(), projection.b.tolist(), projection.weight.tolist(), strict=True)
    )
    nx.community.louvain_communities(graph, seed=1)
    list(nx.connected_components(graph))
    nx.core_number(graph)


def batches(world: GraphWorld) -> list[list[Entities]]:
    payments = [entities_of(event, key) for event, key in world.events if isinstance(event, Transaction)]
    return [payments[start : start + BATCH] for start in range(0, len(payments) - BATCH, BATCH)]


def lookups(world: GraphWorld, features: GraphFeatures, redis: str, folder: Path) -> dict[str, object]:
    asked = batches(world)
    memory = MemoryGraphFeatures(features)
    some = asked[: 20 * LOOKUPS]
    memory_s = timed(lambda: [memory.read(batch) for batch in some])
    kv, clock = RedisKeyValue(redis), SystemClock()
    publish_s = timed(lambda: publish(features, kv, FolderBlobs(folder), now_ms=clock.now_ms()))
    step = len(asked) // LOOKUPS
    cold = GraphFeatureReader(kv, clock, cache_size=1)
    cold.read(asked[0])
    from_redis = [timed(partial(cold.read, batch)) * 1000 for batch in asked[::step][:LOOKUPS]]
    warm = GraphFeatureReader(kv, clock)
    for batch in asked[:LOOKUPS]:
        warm.read(batch)
    from_cache = [timed(partial(warm.read, batch)) * 1000 for batch in asked[:LOOKUPS]]
    return {
        "memory_lookup_payments_per_s": round(sum(map(len, some)) / memory_s),
        "publish_s": round(publish_s, 3),
        "redis_batch64_ms": quantiles(from_redis),
        "cached_batch64_ms": quantiles(from_cache),
    }


def writing(name: str, endpoint: GraphEndpoint, world: GraphWorld) -> dict[str, object]:
    store = GraphStore.open(endpoint.url, endpoint.user, endpoint.password, endpoint.dialect)
    store.ensure_schema()
    writer = GraphWriter(store, "bench")
    records: Sequence[Sourced] = [
        Sourced("transactions", 0, offset, event, key)
        for offset, (event, key) in enumerate(world.events[:WRITTEN])
    ]
    first = timed(lambda: writer.apply(records[:WARM_UP]))
    rest = timed(lambda: writer.apply(records[WARM_UP:]))
    read = timed(store.read_edges)
    store.close()
    progress(f"{name}: {len(records)} payments in {first + rest:.1f} s")
    return {
        f"{name}_cold_payments_per_s": round(WARM_UP / first),
        f"{name}_payments_per_s": round((len(records) - WARM_UP) / rest),
        f"{name}_read_edges_s": round(read, 3),
    }


def with_service(service: Service, work: Callable[[Place, Path], dict[str, object]]) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        with Stack([service], place, ports={}, progress=progress) as stack:
            return work(stack.start()[service.name], place)


def main() -> None:
    figures, world, features = communities()
    figures |= with_service(
        redis_log(), lambda place, folder: lookups(world, features, redis_url(place), folder / "blobs")
    )
    some = make_world(households=1_500, rings=10)
    figures |= with_service(arcadedb(), lambda place, _: writing("arcadedb", arcadedb_endpoint(place), some))
    missing = jvm_missing()
    if missing:
        progress(f"neo4j left out: {missing}")
    else:
        figures |= with_service(neo4j(), lambda place, _: writing("neo4j", neo4j_endpoint(place), some))
    report("graph", figures)


if __name__ == "__main__":
    main()
