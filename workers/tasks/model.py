"""`model.train`: replay the lake, train on what was known by a moment, store a release. Nothing is activated."""

from typing import Any

from events.errors import NotFoundError
from features.places import NO_MAP
from lake import files
from scoring import Registry, RuleSet, columns_of
from streaming.alias_maps import AliasMaps
from streaming.backfill import Backfill, BackfillSettings
from streaming.training import Known, Lesson, gather, learn, store
from workers.parts import Clients
from workers.turns import turn

ROLE = "training"


def train(clients: Clients, until_ms: int, label_delay_ms: int, *, actor: str, reason: str) -> dict[str, Any]:
    """Train as of `until_ms`. The same lake gives the same release, so a run that is killed and repeated adds none.

    Returns `stored` with the release. `TakenError` while another training runs, `FencedError` where the role was
    lost on the way, `NotFoundError` where the lake has no authorisation before `until_ms`.
    """
    parts = clients.parts
    with turn(clients, ROLE) as fence:
        columns = columns_of(clients.catalogue)
        known = Known()
        registry = Registry(clients.blobs, parts.clock)
        active = registry.active()
        places = AliasMaps(registry).get((active.alias_map if active else None) or NO_MAP)
        settings = BackfillSettings(seed=parts.settings.seed)
        backfill = Backfill(clients.catalogue, clients.addresses, settings, places)
        rows = gather(backfill.rows(known.watch(files.arrivals(clients.blobs, until=until_ms))))
        if not rows.ids:
            raise NotFoundError(f"the lake holds no authorisation before {until_ms}")
        lesson = Lesson(until_ms=until_ms, label_delay_ms=label_delay_ms, seed=parts.settings.seed)
        trained = learn(rows, known, lesson, columns, parts.costs)
        fence()
        rules = RuleSet.load(registry.get(active.rules)) if active else RuleSet()
        release = store(
            trained,
            registry,
            rules=rules,
            parser=clients.addresses.version,
            columns=columns,
            actor=actor,
            reason=reason,
            clock=parts.clock,
            under=active,
        )
    return {"result": "stored", "release": release.id, "metrics": dict(trained.metrics)}
