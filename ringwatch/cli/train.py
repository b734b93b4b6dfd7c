"""`ringwatch train`: a new release from the lake or from a file."""

from pathlib import Path
from typing import Annotated

import typer

from ringwatch.cli.common import Actor, Json, Reason, emit, err, progress_bar, wiring
from ringwatch.cli.history import Every, Limit, Refused, parse_moment


def train(
    actor: Actor,
    reason: Reason,
    file: Annotated[
        Path | None, typer.Argument(help="A history; without one, the lake.", exists=True)
    ] = None,
    map_: Annotated[Path | None, typer.Option("--map", help="The file's map.")] = None,
    until: Annotated[str | None, typer.Option(help="Train as of this time (default: the end).")] = None,
    label_delay: Annotated[
        str, typer.Option(help="Rows younger than this before the end are left out.")
    ] = "7d",
    communities_every: Every = "1d",
    limit: Limit = None,
    activate: Annotated[bool, typer.Option(help="Put the new release in force at once.")] = False,
    *,
    json: Json = False,
) -> None:
    """Replay a history through the live features, train, choose thresholds by your costs, store a release.

    Example: ringwatch train --actor ana --reason "monthly" --activate
    """
    from events.errors import SettingsError
    from lake import files
    from lake.history import open_history
    from lake.mapping import duration_ms
    from ringwatch.cli.release import put_in_force
    from streaming.training import Known, Lesson, gather, learn

    delay = duration_ms(label_delay)
    moment = parse_moment(until) if until else None
    refused, known = Refused(), Known()
    with wiring() as parts:
        if file is not None and map_ is None:
            raise SettingsError("a file needs its --map; `ringwatch ingest FILE --suggest-map` writes one")
        with progress_bar() as bar:
            if file is not None and map_ is not None:
                history = open_history(file, map_, label_delay_ms=delay, limit=limit)
                task = bar.add_task("replaying", total=history.count())
                arrivals = history.arrivals(parts.door, refused)
            else:
                task = bar.add_task("replaying the lake", total=None)
                arrivals = files.arrivals(parts.blobs, until=moment)
            backfill = parts.backfill(communities_every_ms=duration_ms(communities_every))
            rows = gather(backfill.rows(known.watch(arrivals), progress=lambda n: bar.advance(task, n)))
        refused.report()
        if not rows.ids:
            raise SettingsError("the history holds no authorisation to learn from")
        end = moment if moment is not None else int(rows.time.max()) + 1 + delay
        trained = learn(
            rows, known, Lesson(end, delay, seed=parts.settings.communities.seed), parts.columns, parts.costs
        )
        release = parts.store_release(trained, actor=actor, reason=reason)
        if activate:
            put_in_force(parts, release.id, actor, reason)
        if json:
            emit({"release": release.id, "metrics": dict(trained.metrics), "active": activate})
        else:
            err.print(
                f"{release.id}: " + ", ".join(f"{k} {v:.4g}" for k, v in sorted(trained.metrics.items()))
            )
            if not activate:
                err.print(
                    f"put it in force: ringwatch release activate {release.id} --actor ... --reason ..."
                )
