"""`ringwatch state`: what is stored, what is not full yet, what is damaged."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from events import codec, topics
from features.catalogue import default_catalogue
from nlp import KeyCache, load_parser
from ringwatch.cli.app import app
from ringwatch.wiring import Wiring
from scoring import Scorer, columns_of
from storage import ManualClock
from storage.metrics import Metrics
from streaming.log.memory import MemoryLog
from streaming.log.port import Outgoing
from streaming.score import ScoreParts, ScoreSettings, ScoreTransactions
from tests.support.fixed_graph import FixedGraph
from tests.support.made import DAY, T0, payment

CATALOGUE = default_catalogue()


@pytest.fixture(params=["disk", "topic"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation whose scorer was killed: 60 inputs are in a checkpoint, 40 in the journal."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RINGWATCH_VAR", str(tmp_path))
    monkeypatch.setenv("RINGWATCH_SCORE__JOURNAL", request.param)
    clock = ManualClock(T0 + 30 * DAY)
    log = MemoryLog(clock)
    log.ensure_topics(topics.ALL, partitions=2)
    monkeypatch.setattr(Wiring, "log", log)
    parts = ScoreParts(
        log=log, catalogue=CATALOGUE, addresses=KeyCache(load_parser()), graph=FixedGraph(),
        load_scorer=lambda release: Scorer.cold(columns_of(CATALOGUE), release=release), clock=clock,
        metrics=Metrics(), folder=tmp_path / "score",
    )  # fmt: skip
    scorer = ScoreTransactions(parts, ScoreSettings(batch=20, linger_s=0.0, journal=request.param))
    scorer.recover()
    producer = log.open_producer("test", [topics.TRANSACTIONS.name])
    for numbers in (range(60), range(60, 100)):
        producer.send([Outgoing(topics.TRANSACTIONS.name, b"k", codec.encode(payment(n))) for n in numbers])
        while scorer.step() or not scorer.caught_up():
            pass
        if numbers.start == 0:
            scorer.checkpoint()
            scorer._checkpointer.poll(scorer.working, wait=True)
    return tmp_path / "score"


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["state", *arguments])


@pytest.mark.usefixtures("folder")
def test_inspect_shows_what_a_recovery_finds() -> None:
    result = call("inspect", "--json")
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert (report["next_seq"], report["rows"], report["segments"]) == (60, 60, 1)
    assert (report["journal_entries"], report["journal_inputs"]) == (2, 40)
    assert report["catalogue"] == CATALOGUE.version
    assert (report["oldest_ms"], report["watermark_ms"]) == (T0, T0 + 59 * 60_000)
    assert not report["settled"]
    full = {it["feature"]: it["full_ms"] for it in report["warming"]}
    assert full["card.transactions.count.7d"] == T0 + 7 * DAY
    assert "card.transactions.count.10m" not in full
    shown = call("inspect").stdout
    assert "2 batches with 40 inputs to be folded again" in shown
    assert "full at 2026-01-08 00:00:00: " in shown
    assert "running, or killed since" in shown


def test_verify_reads_everything(folder: Path) -> None:
    result = call("verify")
    assert result.exit_code == 0, result.output
    assert "segments with 60 inputs" in result.stdout
    (segment,) = (folder / "segments").iterdir()
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.write_bytes(bytes(data))
    result = call("verify", "--json")
    assert result.exit_code == 1
    found = [json.loads(line) for line in result.stdout.splitlines()]
    (fault,) = (it for it in found if it["fault"])
    assert fault["name"] == f"segments/{segment.name}"
    assert "put it back from a copy" in fault["fault"]
    assert {it["rows"] for it in found if it["name"].startswith("journal")} & {40, 100}


def test_an_empty_installation_has_nothing_to_inspect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RINGWATCH_VAR", str(tmp_path))
    result = call("inspect")
    assert result.exit_code == 1
    assert "no whole checkpoint yet" in str(result.exception)
    assert call("verify").exit_code == 0
