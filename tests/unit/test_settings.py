"""Settings: file, environment, every fault at once; and `ringwatch.toml` documents them all."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, SecretStr

from events.errors import SettingsError
from ringwatch.settings import Settings, load_settings

DOCUMENTED = Path(__file__).parents[2] / "ringwatch.toml"


@pytest.fixture(autouse=True)
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def flat(model: BaseModel, prefix: str = "") -> Iterator[tuple[str, object]]:
    """(dotted name, value) of every setting."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


def defaults() -> dict[str, object]:
    return dict(flat(Settings.model_validate({})))


def documented() -> dict[str, object]:
    """The settings of `ringwatch.toml` with its `# name = value` lines uncommented."""
    lines = DOCUMENTED.read_text().splitlines()
    text = "\n".join(re.sub(r"^# (\w+ = )", r"\1", line) for line in lines)
    return dict(_flat_tables(tomllib.loads(text)))


def _flat_tables(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        if isinstance(value, dict) and prefix == "":
            yield from _flat_tables(value, f"{name}.")
        else:
            yield prefix + name, value


# These have no default worth writing down; the file shows an example and says what holds without.
EXAMPLES = {
    "log.url", "cache.url", "broker.url", "graph.url", "graph.dialect", "graph.user", "graph.password_file",
    "blobs.url", "door.key_file", "api.token_file", "metrics.ports", "features.families", "features.file",
}  # fmt: skip
# Secrets are better in a file or in the environment, so the file does not invite them.
UNDOCUMENTED = {"graph.password", "api.token"}


def test_the_file_documents_every_setting_with_its_default() -> None:
    found, expected = documented(), defaults()
    assert set(found) == set(expected) - UNDOCUMENTED
    for name, value in found.items():
        if name in EXAMPLES:
            assert expected[name] in (None, {}), f"{name} has a default: write it down"
        else:
            default = expected[name]
            assert value == (str(default) if isinstance(default, Path) else default), name


def test_what_the_file_shows_is_accepted(empty_folder: Path) -> None:
    text = re.sub(r"(?m)^# (\w+ = )", r"\1", DOCUMENTED.read_text())
    (empty_folder / "ringwatch.toml").write_text(text)
    load_settings()


def test_the_file_as_it_is_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGWATCH_CONFIG", str(DOCUMENTED))
    assert dict(flat(load_settings())) == defaults()


def test_environment_over_file_over_default(empty_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (empty_folder / "ringwatch.toml").write_text("[score]\nbatch = 100\nlinger_ms = 7\n")
    monkeypatch.setenv("RINGWATCH_SCORE__BATCH", "200")
    score = load_settings().score
    assert (score.batch, score.linger_ms, score.keep_checkpoints) == (200, 7, 3)
    assert load_settings({"score": {"batch": 300}}).score.batch == 300


def test_another_file_is_named_by_the_environment(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (empty_folder / "other.toml").write_text('var = "elsewhere"\n')
    monkeypatch.setenv("RINGWATCH_CONFIG", "other.toml")
    assert load_settings().var == Path("elsewhere")
    monkeypatch.setenv("RINGWATCH_CONFIG", "missing.toml")
    with pytest.raises(SettingsError, match=r"missing\.toml, which is no file"):
        load_settings()


def test_every_fault_is_told_at_once_with_field_and_remedy(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (empty_folder / "ringwatch.toml").write_text(
        '[log]\npartitions = "four"\nulr = "x"\n[score]\nbatch = 0\n[graf]\na = 1\n[graph]\ndialect = "sql"\n'
    )
    monkeypatch.setenv("RINGWATCH_SCORE__LINGER_MS", "-1")
    monkeypatch.setenv("RINGWATCH_LGO__URL", "redis://:secret@host")
    monkeypatch.setenv("RINGWATCH_METRICS__PORTS__SCORE", "many")
    with pytest.raises(SettingsError) as caught:
        load_settings()
    lines = str(caught.value).splitlines()
    print(caught.value)
    assert lines[0] == "8 setting(s) are wrong:"
    for part in (
        "[log] partitions: should be a valid integer",
        "[log] ulr: there is no such setting; is url meant?",
        "[score] batch: should be greater than or equal to 1",
        "[score] linger_ms: should be greater than or equal to 0 (set by RINGWATCH_SCORE__LINGER_MS)",
        "[metrics.ports] score: should be a valid integer",
        "[graph] dialect: should be 'neo4j' or 'arcadedb'",
        "graf: there is no such setting; is graph meant?",
        "RINGWATCH_LGO__URL: there is no section [lgo]; is log meant?",
    ):
        assert any(part in line for line in lines), part
    assert "RINGWATCH_SCORE__BATCH in the environment" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_a_section_is_not_set_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGWATCH_CACHE", "redis://:secret@host")
    with pytest.raises(SettingsError, match="RINGWATCH_CACHE__URL") as caught:
        load_settings()
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_toml(empty_folder: Path) -> None:
    (empty_folder / "ringwatch.toml").write_text("[log\n")
    with pytest.raises(SettingsError, match=r"ringwatch\.toml can't be read: .*line 1"):
        load_settings()


@pytest.mark.parametrize("name", ["RINGWATCH_JVM_CACHE", "RINGWATCH_ACTOR", "RINGWATCHER__X"])
def test_other_variables_are_none_of_ours(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "x")
    assert dict(flat(load_settings())) == defaults()


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOG__URL", "CACHE__URL", "BROKER__URL", "GRAPH__PASSWORD", "API__TOKEN"):
        monkeypatch.setenv(f"RINGWATCH_{name}", "redis://:open-sesame@host")
    settings = load_settings()
    assert settings.log.url == SecretStr("redis://:open-sesame@host")
    for text in (repr(settings), str(settings), settings.model_dump_json()):
        assert "open-sesame" not in text


def test_settings_can_not_be_changed() -> None:
    settings = load_settings()
    with pytest.raises(ValueError, match="frozen"):
        settings.score.batch = 1
