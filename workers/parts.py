"""What tasks are made of. Factories, not clients: a prefork child builds its own after the fork."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from features.catalogue import Catalogue
from graph.driver import GraphStore
from nlp import KeyCache
from scoring import Costs
from storage import BlobStore, Clock, KeyValue

MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """How often, how long, for how long held. All in seconds.

    `communities_every_s` is the schedule of `communities.refresh`, `look_every_s` that of `features.publish`, which
    mostly finds nothing to do. Training is asked for, never scheduled: a new model is a decision of somebody's.

    The limits are hard: the process of a task that exceeds one is killed. A task is told at nine tenths of it, and
    ends by itself then, its lease given back. `lease_s` is how long the lease of a killed process keeps its role
    from others; a living one renews it three times in that time.
    """

    broker_url: str
    communities_every_s: int = 15 * MINUTE_S
    look_every_s: int = MINUTE_S
    refresh_limit_s: int = 10 * MINUTE_S
    publish_limit_s: int = 5 * MINUTE_S
    train_limit_s: int = 60 * MINUTE_S
    address_limit_s: int = 60 * MINUTE_S
    lease_s: int = 30
    keep_versions_s: int = 86_400
    seed: int = 7

    @property
    def visibility_s(self) -> int:
        """When the broker hands out again what a lost worker had taken.

        A task may wait behind another one of the longest limit, and then run for as long.
        """
        return (
            2 * max(self.refresh_limit_s, self.publish_limit_s, self.train_limit_s, self.address_limit_s)
            + 2 * self.lease_s
        )


@dataclass(frozen=True, slots=True)
class WorkerParts:
    """Factories of everything tasks need."""

    graph: Callable[[], GraphStore]
    cache: Callable[[], KeyValue]
    leases: Callable[[], KeyValue]
    blobs: Callable[[], BlobStore]
    addresses: Callable[[], KeyCache]
    catalogue: Callable[[], Catalogue]
    costs: Costs
    clock: Clock
    settings: WorkerSettings


class Clients:
    """The clients of one process, built when a task first uses them: so never before the fork."""

    def __init__(self, parts: WorkerParts) -> None:
        self.parts = parts

    @cached_property
    def graph(self) -> GraphStore:
        return self.parts.graph()

    @cached_property
    def cache(self) -> KeyValue:
        return self.parts.cache()

    @cached_property
    def leases(self) -> KeyValue:
        return self.parts.leases()

    @cached_property
    def blobs(self) -> BlobStore:
        return self.parts.blobs()

    @cached_property
    def addresses(self) -> KeyCache:
        return self.parts.addresses()

    @cached_property
    def catalogue(self) -> Catalogue:
        return self.parts.catalogue()
