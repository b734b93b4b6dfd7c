"""A foreign file as a history: its rows through the door, in order of time, labels when they became known."""

import heapq
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from events import topics
from events.arrival import Arrival
from events.door import Door
from events.errors import InputError, SettingsError
from events.identity import content_hash
from events.types import Label, Subject, Transaction
from lake.mapping import FileMap, LabelMap, as_take, duration_ms, is_fraud, load_map, submission, time_ms

if TYPE_CHECKING:
    import duckdb

_READERS = {".parquet": "read_parquet", ".csv": "read_csv", ".jsonl": "read_json", ".ndjson": "read_json"}
_BATCH = 8_192

Refuse = Callable[[int, Mapping[str, object], InputError], None]


@dataclass(frozen=True, slots=True)
class History:
    """A file and its map. Reading it again gives the same arrivals.

    `label_delay_ms` overrides the map's delay.
    """

    path: Path
    map: FileMap
    label_delay_ms: int | None = None
    limit: int | None = None

    def arrivals(self, door: Door, refuse: Refuse) -> Iterator[Arrival]:
        """Payments in order of time, each label at its `known_at`. `refuse` is told of rows that the door refuses.

        Rows of equal time come in file order.
        """
        waiting: list[tuple[int, str, Arrival]] = []
        for number, row in self._rows():
            try:
                transaction = door.transaction(submission(row, self.map))
                label = self._label(transaction, row)
            except InputError as error:
                refuse(number, row, error)
                continue
            while waiting and waiting[0][0] <= transaction.time:
                yield heapq.heappop(waiting)[2]
            yield Arrival(transaction.time, topics.TRANSACTIONS.name, transaction)
            if label is not None:
                arrival = Arrival(label.known_at, topics.LABELS.name, label)
                heapq.heappush(waiting, (label.known_at, label.id, arrival))
        while waiting:
            yield heapq.heappop(waiting)[2]

    def count(self) -> int:
        """Rows that `arrivals` will read."""
        with _connect() as db:
            (rows,) = db.sql(f"SELECT count(*) FROM {source_sql(self.path)}").fetchone() or (0,)  # noqa: S608 - see source_sql
        return int(rows) if self.limit is None else min(int(rows), self.limit)

    def _rows(self) -> Iterator[tuple[int, dict[str, object]]]:
        time = as_take(self.map.transaction["time"]).column
        if time is None:
            raise SettingsError("[transaction] time must be a column")
        limit = "" if self.limit is None else f" LIMIT {self.limit:d}"
        query = (
            f'SELECT * FROM (SELECT row_number() OVER () AS "row number", * FROM {source_sql(self.path)}) '  # noqa: S608
            f'ORDER BY {quoted(time)}, "row number"{limit}'
        )
        with _connect() as db:
            for batch in db.sql(query).to_arrow_reader(_BATCH):
                for row in batch.to_pylist():
                    yield row.pop("row number"), row

    def _label(self, transaction: Transaction, row: Mapping[str, object]) -> Label | None:
        wanted = self.map.label
        if wanted is None:
            return None
        fraud = is_fraud(row, as_take(wanted.fraud))
        if fraud is None or not (fraud or wanted.cleared):
            return None
        return Label(
            id=content_hash("label", transaction.id),
            subject=Subject(kind="transaction", id=transaction.id),
            verdict="confirmed" if fraud else "cleared",
            reason_code=wanted.reason_code,
            source=self.path.name[:128],
            actor="ingest",
            time=transaction.time,
            known_at=self._known_at(wanted, transaction, row),
        )

    def _known_at(self, wanted: LabelMap, transaction: Transaction, row: Mapping[str, object]) -> int:
        if self.label_delay_ms is not None:
            return transaction.time + self.label_delay_ms
        if wanted.known_at is not None:
            take = as_take(wanted.known_at)
            known = time_ms(row.get(take.column) if take.column else take.value, take)
            if isinstance(known, int):
                return max(known, transaction.time)
        return transaction.time + duration_ms(wanted.delay)


def open_history(
    path: Path, map_path: Path, *, label_delay_ms: int | None = None, limit: int | None = None
) -> History:
    """A history of `path` by the map at `map_path`. Raises `SettingsError` naming what does not fit."""
    return History(path, load_map(map_path, columns_of(path)), label_delay_ms, limit)


def columns_of(path: Path) -> list[str]:
    """The names of a file's columns."""
    with _connect() as db:
        return list(db.sql(f"SELECT * FROM {source_sql(path)} LIMIT 0").columns)  # noqa: S608 - see source_sql


def source_sql(path: Path) -> str:
    """The FROM clause that reads `path`; the path is quoted, so nothing in it is read as SQL."""
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise SettingsError(f"{path.name}: files end in {', '.join(_READERS)}")
    if not path.is_file():
        raise SettingsError(f"{path} is no file")
    literal = str(path).replace("'", "''")
    return f"{reader}('{literal}')"


def quoted(name: str) -> str:
    """A column name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def _connect() -> "duckdb.DuckDBPyConnection":
    import duckdb

    return duckdb.connect(config={"threads": 1, "preserve_insertion_order": True})
