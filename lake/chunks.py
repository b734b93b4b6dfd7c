"""A file in order of time as columns: what `History.rows` says of each row, without making a row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from events.errors import CorruptError
from lake.expressions import fraud_sql, known_sql, time_sql
from lake.history import FileRow, History
from lake.mapping import as_take
from lake.source import connect, quoted, row_sql

CHUNK = 65_536
"""Rows of the file that are read at once, unless told otherwise."""

MISSING = np.iinfo(np.int64).min
"""Stands in columns of times where there is none."""

_NUMBER = "file_row_number"  # what DuckDB calls it


@dataclass(frozen=True, slots=True)
class Chunk:
    """n rows of a file in order of time.

    `number` int64[n] is the row's in the file (from 1); `time` and `known` int64[n] are epoch ms, `MISSING` where there
    is none; `fraud` int8[n] is 1, 0, or -1 where nothing is said. `columns` holds what the map wants, as Arrow has it.
    """

    number: NDArray[np.int64]
    time: NDArray[np.int64]
    known: NDArray[np.int64]
    fraud: NDArray[np.int8]
    columns: pa.Table

    def __len__(self) -> int:
        return len(self.number)


class Chunks:
    """The rows of a history, `size` at once. A file that is in order already is read as it lies, any other sorted.

    Chunks begin at multiples of `size`, wherever reading starts: what is cut by them is cut so again.
    """

    def __init__(self, history: History, size: int = CHUNK) -> None:
        self.size = size
        self._history = history
        self._source = history.source
        self._wanted = history.map.read()
        self._raw = _only_times(history, self._wanted)
        self._time = time_sql(as_take(history.map.transaction["time"]), self._source)
        self.rows, self._in_order = self._look()

    def read(self, start: int = 0) -> Iterator[Chunk]:
        """The chunks from the row at `start` on, a multiple of `size` counted in order of time.

        Raises `CorruptError` where the file does not lie as it lay when this was made.
        """
        at = start
        for table in self._tables(start):
            chunk = self._chunk(table)
            if self._in_order and not np.array_equal(chunk.number, np.arange(at + 1, at + 1 + len(chunk))):
                raise CorruptError(
                    f"{self._history.path} was read out of order behind row {at}: is it being written?"
                )
            at += len(chunk)
            yield chunk
        if at != max(self.rows, start):
            raise CorruptError(
                f"{self._history.path} has {at} rows, and had {self.rows}: is it being written?"
            )

    def _tables(self, start: int) -> Iterator[pa.Table]:
        with connect(self._history.path) as db:
            waiting: list[pa.Table] = []
            held = 0
            for batch in db.sql(self._query(start)).to_arrow_reader(self.size):
                waiting.append(pa.Table.from_batches([batch]))
                held += len(batch)
                if held >= self.size:
                    table = pa.concat_tables(waiting)
                    while held >= self.size:
                        yield table.slice(0, self.size)
                        table, held = table.slice(self.size), held - self.size
                    waiting = [table]
            if held:
                yield pa.concat_tables(waiting)

    def file_rows(self, chunk: Chunk, at: Sequence[int]) -> list[FileRow]:
        """Rows `at` of `chunk` as `History.rows` gives them."""
        if not len(at):
            return []
        taken = chunk.columns.take(pa.array(at, pa.int64()))
        for name in self._raw:
            taken = taken.set_column(taken.schema.get_field_index(name), name, self._as_rows(taken, name))
        lists = [taken[name].to_pylist() for name in self._wanted]
        values = [dict(zip(self._wanted, row, strict=True)) for row in zip(*lists, strict=True)]
        return [
            FileRow(
                int(chunk.number[i]),
                _or_none(chunk.time[i]),
                None if chunk.fraud[i] < 0 else bool(chunk.fraud[i]),
                _or_none(chunk.known[i]),
                row,
            )
            for i, row in zip(at, values, strict=True)
        ]

    def _as_rows(self, taken: pa.Table, name: str) -> Any:
        """A column that was left as it is, as rows hold it."""
        with connect(self._history.path) as db:
            return (
                db.from_arrow(taken.select([name]))
                .project(row_sql(self._source, name))
                .to_arrow_table()
                .column(0)
            )

    def _look(self) -> tuple[int, bool]:
        """How many rows there are, and whether their times never fall."""
        count, last, rising = 0, MISSING, True
        with connect(self._history.path) as db:
            query = f"SELECT {self._time} AS t FROM {self._source.sql}"  # noqa: S608 - quoted by lake.source
            for batch in db.sql(query).to_arrow_reader(16 * CHUNK):
                count += len(batch)
                times = _int64(batch.column(0))
                there = times[times != MISSING]
                # Where the earliest rows alone are asked for, a row without a time must come last.
                rising = rising and (len(there) == len(times) or self._history.limit is None)
                if len(there):
                    rising = rising and int(there[0]) >= last and bool((there[1:] >= there[:-1]).all())
                    last = int(there[-1])
        limit = self._history.limit
        return count if limit is None else min(count, limit), rising

    def _query(self, start: int) -> str:
        in_file = self._history.path.suffix.lower() == ".parquet" and _NUMBER not in self._source.columns
        number = f"{_NUMBER} + 1" if in_file else "row_number() OVER ()"
        found = self._history.map
        derived = (number, self._time, fraud_sql(found, self._source), known_sql(found, self._source))
        columns = (
            quoted(name) if name in self._raw else row_sql(self._source, name) for name in self._wanted
        )
        wanted = ", ".join([*derived, *columns])
        table = f"{self._source.sql[:-1]}, {_NUMBER} = true)" if in_file else self._source.sql
        if not self._in_order:
            return f"SELECT {wanted} FROM {table} ORDER BY 2 NULLS LAST, 1 LIMIT {self.rows - start:d} OFFSET {start:d}"  # noqa: S608 - quoted by lake.source
        # Not by a filter on the row's number: what a filter lets through may change places.
        return f"SELECT {wanted} FROM {table} LIMIT {self.rows - start:d} OFFSET {start:d}"  # noqa: S608 - the same

    def _chunk(self, table: pa.Table) -> Chunk:
        table = table.combine_chunks()
        fraud = np.asarray(table.column(2).cast(pa.int8()).fill_null(-1), dtype=np.int8)
        return Chunk(
            _int64(table.column(0)),
            _int64(table.column(1)),
            _int64(table.column(3)),
            fraud,
            table.select(range(4, table.num_columns)).rename_columns(self._wanted),
        )


def _only_times(history: History, wanted: Sequence[str]) -> frozenset[str]:
    """Columns that are read for their time alone: making texts of them costs more than all else that is read."""
    found, label = history.map, history.map.label
    times = {as_take(found.transaction["time"]).column}
    others = [as_take(take) for name, take in found.transaction.items() if name != "time"]
    if label is not None:
        times |= {as_take(label.known_at).column} if label.known_at is not None else set()
        others += [as_take(label.fraud)] if label.fraud is not None else []
        others += [] if isinstance(label.reason_code, str) else [label.reason_code]
    used = {name for take in others for name in take.named} | set(found.columns.extra)
    return frozenset(name for name in wanted if name in times and name not in used)


def _int64(column: Any) -> NDArray[np.int64]:
    filled = column.cast(pa.int64()).fill_null(int(MISSING))
    return np.asarray(filled, dtype=np.int64)


def _or_none(time: np.int64) -> int | None:
    return None if time == MISSING else int(time)
