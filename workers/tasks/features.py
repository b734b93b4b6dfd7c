"""`features.publish`: put a version that the blob store holds into the cache again, after the cache was lost."""

from typing import Any

from events.errors import NotFoundError
from graph.publish import CURRENT, Pointer, load, newest, pointer, version_key
from graph.publish import publish as publish_features
from workers.parts import Clients
from workers.tasks.communities import ROLE
from workers.turns import turn


def publish(clients: Clients, version: str = "") -> dict[str, Any]:
    """Publish `version`; without one, that which is served or was last, where the cache has lost it.

    Returns `published` with the version, or `unchanged`. `TakenError` while a refresh runs.
    """
    parts = clients.parts
    if not version and _is_whole(clients, pointer(clients.cache)):
        return {"result": "unchanged"}
    with turn(clients, ROLE) as fence:
        over = clients.cache.get(CURRENT)
        served = pointer(clients.cache)
        try:
            wanted = version or (served.version if served else newest(clients.blobs))
        except NotFoundError as error:
            return {"result": "unchanged", "why": str(error)}
        publish_features(
            load(clients.blobs, wanted),
            clients.cache,
            clients.blobs,
            # Rows that come back are no newer for it: readers shall see when refreshes have stopped.
            now_ms=served.published_ms if served and served.version == wanted else parts.clock.now_ms(),
            fence=fence,
            ttl_ms=parts.settings.keep_versions_s * 1000,
            over=over,
        )
    return {"result": "published", "version": wanted}


def _is_whole(clients: Clients, served: Pointer | None) -> bool:
    return served is not None and clients.cache.get(version_key(served.version)) is not None
