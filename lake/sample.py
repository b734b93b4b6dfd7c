"""Rows of a file, spread evenly, through the door and the address parser: what will be refused, and why."""

from collections import Counter

from events.door import Door
from events.entities import principal_address
from events.errors import InputError
from lake.history import History
from lake.mapping import FileMap, Take, as_take, submission
from lake.report import Refusal, Sample
from nlp import AddressParser

SAMPLE = 10_000
"""Rows that are put through the door."""
ADDRESSES = 1_000
"""Addresses of these that are parsed."""


def take_sample(history: History, door: Door, parser: AddressParser | None, now_ms: int) -> Sample:
    """Rows spread evenly over the file, through the door."""
    whole = History(history.source, history.map, history.label_delay_ms)
    step = max(1, -(-whole.count() // SAMPLE))
    rows = refused = 0
    refusals: Counter[tuple[str, str, str, str]] = Counter()
    first: dict[tuple[str, str, str, str], int] = {}
    texts: list[str] = []
    for row in whole.rows(step=step):
        rows += 1
        try:
            message = door.transaction(submission(row.values, history.map, row.time), now_ms=now_ms)
        except InputError as error:
            refused += 1
            why = (_with_column(error.field, history.map), error.reason, error.remedy, error.code)
            refusals[why] += 1
            first.setdefault(why, row.number)
            continue
        text = principal_address(message)
        if text is not None and len(texts) < ADDRESSES:
            texts.append(text)
    keys = [key for key in parser.keys(texts) if key is not None] if parser is not None and texts else []
    return Sample(
        rows=rows,
        refused=refused,
        refusals=tuple(Refusal(*why, count, first[why]) for why, count in refusals.most_common()),
        addresses=len(texts) if parser is not None else 0,
        keyed=len(keys),
        units=sum(key.unit is not None for key in keys),
    )


def _with_column(field: str, found: FileMap) -> str:
    """A field of the submission, and the column it comes from."""
    if field in found.transaction:
        take: Take | None = as_take(found.transaction[field])
    else:
        take = found.take(field)
    return field if take is None or not take.named else f"{field} (column {take.written})"
