"""Writes checkpoints behind the stream's back: the stream hands over what it folded and goes on.

One checkpoint is under way at a time; a due one waits. Until its manifest stands, what was handed over is kept, and the
journal reaches back to the oldest checkpoint that is kept: so a process may die at any moment of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from events.errors import CorruptError
from streaming.checkpoint import Checkpoint, CheckpointStore
from streaming.folded import Folded, kept_from_ms
from streaming.journal import Journal
from streaming.log.port import Log, TopicPartition
from streaming.patience import retry_unavailable
from streaming.replay import format_positions, output_ends
from streaming.score_parts import PART, ScoreParts, ScoreSettings
from streaming.segments import Segment, read_all, write_segment
from streaming.working import Working, droppable

if TYPE_CHECKING:
    from concurrent.futures import Future

MERGE = 8
"""So many adjacent segments of about one size become one."""
MOST_ROWS = 1 << 20
"""Larger segments than this are not made by merging."""


@dataclass(frozen=True, slots=True)
class Ends:
    """Places in output topics and journal that lie before all that comes from now on."""

    outputs: dict[TopicPartition, int]
    journal: dict[str, int]


class Checkpointer:
    """Checkpoints of `working`. All methods are called from the stream's thread."""

    def __init__(self, parts: ScoreParts, settings: ScoreSettings, journal: Journal) -> None:
        self._parts = parts
        self._settings = settings
        self._journal = journal
        self._writing: Future[Checkpoint] | None = None
        self._ends: Future[Ends] | None = None

    @property
    def busy(self) -> bool:
        """Whether one is under way."""
        return self._writing is not None

    def prepare(self) -> None:
        """One will be due soon: look up, in the background, where outputs end."""
        if self._ends is None and not self.busy:
            self._ends = self._parts.executor.submit(ends_now, self._parts.log, self._journal)

    def begin(self, working: Working, positions: dict[TopicPartition, int], *, settled: bool = False) -> None:
        """Hand over what was folded since the last one, and let it be written."""
        began = self._parts.clock.perf_us()
        ends = self._known_ends()
        fold, marks = working.fold, working.fold.marks()
        head = Checkpoint(
            next_seq=fold.next_seq,
            clock_ms=self._parts.clock.now_ms(),
            term=self._journal.term,
            release=working.scorer.release,
            catalogue=fold.catalogue.version,
            positions=format_positions(positions),
            outputs=format_positions(ends.outputs),
            journal=ends.journal,
            watermark_ms=fold.watermark,
            since_ms=marks.since_ms,
            horizon_ms=marks.horizon_ms,
            seen_horizon=self._settings.seen_horizon,
            segments=working.segments,
            settled=settled,
        )
        self._journal.roll(fold.next_seq)
        oldest_ms = kept_from_ms(marks.horizon_ms, fold.catalogue)
        self._writing = self._parts.executor.submit(self._write, head, fold.tail.take(), oldest_ms)
        metrics = self._parts.metrics
        metrics.observe("checkpoint_pause_seconds", (self._parts.clock.perf_us() - began) / 1e6, part=PART)
        metrics.gauge("state_bytes", fold.memory_bytes, part=PART, state="velocity")
        metrics.gauge("state_bytes", working.seen.memory_bytes, part=PART, state="seen")

    def poll(self, working: Working, *, wait: bool = False) -> None:
        """Take in a finished one. Raises what made it fail: the process then ends, and recovers from the one before."""
        if self._writing is not None and (wait or self._writing.done()):
            working.segments = self._writing.result().segments
            self._writing = None

    def _known_ends(self) -> Ends:
        """As looked up before, if that has an answer: any earlier place will do, it only makes a recovery read more."""
        asked, self._ends = self._ends, None
        if asked is not None and asked.done() and asked.exception() is None:
            return asked.result()
        return ends_now(self._parts.log, self._journal)

    def _write(self, head: Checkpoint, parts: Sequence[Folded], oldest_ms: int) -> Checkpoint:
        began = self._parts.clock.perf_us()
        done: list[Checkpoint] = []

        def attempt() -> None:
            done.append(self._store(head, parts, oldest_ms))

        retry_unavailable(attempt, self._parts.clock, self._parts.metrics, "blobs")
        seconds = (self._parts.clock.perf_us() - began) / 1e6
        self._parts.metrics.observe("checkpoint_seconds", seconds, part=PART)
        return done[-1]

    def _store(self, head: Checkpoint, parts: Sequence[Folded], oldest_ms: int) -> Checkpoint:
        store = self._parts.store
        segments = list(head.segments)
        if parts:
            segments.append(write_segment(store.blobs, store.prefix, parts))
        gone = droppable(segments, oldest_ms, head.next_seq - self._settings.seen_horizon)
        segments = merged(store, segments[gone:])
        made = msgspec.structs.replace(head, segments=tuple(segments))
        store.save(made)
        oldest = store.keep(self._settings.keep_checkpoints)
        self._journal.drop_before(oldest.next_seq, oldest.journal)
        return made


def ends_now(log: Log, journal: Journal) -> Ends:
    """Where outputs and journal end."""
    return Ends(output_ends(log), journal.mark())


def merged(store: CheckpointStore, segments: list[Segment]) -> list[Segment]:
    """The same events in fewer segments, where a run of small ones has come together."""
    run = run_to_merge([segment.rows for segment in segments])
    if run is None:
        return segments
    try:
        one = write_segment(store.blobs, store.prefix, read_all(store.blobs, segments[run]))
    except CorruptError:  # a running scorer has it all in memory; `ringwatch state verify` tells
        return segments
    return [*segments[: run.start], one, *segments[run.stop :]]


def run_to_merge(rows: Sequence[int]) -> slice | None:
    """The first run of at least `MERGE` adjacent segments up to some size, the smallest size first."""
    levels = [(number.bit_length() - 1) // 3 for number in rows]
    for level in sorted(set(levels)):
        start = 0
        while start < len(rows):
            stop, total = start, 0
            while stop < len(rows) and levels[stop] <= level and total + rows[stop] <= MOST_ROWS:
                total += rows[stop]
                stop += 1
            if stop - start >= MERGE:
                return slice(start, stop)
            start = max(stop, start + 1)
    return None
