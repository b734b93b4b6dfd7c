"""Flink SQL as a second definition: on a stream in order with unique times its values are the engine's."""

from pathlib import Path

import numpy as np
import pytest

from features import EventKind
from features.velocity import VelocityEngine
from ringwatch.flink.environment import FlinkEnvironment
from ringwatch.flink.job import JobOptions, State, file_job, run_job
from ringwatch.flink.rows import read_file_rows, velocity_of, write_batch
from tests.flink.streams import batch_of, catalogue, messages

FRACTIONS = {"mean", "std", "since_last", "since_first"}


@pytest.mark.parametrize(("state", "rows"), [("heap", 20_000), ("rocksdb", 5_000)])
def test_flink_has_the_engines_values(
    flink: FlinkEnvironment, tmp_path: Path, state: State, rows: int
) -> None:
    columns = catalogue()
    batch = batch_of(list(messages(rows, seed=7)))
    write_batch(batch, tmp_path / "batch.csv")
    options = JobOptions(state=state, checkpoints=(tmp_path / "checkpoints").as_uri(), checkpoint_ms=2_000)
    job, sql = file_job(columns, tmp_path / "batch.csv", tmp_path / "out", options)
    assert not sql.refused
    run_job(job, flink, options, tmp_path / "run")

    ids, values = velocity_of(
        read_file_rows(tmp_path / "out"), sql, len(columns.velocity), columns.velocity_version
    )
    asked = np.flatnonzero(batch.kind == EventKind.AUTHORISATION)
    order = np.argsort(np.array(ids, dtype=np.int64))
    assert [int(ids[place]) for place in order] == asked.tolist()
    expected = VelocityEngine(columns).update_and_read(batch)[0][asked]
    values = values[order]
    assert np.isfinite(expected).any(axis=0).all(), "every column has something to say"
    for place, (feature, source) in enumerate(zip(columns.features, columns.velocity, strict=True)):
        close = 1e-12 if source.aggregate in FRACTIONS else 0.0
        np.testing.assert_allclose(
            values[:, place], expected[:, place], rtol=close, atol=0, err_msg=feature.name
        )
