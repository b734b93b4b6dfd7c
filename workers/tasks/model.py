"""`model.train`: replay the lake, train on what was known by a moment, store a release. Nothing is activated."""

from typing import Any

from lake import files
from scoring import Registry, RuleSet, columns_of
from storage import Lease, held
from streaming.backfill import Backfill, BackfillSettings
from streaming.training import Known, Lesson, gather, learn, store
from workers.parts import Clients

LEASE = "model.train"


def train(clients: Clients, until_ms: int, label_delay_ms: int, *, actor: str, reason: str) -> dict[str, Any]:
    """Train as of `until_ms`. The same lake gives the same release, so a run that is killed and repeated adds none."""
    parts = clients.parts
    lease = Lease(clients.leases, LEASE, parts.settings.train_limit_s * 1000, parts.clock)
    with held(lease) as token:
        if token is None:
            return {"result": "skipped", "why": "another training runs"}
        columns = columns_of(clients.catalogue)
        known = Known()
        backfill = Backfill(clients.catalogue, clients.addresses, BackfillSettings(seed=parts.settings.seed))
        rows = gather(backfill.rows(known.watch(files.arrivals(clients.blobs, until=until_ms))))
        lesson = Lesson(until_ms=until_ms, label_delay_ms=label_delay_ms, seed=parts.settings.seed)
        trained = learn(rows, known, lesson, columns, parts.costs)
        lease.check(token)
        registry = Registry(clients.blobs, parts.clock)
        active = registry.active()
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
        )
    return {"result": "stored", "release": release.id, "metrics": dict(trained.metrics)}
