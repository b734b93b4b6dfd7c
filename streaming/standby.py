"""A standby: it folds along with the journal topic, and goes on where the leader's journal ends.

The leader sends all messages of an entry before it journals the next but one. So of what is in the journal only the
last `UNSENT` entries may have messages that were not sent: the standby folds an entry without deciding anything once so
many are behind it, and decides those when it takes over.
"""

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

from events.errors import CorruptError
from streaming.journal import Entry, Journal
from streaming.log.port import Outgoing, Reader, TopicPartition
from streaming.recovery import Recovery, follow, input_starts, kind_of, recover, replay, restore
from streaming.replay import Refetch, emitted, output_ends, parse_positions
from streaming.score_parts import ScoreParts, ScoreSettings
from streaming.topic_journal import PARTITION, TOPIC, decode_entry, mark_of, offset_of
from streaming.working import Working

UNSENT = 2
_LOOK_MS = 500
_SEGMENTS_MS = 10_000
_POLL = 256


@dataclass(frozen=True, slots=True)
class Followed:
    """What a standby has: the state before the entry at `offset` of the journal, positions, and who reads inputs.

    `outputs` is a place in the output topics before all messages of that entry and of those behind it.
    """

    working: Working
    positions: dict[TopicPartition, int]
    offset: int
    outputs: dict[TopicPartition, int]
    refetch: Refetch


@dataclass(frozen=True, slots=True)
class _Look:
    """Outputs as they ended before the journal ended at `journal`."""

    journal: int
    outputs: dict[TopicPartition, int]


class Standby:
    """Follows the leader: `step` until the lead is to be taken; `ScoreTransactions.recover` takes what is `ready`."""

    def __init__(self, parts: ScoreParts, settings: ScoreSettings) -> None:
        self._parts = parts
        self._settings = settings
        self._looks: deque[_Look] = deque()
        self._looked_ms = self._refreshed_ms = -_SEGMENTS_MS
        self._begin()

    @property
    def next_seq(self) -> int:
        """How far it has folded, the last entries left out."""
        return self._working.fold.next_seq

    def step(self, linger_s: float = 0.2) -> int:
        """Follow what has been journalled; how many entries came."""
        self._look()
        records = self._reader.poll(_POLL, linger_s)
        for record in records:
            if not self._met(decode_entry(record), record.offset):
                self.close()
                self._begin()
                break
        self._refresh()
        return len(records)

    def ready(self) -> Followed:
        """What to take over with."""
        self._reader.close()
        offset = self._held[0][1] if self._held else self._reader_at
        return Followed(self._working, self._positions, offset, self._looks[0].outputs, self._refetch)

    def close(self) -> None:
        self._reader.close()
        self._refetch.close()

    def _begin(self) -> None:
        held, self._working = restore(self._parts, self._settings)
        log = self._parts.log
        self._positions = parse_positions(held.positions) if held else {}
        self._refetch = Refetch(log, input_starts(log, self._positions))
        self._held: deque[tuple[Entry, int]] = deque()
        self._reader_at = offset_of(held.journal if held else {})
        self._reader: Reader = log.open_reader({PARTITION: self._reader_at})
        self._looks.clear()
        self._looks.append(_Look(self._reader_at, parse_positions(held.outputs) if held else {}))

    def _met(self, entry: Entry, offset: int) -> bool:
        """Note an entry; False where some before it are gone (the leader is ahead by checkpoints)."""
        expected = self._held[-1][0].next_seq if self._held else self._working.fold.next_seq
        self._reader_at = offset + 1
        if entry.first_seq < expected:
            return True
        if entry.first_seq > expected:
            return False
        self._held.append((entry, offset))
        if len(self._held) > UNSENT:
            sent, _ = self._held.popleft()
            follow(self._parts, self._working, sent, self._refetch.events(sent))
            self._positions = sent.next_positions()
        while len(self._looks) > 1 and self._looks[1].journal <= self._held[0][1]:
            self._looks.popleft()
        return True

    def _look(self) -> None:
        """Note where outputs and then the journal end: what is journalled later is sent later."""
        now = self._parts.clock.now_ms()
        if now - self._looked_ms < _LOOK_MS:
            return
        self._looked_ms = now
        outputs = output_ends(self._parts.log)
        self._looks.append(_Look(self._parts.log.end(TOPIC)[PARTITION], outputs))

    def _refresh(self) -> None:
        """Let go of what the leader has stored by now; its segments are where it is found again."""
        now = self._parts.clock.now_ms()
        if now - self._refreshed_ms < _SEGMENTS_MS:
            return
        self._refreshed_ms = now
        _let_go(self._parts, self._working)


def take_over(
    parts: ScoreParts,
    settings: ScoreSettings,
    ahead: Followed,
    journal: Journal,
    send: Callable[[Sequence[Outgoing]], None],
) -> tuple[Working, Recovery]:
    """Fold what is left of the journal, which nobody else writes to any more, and send what its last entries lack.

    Where the leader was ahead by checkpoints, so that the journal does not go back so far, the newest of them counts.
    """
    working = ahead.working
    with closing(ahead.refetch):
        try:
            entries = list(journal.entries(working.fold.next_seq, mark_of(ahead.offset)))
        except CorruptError:
            return recover(parts, settings, journal, send)
        end = entries[-1].next_seq if entries else working.fold.next_seq
        newest = next((held for _, held in parts.store.whole()), None)
        if newest is not None and newest.next_seq > end:
            return recover(parts, settings, journal, send)
        done = Recovery(from_seq=working.fold.next_seq, positions=ahead.positions, journal=kind_of(newest))
        for entry in entries[:-UNSENT]:
            events = ahead.refetch.events(entry)
            follow(parts, working, entry, events)
            done.replayed += len(events)
        sent = emitted(parts.log, ahead.outputs) if entries else set()
        for entry in entries[-UNSENT:]:
            replay(parts, working, entry, ahead.refetch.events(entry), sent, send, done)
    _let_go(parts, working)
    return working, done


def _let_go(parts: ScoreParts, working: Working) -> None:
    """Of what was folded, keep what the newest checkpoint has not stored; the rest is in its segments."""
    for _, held in parts.store.whole():
        if held.next_seq <= working.fold.next_seq:
            working.segments = held.segments
            working.fold.tail.drop_before(held.next_seq)
            return
