"""`ringwatch state`: what is stored of the scorer's state, and whether it is whole."""

from dataclasses import asdict
from datetime import UTC, datetime
from itertools import groupby
from typing import TYPE_CHECKING

import typer

from ringwatch.cli.common import Json, emit, fail, progress_bar, show, wiring

if TYPE_CHECKING:
    from ringwatch.wiring import Wiring
    from streaming.journal import Journal
    from streaming.state_report import StateReport, Warming

app = typer.Typer(
    help="""Look at the scorer's stored state: checkpoints, segments, journal.

    Example: ringwatch state inspect
    """,
    no_args_is_help=True,
)


@app.command()
def inspect(*, json: Json = False) -> None:
    """Show the newest checkpoint, what a recovery would find behind it, and which windows are not full yet.

    Example: ringwatch state inspect

    Example: ringwatch state inspect --json
    """
    from streaming.state_report import inspect as look

    with wiring() as parts:
        report = look(parts.state_store, _journal(parts), parts.catalogue_of)
    if json:
        emit(asdict(report))
    else:
        _show(report)


@app.command()
def verify(*, json: Json = False) -> None:
    """Read everything that is stored and check it: every manifest, segment and journal entry. Exit code 1 on a fault.

    Example: ringwatch state verify
    """
    from streaming.state_report import verify as look

    faults = number = rows = 0
    with wiring() as parts, progress_bar() as bar:
        task = bar.add_task("checking", total=None)
        for found in look(parts.state_store, _journal(parts)):
            number, faults = number + 1, faults + bool(found.fault)
            rows += found.rows if "segments/" in found.name else 0
            bar.advance(task)
            if json:
                emit(asdict(found))
            elif found.fault:
                bar.console.print(
                    f"{found.name}: {found.fault}", markup=False, highlight=False, soft_wrap=True
                )
    if faults:
        fail(f"{faults} of {number} are damaged")
        raise typer.Exit(1)
    if not json:
        show(f"all {number} are whole: manifests, segments with {rows:,} inputs, journal")


def _journal(parts: "Wiring") -> "Journal":
    """The journal to be read, not to be written."""
    from streaming.disk_journal import DiskJournal
    from streaming.files import FolderFiles
    from streaming.topic_journal import TopicReader

    if parts.settings.score.journal == "topic":
        return TopicReader(parts.log)
    return DiskJournal(FolderFiles(parts.state_folder / "journal"), repair=False)


def _show(report: "StateReport") -> None:
    whole = "stopped in good order" if report.settled else "running, or killed since"
    show(
        f"checkpoint  {report.checkpoint}, the newest of {report.checkpoints}; saved {_time(report.saved_ms)}, {whole}"
    )
    show(f"state       seq {report.next_seq:,}; release {report.release}; catalogue {report.catalogue}")
    show(f"segments    {report.segments} with {report.rows:,} inputs, {report.bytes / 1e6:,.1f} MB")
    if report.oldest_ms is not None:
        show(f"events      from {_time(report.oldest_ms)} to {_time(report.watermark_ms)}")
    show(f"duplicates  looked for among the last {report.seen_horizon:,} inputs")
    behind = f"{report.journal_entries:,} batches with {report.journal_inputs:,} inputs to be folded again"
    show(f"journal     {report.journal}: {behind}")
    if report.warming is None:
        show("windows     not known: this catalogue is not in the registry")
    elif not report.warming:
        show("windows     all are full")
    else:
        show(f"windows     {len(report.warming)} are not full yet:")
        by_time = sorted(report.warming, key=lambda it: (it.full_ms, it.feature))
        for full_ms, some in groupby(by_time, key=lambda it: it.full_ms):
            show(f"            full at {_time(full_ms)}: {_names(list(some))}")


def _names(some: "list[Warming]", most: int = 3) -> str:
    names = [it.feature for it in some]
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _time(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
