"""One command of the program, called in this process."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer
from typer.testing import CliRunner, Result

Call = Callable[..., Result]


def call_of(command: Callable[..., Any]) -> Call:
    """Runs the command with these arguments: it must end well, and its errors are raised as they are."""
    app = typer.Typer(pretty_exceptions_enable=False)
    app.command()(command)

    def run(*args: str | Path) -> Result:
        result = CliRunner().invoke(app, [str(arg) for arg in args])
        if isinstance(result.exception, Exception):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result

    return run
