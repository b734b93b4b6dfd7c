"""`ringwatch flink` as it is called: the SQL printed, and a job handed to a cluster that does the work."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from events.errors import SettingsError
from features import default_catalogue
from features.flink_sql import velocity_sql
from ringwatch.cli.flink import app
from ringwatch.flink.environment import FlinkEnvironment
from ringwatch.flink.job import sub_catalogue
from ringwatch.flink.tables import ABSENT_KEYS
from streaming.log.port import Log
from tests.flink.cluster import ask, cluster, wait_until
from tests.flink.kafka_topics import check, send, sent_by_flink
from tests.flink.streams import catalogue, messages


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, arguments)
    if isinstance(result.exception, Exception):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RINGWATCH_VAR", str(tmp_path / "var"))


def test_sql_is_printed_for_flinks_client() -> None:
    Path("catalogue.json").write_bytes(catalogue().to_bytes())
    script = run(
        "sql",
        "--kafka",
        "kafka://broker:9092?namespace=rw",
        "--catalogue",
        "catalogue.json",
        "--only",
        "card.s*",
    )
    assert "'topic' = 'rw.transactions'" in script
    assert "SET 'table.local-time-zone' = 'UTC'" in script
    assert script.count("RANGE BETWEEN INTERVAL '0 01:00:00.000'") == 1, "one window for all its aggregates"
    assert script.rstrip().endswith(";")


def test_what_cannot_be_expressed_is_refused_by_name() -> None:
    call = ("sql", "--kafka", "kafka://broker:9092", "--only", "address.transactions.*", "--only", "card.*")
    with pytest.raises(SettingsError, match=r"address.transactions.count.1d: the parser"):
        run(*call)
    assert "k_address," not in run(*call, "--skip-unsupported").split("INSERT")[1]
    told = run(*call, "--explain")
    assert "address.transactions.count.30d: the parser" in told
    assert "Late events" in told


def test_a_name_that_nothing_has_is_an_error() -> None:
    with pytest.raises(SettingsError, match=r"--only no\.such"):
        run("sql", "--kafka", "kafka://broker:9092", "--only", "no.such")
    with pytest.raises(SettingsError, match="Flink reads Kafka"):
        run("sql")


def test_every_default_column_is_computed_or_named() -> None:
    columns = default_catalogue()
    sql = velocity_sql(columns, ABSENT_KEYS)
    assert len(sql.names) + len(sql.refused) == len(columns.velocity)
    assert len(sql.names) > 40
    assert sub_catalogue(columns, frozenset(sql.names)).names == sql.names


def test_a_cluster_does_the_work(
    flink: FlinkEnvironment, kafka_bootstrap: str, log: Log, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    events = list(messages(1_000, seed=9))
    columns = catalogue()
    Path("catalogue.json").write_bytes(columns.to_bytes())
    send(log, events)
    with cluster(flink, tmp_path / "cluster") as address:
        said = run(
            "submit", "--catalogue", "catalogue.json", "--cluster", address, "--state", "rocksdb",
            "--kafka", f"kafka://{kafka_bootstrap}?namespace={request.node.name}",
            "--only", "card.*", "--idle-ms", "600000", "--checkpoints", (tmp_path / "checkpoints").as_uri(),
        )  # fmt: skip
        job = said.split()[1]
        assert ask(address, f"jobs/{job}")["name"] == "ringwatch velocity"
        rows = sent_by_flink(log, 400)
        wait_until(lambda: ask(address, f"jobs/{job}/checkpoints").get("counts", {}).get("completed", 0) > 0)
    chosen = sub_catalogue(columns, frozenset(n for n in columns.names if n.startswith("card.")))
    check(chosen, velocity_sql(chosen), rows, events, at_least=400)
