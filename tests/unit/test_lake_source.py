"""Foreign files as they come: nothing guessed, nothing leaked by an error."""

import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from events.errors import SettingsError
from lake.source import Source, connect, open_source, row_sql


def _rows(source: Source) -> list[tuple[object, ...]]:
    with connect(source.path) as db:
        columns = ", ".join(row_sql(source, name) for name in source.columns)
        return db.execute(f"SELECT {columns} FROM {source.sql}").fetchall()  # noqa: S608 - a test's own file


def _write(path: Path, text: str) -> Source:
    path.write_text(text, encoding="utf-8")
    return open_source(path)


def test_a_csv_stays_text(tmp_path: Path) -> None:
    source = _write(tmp_path / "a.csv", '\ufeffid,phone,time,"a, b"\n007,+4477,2026-03-01T10:00+05:30,x\n')
    assert list(source.columns) == ["id", "phone", "time", "a, b"]
    assert _rows(source) == [("007", "+4477", "2026-03-01T10:00+05:30", "x")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_header_tells_the_delimiter(tmp_path: Path, delimiter: str) -> None:
    source = _write(tmp_path / "a.csv", f"id{delimiter}b\n1{delimiter}x\n")
    assert _rows(source) == [("1", "x")]


def test_packed_csv_and_a_path_with_a_quote(tmp_path: Path) -> None:
    path = tmp_path / "o'clock.csv.gz"
    path.write_bytes(gzip.compress(b'id,b\n1,"two\nlines"\n'))
    assert _rows(open_source(path)) == [("1", "two\nlines")]


def test_json_lines_stay_text_and_late_fields_are_found(tmp_path: Path) -> None:
    lines = '{"id": "007", "t": "2026-03-01T10:00:00+05:30", "device": {"id": "d"}}\n' * 30_000
    source = _write(tmp_path / "a.jsonl", lines + '{"id": "8", "late": 12.30}\n')
    found = _rows(source)
    assert found[0] == ("007", "2026-03-01T10:00:00+05:30", {"id": "d"}, None)
    assert found[-1] == ("8", None, None, "12.3")


def test_parquet_keeps_types_but_rows_hold_plain_ones(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    at = pa.array([1_772_323_200_000_000_001], pa.timestamp("ns"))
    pq.write_table(pa.table({"n": [7], "x": [1.5], "at": at, "b": [True]}), path)
    source = open_source(path)
    assert source.columns["at"] == "TIMESTAMP_NS"
    assert _rows(source) == [(7, 1.5, "2026-03-01 00:00:00.000000001", True)]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.xlsx", "", "files end in"),
        ("a.csv", "", "the first line must name the columns"),
        ("a.csv", "id,\n1,2\n", "column 2 has no name"),
        ("a.csv", "id,id\n1,2\n", "two columns are called 'id'"),
    ],
)
def test_what_is_no_table(tmp_path: Path, name: str, text: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        _write(tmp_path / name, text)


def test_a_missing_file_and_text_that_is_not_utf8(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is no file"):
        open_source(tmp_path / "a.csv")
    (tmp_path / "b.csv").write_bytes(b"id\n\xe9\n")
    with pytest.raises(SettingsError, match="no UTF-8"):
        open_source(tmp_path / "b.csv")


def test_a_broken_row_is_named_by_its_line_and_not_quoted(tmp_path: Path) -> None:
    source = _write(tmp_path / "a.csv", 'id,b\n1,2\n"4111111111111111",secret,"x\ny"\n')
    with pytest.raises(SettingsError) as caught:
        _rows(source)
    assert "Line: 3" in str(caught.value)
    assert "Expected Number of Columns: 2 Found: 3" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "4111" not in str(caught.value)
