"""Starting an installation from its history: what a back-fill knows becomes the live parts' first state.

Replaying years through the log would give the same and take days. After this the scorer goes on from the
history's last seq, the label join knows its transactions and the graph its links.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from events import topics
from events.errors import ConflictError
from graph.writer import GraphWriter
from storage import FolderBlobs
from storage.clock import Clock
from streaming.backfill import Backfill
from streaming.checkpoint import Checkpoint, CheckpointStore
from streaming.checkpointer import MOST_ROWS
from streaming.folded import Folded
from streaming.join_labels import JoinLabels
from streaming.log.port import Log
from streaming.replay import format_positions, output_ends
from streaming.score_parts import INPUTS
from streaming.seen import SEEN_HORIZON
from streaming.segments import Segment, write_segment


def require_unused(store: CheckpointStore, folder: Path) -> None:
    """`ConflictError` where a scorer's state is there already: checkpoints in `store`, or a journal below `folder`."""
    if store.keys() or any(folder.glob("journal/*")):
        where = f"the blob store below {store.prefix!r}, or {folder}," if store.prefix else str(folder)
        raise ConflictError(f"{where} holds a scorer's state already; move it away to start from a history")


def seed_scorer(
    backfill: Backfill,
    folder: Path,
    log: Log,
    release: str,
    clock: Clock,
    store: CheckpointStore | None = None,
) -> None:
    """Leave a first checkpoint in `store` (None: in `folder`), reading on from the log's present end.

    Raises `ConflictError` where there is a state already.
    """
    store = store or CheckpointStore(FolderBlobs(folder))
    require_unused(store, folder)
    fold = backfill.fold
    ends = {source: at for topic in INPUTS for source, at in log.end(topic.name).items()}
    parts, marks = fold.tail.take(), fold.marks()
    held = Checkpoint(
        next_seq=fold.next_seq,
        clock_ms=clock.now_ms(),
        term=0,
        release=release,
        catalogue=fold.catalogue.version,
        positions=format_positions(ends),
        outputs=format_positions(output_ends(log)),
        journal={},
        watermark_ms=fold.watermark,
        since_ms=marks.since_ms,
        horizon_ms=marks.horizon_ms,
        seen_horizon=SEEN_HORIZON,
        segments=tuple(_segments(store, parts)),
        settled=True,
    )
    store.save(held)


def _segments(store: CheckpointStore, parts: Sequence[Folded]) -> Iterator[Segment]:
    """What a history folded, in segments of up to `MOST_ROWS`."""
    waiting: list[Folded] = []
    for part in parts:
        if waiting and sum(map(len, waiting)) + len(part) > MOST_ROWS:
            yield write_segment(store.blobs, store.prefix, waiting)
            waiting = []
        waiting.append(part)
    if waiting:
        yield write_segment(store.blobs, store.prefix, waiting)


def seed_labels(backfill: Backfill, sink: JoinLabels, log: Log) -> None:
    """Give the label join the history's transactions, and the log's present end to read on from."""
    ends = {s: at for topic in (topics.TRANSACTIONS, topics.LABELS) for s, at in log.end(topic.name).items()}
    sink.preload(backfill.joinable, ends)


def seed_graph(
    backfill: Backfill,
    writer: GraphWriter,
    log: Log,
    sources: tuple[topics.Topic, ...],
    progress: Callable[[int], None],
) -> None:
    """Load the history's links into an empty graph and note the log's present end."""
    ends = {(s.topic, s.partition): at for topic in sources for s, at in log.end(topic.name).items()}
    writer.load(backfill.edges(), ends, progress=progress)
