"""`communities.refresh`: read the graph, find communities, publish their features as a new version."""

from typing import Any

from graph.publish import current, load, publish
from graph.rings_writer import write_rings

from graph.communities import compute
from storage import Lease, held
from workers.parts import Clients

LEASE = "communities.refresh"


def refresh(clients: Clients) -> dict[str, Any]:
    """One run. Returns what it did: `published` with the version, `unchanged`, or `skipped` where another runs.

    The cut is the newest event in the graph, so that the same graph gives the same version whenever it is read.
    `FencedError` where the lease was lost on the way: then nothing was published.
    """
    parts = clients.parts
    lease = Lease(clients.leases, LEASE, parts.settings.refresh_limit_s * 1000, parts.clock)
    with held(lease) as token:
        if token is None:
            return {"result": "skipped", "why": "another worker holds the lease"}
        table = clients.graph.read_edges()
        if not len(table.tokens):
            return {"result": "unchanged", "why": "the graph is empty"}
        previous_version = current(clients.cache)
        previous = load(clients.blobs, previous_version) if previous_version else None
        features = compute(table, int(table.last.max()), previous=previous, seed=parts.settings.seed)
        if features.version == previous_version:
            return {"result": "unchanged", "version": features.version}
        publish(
            features,
            clients.cache,
            clients.blobs,
            now_ms=parts.clock.now_ms(),
            fence=lambda: lease.check(token),
            ttl_ms=parts.settings.keep_versions_s * 1000,
        )
        write_rings(clients.graph, features)
    return {
        "result": "published",
        "version": features.version,
        "cut_ms": features.cut_ms,
        "entities": len(features.tokens),
        "rings": len(features.rings),
    }
