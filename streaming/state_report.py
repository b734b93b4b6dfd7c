"""What is stored of a scorer's state, and whether it is whole. Nothing is changed; a scorer may run meanwhile."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from events.errors import CorruptError, NotFoundError
from features.catalogue import Catalogue
from features.feature import VelocityFeature
from streaming.checkpoint import Checkpoint, CheckpointStore
from streaming.journal import Journal
from streaming.segments import Segment, read_segment


@dataclass(frozen=True, slots=True)
class Warming:
    """A velocity column whose window reaches back before the first event folded, and when it no longer does."""

    feature: str
    full_ms: int


@dataclass(frozen=True, slots=True)
class StateReport:
    """The newest whole checkpoint, and what a recovery would find behind it.

    Times are epoch ms: `saved_ms` of the clock, the others of events. `oldest_ms` is the earliest event stored.
    `journal_inputs` are those that a recovery folds again. `warming` None: the catalogue itself is not stored.
    """

    checkpoint: str
    next_seq: int
    saved_ms: int
    settled: bool
    release: str
    catalogue: str
    checkpoints: int
    segments: int
    rows: int
    bytes: int
    oldest_ms: int | None
    watermark_ms: int
    seen_horizon: int
    journal: str
    journal_entries: int
    journal_inputs: int
    warming: tuple[Warming, ...] | None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was looked at; `fault` is "" where it is whole."""

    name: str
    rows: int
    fault: str = ""


def inspect(
    store: CheckpointStore, journal: Journal, catalogue_of: Callable[[str], Catalogue]
) -> StateReport:
    """Look at the newest whole checkpoint; `NotFoundError` where there is none."""
    whole = list(store.whole())
    if not whole:
        raise NotFoundError(
            "there is no whole checkpoint yet; `ringwatch run score` makes one after [score] checkpoint_events, and "
            "when it is stopped"
        )
    key, held = whole[0]
    entries = list(journal.entries(held.next_seq, held.journal))
    segments = held.segments
    return StateReport(
        checkpoint=key,
        next_seq=held.next_seq,
        saved_ms=held.clock_ms,
        settled=held.settled,
        release=held.release,
        catalogue=held.catalogue,
        checkpoints=len(whole),
        segments=len(segments),
        rows=sum(segment.rows for segment in segments),
        bytes=sum(segment.bytes for segment in segments),
        oldest_ms=min((segment.from_ms for segment in segments), default=None),
        watermark_ms=held.watermark_ms,
        seen_horizon=held.seen_horizon,
        journal=journal.kind,
        journal_entries=len(entries),
        journal_inputs=sum(entry.next_seq - entry.first_seq for entry in entries),
        warming=_warming(held, catalogue_of),
    )


def verify(store: CheckpointStore, journal: Journal) -> Iterator[Finding]:
    """Read all that is stored, every byte: manifests, the segments that they name, the journal."""
    held: dict[str, Checkpoint] = {}
    for key in store.keys():  # noqa: SIM118 - a store is no dict
        try:
            held[key] = store.load(key)
            yield Finding(key, held[key].next_seq)
        except CorruptError as error:
            yield Finding(key, 0, str(error))
        except NotFoundError:  # the running scorer has dropped it since
            continue
    yield from _segments(store, held)
    oldest = min(held.values(), key=lambda it: it.next_seq, default=None)
    try:
        first, mark = (oldest.next_seq, oldest.journal) if oldest is not None else (0, {})
        inputs = sum(entry.next_seq - entry.first_seq for entry in journal.entries(first, mark))
        yield Finding(f"journal ({journal.kind})", inputs)
    except CorruptError as error:
        yield Finding(f"journal ({journal.kind})", 0, str(error))


def _segments(store: CheckpointStore, held: dict[str, Checkpoint]) -> Iterator[Finding]:
    named = {segment.key: segment for it in held.values() for segment in it.segments}
    for key, segment in sorted(named.items()):
        try:
            yield Finding(key, sum(map(len, read_segment(store.blobs, segment))))
        except CorruptError as error:
            if _still_named(store, held, segment):
                yield Finding(key, 0, str(error))
    for key, it in held.items():
        fault = _gap(it.segments, it.next_seq)
        if fault:
            yield Finding(key, 0, fault)


def _still_named(store: CheckpointStore, held: dict[str, Checkpoint], segment: Segment) -> bool:
    return any(store.blobs.exists(key) for key, it in held.items() if segment in it.segments)


def _gap(segments: Sequence[Segment], next_seq: int) -> str:
    following = [segment.first_seq for segment in segments[1:]] + [next_seq]
    for segment, begins in zip(segments, following, strict=segments != ()):
        if segment.next_seq != begins:
            return f"it names no segment for seq {segment.next_seq}"
    return ""


def _warming(held: Checkpoint, catalogue_of: Callable[[str], Catalogue]) -> tuple[Warming, ...] | None:
    try:
        catalogue = catalogue_of(held.catalogue)
    except NotFoundError:
        return None
    if not held.segments:
        return ()
    found = (
        Warming(feature.name, held.since_ms + feature.source.delay_ms + feature.source.window_ms)
        for feature in catalogue.features
        if isinstance(feature.source, VelocityFeature)
    )
    return tuple(window for window in found if window.full_ms > held.watermark_ms)
