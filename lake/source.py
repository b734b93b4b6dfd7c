"""A foreign file as a table: Parquet with its types; CSV and JSON lines as text, so that nothing is guessed.

A reader that guesses types turns the card reference `007` into 7, drops the `+` of a phone number and the offset of a
time. Text files are therefore read as text, and the map says what is a number or a time.
"""

import csv
import gzip
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from events.errors import SettingsError
from events.pan import mask

if TYPE_CHECKING:
    import duckdb

_PACKED = ".gz"
_ENDINGS = {
    ".parquet": "parquet",
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".jsonl": "json",
    ".ndjson": "json",
}
_DELIMITERS = ",;\t|"
_HEADER_CHARACTERS = 65_536
# What Python rows hold as they stand; everything else (times, UUIDs, 128-bit integers, bytes, enums) becomes text.
_PLAIN = (
    "VARCHAR", "BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER",
    "UBIGINT", "FLOAT", "DOUBLE",
)  # fmt: skip
_NESTED = ("STRUCT", "MAP", "UNION")
_LONGEST_FAULT = 300


@dataclass(frozen=True, slots=True)
class Source:
    """A file that can be read.

    Args:
        path: the file.
        columns: DuckDB type by column name, in file order.
        sql: what stands behind FROM. The path in it is quoted, so nothing of it is read as SQL.
    """

    path: Path
    columns: Mapping[str, str]
    sql: str

    def has_zone(self, column: str) -> bool:
        """Whether the column's type is a moment, not a reading of some clock."""
        return self.columns[column] == "TIMESTAMP WITH TIME ZONE"


def open_source(path: Path) -> Source:
    """The file at `path`, by its ending: .parquet, .csv, .tsv, .txt, .jsonl, .ndjson (text ones also as .gz)."""
    packed = path.suffix.lower() == _PACKED
    ending = path.with_suffix("").suffix if packed else path.suffix
    reader = _ENDINGS.get(ending.lower())
    if reader is None or (packed and reader == "parquet"):
        raise SettingsError(f"{path.name}: files end in {', '.join(_ENDINGS)} (text also as {_PACKED})")
    if not path.is_file():
        raise SettingsError(f"{path} is no file")
    literal = text_literal(str(path))
    with connect(path) as db:
        if reader == "parquet":
            sql = f"read_parquet({literal})"
        elif reader == "csv":
            sql = _csv_sql(path, literal)
        else:
            sql = _json_sql(db, literal)
        return Source(path, _columns(db, sql), sql)


@contextmanager
def connect(path: Path) -> "Iterator[duckdb.DuckDBPyConnection]":
    """DuckDB for the length of a block; what it can't read of `path` is a `SettingsError` without the data.

    One thread: rows then come in file order, and equal runs give equal results.
    """
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": 1,
        "preserve_insertion_order": True,
        "autoinstall_known_extensions": False,
        "temp_directory": tempfile.gettempdir(),
    }
    db = duckdb.connect(config=config)
    try:
        db.execute("SET TimeZone = 'UTC'")
        yield db
    except duckdb.Error as error:
        raise SettingsError(f"{path} can't be read: {_fault(error)}") from None  # its text quotes the data
    finally:
        db.close()


def quoted(name: str) -> str:
    """A column name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def text_literal(text: str) -> str:
    """A text for SQL."""
    return "'" + text.replace("'", "''") + "'"


def row_sql(source: Source, column: str) -> str:
    """A column as Python rows hold it: numbers, texts, truth values, decimals, structs; everything else as text."""
    kind, name = source.columns[column], quoted(column)
    if kind in _PLAIN or kind.startswith(("DECIMAL", *_NESTED)) or kind.endswith("]"):
        return name
    return f"CAST({name} AS VARCHAR)"


def _columns(db: "duckdb.DuckDBPyConnection", sql: str) -> dict[str, str]:
    return {row[0]: row[1] for row in db.execute(f"DESCRIBE SELECT * FROM {sql}").fetchall()}  # noqa: S608 - the path is quoted


def _json_sql(db: "duckdb.DuckDBPyConnection", literal: str) -> str:
    found = _columns(db, f"read_json({literal}, sample_size = -1, format = 'newline_delimited')")
    typed = {
        name: kind if kind.startswith(_NESTED) or kind.endswith("]") else "VARCHAR"
        for name, kind in found.items()
    }
    columns = ", ".join(f"{quoted(name)}: {text_literal(kind)}" for name, kind in typed.items())
    return f"read_json({literal}, format = 'newline_delimited', columns = {{{columns}}})"


def _csv_sql(path: Path, literal: str) -> str:
    """The dialect is read off the header alone: one found by trial on all rows can give way to a single bad row."""
    reading = gzip.open if path.suffix.lower() == _PACKED else open
    try:
        with reading(path, "rt", encoding="utf-8-sig", newline="") as file:
            start = file.read(_HEADER_CHARACTERS)
    except (UnicodeDecodeError, EOFError, gzip.BadGzipFile) as error:
        raise SettingsError(f"{path} can't be read: it is no UTF-8 text ({type(error).__name__})") from None
    line = start.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=line.count)
    names = next(csv.reader(StringIO(start), delimiter=delimiter), [])
    faults = [f"column {place} has no name" for place, name in enumerate(names, 1) if not name.strip()]
    faults += [f"two columns are called {name!r}" for name in dict.fromkeys(names) if names.count(name) > 1]
    if faults or not names:
        raise SettingsError(
            f"{path}: the first line must name the columns: {'; '.join(faults) or 'it is empty'}"
        )
    columns = ", ".join(f"{text_literal(name)}: 'VARCHAR'" for name in names)
    return (
        f"read_csv({literal}, auto_detect = false, header = true, delim = {text_literal(delimiter)}, "
        f"quote = '\"', escape = '\"', columns = {{{columns}}})"
    )


def _fault(error: Exception) -> str:
    """What DuckDB says, without the data that it quotes and without its advice on options."""
    first, *rest = str(error).splitlines() or [""]
    kept = [first, *(line for line in rest if line.startswith(("Expected Number", "Invalid unicode")))]
    return mask("; ".join(line.strip() for line in kept))[:_LONGEST_FAULT]
