"""The reader all backends share: fetches ahead by partition, and hands out fairly."""

import time
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from events.errors import NotFoundError
from streaming.log.port import Record, TopicPartition

# A source may block inside a client that answers no signal: never for longer than this, in seconds.
_LONGEST_WAIT_S = 0.5
# Clients count in milliseconds: asked to wait for less they would not wait at all, and this would spin.
_SHORTEST_WAIT_S = 0.001


@dataclass(frozen=True, slots=True)
class Chunk:
    """Records of one partition in offset order; `next_offset` is behind them and behind all that was dropped."""

    partition: TopicPartition
    records: Sequence[Record]
    next_offset: int


class Source(Protocol):
    """What a backend does for its reader."""

    @property
    def room(self) -> int:
        """A partition with at least this many records waiting in the reader is not fetched from."""
        ...

    def start(self, positions: Mapping[TopicPartition, int]) -> dict[TopicPartition, int]:
        """Check and clamp these, and fetch these partitions from there on."""
        ...

    def fetch(
        self, want: Mapping[TopicPartition, int], max_records: int, timeout_s: float
    ) -> Iterable[Chunk]:
        """What follows the offsets in `want`, about `max_records` in all; waits only while there is nothing."""
        ...

    def close(self) -> None: ...


class BufferedReader:
    """A `Reader` over a `Source`.

    Memory: at most `source.room` plus one fetch of records a partition.
    """

    def __init__(self, source: Source, start: Mapping[TopicPartition, int]) -> None:
        self._source = source
        self._fetched = source.start(start)
        self._waiting: dict[TopicPartition, deque[Record]] = {
            partition: deque() for partition in sorted(self._fetched, key=lambda it: (it.topic, it.partition))
        }
        self._turns = deque(self._waiting)
        self._paused: set[TopicPartition] = set()

    def poll(self, max_records: int, timeout_s: float) -> list[Record]:
        deadline = time.monotonic() + timeout_s
        while True:
            ready = any(self._ready())
            left = deadline - time.monotonic()
            self._fetch(max_records, 0.0 if ready else min(max(left, 0.0), _LONGEST_WAIT_S))
            records = self._take(max_records)
            if records or time.monotonic() + _SHORTEST_WAIT_S > deadline:
                return records

    def _fetch(self, max_records: int, timeout_s: float) -> None:
        want = {
            partition: self._fetched[partition]
            for partition, waiting in self._waiting.items()
            if len(waiting) < self._source.room
        }
        if not want:
            time.sleep(timeout_s)  # nothing to fetch: everything is paused and full
            return
        for chunk in self._source.fetch(want, max_records, timeout_s):
            self._waiting[chunk.partition].extend(chunk.records)
            self._fetched[chunk.partition] = chunk.next_offset

    def _ready(self) -> Iterable[TopicPartition]:
        return (it for it in self._turns if self._waiting[it] and it not in self._paused)

    def _take(self, max_records: int) -> list[Record]:
        """An even share of each, then what is left over in turn; another partition is first the next time."""
        ready = list(self._ready())
        taken: dict[TopicPartition, int] = {}
        left = max_records
        for rank, partition in enumerate(ready):
            # Shares are counted from what is left, so that one partition's unused share goes to the others.
            share = -(-left // (len(ready) - rank))
            taken[partition] = min(share, len(self._waiting[partition]))
            left -= taken[partition]
        for partition in ready:
            more = min(left, len(self._waiting[partition]) - taken[partition])
            taken[partition] += more
            left -= more
        self._turns.rotate(-1)
        records: list[Record] = []
        for partition, count in taken.items():
            waiting = self._waiting[partition]
            records.extend(waiting.popleft() for _ in range(count))
        return records

    def positions(self) -> dict[TopicPartition, int]:
        return {
            partition: waiting[0].offset if waiting else self._fetched[partition]
            for partition, waiting in self._waiting.items()
        }

    def seek(self, positions: Mapping[TopicPartition, int]) -> None:
        self._known(positions)
        # Everything starts anew, so that a source never holds records fetched for a place that was left.
        self._fetched = self._source.start({**self.positions(), **positions})
        for waiting in self._waiting.values():
            waiting.clear()

    def pause(self, partitions: Sequence[TopicPartition]) -> None:
        self._known(partitions)
        self._paused.update(partitions)

    def resume(self, partitions: Sequence[TopicPartition]) -> None:
        self._known(partitions)
        self._paused.difference_update(partitions)

    def _known(self, partitions: Iterable[TopicPartition]) -> None:
        for partition in partitions:
            if partition not in self._waiting:
                raise NotFoundError(f"this reader does not read {partition.topic}/{partition.partition}")

    def close(self) -> None:
        self._source.close()
