"""What tasks are made of. Factories, not clients: a prefork child builds its own after the fork."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from features.catalogue import Catalogue
from graph.driver import GraphStore
from nlp import KeyCache
from scoring import Costs
from storage import BlobStore, Clock, KeyValue
from storage.metrics import Metrics

MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """Hard limits are in seconds; the broker hands a task out again only after the longest of them.

    `communities_every_s` is the schedule of `communities.refresh`; training is asked for, never scheduled: a new
    model is a decision of somebody's.
    """

    broker_url: str
    communities_every_s: int = 15 * MINUTE_S
    refresh_limit_s: int = 10 * MINUTE_S
    publish_limit_s: int = 5 * MINUTE_S
    train_limit_s: int = 60 * MINUTE_S
    keep_versions_s: int = 86_400
    seed: int = 7


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
    """The clients of one process, built when first used."""

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

    @cached_property
    def metrics(self) -> Metrics:
        return Metrics()
