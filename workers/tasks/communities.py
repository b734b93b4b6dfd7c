"""`communities.refresh`: read the graph, find communities, publish their features as a new version."""

import logging
from dataclasses import fields
from typing import Any

from events.errors import CorruptError, NotFoundError
from graph.communities import compute
from graph.graph_features import GraphFeatures, make_features
from graph.publish import CURRENT, current, load, newest, publish
from graph.rings_writer import write_rings
from workers.parts import Clients
from workers.turns import turn

ROLE = "graph features"

_log = logging.getLogger(__name__)


def refresh(clients: Clients) -> dict[str, Any]:
    """One run. Returns what it did: `published` with the version, or `unchanged`, where the served one lives on.

    The cut is the newest event in the graph, so that the same graph gives the same version whenever it is read.
    Killed anywhere, another run ends the work: rows are named by version, the pointer moves last and in one step,
    rings are made those of the version. `TakenError` where another run holds the role; `FencedError` where it was
    lost on the way, and then nothing more was changed.
    """
    parts = clients.parts
    with turn(clients, ROLE) as fence:
        # Before the graph is read: whoever publishes from now on may have seen more of it.
        over, served = clients.cache.get(CURRENT), current(clients.cache)
        table = clients.graph.read_edges()
        if not len(table.tokens):
            return {"result": "unchanged", "why": "the graph is empty"}
        previous = _previous(clients, served)
        features = compute(table, int(table.last.max()), previous=previous, seed=parts.settings.seed)
        if previous is not None and _content(features) == _content(previous):
            features = previous
        publish(
            features,
            clients.cache,
            clients.blobs,
            now_ms=parts.clock.now_ms(),
            fence=fence,
            ttl_ms=parts.settings.keep_versions_s * 1000,
            over=over,
        )
        fence()
        write_rings(clients.graph, features)
    return {
        "result": "unchanged" if features.version == served else "published",
        "version": features.version,
        "cut_ms": features.cut_ms,
        "entities": len(features.tokens),
        "rings": len(features.rings),
    }


def _previous(clients: Clients, served: str | None) -> GraphFeatures | None:
    """The version whose communities live on: the one served, or the newest stored where the cache has lost it.

    A version that can't be read (of other columns, or damaged) must not stop every later run: identities then
    begin anew.
    """
    try:
        return load(clients.blobs, served or newest(clients.blobs))
    except NotFoundError:
        return None
    except CorruptError as error:
        _log.warning("communities get new identities: %s", error)
        return None


def _content(features: GraphFeatures) -> str:
    """What `features` says, by hash; how it came from the version before (`lineage`) is not part of it."""
    parts = {part.name: getattr(features, part.name) for part in fields(features) if part.name != "version"}
    return make_features(**(parts | {"lineage": ()})).version
