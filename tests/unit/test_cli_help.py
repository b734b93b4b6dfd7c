"""The command line as it presents itself: one screen, an example each, completion, how errors end it."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from events.errors import NotFoundError, SettingsError, UnavailableError
from ringwatch.cli import app as program
from ringwatch.cli.app import app
from ringwatch.cli.run import Part


@pytest.fixture(autouse=True)
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RINGWATCH_VAR", str(tmp_path / "var"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERMINAL_WIDTH", "80")


def commands(group: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Every command with the words that call it."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        yield (*path, name), command


COMMANDS = dict(commands(typer.main.get_command(app)))


def test_the_whole_job_is_on_one_screen() -> None:
    result = CliRunner().invoke(app, ["--help"])
    assert result.exit_code == 0
    lines = result.stdout.rstrip().splitlines()
    print(result.stdout)
    assert len(lines) <= 40
    assert max(map(len, lines)) <= 80
    for path in COMMANDS:
        if len(path) == 1:
            assert any(line.startswith(f"  {path[0]} ") for line in lines), path
    assert "More" not in lines, "every command has a line of its own in ringwatch/cli/screen.py"
    for part in Part:
        assert part.value in result.stdout
    assert CliRunner().invoke(app, []).output.rstrip() == result.output.rstrip()


def test_examples_on_the_screen_are_real_commands() -> None:
    screen = CliRunner().invoke(app, ["--help"]).stdout.splitlines()
    examples = screen[screen.index("Examples") + 1 : screen.index("Examples") + 7]
    for example in examples:
        for call in example.split("&&"):
            words = call.split()
            assert words[0] == "ringwatch"
            assert (words[1],) in COMMANDS or (words[1], words[2]) in COMMANDS, call


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_has_an_example(path: tuple[str, ...]) -> None:
    help_ = COMMANDS[path].help or ""
    assert f"Example: ringwatch {' '.join(path[:1])}" in help_
    shown = CliRunner().invoke(app, [*path, "--help"]).stdout
    assert "Example: ringwatch" in shown
    assert CliRunner().invoke(app, [*path, "-h"]).stdout == shown


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_help_hides_nothing_that_looks_like_markup(path: tuple[str, ...]) -> None:
    """[costs] in a help text is a section of the settings, not a style."""
    texts = [COMMANDS[path].help or "", *(getattr(p, "help", None) or "" for p in COMMANDS[path].params)]
    shown = "".join(CliRunner().invoke(app, [*path, "--help"]).stdout.split()).replace("│", "")
    for text in texts:
        for word in text.split():
            if word.startswith("[") and word.endswith("]"):
                assert word in shown


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (SettingsError("[log] url is wrong"), 2, "error [log] url is wrong"),
        (NotFoundError("no such thing"), 1, "error no such thing"),
        (UnavailableError("redis: refused"), 1, "`ringwatch doctor` shows what answers"),
        (
            FileNotFoundError(2, "No such file or directory", "/nowhere/x"),
            1,
            "error /nowhere/x: No such file",
        ),
    ],
)
def test_an_error_is_one_message_and_an_exit_code(
    error: Exception,
    code: int,
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fails() -> None:
        raise error

    monkeypatch.setattr(program, "app", fails)
    with pytest.raises(SystemExit) as ended:
        program.main()
    assert ended.value.code == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert said in captured.err
    assert "Traceback" not in captured.err


def test_long_errors_are_not_cut_into_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    long = "release-" + "0123456789abcdef" * 12

    def fails() -> None:
        raise NotFoundError(long)

    monkeypatch.setattr(program, "app", fails)
    with pytest.raises(SystemExit):
        program.main()
    assert long in capsys.readouterr().err


def test_a_wrong_call_exits_with_2() -> None:
    for call in (["nosuch"], ["run", "nosuch"], ["dlq", "replay"], ["ring"], ["up", "--stack", "x"]):
        assert CliRunner().invoke(app, call).exit_code == 2, call


def test_version() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert result.exit_code == 0
    assert result.stdout.startswith("ringwatch ")


def _program(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 - our own program
        [str(Path(sys.executable).with_name("ringwatch")), *arguments],
        capture_output=True, text=True, env={"PATH": "/usr/bin:/bin", **environment}, check=False, timeout=120,
    )  # fmt: skip


def test_tab_completes_commands_and_choices() -> None:
    def complete(line: str, at: int) -> list[str]:
        found = _program(_RINGWATCH_COMPLETE="complete_bash", COMP_WORDS=line, COMP_CWORD=str(at))
        return found.stdout.split()

    assert complete("ringwatch re", 1) == ["release"]
    assert complete("ringwatch run ", 2) == [part.value for part in Part]
    assert complete("ringwatch dlq ", 2) == ["list", "replay"]
    assert "--json" in complete("ringwatch status --", 2)


def test_completion_installs(tmp_path: Path) -> None:
    found = _program(
        "--install-completion", "bash", HOME=str(tmp_path), _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1"
    )
    assert found.returncode == 0, found.stderr
    assert (tmp_path / ".bash_completions" / "ringwatch.sh").is_file()


def test_the_module_runs_as_the_program_does(tmp_path: Path) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "ringwatch", "ring", "nosense"],
        capture_output=True, text=True, cwd=Path(__file__).parents[2], check=False, timeout=120,
        env={"PATH": "/usr/bin:/bin", "RINGWATCH_VAR": str(tmp_path), "COLUMNS": "80"},
    )  # fmt: skip
    assert found.returncode in {1, 2}
    assert found.stdout == ""
    assert "error " in found.stderr
    assert "Traceback" not in found.stderr
