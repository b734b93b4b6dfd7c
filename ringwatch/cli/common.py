"""What commands share: the console, JSON lines, progress, the wiring of one call."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from ringwatch.settings import load_settings
from ringwatch.wiring import Wiring

out = Console()
err = Console(stderr=True)

Json = Annotated[bool, typer.Option("--json", help="One JSON value a line, for scripts.")]
Actor = Annotated[str, typer.Option(help="Who asks; it is audited.", envvar="RINGWATCH_ACTOR")]
Reason = Annotated[str, typer.Option(help="Why; it is audited.")]


@contextmanager
def wiring() -> Iterator[Wiring]:
    """The parts of this call, closed at its end."""
    parts = Wiring(load_settings())
    try:
        yield parts
    finally:
        parts.close()


def emit(value: Mapping[str, Any]) -> None:
    """One JSON value on a line of its own on stdout."""
    sys.stdout.write(json.dumps(value, sort_keys=True, default=str) + "\n")
    sys.stdout.flush()


def fail(error: Exception) -> None:
    """An error for people, on stderr."""
    err.print("[bold red]error[/]", end=" ")
    err.print(str(error), markup=False, highlight=False)


def progress_bar() -> Progress:
    """A bar on stderr, so that stdout stays clean for results."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=False,
    )
