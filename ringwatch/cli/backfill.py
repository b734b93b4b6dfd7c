"""`ringwatch backfill`: replay a history in event time, decide every payment as of its moment."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from events.errors import SettingsError
from ringwatch.cli.common import Json, emit, progress_bar, say, show, wiring
from ringwatch.cli.history import (
    Every,
    File,
    Limit,
    MapFile,
    Refused,
    counted,
    parse_moment,
    stages,
    target,
)

if TYPE_CHECKING:
    from lake.history import History
    from ringwatch.reporting.start import Start
    from ringwatch.wiring import Wiring
    from streaming.backfill import Backfill


def backfill(
    file: File,
    map_: MapFile,
    out: Annotated[Path | None, typer.Option(help="Write the decisions to this JSON lines file.")] = None,
    report: Annotated[
        Path | None,
        typer.Option(
            help="Write a report to this HTML file, replacing one that is there: money, precision, rings.",
            dir_okay=False,
        ),
    ] = None,
    release: Annotated[
        str | None, typer.Option(help="Decide with this release (default: the one in force).")
    ] = None,
    train_until: Annotated[
        str | None,
        typer.Option(
            help="With --report: train on what was known by then (ISO 8601), decide what is later. Default "
            "where no release is in force: 60 % into the file's time."
        ),
    ] = None,
    label_delay: Annotated[str | None, typer.Option(help="Overrides the map's label delay, as 7d.")] = None,
    communities_every: Every = "1d",
    limit: Limit = None,
    features: Annotated[
        Path | None,
        typer.Option(
            help="Decide nothing: write feature rows, all but the graph's, to this folder as Parquet, at full speed. "
            "The same call again goes on where it ended.",
            file_okay=False,
        ),
    ] = None,
    restart: Annotated[
        bool, typer.Option("--restart", help="With --features: begin anew, whatever is in the folder.")
    ] = False,
    seed: Annotated[
        bool, typer.Option(help="Start this installation from the history: scorer state, label index, graph.")
    ] = False,
    ablation: Annotated[
        bool,
        typer.Option(
            help="In a report after training, say what each kind of evidence adds; takes as long again."
        ),
    ] = True,
    *,
    json: Json = False,
) -> None:
    """Replay FILE through the scorer: the same input gives the same bytes, the future never changes the past.

    Example: ringwatch backfill payments.parquet --map map.toml --out decisions.jsonl

    Example: ringwatch backfill payments.parquet --map map.toml --report report.html

    Example: ringwatch backfill payments.parquet --map map.toml --seed

    Example: ringwatch backfill payments.parquet --map map.toml --features var/features
    """
    from lake.history import open_history
    from lake.mapping import duration_ms
    from ringwatch.backfilling import seed_installation
    from ringwatch.reporting.start import Start, choose_start
    from streaming.seed import require_unused

    if features is not None:
        _alone(out=out, report=report, release=release, train_until=train_until, seed=seed or None)
        _features(file, map_, features, label_delay, limit, restart=restart, json=json)
        return
    if restart:
        raise SettingsError("--restart is for --features; everything else begins anew each time")
    if train_until is not None and report is None:
        raise SettingsError(
            "--train-until is for --report; `ringwatch evaluate` trains and scores without one"
        )
    if report is not None:
        target(report, file, map_)
        if out is not None and out.resolve() == report.resolve():
            raise SettingsError("--out and --report name the same file")
    every_ms, refused = duration_ms(communities_every), Refused()
    with wiring() as parts:
        if seed:
            require_unused(parts.state_store, parts.state_folder)  # before the work, not behind it
        history = open_history(
            file, map_, label_delay_ms=duration_ms(label_delay) if label_delay else None, limit=limit
        )
        start = Start(release or parts.active_release())
        if report is not None:
            start = choose_start(
                history,
                release=release,
                in_force=parts.active_release(),
                until_ms=parse_moment(train_until) if train_until else None,
                label_delay=label_delay,
            )
            _say_start(start, seed=seed)
        driver = parts.backfill(communities_every_ms=every_ms)
        if report is None:
            summary = _decided(parts, driver, history, start.release, out, refused)
        else:
            summary = _reported(
                parts, driver, history, start, every_ms, out, report, refused, ablation=ablation
            )
        refused.report()
        if seed:
            with progress_bar() as bar:
                task = bar.add_task("loading the graph", total=None)
                seed_installation(parts, driver, summary["release"], lambda count: bar.advance(task, count))
    _told(summary | {"refused": refused.count}, json=json)


def _alone(**others: object) -> None:
    """Refuse options that --features has no use for."""
    given = [f"--{name.replace('_', '-')}" for name, value in others.items() if value is not None]
    if given:
        raise SettingsError(f"--features decides nothing: leave out {', '.join(given)}")


def _features(
    file: Path,
    map_: Path,
    folder: Path,
    label_delay: str | None,
    limit: int | None,
    *,
    restart: bool,
    json: bool,
) -> None:
    from lake.history import open_history
    from lake.mapping import duration_ms
    from ringwatch.cli.feature_table import write_features

    delay = duration_ms(label_delay) if label_delay else None
    refused = Refused()
    with wiring() as parts:
        history = open_history(file, map_, label_delay_ms=delay, limit=limit)
        summary = write_features(parts, history, folder, refused, restart=restart)
    refused.report()
    _told(summary, json=json)


def _told(summary: dict[str, Any], *, json: bool) -> None:
    if json:
        emit(summary)
    else:
        show(", ".join(f"{name} {value}" for name, value in sorted(summary.items())))


def _decided(
    parts: "Wiring", driver: "Backfill", history: "History", release: str, out: Path | None, refused: Refused
) -> dict[str, Any]:
    from ringwatch.backfilling import decide_history

    scorer = parts.load_scorer(release)
    with progress_bar() as bar:
        task = bar.add_task("replaying: payments", total=history.count())
        arrivals = counted(history.arrivals(parts.door, refused), bar, task)
        return decide_history(driver, arrivals, scorer, out) | {"release": scorer.release}


def _say_start(start: "Start", *, seed: bool) -> None:
    from ringwatch.reporting.unknown import trained_on

    if start.until_ms is None:
        return
    if seed:
        raise SettingsError(
            "--seed starts from a release, and with this --report none is in force: train and activate one first"
        )
    say(f"trains on {trained_on(start)}; decides and reports on what is later")


def _reported(
    parts: "Wiring",
    driver: "Backfill",
    history: "History",
    start: "Start",
    every_ms: int,
    out: Path | None,
    report: Path,
    refused: Refused,
    *,
    ablation: bool,
) -> dict[str, Any]:
    from console.report import render_report
    from events.times import to_iso
    from ringwatch.backfilling import decision_lines
    from ringwatch.reporting.history_report import Asked, Workshop, report_on
    from storage import FolderBlobs

    var = parts.settings.var
    var.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory(prefix="backfill-", dir=var) as folder,
        decision_lines(out) as write,
        progress_bar() as bar,
    ):
        shop = Workshop(parts, driver, FolderBlobs(Path(folder)), stages(bar))
        task = bar.add_task("replaying: payments", total=history.count())
        arrivals = counted(history.arrivals(parts.door, refused), bar, task)
        asked = Asked(history, start, every_ms, ablation=ablation, write=write)
        made = report_on(shop, asked, arrivals, refused=lambda: refused.count)
    report.write_text(render_report(made), encoding="utf-8")
    if start.until_ms is not None and shop.is_cold:
        say("nothing was learnt, rules alone decided: the report's last section says why")
    summary: dict[str, Any] = {"decisions": made.decisions, **{a: n for a, n in made.by_action.items() if n}}
    summary |= {"release": shop.release, "report": str(report), "rings": made.rings.reported}
    if start.until_ms is not None:
        summary["trained_until"] = to_iso(start.until_ms)
    return summary
