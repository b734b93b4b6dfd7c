"""The scorer's working state (windows, duplicates, release in force), and how it is made again from what is stored."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import takewhile

from events.errors import ConflictError, CorruptError
from features.batch import Batch
from features.catalogue import Catalogue
from features.places import Places
from features.velocity import Marks, VelocityEngine
from scoring import COLD, Scorer, columns_of
from storage.blob import BlobStore
from streaming.checkpoint import Checkpoint
from streaming.decide import Decider
from streaming.fold import Fold
from streaming.folded import Folded, reach_ms
from streaming.score_parts import ScoreParts, ScoreSettings
from streaming.seen import Seen
from streaming.segments import Segment, read_segment


class Working:
    """What a decision is made with. `segments` hold what was folded before `fold.tail`."""

    def __init__(self, parts: ScoreParts, settings: ScoreSettings, fold: Fold, seen: Seen) -> None:
        self._parts = parts
        self._sample = settings.sample
        self.fold = fold
        self.seen = seen
        self.segments: tuple[Segment, ...] = ()
        self.scorer = scorer_for(parts, COLD, fold.catalogue)
        self.decider = self._decider()

    @classmethod
    def empty(cls, parts: ScoreParts, settings: ScoreSettings) -> "Working":
        return cls(parts, settings, Fold(parts.catalogue), Seen(settings.seen_horizon))

    @classmethod
    def restore(
        cls, parts: ScoreParts, settings: ScoreSettings, held: Checkpoint, catalogue: Catalogue
    ) -> "Working":
        """The state that `held` names, its windows those of `catalogue`. `CorruptError` where a segment is damaged."""
        seen = Seen(settings.seen_horizon)
        marks = Marks(held.since_ms, held.horizon_ms)
        stored = _needed(parts.store.blobs, held, catalogue, seen, settings.seen_horizon)
        of_release = catalogue.version == held.catalogue
        places = places_for(parts, held.release) if of_release else Places()
        fold = Fold.restore(catalogue, held.next_seq, held.watermark_ms, marks, stored, places)
        working = cls(parts, settings, fold, seen)
        working.segments = held.segments
        if of_release:
            working.use(held.release)
        return working

    def fits(self, scorer: Scorer) -> bool:
        """Whether the windows are of the catalogue and of the places that `scorer` needs."""
        fold = self.fold
        return (scorer.columns.version, scorer.alias_map) == (fold.catalogue.version, fold.places.name)

    def use(self, release: str) -> None:
        """Put `release` in force; it must be of the catalogue and the places that the windows are of."""
        self.scorer = scorer_for(self._parts, release, self.fold.catalogue)

    def switch(self, catalogue: Catalogue, places: Places) -> None:
        """Make the windows of `catalogue` by `places` from what is stored, now, and go on with them."""
        parts = (part.batch for part in self.fold.tail.since(0))
        stored = stored_batches(self._parts.store.blobs, self.segments, self.fold.marks(), catalogue)
        batches = places.batches(_chain(stored, parts))
        self.adopt(VelocityEngine.refold(catalogue, self.fold.marks(), batches), places)

    def adopt(self, engine: VelocityEngine, places: Places, scorer: Scorer | None = None) -> None:
        """Go on with the windows of `engine` and with `scorer` (None: rules alone, until there is a release)."""
        self.fold.adopt(engine, places)
        self.scorer = scorer or scorer_for(self._parts, COLD, engine.catalogue)
        self.decider = self._decider()

    def _decider(self) -> Decider:
        return Decider(self.fold.catalogue, sample=self._sample)


def scorer_for(parts: ScoreParts, release: str, catalogue: Catalogue) -> Scorer:
    """The scorer of `release` over the columns of `catalogue`; `ConflictError` where it was made for another."""
    scorer = parts.load_scorer(release)
    if scorer.columns.version == catalogue.version:
        return scorer
    if release == COLD:  # has no catalogue of its own
        return Scorer.cold(columns_of(catalogue))
    raise ConflictError(
        f"release {release} is of catalogue {scorer.columns.version}, {catalogue.version} is running"
    )


def places_for(parts: ScoreParts, release: str) -> Places:
    """The places of the alias map that `release` names."""
    return parts.places_of(parts.load_scorer(release).alias_map)


def stored_batches(
    blobs: BlobStore, segments: Sequence[Segment], marks: Marks, catalogue: Catalogue
) -> Iterator[Batch]:
    """What is in `segments` and some window of `catalogue` may see."""
    oldest = marks.horizon_ms - reach_ms(catalogue)
    for segment in segments:
        if segment.to_ms >= oldest:
            for part in read_segment(blobs, segment):
                yield part.batch


def droppable(segments: Sequence[Segment], kept_from_ms: int, seen_from: int) -> int:
    """How many of the first segments hold nothing from `kept_from_ms` on, nor an input from seq `seen_from` on."""
    gone = takewhile(lambda it: it.to_ms < kept_from_ms and it.next_seq <= seen_from, segments)
    return sum(1 for _ in gone)


def _needed(
    blobs: BlobStore, held: Checkpoint, catalogue: Catalogue, seen: Seen, seen_horizon: int
) -> Iterator[Batch]:
    """The batches that windows may see; tells `seen` of the inputs that duplicates are looked for among."""
    oldest = held.horizon_ms - reach_ms(catalogue)
    seen_from = held.next_seq - seen_horizon
    following = held.segments[0].first_seq if held.segments else held.next_seq
    for segment in held.segments:
        if segment.first_seq != following:
            raise CorruptError(f"the checkpoint at seq {held.next_seq} names no segment for seq {following}")
        following = segment.next_seq
        if segment.to_ms < oldest and segment.next_seq <= seen_from:
            continue
        for part in read_segment(blobs, segment):
            _note(seen, part, seen_from)
            if segment.to_ms >= oldest:
                yield part.batch


def _note(seen: Seen, part: Folded, seen_from: int) -> None:
    first = max(0, seen_from - int(part.batch.seq[0]))
    if first < len(part):
        seen.fresh(part.digests[first:])


def _chain(*batches: Iterable[Batch]) -> Iterator[Batch]:
    for some in batches:
        yield from some
