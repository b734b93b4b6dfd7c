"""`ringwatch backfill`: replay a history in event time, decide every payment as of its moment."""

from pathlib import Path
from typing import Annotated

import typer

from ringwatch.cli.common import Json, emit, progress_bar, show, wiring
from ringwatch.cli.history import Every, File, Limit, MapFile, Refused, counted


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

    Example: ringwatch backfill payments.parquet --map map.toml --seed
    """
    from lake.history import open_history
    from lake.mapping import duration_ms
    from ringwatch.backfilling import decide_history, seed_installation
    from streaming.seed import require_unused

    refused = Refused()
    with wiring() as parts:
        if seed:
            require_unused(parts.state_folder)  # before the work, not behind it
        history = open_history(
            file, map_, label_delay_ms=duration_ms(label_delay) if label_delay else None, limit=limit
        )
        driver = parts.backfill(communities_every_ms=duration_ms(communities_every))
        scorer = parts.load_scorer(release or parts.active_release())
        with progress_bar() as bar:
            task = bar.add_task("replaying: payments", total=history.count())
            arrivals = counted(history.arrivals(parts.door, refused), bar, task)
            summary = decide_history(driver, arrivals, scorer, out)
        refused.report()
        if seed:
            with progress_bar() as bar:
                task = bar.add_task("loading the graph", total=None)
                seed_installation(parts, driver, scorer.release, lambda count: bar.advance(task, count))
    summary |= {"refused": refused.count, "release": scorer.release}
    if json:
        emit(summary)
    else:
        show(", ".join(f"{name} {value}" for name, value in sorted(summary.items())))
