"""`ringwatch explain`: what a decision was made without is said."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from events import codec, topics
from events.errors import UnavailableError
from events.types import Decision
from ringwatch.cli.app import app
from ringwatch.wiring import Wiring
from storage import ManualClock
from streaming.log.memory import MemoryLog
from streaming.log.port import Outgoing
from tests.support.made import T0, payment


def away(_: Wiring) -> None:
    raise UnavailableError("the graph is away")


@pytest.fixture(autouse=True)
def decided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A payment that was approved before its address had a key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RINGWATCH_VAR", str(tmp_path))
    log = MemoryLog(ManualClock(T0))
    log.ensure_topics(topics.ALL, partitions=1)
    monkeypatch.setattr(Wiring, "log", log)
    monkeypatch.setattr(Wiring, "graph", property(away))
    asked = payment(1)
    decision = Decision(
        id="d1", transaction=asked.id, time=asked.time, action="approve", score=0.01, release="r", seq=0,
        graph_version="g", statuses={"address": "pending", "graph": "stale"}, decided_at=T0, amount=asked.amount,
    )  # fmt: skip
    for topic, message in ((topics.TRANSACTIONS, asked), (topics.DECISIONS, decision)):
        log.open_producer(topic.name, [topic.name]).send([Outgoing(topic.name, b"k", codec.encode(message))])


def test_what_was_pending_is_said() -> None:
    result = CliRunner().invoke(app, ["explain", "t1"])
    assert result.exit_code == 0, result.output
    assert "address: pending, the address was new" in result.output
    assert "graph: stale" in result.output


def test_statuses_are_in_the_json() -> None:
    result = CliRunner().invoke(app, ["explain", "t1", "--json"])
    assert json.loads(result.stdout)["statuses"] == {"address": "pending", "graph": "stale"}
