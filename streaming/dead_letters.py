"""Refused input on its way to the `dlq` topic, with a limit beyond which the part stops instead.

One bad message is the sender's fault; a thousand in a row are ours (a wrong deployment, a wrong topic), and then
moving everything to `dlq` would empty the topic into it.
"""

from dataclasses import dataclass, field

from events import codec, topics
from events.dead_letter import dead_letter
from events.errors import InputError, RingwatchError
from storage.clock import Clock
from streaming.log.port import Outgoing, Producer, Record


class TooManyDeadLettersError(RingwatchError):
    """The share of refused input says that the fault is not the sender's. The part stops; nothing is lost."""

    code = "too_many_dead_letters"


@dataclass(slots=True)
class DeadLetters:
    """Collects refused records and sends them with `flush`.

    Args:
        part: who refused, named in the letter.
        limit: so many refusals in a row (of a part's whole input) stop the part.
    """

    producer: Producer
    part: str
    clock: Clock
    limit: int = 1_000
    total: int = 0
    _waiting: list[Outgoing] = field(default_factory=list)
    _in_a_row: int = 0

    def refuse(self, record: Record, error: InputError) -> None:
        """Take one refused record."""
        self.total += 1
        self._in_a_row += 1
        letter = dead_letter(
            topic=record.topic,
            partition=record.partition,
            offset=record.offset,
            key=record.key,
            payload=record.value,
            error=error,
            part=self.part,
            now_ms=self.clock.now_ms(),
        )
        self._waiting.append(Outgoing(topics.DLQ.name, letter.id.encode(), codec.encode(letter)))
        if self._in_a_row >= self.limit:
            self.flush()
            raise TooManyDeadLettersError(
                f"{self.part}: {self._in_a_row} messages refused in a row, the last for {error}; "
                "see `ringwatch dlq list`, mend the sender or this release, then start again"
            )

    def accepted(self) -> None:
        """A good message came: the row of refusals is broken."""
        self._in_a_row = 0

    def flush(self) -> None:
        """Send what is waiting. Before positions are stored, so that no refusal is forgotten."""
        if self._waiting:
            self.producer.send(self._waiting)
            self._waiting.clear()
