"""`ringwatch features`: what is listed, shown and documented."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from events.errors import SettingsError
from features import default_catalogue
from features.describe import describe
from features.families import families
from features.feature_docs import feature_docs
from ringwatch.cli.app import app

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "docs" / "examples" / "features.toml"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RINGWATCH_VAR", str(tmp_path / "var"))


def call(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["features", *arguments])


def listed(*arguments: str) -> list[dict[str, object]]:
    result = call("list", "--json", *arguments)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_reference_is_current() -> None:
    text = feature_docs(default_catalogue())
    assert (ROOT / "docs" / "features.md").read_text(encoding="utf-8") == text, (
        "run `ringwatch features docs --out docs/features.md`"
    )
    for name in default_catalogue().names:
        assert f"`{name}`" in text


def test_docs_go_to_a_file_or_to_stdout(tmp_path: Path) -> None:
    assert call("docs").stdout == feature_docs(default_catalogue())
    assert call("docs", "--out", "f.md", "--file", str(EXAMPLE)).exit_code == 0
    assert "## own: of this installation" in (tmp_path / "f.md").read_text()


def test_list_has_every_column_with_its_family_and_cost() -> None:
    found = listed()
    assert {it["name"] for it in found} == set(default_catalogue().names)
    names = {family.name for family in families()}
    assert {it["family"] for it in found} == names | {"transaction", "address", "graph"}
    assert {it["name"] for it in listed("--family", "pairs")} == {
        it["name"] for it in found if it["family"] == "pairs"
    }
    shown = call("list", "--family", "pairs").output
    assert "card+merchant.transactions.count.30d" in shown
    assert "streams" in shown
    result = call("list", "--family", "pears")
    assert result.exit_code == 1
    assert "'pears'" in str(result.exception)


def test_rows_cost_what_the_engine_stores() -> None:
    by_name = {it.name: it for it in describe(default_catalogue())}
    assert by_name["card+device.transactions.count.30d"].row_bytes == 8
    card = by_name["card.amount.std.30d"]
    assert card.saves_bytes == 16
    assert card.row_bytes == by_name["card.transactions.count.1h"].row_bytes
    assert by_name["card.amount.ratio.30d"].stream == ""


def test_show_says_what_a_column_is() -> None:
    result = call("show", "card.amount.sum.1h", "--json")
    shown = json.loads(result.stdout)
    assert (shown["entity"], shown["window"], shown["events"]) == ("card", "1h", "transactions")
    text = call("show", "card.amount.ratio.30d").stdout
    assert "ratio of txn.amount, card.amount.mean.30d" in text
    assert "example" in text
    result = call("show", "card.amount.sum.1x")
    assert result.exit_code == 1
    assert "did you mean card.amount.sum.1" in str(result.exception)


def test_a_file_of_ones_own_and_families_come_from_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {it["name"] for it in listed("--family", "own", "--file", str(EXAMPLE))}
    assert "card.gift_amount.share.1d" in own
    monkeypatch.setenv("RINGWATCH_FEATURES__FAMILIES", '["counts", "amounts"]')
    monkeypatch.setenv("RINGWATCH_FEATURES__FILE", str(EXAMPLE))
    found = listed()
    assert own <= {it["name"] for it in found}
    assert {it["family"] for it in found if it["group"] == "velocity"} == {"counts", "amounts", "own"}
    monkeypatch.setenv("RINGWATCH_FEATURES__FAMILIES", '["count"]')
    result = call("list")
    assert isinstance(result.exception, SettingsError)
    assert "did you mean counts?" in str(result.exception)
