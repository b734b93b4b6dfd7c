"""The command as a user gives it: decisions, and a report on data of one's own, learnt from or not."""

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import Result

from events import codec
from events.errors import NotFoundError, SettingsError
from events.times import to_iso
from events.types import Decision
from ringwatch.cli.backfill import backfill
from ringwatch.settings import load_settings
from ringwatch.wiring import Wiring
from scoring import make_release
from scoring.model import Model
from scoring.policy import Policy
from scoring.rules import RuleSet
from simulator import preset
from simulator.files import WorldFiles
from tests.support.command import Call, call_of
from tests.support.made import DAY, T0
from tests.unit.test_report_pages import Parsed

ROWS, DAYS = 2_400, 60
MAP = """
[transaction]
id = "id"
time = { column = "time", unit = "ms" }
amount = "amount"
currency = { value = "EUR" }
card = "card"
device = "device"
shipping_address = "address"
"""
LABELS = """
[label]
fraud = "fraud"
delay = "1d"
"""
UNLABELLED = '\n[columns]\ndrop = ["fraud"]\n'
REVIEW_LARGE = b"""{"schema": 1, "rules": [{"code": "large", "title": "Large", "action": "review",
    "when": {"node": "feature", "name": "txn.amount", "op": ">", "value": 25000}}]}"""


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Runs the command with its state under `tmp_path`, and errors raised as they are."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RINGWATCH_VAR", str(tmp_path / "var"))
    return call_of(backfill)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Payments among which a ring's large ones are fraud, by ever new cards on one device; and a tiny world."""
    folder = tmp_path_factory.mktemp("files")
    rng = np.random.default_rng(3)
    thief = rng.random(ROWS) < 0.08
    time = np.sort(T0 + rng.integers(0, DAYS * DAY, ROWS))
    card = np.where(thief, 900 + (time - T0) // (3 * DAY), rng.integers(0, 150, ROWS))
    table = {
        "id": np.arange(ROWS),
        "time": time,
        "amount": np.round(np.where(thief, 250 + 100 * rng.random(ROWS), rng.lognormal(3.5, 0.6, ROWS)), 2),
        "card": [f"card-{number}" for number in card],
        "device": [f"d-{'ring' if bad else number}" for number, bad in zip(card, thief, strict=True)],
        "address": [
            "12 Mill Road, Springfield IL 62704" if bad else f"{number + 1} Oak Street, Springfield IL 62704"
            for number, bad in zip(card, thief, strict=True)
        ],
        "fraud": thief.astype(np.int8),
    }
    pq.write_table(pa.table(table), folder / "payments.parquet")
    (folder / "map.toml").write_text(MAP + LABELS)
    (folder / "plain.toml").write_text(MAP + UNLABELLED)
    WorldFiles(preset("tiny"), 3).write(folder / "tiny")
    return folder


def summary(result: Result) -> dict[str, object]:
    (line,) = result.stdout.splitlines()
    found = json.loads(line)
    assert isinstance(found, dict)
    return found


def lines(path: Path) -> list[Decision]:
    return [codec.decode(line, Decision) for line in path.read_bytes().splitlines()]


def sections(path: Path) -> list[str]:
    return [a["id"] for _, a in Parsed(path.read_text()).of("section") if "id" in a]


def text(path: Path) -> str:
    return Parsed(path.read_text()).text


def activate(var: Path) -> str:
    """A release that reviews large amounts by rule, in force."""
    parts = Wiring(load_settings({"var": var}))
    registry = parts.registry
    release = registry.put_release(
        make_release(
            model=registry.put("model", Model.cold(0.01).to_bytes()),
            rules=registry.put("rules", RuleSet.load(REVIEW_LARGE).to_bytes()),
            policy=registry.put("policy", Policy().to_bytes()),
            parser=parts.parser.version,
            catalogue=parts.columns.version,
            actor="ana",
            reason="a test",
            clock=parts.clock,
        )
    )
    registry.activate(release.id, actor="ana", reason="a test")
    parts.close()
    return release.id


def test_one_command_on_a_fresh_installation(call: Call, folder: Path, tmp_path: Path) -> None:
    """Learnt from at 60 % of the file's time, decided behind it, with every part of a report that can be known."""
    report, out = tmp_path / "report.html", tmp_path / "decisions.jsonl"
    given = (folder / "payments.parquet", "--map", folder / "map.toml", "--report", report)
    result = call(*given, "--json", "--out", out)
    found = summary(result)
    time = pq.read_table(folder / "payments.parquet")["time"].to_numpy()
    until = int(time[0]) + round(0.6 * int(time[-1] - time[0]))
    assert found["report"] == str(report)
    assert found["trained_until"] == to_iso(until)
    assert "60% into the file's time, for no other moment was named" in result.stderr
    assert found["decisions"] == int((time >= until).sum())
    assert found["refused"] == 0

    decided = lines(out)
    assert [each.time for each in decided] == time[time >= until].tolist()
    assert {each.release for each in decided} == {found["release"]}
    fraud = pq.read_table(folder / "payments.parquet")["fraud"].to_numpy()
    stopped = {int(each.transaction) for each in decided if each.action != "approve"}
    assert len(stopped & set(np.flatnonzero(fraud).tolist())) > 0.8 * int(fraud[time >= until].sum())

    assert sections(report) == ["money", "capacity", "quality", "ablation", "importance", "rings", "unknown"]
    said = text(report)
    assert "What ringwatch would have done with payments.parquet" in said
    assert "Rings reported 1" in said
    assert "12 Mill Road, Springfield IL 62704" in said
    assert "made before ringwatch decided" in said
    assert "+address" in said
    assert "-graph" in said
    for sentence in ("Trained on what was known by", "labels are selective", "Labels come late",
                     "Which rings there really are is not known", "can't be told from a replay"):  # fmt: skip
        assert sentence in said
    for wrong in ("None", "nan", "card-9", "d-ring", "the figures flatter", "rules alone"):
        assert wrong not in said
    assert list((tmp_path / "var").glob("backfill-*")) == []

    first = report.read_bytes()
    assert summary(call(*given, "--json")) == found
    assert report.read_bytes() == first


def test_the_moment_named_counts_and_the_ablation_can_be_left_out(
    call: Call, folder: Path, tmp_path: Path
) -> None:
    report = tmp_path / "report.html"
    until = to_iso(T0 + 45 * DAY)
    found = summary(
        call(folder / "payments.parquet", "--map", folder / "map.toml", "--report", report,
             "--train-until", until, "--label-delay", "2d", "--no-ablation", "--json")
    )  # fmt: skip
    assert found["trained_until"] == until
    assert "ablation" not in sections(report)
    said = text(report)
    assert "no other moment was named" not in said
    assert "payments of the 2 days before it taught nothing" in said


def test_too_few_frauds_leave_the_ablation_out_and_say_so(call: Call, folder: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    call(folder / "payments.parquet", "--map", folder / "map.toml", "--report", report,
         "--train-until", to_iso(T0 + 58 * DAY))  # fmt: skip
    assert "ablation" not in sections(report)
    assert "What each kind of evidence adds is left out: " in text(report)


def test_without_labels_there_are_decisions_and_rings_but_no_money(
    call: Call, folder: Path, tmp_path: Path
) -> None:
    report, out, plain = tmp_path / "report.html", tmp_path / "with.jsonl", tmp_path / "plain.jsonl"
    given = (folder / "payments.parquet", "--map", folder / "plain.toml", "--json")
    found = summary(call(*given, "--report", report, "--out", out))
    assert (found["decisions"], found["release"], found["approve"]) == (ROWS, "cold", ROWS)
    assert "trained_until" not in found
    assert sections(report) == ["money", "quality", "rings", "unknown"]
    said = text(report)
    assert "What that was worth is not known" in said
    assert "says of no payment that it was fraud" in said
    assert "Which of these payments are fraud is not known" in said
    assert "Release none: rules alone" in said
    assert "the decisions are those of rules alone" in said
    assert "Rings reported" in said

    without = summary(call(*given, "--out", plain))
    assert plain.read_bytes() == out.read_bytes()  # a report changes no decision
    assert without == {"decisions": ROWS, "approve": ROWS, "refused": 0, "release": "cold"}
    with pytest.raises(SettingsError, match=r"--train-until needs labels .*\[label\]"):
        call(*given, "--report", report, "--train-until", "2026-02-10")


def test_with_a_release_in_force_everything_is_decided_with_it(
    call: Call, folder: Path, tmp_path: Path
) -> None:
    release = activate(tmp_path / "var")
    report = tmp_path / "report.html"
    found = summary(
        call(folder / "payments.parquet", "--map", folder / "map.toml", "--report", report, "--json")
    )
    assert (found["release"], found["decisions"]) == (release, ROWS)
    amounts = pq.read_table(folder / "payments.parquet")["amount"].to_numpy()
    assert found["review"] == pytest.approx(int((amounts * 1.17 > 250).sum()), rel=0.2)  # in dollars
    said = text(report)
    assert f"Everything is decided with release {release}" in said
    assert "the figures flatter it" in said
    assert "Precision and recall" in said
    assert "capacity" not in sections(
        report
    )  # a cold model ranks nothing, so no threshold is better than another
    with pytest.raises(SettingsError, match="--release and --train-until"):
        call(folder / "payments.parquet", "--map", folder / "map.toml", "--report", report,
             "--release", release, "--train-until", "2026-02-10")  # fmt: skip


def test_a_worlds_own_files_have_kinds_of_fraud(call: Call, folder: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    world = folder / "tiny"
    found = summary(call(world / "transactions.parquet", "--map", world / "map.toml", "--report", report,
                         "--communities-every", "5d", "--json"))  # fmt: skip
    assert found["report"] == str(report)
    said = text(report)
    raw = pq.read_table(
        world / "transactions.parquet", columns=["device", "email", "account", "card_reference"]
    )
    for column in raw.column_names:
        for value in set(raw[column].drop_null().to_pylist()):
            assert value not in said, column


def test_without_the_graph_no_ring_is_looked_for(call: Call, folder: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.html"
    call(folder / "payments.parquet", "--map", folder / "map.toml", "--report", report,
         "--communities-every", "0s", "--limit", "1200")  # fmt: skip
    said = text(report)
    assert "no rings were looked for" in said
    assert "Only the 1,200 earliest rows" in said
    assert "+graph" not in said


def test_a_file_too_short_for_its_label_delay_is_decided_by_rules_alone(
    call: Call, folder: Path, tmp_path: Path
) -> None:
    report = tmp_path / "report.html"
    given = (
        folder / "payments.parquet",
        "--map",
        folder / "map.toml",
        "--report",
        report,
        "--label-delay",
        "50d",
    )
    result = call(*given, "--json")
    assert summary(result)["release"] == "cold"
    assert "nothing was learnt, rules alone decided" in result.stderr
    assert "No payment was 50 days old by then" in text(report)
    with pytest.raises(NotFoundError, match="nothing to learn from"):
        call(*given, "--train-until", to_iso(T0 + 20 * DAY))


def test_refused_rows_are_left_out_and_counted(call: Call, tmp_path: Path) -> None:
    rows = ["id,time,amount,card,device,address,fraud", f"1,{T0},-3,a,d,,0", f"2,{T0 + DAY},10.00,a,d,,0"]
    (tmp_path / "few.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "map.toml").write_text(MAP + LABELS)
    report = tmp_path / "r.html"
    found = summary(call(tmp_path / "few.csv", "--map", tmp_path / "map.toml", "--report", report, "--json"))
    assert (found["decisions"], found["refused"]) == (1, 1)
    assert "1 row was refused at the door" in text(report)
    (tmp_path / "none.csv").write_text("\n".join(rows[:2]) + "\n")
    with pytest.raises(NotFoundError, match="no authorisation to decide"):
        call(tmp_path / "none.csv", "--map", tmp_path / "map.toml", "--report", report)


def test_what_can_not_be_is_said_before_the_work(call: Call, folder: Path, tmp_path: Path) -> None:
    file, map_ = folder / "payments.parquet", folder / "map.toml"
    with pytest.raises(SettingsError, match=r"there is no folder .*nowhere"):
        call(file, "--map", map_, "--report", tmp_path / "nowhere" / "r.html")
    with pytest.raises(SettingsError, match="is what is to be read"):
        call(file, "--map", map_, "--report", map_)
    with pytest.raises(SettingsError, match="name the same file"):
        call(file, "--map", map_, "--report", tmp_path / "r.html", "--out", tmp_path / "r.html")
    with pytest.raises(SettingsError, match="--train-until is for --report"):
        call(file, "--map", map_, "--train-until", "2026-02-10")
    with pytest.raises(SettingsError, match="--seed starts from a release"):
        call(file, "--map", map_, "--report", tmp_path / "r.html", "--seed")
    assert not (tmp_path / "r.html").exists()


def test_features_go_to_a_folder_and_a_second_call_finds_them_done(
    call: Call, folder: Path, tmp_path: Path
) -> None:
    given = (
        folder / "payments.parquet",
        "--map",
        folder / "map.toml",
        "--features",
        tmp_path / "x",
        "--json",
    )
    first = summary(call(*given))
    assert (first["features"], first["rows"], first["refused"], first["parts"]) == (ROWS, ROWS, 0, 1)
    table = pq.read_table(tmp_path / "x")
    assert table.num_rows == ROWS
    assert table.num_columns == int(str(first["columns"])) + 3
    assert table["time"].to_pylist() == pq.read_table(folder / "payments.parquet")["time"].to_pylist()
    again = call(*given)
    assert f"goes on behind {ROWS:,} rows" in again.stderr
    assert summary(again)["bytes"] == first["bytes"]
    anew = call(*given, "--restart")
    assert "goes on" not in anew.stderr
    with pytest.raises(SettingsError, match="differs in the limit: begin anew with --restart"):
        call(*given, "--limit", "700")


def test_features_are_made_without_deciding(call: Call, folder: Path, tmp_path: Path) -> None:
    given = (folder / "payments.parquet", "--map", folder / "map.toml")
    with pytest.raises(SettingsError, match="leave out --out, --seed"):
        call(*given, "--features", tmp_path / "x", "--out", tmp_path / "d.jsonl", "--seed")
    with pytest.raises(SettingsError, match="--restart is for --features"):
        call(*given, "--restart")
    assert not (tmp_path / "x").exists()
