"""The command as a user gives it: report, suggestion, sending, sending again."""

import json
from pathlib import Path

import pytest
from typer.testing import Result

from events import codec, topics
from events.errors import SettingsError
from events.types import DeadLetter, Label, Transaction
from ringwatch.cli.ingest import ingest
from streaming.dlq import letters
from streaming.log.open import open_log
from streaming.log.port import Log
from tests.support.command import Call, call_of

_EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
_FILE, _MAP = _EXAMPLES / "payments.csv", _EXAMPLES / "payments.toml"


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Runs the command with its state under `tmp_path`, a wide terminal, and errors raised as they are."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RINGWATCH_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "200")
    return call_of(ingest)


def _lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_report_sends_nothing_and_needs_no_service(call: Call) -> None:
    result = call(_FILE, "--map", _MAP, "--report")
    for part in (
        "30 rows",
        "nothing stands out",
        "57 of 372",
        "will be dead",
        "no outcomes",
        "device_id",
        "30 of 30",
    ):
        assert part in result.stdout


def test_a_report_as_json_is_one_line(call: Call) -> None:
    (line,) = _lines(call(_FILE, "--map", _MAP, "--report", "--json"))
    report = line["report"]
    assert isinstance(report, dict)
    assert report["rows"] == 30
    assert {"times", "ids", "sample", "labels", "amounts", "entities", "dead", "warnings"} <= report.keys()


def test_a_suggested_map_is_printed_or_written_and_works(call: Call, tmp_path: Path) -> None:
    printed = call(_FILE, "--suggest-map").stdout
    path = tmp_path / "map.toml"
    assert call(_FILE, "--suggest-map", "--out", path).stdout == ""
    assert path.read_text() == printed
    assert _lines(call(_FILE, "--suggest-map", "--json")) == [{"map": printed}]
    (line,) = _lines(call(_FILE, "--map", path, "--report", "--json"))
    assert isinstance(line["report"], dict)
    assert line["report"]["sample"]["refused"] == 0
    with pytest.raises(SettingsError, match="can't be written"):
        call(_FILE, "--suggest-map", "--out", path)  # never over a map that somebody has mended


def test_the_map_is_asked_for(call: Call) -> None:
    with pytest.raises(SettingsError, match="--suggest-map"):
        call(_FILE)


def test_without_a_log_it_says_so_before_it_reads(call: Call) -> None:
    with pytest.raises(SettingsError, match="ringwatch up"):
        call(_FILE, "--map", _MAP)


def _broken(tmp_path: Path) -> Path:
    text = _FILE.read_text().splitlines()
    text[2] = text[2].replace("1250.00", "-4")
    text[3] = text[3].replace("kr_31aa", "4111 1111 1111 1111")
    path = tmp_path / "payments.csv"
    path.write_text("\n".join(text) + "\n")
    return path


def test_sending_and_sending_again(
    call: Call, tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{redis_url}?namespace=ingest-cli"
    monkeypatch.setenv("RINGWATCH_LOG__URL", url)
    path = _broken(tmp_path)
    first, second = (_lines(call(path, "--map", _MAP, "--json"))[-1] for _ in range(2))
    assert {name: value for name, value in first.items() if name != "rows_per_second"} == {
        "transactions": 28, "labels": 5, "refused": 2, "labels_pending": 0,
    }  # fmt: skip
    assert second["transactions"] == 28

    log = open_log(url)
    found = _read(log, topics.TRANSACTIONS.name)
    payments = [codec.decode(value, Transaction) for value in found]
    assert len(payments) == 56
    assert len({it.id for it in payments}) == 28  # what a consumer keeps of them
    assert len(set(found)) == 28  # the same bytes, in truth
    labels = [codec.decode(value, Label) for value in _read(log, topics.LABELS.name)]
    assert (len(labels), len({it.id for it in labels})) == (10, 5)

    found_letters: list[DeadLetter] = [item.letter for item in letters(log)]
    log.close()
    assert [(it.topic, it.field, it.code, it.replayable, it.offset) for it in found_letters] == [
        ("file", "amount", "invalid_field", False, 2),
        ("file", "card.reference", "raw_card_number", False, 3),
    ]
    rows = [json.loads(it.payload) for it in found_letters]
    assert rows[0]["payment_id"] == "P-1002"
    assert rows[1]["card_ref"] == "4111 11** **** 1111"
    assert "customer_name" not in rows[0]  # dropped by the map


def _read(log: Log, topic: str) -> list[bytes]:
    ends = log.end(topic)
    reader = log.open_reader(log.begin(topic))
    found: list[bytes] = []
    while any(at < ends[source] for source, at in reader.positions().items()):
        found += [record.value for record in reader.poll(1_000, 0.2)]
    reader.close()
    return found


def test_labels_of_the_future_wait(call: Call, redis_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGWATCH_LOG__URL", f"{redis_url}?namespace=ingest-pending")
    result = call(_FILE, "--map", _MAP, "--json", "--label-delay", "20000d", "--limit", "10")
    summary = _lines(result)[-1]
    assert (summary["transactions"], summary["labels"], summary["labels_pending"]) == (10, 0, 2)
    assert "ingest the file again" in result.stderr


def test_a_map_that_fits_nothing_sends_nothing(
    call: Call, tmp_path: Path, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"{redis_url}?namespace=ingest-unfit"
    monkeypatch.setenv("RINGWATCH_LOG__URL", url)
    path = tmp_path / "map.toml"
    path.write_text(
        _MAP.read_text().replace('time = "created_at"', 'time = { column = "created_at", unit = "s" }')
    )
    with pytest.raises(SettingsError, match="every sampled row would be refused, first for time"):
        call(_FILE, "--map", path)
    log = open_log(url)
    assert not _read(log, topics.TRANSACTIONS.name)
    assert not letters(log)
    log.close()
