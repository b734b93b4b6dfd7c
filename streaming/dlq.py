"""Dead letters after the fact: list them, mend them, send them again. Each replay is on the control topic."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import msgspec

from events import codec, topics
from events.errors import ConflictError, InvalidFieldError
from events.identity import content_hash
from events.types import Control, DeadLetter, Message, Scalar
from lake.tables import BY_TOPIC
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


def mended(letter: DeadLetter, changes: Mapping[str, Scalar | None]) -> bytes:
    """The letter's payload with the fields at dotted paths set (None: removed); parents are made where missing.

    Numbers that JSON has no way to write (NaN, Infinity) are read as null. Raises `InvalidFieldError` where the
    payload is no JSON object, or a path leads nowhere.
    """
    if not changes:
        return letter.payload
    try:
        payload = json.loads(letter.payload, parse_constant=lambda _: None)
    except ValueError as error:
        raise InvalidFieldError(
            "", "the payload is no JSON, so no field of it can be set", "send another one with --payload"
        ) from error
    for path, value in changes.items():
        _change(payload, path, value)
    return msgspec.json.encode(payload)


def _change(payload: object, path: str, value: Scalar | None) -> None:
    *parents, last = path.split(".")
    at = payload
    for name in parents:
        if isinstance(at, list) and name.isdigit() and int(name) < len(at):
            at = at[int(name)]
        elif isinstance(at, dict):
            at = at.setdefault(name, {})
        else:
            raise InvalidFieldError(path, "leads nowhere in the message")
    if isinstance(at, dict) and value is not None:
        at[last] = value
    elif isinstance(at, dict) and last in at:
        del at[last]
    elif isinstance(at, list) and last.isdigit() and int(last) < len(at):
        at[int(last) : int(last) + 1] = [] if value is None else [value]
    else:
        raise InvalidFieldError(path, "is not in the message")


def replay(
    log: Log, letter: Letter, payload: bytes, *, actor: str, reason: str, clock: Clock, again: bool = False
) -> Control:
    """Send `payload` to the letter's topic under its key, and say so on the control topic.

    Raises `ConflictError` for a letter that may not be replayed, or was (`again` insists), and the `InputError`
    for which `payload` would be refused again.
    """
    held = letter.letter
    if not held.replayable:
        what = f"{held.code} at {held.field}" if held.field else held.code
        raise ConflictError(f"{held.id} can't be replayed: {what}; its sender must send it anew")
    if letter.replays and not again:
        raise ConflictError(f"{held.id} was replayed already ({letter.replays[-1]}); --again insists")
    codec.decode(payload, *_kinds(held.topic), now_ms=clock.now_ms())
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


def _kinds(topic: str) -> tuple[type[Message], ...]:
    """What may travel on `topic`."""
    table = BY_TOPIC.get(topic)
    return (table.kind,) if table is not None else ()


def _values(log: Log, topic: str) -> Iterator[bytes]:
    ends = log.end(topic)
    reader = log.open_reader(log.begin(topic))
    try:
        while any(at < ends[source] for source, at in reader.positions().items()):
            for record in reader.poll(1_000, 0.2):
                yield record.value
    finally:
        reader.close()
