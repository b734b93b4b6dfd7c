"""`features.publish`: put a version that the blob store holds into the cache again, after the cache was lost."""

from typing import Any

from graph.publish import load, newest
from graph.publish import publish as publish_features

from storage import Lease, held
from workers.parts import Clients
from workers.tasks.communities import LEASE


def publish(clients: Clients, version: str = "") -> dict[str, Any]:
    """Publish `version`, or the newest there is. `skipped` while a refresh runs: it publishes a newer one."""
    parts = clients.parts
    lease = Lease(clients.leases, LEASE, parts.settings.publish_limit_s * 1000, parts.clock)
    with held(lease) as token:
        if token is None:
            return {"result": "skipped", "why": "a refresh runs"}
        features = load(clients.blobs, version or newest(clients.blobs))
        publish_features(
            features,
            clients.cache,
            clients.blobs,
            now_ms=parts.clock.now_ms(),
            fence=lambda: lease.check(token),
            ttl_ms=parts.settings.keep_versions_s * 1000,
        )
    return {"result": "published", "version": features.version}
