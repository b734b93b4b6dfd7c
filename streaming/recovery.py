"""Bringing the scorer's state back: the newest whole checkpoint, then the journal's batches, folded again."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from events.errors import ConflictError, CorruptError
from events.types import Input
from scoring import COLD
from streaming.checkpoint import Checkpoint
from streaming.inputs import starts
from streaming.journal import Entry, Journal
from streaming.log.port import Log, Outgoing, TopicPartition
from streaming.replay import Refetch, Replayed, emitted, identity, parse_positions
from streaming.score_parts import INPUTS, ScoreParts, ScoreSettings
from streaming.seen import digests_of
from streaming.working import Working, places_for


@dataclass(slots=True)
class Recovery:
    """What a recovery did, for the log line and the tests."""

    from_seq: int = 0
    replayed: int = 0
    sent: int = 0
    positions: dict[TopicPartition, int] = field(default_factory=dict)
    journal: str = ""
    """The kind of journal that the checkpoint was made with; "" where there was none."""


def recover(
    parts: ScoreParts, settings: ScoreSettings, journal: Journal, send: Callable[[Sequence[Outgoing]], None]
) -> tuple[Working, Recovery]:
    """The state as it was left; what was journalled but is not in the output topics is sent.

    Raises `CorruptError` where no checkpoint, or the journal behind it, is whole; `ConflictError` where the state was
    left with another kind of journal, in the middle of its work.
    """
    held, working = restore(parts, settings)
    done = Recovery(from_seq=working.fold.next_seq)
    sent_from: dict[TopicPartition, int] = {}
    mark: Mapping[str, int] = {}
    if held is not None:
        done.journal = kind_of(held)
        done.positions, sent_from = parse_positions(held.positions), parse_positions(held.outputs)
        mark = held.journal
    entries = list(journal.entries(working.fold.next_seq, mark))
    if entries:
        sent = emitted(parts.log, sent_from)
        with closing(Refetch(parts.log, input_starts(parts.log, done.positions))) as refetch:
            for entry in entries:
                replay(parts, working, entry, refetch.events(entry), sent, send, done)
    return working, done


def restore(parts: ScoreParts, settings: ScoreSettings) -> tuple[Checkpoint | None, Working]:
    """The newest checkpoint that is whole with all it names, and its state; an empty one where there is none.

    Raises as `recover` does.
    """
    fault: CorruptError | None = None
    for _, held in parts.store.whole():
        if kind_of(held) != settings.journal and not held.settled:
            raise ConflictError(
                f"the state was left with its journal = {kind_of(held)!r}, in the middle of its work; start once with "
                f"that, stop in good order, then change to {settings.journal!r}"
            )
        try:
            return held, Working.restore(parts, settings, held, parts.catalogue_of(held.catalogue))
        except CorruptError as error:
            fault = fault or error
    if fault is not None:
        raise fault
    if keys := parts.store.keys():
        raise CorruptError(
            f"none of {len(keys)} checkpoints is whole; put {keys[0]} back from a copy of the blob store, or move the "
            "scorer's state away and back-fill"
        )
    return None, Working.empty(parts, settings)


def kind_of(held: Checkpoint | None) -> str:
    """The kind of journal that a checkpoint was made with; "" without one."""
    if held is None:
        return ""
    return "topic" if held.journal else "disk"


def replay(
    parts: ScoreParts,
    working: Working,
    entry: Entry,
    events: Sequence[Input],
    sent: set[str],
    send: Callable[[Sequence[Outgoing]], None],
    done: Recovery,
) -> None:
    """Fold one journalled batch again and send what `sent` lacks of its messages."""
    digests = prepare(parts, working, entry, events)
    done.positions = entry.next_positions()
    if not events:
        return
    served = working.fold.fold(events, entry.addresses(), Replayed(parts.graph, entry), digests=digests)
    decisions = working.decider.decide(served, working.scorer, entry.clock_ms)
    missing = [o for name, o in working.decider.outgoing(served, decisions) if name not in sent]
    send(missing)
    done.sent += len(missing)
    done.replayed += len(events)


def follow(parts: ScoreParts, working: Working, entry: Entry, events: Sequence[Input]) -> None:
    """Fold one journalled batch whose messages are all sent."""
    digests = prepare(parts, working, entry, events)
    if events:
        working.fold.follow(events, entry.addresses(), digests)


def prepare(parts: ScoreParts, working: Working, entry: Entry, events: Sequence[Input]) -> NDArray[np.uint64]:
    """Be of the catalogue, the places and the release that the batch was folded with, and know its inputs."""
    if entry.catalogue != working.fold.catalogue.version or entry.release != working.scorer.release:
        _become(parts, working, entry)
    digests = digests_of(map(identity, events))
    working.seen.fresh(digests)
    return digests


def _become(parts: ScoreParts, working: Working, entry: Entry) -> None:
    places = places_for(parts, entry.release)
    if (entry.catalogue, places.name) != (working.fold.catalogue.version, working.fold.places.name):
        working.switch(parts.catalogue_of(entry.catalogue), places)
    if entry.release != working.scorer.release:
        working.use(entry.release)


def settle_catalogue(parts: ScoreParts, working: Working) -> bool:
    """Without a release the settings name the catalogue: switch to it where the state is of another; whether it was."""
    if working.scorer.release != COLD or working.fold.catalogue.version == parts.catalogue.version:
        return False
    working.switch(parts.catalogue, working.fold.places)
    return True


def input_starts(log: Log, known: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
    """Where to read each input partition."""
    return starts(log, [topic.name for topic in INPUTS], known)
