"""Dead letters after the fact: list them, mend them, send them again. Each replay is on the control topic."""

from collections.abc import Iterator
from dataclasses import dataclass

import msgspec

from events import codec, topics
from events.errors import ConflictError, InvalidFieldError
from events.identity import content_hash
from events.types import Control, DeadLetter, Scalar
from storage.clock import Clock
from streaming.log.port import Log, Outgoing

REPLAY = "dlq.replay"
_PART = "dlq"


@dataclass(frozen=True, slots=True)
class Letter:
    """A dead letter and the ids of the replays it has had."""

    letter: DeadLetter
    replays: tuple[str, ...]


def letters(log: Log) -> list[Letter]:
    """Every dead letter once (a crash may send one twice), oldest first."""
    replays: dict[str, list[str]] = {}
    for value in _values(log, topics.CONTROL.name):
        control = codec.decode(value, Control)
        if control.command == REPLAY:
            replays.setdefault(str(control.payload.get("letter")), []).append(control.id)
    found: dict[str, DeadLetter] = {}
    for value in _values(log, topics.DLQ.name):
        letter = codec.decode(value, DeadLetter)
        found.setdefault(letter.id, letter)
    return [Letter(letter, tuple(replays.get(letter.id, ()))) for letter in found.values()]


def mended(letter: DeadLetter, changes: dict[str, Scalar | None]) -> bytes:
    """The letter's payload with the fields at dotted paths set (None: removed)."""
    if not changes:
        return letter.payload
    try:
        payload = msgspec.json.decode(letter.payload.replace(b"NaN", b"null"))
    except msgspec.DecodeError as error:
        raise InvalidFieldError(
            "", f"the payload is no JSON, so no field of it can be set: {error}"
        ) from error
    for path, value in changes.items():
        *parents, last = path.split(".")
        at = payload
        for name in parents:
            at = at[int(name)] if isinstance(at, list) else at.setdefault(name, {})
        if value is None:
            del at[last]
        else:
            at[last] = value
    return msgspec.json.encode(payload)


def replay(
    log: Log, letter: Letter, payload: bytes, *, actor: str, reason: str, clock: Clock, again: bool = False
) -> Control:
    """Send `payload` to the letter's topic under its key, and say so on the control topic.

    Raises `ConflictError` for a letter that may not be replayed, or was (`again` insists).
    """
    held = letter.letter
    if not held.replayable:
        raise ConflictError(f"{held.id} is not replayable: {held.code} at {held.field}")
    if letter.replays and not again:
        raise ConflictError(f"{held.id} was replayed already ({letter.replays[-1]})")
    control = Control(
        id=content_hash(REPLAY, held.id, str(len(letter.replays))),
        time=clock.now_ms(),
        command=REPLAY,
        actor=actor,
        reason=reason,
        payload={"letter": held.id, "topic": held.topic},
    )
    producer = log.open_producer(_PART, [held.topic, topics.CONTROL.name])
    try:
        producer.send(
            [
                Outgoing(topics.CONTROL.name, control.id.encode(), codec.encode(control)),
                Outgoing(held.topic, held.key, payload, {"replay-of": held.id.encode()}),
            ]
        )
    finally:
        producer.close()
    return control


def _values(log: Log, topic: str) -> Iterator[bytes]:
    ends = log.end(topic)
    reader = log.open_reader(log.begin(topic))
    try:
        while any(at < ends[source] for source, at in reader.positions().items()):
            for record in reader.poll(1_000, 0.2):
                yield record.value
    finally:
        reader.close()
