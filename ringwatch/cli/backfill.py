"""`ringwatch backfill`: replay a history in event time, decide every payment as of its moment."""

from pathlib import Path
from typing import Annotated

import typer

from ringwatch.cli.common import Json, emit, err, progress_bar, wiring
from ringwatch.cli.history import Every, File, Limit, MapFile, Refused


def backfill(
    file: File,
    map_: MapFile,
    out: Annotated[Path | None, typer.Option(help="Write the decisions to this JSON lines file.")] = None,
    release: Annotated[
        str | None, typer.Option(help="Decide with this release (default: the one in force).")
    ] = None,
    label_delay: Annotated[str | None, typer.Option(help="Overrides the map's label delay, as 7d.")] = None,
    communities_every: Every = "1d",
    limit: Limit = None,
    seed: Annotated[
        bool, typer.Option(help="Start this installation from the history: scorer state, label index, graph.")
    ] = False,
    *,
    json: Json = False,
) -> None:
    """Replay FILE through the scorer: the same input gives the same bytes, the future never changes the past.

    Example: ringwatch backfill payments.parquet --map map.toml --out decisions.jsonl
    """
    from lake.history import open_history
    from lake.mapping import duration_ms
    from ringwatch.backfilling import decide_history, seed_installation

    refused = Refused()
    with wiring() as parts:
        history = open_history(
            file, map_, label_delay_ms=duration_ms(label_delay) if label_delay else None, limit=limit
        )
        driver = parts.backfill(communities_every_ms=duration_ms(communities_every))
        scorer = parts.load_scorer(release or parts.active_release())
        with progress_bar() as bar:
            task = bar.add_task("replaying", total=history.count())
            summary = decide_history(
                driver,
                history.arrivals(parts.door, refused),
                scorer,
                out,
                progress=lambda count: bar.advance(task, count),
            )
        refused.report()
        if seed:
            with progress_bar() as bar:
                task = bar.add_task("loading the graph", total=None)
                seed_installation(parts, driver, scorer.release, lambda count: bar.advance(task, count))
    summary |= {"refused": refused.count, "release": scorer.release}
    if json:
        emit(summary)
    else:
        err.print(", ".join(f"{name} {value}" for name, value in sorted(summary.items())))
