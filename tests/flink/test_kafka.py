"""The product's own messages through real Kafka: Flink reads the topics and writes `velocity`."""

import time
from pathlib import Path

import pytest
from msgspec.structs import replace

from events import codec
from events.types import Input, JoinedLabel, Transaction, TransactionOutcome
from features import Catalogue, EventKind, Feature
from ringwatch.flink.environment import FlinkEnvironment
from ringwatch.flink.job import JobOptions, kafka_job, run_job, started
from ringwatch.flink.tables import KafkaTables
from streaming.log.port import Log, Outgoing
from tests.flink.kafka_topics import OF, PATIENCE_S, TOPICS, check, expected, send, sent_by_flink
from tests.flink.streams import HOUR, catalogue, messages


def with_address(columns: Catalogue) -> Catalogue:
    first = columns.features[0]
    assert first.source is columns.velocity[0]
    source = type(columns.velocity[0])(
        entity="address", kinds=(EventKind.AUTHORISATION,), aggregate="count", window_ms=1000
    )
    return Catalogue(
        (*columns.features, Feature("address.count", "velocity", source, "")), columns.distinct_limit
    )


def test_velocity_from_kafka_is_the_engines(
    flink: FlinkEnvironment, kafka_bootstrap: str, log: Log, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    events = list(messages(4_000, seed=3))
    send(log, events)
    columns = with_address(catalogue())
    tables = KafkaTables(kafka_bootstrap, namespace=request.node.name, bounded=True)
    options = JobOptions(checkpoints=(tmp_path / "checkpoints").as_uri(), checkpoint_ms=1_000)
    job, sql = kafka_job(columns, tables, options, wait=True)
    assert [refusal.name for refusal in sql.refused] == ["address.count"]
    run_job(job, flink, options, tmp_path / "run")
    _, wanted = expected(columns, events)
    check(columns, sql, sent_by_flink(log, len(wanted)), events)


def test_a_killed_job_goes_on_from_its_checkpoint(
    flink: FlinkEnvironment, kafka_bootstrap: str, log: Log, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    events = list(messages(4_000, seed=4))
    columns = Catalogue(catalogue().features[:6], 8)
    tables = KafkaTables(kafka_bootstrap, namespace=request.node.name, idle_ms=600_000)
    checkpoints = tmp_path / "checkpoints"
    options = JobOptions(state="rocksdb", checkpoints=checkpoints.as_uri(), checkpoint_ms=500)
    job, sql = kafka_job(columns, tables, options, wait=True)
    send(log, events[:2_500])
    with started(job, flink, options, tmp_path / "first"):
        before = len(sent_by_flink(log, 800))
        seen = newest(checkpoints)
        deadline = time.monotonic() + PATIENCE_S
        while newest(checkpoints) in {seen, None}:
            assert time.monotonic() < deadline, "no checkpoint"
            time.sleep(0.2)
    send(log, events[2_500:])
    send_ends(log, events[-1])
    again = JobOptions(
        state="rocksdb", checkpoints=checkpoints.as_uri(), checkpoint_ms=500, restore=newest(checkpoints)
    )
    job, sql = kafka_job(columns, tables, again, wait=True)
    _, wanted = expected(columns, events)
    with started(job, flink, again, tmp_path / "second"):
        rows = sent_by_flink(log, len(wanted))
    assert 0 < before < len(wanted)
    check(columns, sql, rows, events)


def send_ends(log: Log, last: Input) -> None:
    """Something later in every partition, so that all before it is given out."""
    payment = next(event for event in messages(10, seed=1) if isinstance(event, Transaction))
    outcome = next(event for event in messages(50, seed=1) if isinstance(event, TransactionOutcome))
    assert not isinstance(last, JoinedLabel)
    producer = log.open_producer("ends", [topic.name for topic in TOPICS])
    for partition in range(2):
        for event in (payment, outcome):
            value = codec.encode(replace(event, id=f"end{partition}", time=last.time + HOUR))
            producer.send([Outgoing(OF[type(event)], b"end", value, partition=partition)])
    producer.close()


def newest(checkpoints: Path) -> str | None:
    done = [path.parent for path in checkpoints.glob("*/chk-*/_metadata")]
    latest = max(done, key=lambda path: int(path.name[4:]), default=None)
    return None if latest is None else latest.as_uri()
