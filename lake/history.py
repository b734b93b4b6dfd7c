"""A foreign file as a history: its rows through the door, in order of time, labels when they became known."""

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from events import topics
from events.arrival import Arrival
from events.door import Door
from events.errors import InputError, SettingsError
from events.identity import content_hash
from events.times import EARLIEST_MS, LATEST_MS
from events.types import Label, Subject
from events.validate import validate
from lake.expressions import fraud_sql, known_sql, time_sql
from lake.mapping import FileMap, LabelMap, Take, as_take, duration_ms, load_map, plain_text, submission
from lake.source import Source, connect, open_source, row_sql

_BATCH = 8_192
_MAX_NAME = 128

Refuse = Callable[[int, Mapping[str, object], InputError], None]


class FileRow(NamedTuple):
    """A row: its `number` in the file (from 1), what the map reads of it, the columns that the map wants.

    `time` and `known` are epoch ms, None where missing or not to be read; `fraud` is None where nothing is said.
    """

    number: int
    time: int | None
    fraud: bool | None
    known: int | None
    values: dict[str, object]


@dataclass(frozen=True, slots=True)
class History:
    """A file and its map. Reading it again gives the same arrivals.

    `label_delay_ms` overrides the map's delay and its `known_at`. `limit` keeps the earliest rows.
    """

    source: Source
    map: FileMap
    label_delay_ms: int | None = None
    limit: int | None = None

    @property
    def path(self) -> Path:
        return self.source.path

    def arrivals(self, door: Door, refuse: Refuse, *, now_ms: int | None = None) -> Iterator[Arrival]:
        """Payments in order of time, each label at its `known_at`. `refuse` is told of rows that the door refuses.

        Rows of equal time come in file order. `now_ms`, where given, refuses payments of the future.
        """
        waiting: list[tuple[int, str, int, Arrival]] = []
        for row in self.rows():
            try:
                transaction = door.transaction(submission(row.values, self.map, row.time), now_ms=now_ms)
                label = self.label(transaction.id, transaction.time, row)
            except InputError as error:
                refuse(row.number, row.values, error)
                continue
            while waiting and waiting[0][0] <= transaction.time:
                yield heapq.heappop(waiting)[3]
            yield Arrival(transaction.time, topics.TRANSACTIONS.name, transaction)
            if label is not None:
                arrival = Arrival(label.known_at, topics.LABELS.name, label)
                heapq.heappush(waiting, (label.known_at, label.id, row.number, arrival))
        while waiting:
            yield heapq.heappop(waiting)[3]

    def count(self) -> int:
        """Rows that `arrivals` will read."""
        with connect(self.path) as db:
            (rows,) = db.execute(f"SELECT count(*) FROM {self.source.sql}").fetchone() or (0,)  # noqa: S608 - quoted by lake.source
        return int(rows) if self.limit is None else min(int(rows), self.limit)

    def span(self) -> tuple[int, int] | None:
        """The first and the last time (epoch ms) among the rows that `arrivals` will read, None where none has one.

        Times that the door refuses don't count.
        """
        time = time_sql(as_take(self.map.transaction["time"]), self.source)
        limit = "" if self.limit is None else f" LIMIT {self.limit:d}"
        with connect(self.path) as db:
            first, last = db.execute(
                f"SELECT min(t), max(t) FROM (SELECT {time} AS t FROM {self.source.sql} ORDER BY 1 NULLS LAST{limit})"  # noqa: S608 - quoted by lake.source
                f" WHERE t >= {EARLIEST_MS} AND t < {LATEST_MS}"
            ).fetchone() or (None, None)
        return None if first is None else (int(first), int(last))

    def rows(self, *, step: int | None = None) -> Iterator[FileRow]:
        """The file's rows in order of time (rows without a time last), or every `step`th in file order."""
        columns = self.map.read()
        derived = (
            "row_number() OVER ()",
            time_sql(as_take(self.map.transaction["time"]), self.source),
            fraud_sql(self.map, self.source),
            known_sql(self.map, self.source),
        )
        wanted = ", ".join([*derived, *(row_sql(self.source, name) for name in columns)])
        order = (
            "ORDER BY 2 NULLS LAST, 1"
            if step is None
            else f"QUALIFY (row_number() OVER () - 1) % {step:d} = 0"
        )
        limit = "" if self.limit is None or step is not None else f" LIMIT {self.limit:d}"
        with connect(self.path) as db:
            query = f"SELECT {wanted} FROM {self.source.sql} {order}{limit}"  # noqa: S608 - quoted by lake.source
            for batch in db.sql(query).to_arrow_reader(_BATCH):
                lists = [column.to_pylist() for column in batch.columns]
                for number, time, fraud, known, *values in zip(*lists, strict=True):
                    yield FileRow(number, time, fraud, known, dict(zip(columns, values, strict=True)))

    def known_at(self, transaction_time: int, known: int | None) -> int:
        """When a label became known: by the override, else the row's own word, else the map's delay."""
        if self.label_delay_ms is not None:
            return transaction_time + self.label_delay_ms
        if known is not None:
            return max(known, transaction_time)
        return transaction_time + (duration_ms(self.map.label.delay) if self.map.label else 0)

    def label(self, transaction: str, time: int, row: FileRow) -> Label | None:
        """The label that `row` makes of the payment of that id and time; None where it says nothing.

        Raises `InputError` for one that breaks a rule of `events.validate`.
        """
        wanted = self.map.label
        if wanted is None or row.fraud is None or not (row.fraud or wanted.cleared):
            return None
        verdict = wanted.verdict if row.fraud else "cleared"
        label = Label(
            id=content_hash("label", transaction, verdict),
            subject=Subject(kind="transaction", id=transaction),
            verdict=verdict,
            reason_code=_reason_code(wanted, row.values),
            source=self.path.name[:_MAX_NAME],
            actor="ingest",
            time=time,
            known_at=self.known_at(time, row.known if row.fraud else None),
        )
        validate(label)
        return label


def open_history(
    path: Path, map_path: Path, *, label_delay_ms: int | None = None, limit: int | None = None
) -> History:
    """A history of `path` by the map at `map_path`. Raises `SettingsError` naming what does not fit."""
    source = open_source(path)
    history = History(source, load_map(map_path, source.columns), label_delay_ms, limit)
    if limit is not None and limit < 0:
        raise SettingsError("the limit must be a number of rows")
    return history


def _reason_code(wanted: LabelMap, values: Mapping[str, object]) -> str:
    code = wanted.reason_code
    if not isinstance(code, Take):
        return code
    value = code.value if code.column is None else values.get(code.column)
    text = "" if value is None else plain_text(value)
    return (code.values or {}).get(text, text)[:_MAX_NAME] or "reported"
