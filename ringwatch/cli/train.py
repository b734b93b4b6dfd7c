"""`ringwatch train`: a new release from the lake or from a file."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from events.errors import RingwatchError, SettingsError
from ringwatch.cli.common import Actor, Json, Reason, emit, progress_bar, say, show, wiring
from ringwatch.cli.history import Every, Limit, Refused, counted, parse_moment
from ringwatch.cli.release import put_in_force

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ringwatch.wiring import Wiring
    from scoring import Release
    from streaming.training import Gathered, Known


def train(
    actor: Actor,
    reason: Reason,
    file: Annotated[
        Path | None,
        typer.Argument(help="A history; without one, the lake.", exists=True, dir_okay=False),
    ] = None,
    map_: Annotated[
        Path | None, typer.Option("--map", help="The file's map.", exists=True, dir_okay=False)
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="Train as of this time, ISO 8601 (default: the end).")
    ] = None,
    label_delay: Annotated[
        str, typer.Option(help="Rows younger than this before the end are left out: labels come late.")
    ] = "7d",
    communities_every: Every = "1d",
    limit: Limit = None,
    activate: Annotated[
        bool, typer.Option("--activate", help="Put the new release in force at once.")
    ] = False,
    on_worker: Annotated[
        bool, typer.Option("--on-worker", help="Have a worker do it, from the lake, and wait for it.")
    ] = False,
    *,
    json: Json = False,
) -> None:
    """Replay a history through the live features, train, choose thresholds by your costs, store a release.

    Example: ringwatch train --actor ana --reason "monthly" --activate

    Example: ringwatch train payments.parquet --map map.toml --until 2018-08-08 --actor ana --reason "first"
    """
    from lake.mapping import duration_ms

    delay = duration_ms(label_delay)
    moment = parse_moment(until) if until else None
    if file is not None and map_ is None:
        raise SettingsError("a file needs its --map; `ringwatch ingest FILE --suggest-map` writes one")
    if file is None and map_ is not None:
        raise SettingsError("--map says what the columns of a file mean: name the FILE too")
    if on_worker and (file is not None or limit is not None):
        raise SettingsError("--on-worker trains from the lake: leave FILE, --map and --limit out")
    with wiring() as parts:
        if on_worker:
            release, metrics = _on_worker(parts, moment, delay, actor, reason)
        else:
            rows, known = _gather(parts, file, map_, moment, delay, duration_ms(communities_every), limit)
            found, metrics = _learn(parts, rows, known, moment, delay, actor, reason)
            release = found.id
        if activate:
            put_in_force(parts, release, actor, reason)
    if json:
        emit({"release": release, "metrics": dict(metrics), "active": activate})
        return
    show(f"{release}: " + ", ".join(f"{name} {value:.4g}" for name, value in sorted(metrics.items())))
    if "cold" in metrics:
        say("too few known frauds to learn from: this release decides by rules alone")
    if not activate:
        say(f"put it in force: ringwatch release activate {release} --actor ... --reason ...")


def _gather(
    parts: "Wiring",
    file: Path | None,
    map_: Path | None,
    moment: int | None,
    delay: int,
    every: int,
    limit: int | None,
) -> "tuple[Gathered, Known]":
    from lake import files
    from lake.history import open_history
    from streaming.training import Known, gather

    refused, known = Refused(), Known()
    with progress_bar() as bar:
        if file is not None and map_ is not None:
            history = open_history(file, map_, label_delay_ms=delay, limit=limit)
            task = bar.add_task("replaying: payments", total=history.count())
            arrivals = history.arrivals(parts.door, refused)
        else:
            task = bar.add_task("replaying the lake: payments", total=None)
            arrivals = files.arrivals(parts.blobs, until=moment)
        backfill = parts.backfill(communities_every_ms=every)
        rows = gather(backfill.rows(known.watch(counted(arrivals, bar, task))))
    refused.report()
    if not rows.ids:
        raise SettingsError(
            "the history holds no authorisation to learn from"
            + ("" if file else ": `ringwatch run lake` fills the lake, or name a FILE")
        )
    return rows, known


def _learn(
    parts: "Wiring", rows: "Gathered", known: "Known", moment: int | None, delay: int, actor: str, reason: str
) -> "tuple[Release, Mapping[str, float]]":
    from streaming.training import Lesson, learn

    end = moment if moment is not None else int(rows.time.max()) + 1 + delay
    lesson = Lesson(end, delay, seed=parts.settings.communities.seed)
    trained = learn(rows, known, lesson, parts.columns, parts.costs)
    return parts.store_release(trained, actor=actor, reason=reason), trained.metrics


def _on_worker(
    parts: "Wiring", moment: int | None, delay: int, actor: str, reason: str
) -> "tuple[str, Mapping[str, float]]":
    """Ask for `model.train` and wait; ended early, the worker goes on and the release appears in the list."""
    from workers import TRAIN

    until = moment if moment is not None else parts.clock.now_ms()
    asked = parts.worker_app().send_task(TRAIN, args=[until, delay, actor, reason])
    say(f"task {asked.id}; a worker (`ringwatch run worker`) trains, Ctrl-C only stops waiting for it")
    done = asked.get(propagate=False)
    if not asked.successful() or done["result"] != "stored":
        raise RingwatchError(f"the worker trained nothing: {done}")
    return str(done["release"]), done["metrics"]
