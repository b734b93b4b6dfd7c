"""Payments through the running pipeline: real services, each part a process, the same counts at every station."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench._course import STREAMS, Outcome, Sent, activate, review_large, settle, wait
from bench.pipeline import File, against_file, ingest
from ringwatch.demo.parts import Parts, running
from ringwatch.services import Endpoints, GraphEndpoint, start_stack
from ringwatch.settings import load_settings
from ringwatch.wiring import STACK, Wiring
from simulator import World, preset

ROWS = 1_500
LARGE = 20_000
WORLD = preset("small").change(customers=480, days=30)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Wiring]:
    found = Wiring(load_settings({"var": tmp_path}))
    yield found
    found.close()


def live_parts(parts: Wiring) -> AbstractContextManager[Parts]:
    folder = parts.settings.var
    environment = {"RINGWATCH_VAR": str(folder), "RINGWATCH_LAKE__WAIT_MS": "1000"}
    return running(STREAMS, folder / "logs", environment)


def check(outcome: Outcome) -> None:
    for name, figures in outcome.figures().items():
        print(f"{name:>14}  {figures}")
    assert not outcome.faults
    assert outcome.log.alerts.ids
    assert outcome.log.labels.ids


def write_payments(path: Path) -> None:
    """A file in the shape of the handbook's: cards, terminals, amounts, a few frauds."""
    rng = np.random.default_rng(3)
    amounts = np.round(rng.lognormal(4.0, 0.8, ROWS), 2)
    table = {
        "TRANSACTION_ID": np.arange(ROWS),
        "CUSTOMER_ID": rng.integers(0, 200, ROWS),
        "TERMINAL_ID": rng.integers(0, 300, ROWS),
        "TX_AMOUNT": amounts,
        "TX_TIME_SECONDS": np.sort(rng.integers(0, 20 * 86_400, ROWS)),
        "TX_TIME_DAYS": np.zeros(ROWS, np.int64),
        "TX_FRAUD": (amounts > 250).astype(np.int8),
        "TX_FRAUD_SCENARIO": np.zeros(ROWS, np.int64),
    }
    pq.write_table(pa.table(table), path)


def test_a_files_payments_are_everywhere_once(parts: Wiring, tmp_path: Path) -> None:
    """`ringwatch ingest` into the embedded stack."""
    file = File(tmp_path / "payments.parquet", ROWS)
    write_payments(file.path)
    with start_stack("embedded", tmp_path / STACK, progress=print), live_parts(parts) as live:
        activate(parts, live, review_large(parts, LARGE).id)
        finished = ingest(file, tmp_path)
        wait("ingests running", lambda: not finished(), live, lambda: None)
        outcome = settle(parts, live, file.sent())
    check(outcome)
    wanted, wrong = against_file(file, outcome.log)
    print(wanted)
    assert not wrong


def test_a_worlds_payments_are_everywhere_once_on_kafka_and_neo4j(
    parts: Wiring, redis_url: str, kafka_bootstrap: str, neo4j: GraphEndpoint
) -> None:
    at = Endpoints(
        log_url=f"kafka://{kafka_bootstrap}?namespace=pipeline",
        cache_url=redis_url,
        broker_url=redis_url,
        graph_url=neo4j.url,
        graph_dialect=neo4j.dialect,
        graph_user=neo4j.user,
        graph_password=neo4j.password,
    )
    (parts.settings.var / STACK).mkdir()
    at.save(parts.settings.var / STACK)
    with live_parts(parts) as live:
        activate(parts, live, review_large(parts, LARGE).id)
        sent = Sent()
        sent.send(parts.log, World(WORLD, 5).arrivals(parts.door))
        outcome = settle(parts, live, sent, shared=True)
    check(outcome)
    assert len(outcome.log.authorised.ids) == sent.to_decide >= 1_400
