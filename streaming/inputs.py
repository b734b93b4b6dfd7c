"""Many partitions as one stream, lowest head time first.

A restart finds hours of backlog in some partitions and none in others. Reading them as they come would fold
Tuesday's logins before Monday's payments, so the merge holds a partition's events back while another one that is
known to have older records still owes its next (for a bounded wait: a dead partition must not stop the rest).
Close to the end of every partition nothing waits: events are folded as they arrive.

A sender's clock may run ahead. An event's place in the merge is therefore never later than the log's own
append time.
"""

import heapq
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from msgspec import Struct

from events.errors import InputError
from events.types import Control, Input, JoinedLabel
from storage.clock import Clock
from streaming.log.port import Log, Record, TopicPartition


class Taken(Struct, frozen=True):
    """One decoded input and where it came from: `source` indexes `MergedInput.sources`."""

    source: int
    offset: int
    append_time: int
    event: Input


class _Queued(NamedTuple):
    time: int
    offset: int
    append_time: int
    event: Input | Control


# A poll that brings at least this part of what it may is a sign of more: a backlog that grew while this was running.
_MANY = 8


@dataclass(frozen=True, slots=True)
class Take:
    """What one call took: events in fold order, then at most one control command, to be obeyed behind them.

    `positions` is the input position behind the events, and before the command: until it is obeyed, a restart must
    meet it again.
    """

    events: tuple[Taken, ...]
    positions: dict[TopicPartition, int]
    control: Control | None = None


def event_time(event: Input) -> int:
    """When an input counts, epoch ms: labels when they became known, everything else when it happened."""
    return event.label.known_at if isinstance(event, JoinedLabel) else event.time


class MergedInput:
    """Reads `start`'s partitions and hands out decoded events by head time.

    Args:
        decode: bytes of a record to its message; raises `InputError`.
        refuse: told of every record that `decode` refuses (to dead-letter it).
        wait_ms: how long a lagging partition may hold the others back.
        queue_limit: decoded events held a partition; a fuller one is paused (back pressure).
    """

    def __init__(
        self,
        log: Log,
        start: Mapping[TopicPartition, int],
        *,
        decode: Callable[[Record], Input | Control],
        refuse: Callable[[Record, InputError], None],
        clock: Clock,
        wait_ms: int = 2_000,
        queue_limit: int = 8_192,
        poll_records: int = 2_048,
    ) -> None:
        self.sources: tuple[TopicPartition, ...] = tuple(sorted(start, key=lambda p: (p.topic, p.partition)))
        self._index = {source: i for i, source in enumerate(self.sources)}
        self._log = log
        self._reader = log.open_reader(start)
        self._decode = decode
        self._refuse = refuse
        self._clock = clock
        self._wait_ms = wait_ms
        self._queue_limit = queue_limit
        self._poll_records = poll_records
        self._queues: list[deque[_Queued]] = [deque() for _ in self.sources]
        self._heads: list[tuple[int, int]] = []
        self._paused: set[int] = set()
        self._targets: list[int] = []
        self._more: list[bool] = []
        self._blocked_since: int | None = None
        self._aim()

    def take(self, limit: int, timeout_s: float) -> Take:
        """Up to `limit` events; waits up to `timeout_s` for the first."""
        self._fill(0.0 if self._heads else timeout_s)
        taken: list[Taken] = []
        control: Control | None = None
        before_control: dict[TopicPartition, int] = {}
        may_owe = True
        while self._heads and len(taken) < limit:
            if may_owe and self._must_wait():
                break
            _, index = heapq.heappop(self._heads)
            head = self._queues[index].popleft()
            if self._queues[index]:
                heapq.heappush(self._heads, (self._queues[index][0].time, index))
            may_owe = self._lagging(index)
            if isinstance(head.event, Control):
                control, before_control = head.event, {self.sources[index]: head.offset}
                break
            taken.append(Taken(index, head.offset, head.append_time, head.event))
        self._unpause()
        return Take(tuple(taken), self.positions() | before_control, control)

    def positions(self) -> dict[TopicPartition, int]:
        """The offset of the next event to take, a partition."""
        read = self._reader.positions()
        return {
            source: self._queues[i][0].offset if self._queues[i] else read[source]
            for i, source in enumerate(self.sources)
        }

    def caught_up(self) -> bool:
        """True when everything that was in the log at the last look has been taken."""
        return not self._heads and not any(self._lagging(i) for i in range(len(self.sources)))

    def close(self) -> None:
        self._reader.close()

    def _aim(self) -> None:
        """Note how far each partition reaches now: until there, its silence means 'still to come'."""
        ends: dict[TopicPartition, int] = {}
        for topic in sorted({source.topic for source in self.sources}):
            ends.update(self._log.end(topic))
        self._targets = [ends[source] for source in self.sources]
        self._compare()

    def _compare(self) -> None:
        """Note which partitions have more in the log than is here. Once a poll, for an event is no time to ask."""
        read = self._reader.positions()
        self._more = [
            read[source] < target for source, target in zip(self.sources, self._targets, strict=True)
        ]

    def _fill(self, timeout_s: float) -> None:
        records = self._reader.poll(self._poll_records, timeout_s)
        for record in records:
            index = self._index[TopicPartition(record.topic, record.partition)]
            try:
                event = self._decode(record)
            except InputError as error:
                self._refuse(record, error)
                continue
            self._enqueue(index, record, event)
        if len(records) >= self._poll_records // _MANY:
            self._aim()
        else:
            self._compare()

    def _enqueue(self, index: int, record: Record, event: Input | Control) -> None:
        queue = self._queues[index]
        time = (
            record.append_time if isinstance(event, Control) else min(event_time(event), record.append_time)
        )
        queue.append(_Queued(time, record.offset, record.append_time, event))
        if len(queue) == 1:
            heapq.heappush(self._heads, (time, index))
        if len(queue) >= self._queue_limit and index not in self._paused:
            self._paused.add(index)
            self._reader.pause([self.sources[index]])

    def _unpause(self) -> None:
        ready = [i for i in sorted(self._paused) if len(self._queues[i]) <= self._queue_limit // 2]
        if ready:
            self._paused.difference_update(ready)
            self._reader.resume([self.sources[i] for i in ready])

    def _lagging(self, index: int) -> bool:
        """Whether an empty queue still owes records."""
        return self._more[index] and not self._queues[index]

    def _must_wait(self) -> bool:
        """Whether records that are still to come may be older than every head."""
        if not any(self._lagging(i) for i in range(len(self._queues))):
            self._blocked_since = None
            return False
        now = self._clock.now_ms()
        if self._blocked_since is None:
            self._blocked_since = now
        if now - self._blocked_since <= self._wait_ms:
            return True
        self._blocked_since = None
        self._targets = [0] * len(self._targets)
        self._more = [False] * len(self._more)
        return False


def starts(log: Log, topics: Sequence[str], known: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
    """Where to read each partition of `topics`: the known position, else the first record still there."""
    first: dict[TopicPartition, int] = {}
    for topic in topics:
        first.update(log.begin(topic))
    return {source: max(known.get(source, 0), begin) for source, begin in first.items()}
