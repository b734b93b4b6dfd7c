"""Starting an installation from its history: what a back-fill knows becomes the live parts' first state.

Replaying years through the log would give the same and take days. After this the scorer goes on from the
history's last seq, the label join knows its transactions and the graph its links.
"""

from collections.abc import Callable
from pathlib import Path

from events import topics
from events.errors import ConflictError
from graph.writer import GraphWriter
from storage.clock import Clock
from streaming import checkpoint as checkpoints
from streaming.backfill import Backfill
from streaming.join_labels import JoinLabels
from streaming.log.port import Log
from streaming.replay import SENT, format_positions
from streaming.score import INPUTS


def require_unused(folder: Path) -> None:
    """`ConflictError` where `folder` holds a scorer's state already."""
    if checkpoints.load_newest(folder / "checkpoints") is not None or any(folder.glob("journal/*")):
        raise ConflictError(f"{folder} holds a scorer's state already; move it away to start from a history")


def seed_scorer(backfill: Backfill, folder: Path, log: Log, release: str, clock: Clock) -> None:
    """Leave a first checkpoint in `folder`, reading on from the log's present end.

    Raises `ConflictError` where the folder holds a state already.
    """
    require_unused(folder)
    ends = {source: at for topic in INPUTS for source, at in log.end(topic.name).items()}
    sent = {source: at for name in SENT for source, at in log.end(name).items()}
    held = checkpoints.Checkpoint(
        next_seq=backfill.fold.next_seq,
        clock_ms=clock.now_ms(),
        release=release,
        positions=format_positions(ends),
        outputs=format_positions(sent),
        catalogue=backfill.fold.catalogue.version,
        fold=backfill.fold.snapshot(),
        seen=backfill.seen.snapshot(),
    )
    checkpoints.save(folder / "checkpoints", held)


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
