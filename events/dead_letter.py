"""The dead letter of a refused record: everything needed to mend and replay it, and no card number."""

from contextlib import suppress

import msgspec

from events.errors import InputError, RawCardNumberError
from events.identity import content_hash
from events.pan import card_number_path, find_card_numbers, mask, mask_bytes
from events.types import DeadLetter

MAX_PAYLOAD = 131_072
"""Bytes of payload a letter carries: in base64 and JSON it is still a message that the codec reads."""

MAX_KEY = 1_024
"""Bytes of key a letter carries."""

_MAX_TEXT = 512


def dead_letter(
    topic: str,
    partition: int,
    offset: int,
    key: bytes,
    payload: bytes,
    error: InputError,
    *,
    part: str,
    now_ms: int,
) -> DeadLetter:
    """The dead letter of the record at (`topic`, `partition`, `offset`), refused by `part` with `error`.

    Its id is a function of the record's place, so that refusing it again makes the same letter. A payload or key
    with a card number in it is masked and can't be replayed, whatever `error` says; nor can one that is cut
    because it is longer than `MAX_PAYLOAD` bytes (the key: `MAX_KEY`).
    """
    cut = len(payload) > MAX_PAYLOAD or len(key) > MAX_KEY
    payload, key = payload[:MAX_PAYLOAD], key[:MAX_KEY]
    leaks = not error.replayable or _leaks(payload) or _leaks(key)
    return DeadLetter(
        id=content_hash("dead letter", topic, str(partition), str(offset)),
        time=now_ms,
        topic=topic,
        partition=partition,
        offset=offset,
        key=mask_bytes(key) if leaks else key,
        payload=_masked(payload) if leaks else payload,
        code=RawCardNumberError.code if leaks else error.code,
        field=mask(error.field)[:_MAX_TEXT],
        reason=mask(error.reason)[:_MAX_TEXT],
        remedy="it was too long, so this is only its beginning" if cut else mask(error.remedy)[:_MAX_TEXT],
        replayable=not (leaks or cut),
        part=part,
    )


def _leaks(data: bytes) -> bool:
    try:
        return card_number_path(msgspec.json.decode(data)) is not None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return bool(find_card_numbers(data.decode("latin-1")))


def _masked(payload: bytes) -> bytes:
    """`payload` with its card numbers masked, those written with JSON escapes included."""
    with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # not JSON: the bytes as they are
        payload = msgspec.json.encode(_masked_value(msgspec.json.decode(payload)))
    return mask_bytes(payload)


def _masked_value(value: object) -> object:
    if isinstance(value, dict):
        return {mask(str(key)): _masked_value(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_masked_value(item) for item in value]
    return mask(value) if isinstance(value, str) else value
