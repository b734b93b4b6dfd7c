"""The back-fill driver: any history, in event time, through the same fold as the live scorer.

Communities are computed at event-time intervals from what had arrived by then, labels are folded when they
became known, and nothing looks at the wall clock: two runs give the same bytes, and what comes after t changes
nothing that was served before t. Demo training, `ringwatch train`, `evaluate` and ablations all use it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from events.arrival import Arrival
from events.types import Input, Label, Transaction
from features.catalogue import Catalogue
from features.places import Places
from graph.communities import compute
from graph.contract import contract
from graph.edges import EdgeTable
from graph.fold import EdgeFold
from graph.graph_features import GraphFeatures
from graph.lookup import MemoryGraphFeatures
from nlp import KeyCache
from streaming.addresses import address_keys
from streaming.fold import Fold, Served
from streaming.join_labels import Joinable, join, joinable
from streaming.replay import identity
from streaming.seen import Seen

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class BackfillSettings:
    """`communities_every_ms` 0 switches graph features off; `seed` makes Leiden's random choices."""

    communities_every_ms: int = DAY_MS
    batch: int = 2_048
    seed: int = 7


class Backfill:
    """One pass over a history. State stays readable behind it (`fold`, `graph`, `seen`, `joinable`, `edges()`)."""

    def __init__(
        self,
        catalogue: Catalogue,
        addresses: KeyCache,
        settings: BackfillSettings,
        places: Places | None = None,
    ) -> None:
        self.fold = Fold(catalogue, places=places)
        self.graph: GraphFeatures | None = None
        self._addresses = addresses
        self._settings = settings
        self._edges = EdgeFold()
        self._lookup = MemoryGraphFeatures(None)
        self.joinable: dict[str, Joinable] = {}
        self._waiting: dict[str, list[Label]] = {}
        self.seen = Seen()
        self._next_cut = 0

    def rows(
        self, arrivals: Iterable[Arrival], *, progress: Callable[[int], None] = lambda _: None
    ) -> Iterator[Served]:
        """Feature rows of every authorisation, in order of arrival; `progress` is told the arrivals of each batch.

        `arrivals` come in order of time; how rows are cut into batches has no meaning.
        """
        waiting: list[Input] = []
        count = 0
        for arrival in arrivals:
            count += 1
            if self._cut_due(arrival.time):
                yield from self._serve(waiting)
                waiting = []
                self._cut(arrival.time)
            waiting.extend(self._known(arrival))
            if len(waiting) >= self._settings.batch:
                yield from self._serve(waiting)
                progress(count)
                waiting, count = [], 0
        yield from self._serve(waiting)
        progress(count)

    def edges(self) -> EdgeTable:
        """The links of everything folded so far, of strict addresses."""
        return self._edges.table()

    def refresh(self, cut_ms: int) -> GraphFeatures:
        """Communities of everything folded so far, as of `cut_ms`."""
        table = contract(self.edges(), self.fold.places.of)
        self.graph = compute(table, cut_ms, previous=self.graph, seed=self._settings.seed)
        self._lookup = MemoryGraphFeatures(self.graph)
        return self.graph

    def _known(self, arrival: Arrival) -> list[Input]:
        """The inputs that `arrival` makes: none for a duplicate or a label that waits for its transaction."""
        message = arrival.message
        if isinstance(message, Label):
            return self._known_label(message)
        if not self.seen.add(*identity(message)):
            return []
        if isinstance(message, Transaction):
            self.joinable[message.id] = of = joinable(message, self._addresses)
            return [message, *(join(label, of) for label in self._waiting.pop(message.id, ()))]
        return [message]

    def _known_label(self, label: Label) -> list[Input]:
        if not self.seen.add("label", label.id):
            return []
        if label.subject.kind != "transaction":
            return [join(label, None)]
        of = self.joinable.get(label.subject.id)
        if of is None:
            self._waiting.setdefault(label.subject.id, []).append(label)
            return []
        return [join(label, of)]

    def _serve(self, events: list[Input]) -> Iterator[Served]:
        if not events:
            return
        addresses = address_keys(self._addresses, events)
        served = self.fold.fold(events, addresses, self._lookup)
        if self._settings.communities_every_ms:
            for event, key in zip(events, addresses.keys, strict=True):
                self._edges.add(event, key)
        if served.transactions:
            yield served

    def _cut_due(self, time: int) -> bool:
        every = self._settings.communities_every_ms
        if not every:
            return False
        if not self._next_cut:
            self._next_cut = time - time % every + every
        return time >= self._next_cut

    def _cut(self, time: int) -> None:
        every = self._settings.communities_every_ms
        cut = time - time % every
        self.refresh(cut)
        self._next_cut = cut + every
