"""Rows of the topic `velocity` as a scorer takes them: columns in the engine's places, repeats left out."""

import numpy as np
import pytest

from events.errors import CorruptError
from features.flink_sql import limits, velocity_sql
from ringwatch.flink.rows import decode_row, velocity_of
from tests.flink.streams import catalogue

COLUMNS = catalogue()
SQL = velocity_sql(COLUMNS, {"merchant": "not sent"})


def row(name: str, value: str, version: str = COLUMNS.velocity_version) -> bytes:
    values = ",".join([value] * len(SQL.columns))
    return f'{{"id":"{name}","time":1,"catalogue":"{version}","values":[{values}]}}'.encode()


def test_values_stand_where_the_engine_has_them() -> None:
    rows = [decode_row(data) for data in (row("a", "1.5"), row("b", "null"), row("a", "2.5"))]
    ids, values = velocity_of(rows, SQL, len(COLUMNS.velocity), COLUMNS.velocity_version)
    assert ids == ["a", "b"]
    assert (values[0, list(SQL.columns)] == 1.5).all()
    assert np.isnan(values[1]).all()
    refused = [COLUMNS.names.index(refusal.name) for refusal in SQL.refused]
    assert np.isnan(values[0, refused]).all()
    assert len(refused) + len(SQL.columns) == len(COLUMNS.velocity)


def test_rows_of_another_catalogue_are_refused() -> None:
    other = [decode_row(row("a", "1", "older"))]
    with pytest.raises(CorruptError, match="of a is of catalogue older"):
        velocity_of(other, SQL, len(COLUMNS.velocity), COLUMNS.velocity_version)
    with pytest.raises(CorruptError, match="not a velocity row"):
        decode_row(b'{"id": 7}')


def test_equal_windows_are_computed_once() -> None:
    """40 columns are 11 windows: an aggregate more in a window that is there costs no window."""
    whole = velocity_sql(COLUMNS)
    assert len(whole.views) - 1 < len(COLUMNS.velocity) // 2
    assert (
        len({view.split("AS\n", 1)[1].split("FROM velocity")[1] for view in whole.views[1:]})
        == len(whole.views) - 1
    )
    assert len(limits()) >= 6
