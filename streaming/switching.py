"""Another catalogue or alias map on a running service: windows are made from stored events while the stream goes on."""

import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass

from events.types import Control
from features.batch import Batch
from features.catalogue import Catalogue
from features.places import Places
from features.velocity import VelocityEngine
from scoring import Scorer
from streaming.score_parts import ScoreParts
from streaming.working import Working, stored_batches

_PIECE = 2_048  # events: what the stream may have to wait for


@dataclass(frozen=True, slots=True)
class _Made:
    engine: VelocityEngine
    parts: int  # of the tail, folded so far


class Switch:
    """The change to `scorer`, which needs the windows of `catalogue` by `places`.

    Made where no checkpoint is under way, and none may begin before it has ended: the tail stays as it is but for what
    the stream appends.
    """

    def __init__(
        self,
        parts: ScoreParts,
        working: Working,
        control: Control,
        scorer: Scorer,
        catalogue: Catalogue,
        places: Places,
    ) -> None:
        self.control = control
        self.catalogue = catalogue
        self.places = places
        self._parts = parts
        self._working = working
        self._scorer = scorer
        self._stop = threading.Event()
        self._marks = working.fold.marks()
        self._segments = working.segments
        self._task: Future[_Made] = parts.executor.submit(self._make)

    def done(self) -> bool:
        """Whether the windows are made, or can't be."""
        return self._task.done()

    def finish(self) -> None:
        """Fold what has come since, and switch. Raises what made it fail; nothing is changed then."""
        made = self._task.result()
        for part in self._working.fold.tail.since(made.parts):
            made.engine.update(self.places.batch(part.batch))
        self._working.adopt(made.engine, self.places, self._scorer)

    def cancel(self) -> None:
        """Give it up and wait until nothing of it runs any more."""
        self._stop.set()
        self._task.exception()

    def _make(self) -> _Made:
        tail, following = self._working.fold.tail, 0
        stored = stored_batches(self._parts.store.blobs, self._segments, self._marks, self.catalogue)
        engine = VelocityEngine.refold(self.catalogue, self._marks, self._pieces(stored))
        for part in tail.since(0):
            for piece in self._pieces(iter((part.batch,))):
                engine.update(piece)
            following += 1
        return _Made(engine, following)

    def _pieces(self, batches: Iterator[Batch]) -> Iterator[Batch]:
        for batch in batches:
            for start in range(0, len(batch), _PIECE):
                if self._stop.is_set():
                    raise CancelledError
                yield self.places.batch(batch.part(start, start + _PIECE))
