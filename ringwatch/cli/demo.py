"""`ringwatch demo`: the whole job on a made world."""

import signal
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from ringwatch.cli.common import Json, emit, err, out


def demo(
    once: Annotated[
        bool, typer.Option(help="End after the report instead of leaving everything running.")
    ] = False,
    # 2: its rings are at work in the weeks that the report is about.
    seed: Annotated[int, typer.Option(help="The same seed makes the same world.")] = 2,
    folder: Annotated[Path, typer.Option(help="Everything is written here; emptied first.")] = Path(
        "var/demo"
    ),
    *,
    json: Json = False,
) -> None:
    """Start a local stack, make a world with fraud rings, train on its past, score its present, report.

    Example: ringwatch demo --once
    """
    import msgspec

    from ringwatch.demo.main import Demo
    from ringwatch.demo.show import show

    progress = Progress(
        SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=err,
    )  # fmt: skip
    with ExitStack() as stack:
        with progress:
            made = Demo(folder, seed, progress)
            report = stack.enter_context(made.running())
        if json:
            emit(msgspec.to_builtins(report))
        else:
            show(report, out)
            out.print(f"the whole report, with the rings drawn: {folder}/report.html", soft_wrap=True)
        if not once:
            out.print(f"decisions at {made.api}/v1/score, token in {folder}/secrets/api-token")
            out.print(f"everything keeps running (RINGWATCH_VAR={folder} for other commands); Ctrl-C ends it")
            signal.pause()
