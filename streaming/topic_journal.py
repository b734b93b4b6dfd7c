"""The journal in a topic of one partition: it outlives the host, and a standby follows it.

Opening it begins a new term: what an older owner appends from then on no reader delivers. Outputs are fenced first
(`streaming.score`): so every decision that is seen belongs to an entry that is in the journal.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing

import msgspec

from events import topics
from events.errors import ConflictError
from streaming.journal import Entry, JournalKind, in_sequence
from streaming.log.port import Log, Outgoing, Record, TopicPartition
from streaming.patience import PatientProducer

TOPIC = topics.SCORE_JOURNAL.name
PARTITION = TopicPartition(TOPIC, 0)
PRODUCER = "score-journal"
_POLL = 1_024
_WAIT_S = 0.2


class TopicReader:
    """A `Journal` in the topic `score-journal`, to be looked at: appending is a ConflictError."""

    kind: JournalKind = "topic"
    term = 0

    def __init__(self, log: Log) -> None:
        self._log = log

    def append(self, entry: Entry) -> None:
        raise ConflictError(f"this journal is only read, and is asked to take seq {entry.first_seq}")

    def entries(self, from_seq: int, mark: Mapping[str, int]) -> Iterator[Entry]:
        return in_sequence(read_to_end(self._log, mark), from_seq)

    def mark(self) -> dict[str, int]:
        return mark_of(self._log.end(TOPIC)[PARTITION])

    def roll(self, first_seq: int) -> None:
        """Marks tell checkpoints apart here."""

    def drop_before(self, seq: int, mark: Mapping[str, int]) -> None:
        del seq
        if mark:
            self._log.trim(PARTITION, offset_of(mark))

    def close(self) -> None:
        """Nothing is held."""


class TopicJournal(TopicReader):
    """A `Journal` in the topic `score-journal`. `producer` was opened for it, as `PRODUCER`."""

    def __init__(self, log: Log, producer: PatientProducer) -> None:
        super().__init__(log)
        self._producer = producer
        self.term = producer.epoch

    def append(self, entry: Entry) -> None:
        key = b"%020d" % entry.first_seq
        self._producer.send([Outgoing(TOPIC, key, msgspec.msgpack.encode(entry), partition=0)])

    def close(self) -> None:
        self._producer.close()


def read_to_end(log: Log, mark: Mapping[str, int]) -> Iterator[Entry]:
    """Entries from `mark` to where the topic ends now."""
    end = log.end(TOPIC)[PARTITION]
    with closing(log.open_reader({PARTITION: offset_of(mark)})) as reader:
        while reader.positions()[PARTITION] < end:
            yield from map(decode_entry, reader.poll(_POLL, _WAIT_S))


def decode_entry(record: Record) -> Entry:
    """The entry that a record of the topic is."""
    return msgspec.msgpack.decode(record.value, type=Entry)


def mark_of(offset: int) -> dict[str, int]:
    """A mark (`Journal.mark`) at `offset`."""
    return {f"{TOPIC}/0": offset}


def offset_of(mark: Mapping[str, int]) -> int:
    """The offset that `mark` names; the first there is, where it names none."""
    return mark.get(f"{TOPIC}/0", 0)
