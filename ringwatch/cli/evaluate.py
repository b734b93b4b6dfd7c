"""`ringwatch evaluate`: how well would it have done on a history of your own."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from ringwatch.cli.common import Json, emit, out, progress_bar, wiring
from ringwatch.cli.history import Every, File, Limit, MapFile, Refused, counted, parse_moment


def evaluate(
    file: File,
    map_: MapFile,
    train_until: Annotated[
        str, typer.Option(help="Train on what was known by then (ISO 8601); score what is later.")
    ],
    label_delay: Annotated[str, typer.Option(help="A label becomes known so long after its payment.")] = "7d",
    scores: Annotated[
        Path | None, typer.Option(help="Write transaction id and score to this Parquet file.")
    ] = None,
    train_since: Annotated[str | None, typer.Option(help="Leave out training rows before this time.")] = None,
    communities_every: Every = "1d",
    limit: Limit = None,
    *,
    json: Json = False,
) -> None:
    """Train on the past of a file, score its future as of each moment, print metrics.

    Example: ringwatch evaluate payments.parquet --map map.toml --train-until 2018-08-08 --scores out.parquet
    """
    from lake.history import open_history
    from lake.mapping import duration_ms
    from streaming.evaluation import evaluate as run
    from streaming.training import Lesson

    delay = duration_ms(label_delay)
    refused = Refused()
    with wiring() as parts, progress_bar() as bar:
        history = open_history(file, map_, label_delay_ms=delay, limit=limit)
        task = bar.add_task("replaying: payments", total=history.count())
        lesson = Lesson(
            until_ms=parse_moment(train_until),
            label_delay_ms=delay,
            since_ms=parse_moment(train_since) if train_since else 0,
            seed=parts.settings.communities.seed,
        )
        found = run(
            parts.backfill(communities_every_ms=duration_ms(communities_every)),
            counted(history.arrivals(parts.door, refused), bar, task),
            lesson,
            parts.columns,
            parts.costs,
        )
    refused.report()
    if scores is not None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        pq.write_table(pa.table({"transaction": list(found.ids), "score": found.scores}), scores)
    if json:
        emit({"trained": dict(found.trained.metrics), "scored": found.metrics, "rows": len(found.ids)})
        return
    table = Table("metric", "on held-out training rows", "on what came later")
    for name in sorted({*found.trained.metrics, *found.metrics}):
        table.add_row(name, _shown(found.trained.metrics.get(name)), _shown(found.metrics.get(name)))
    out.print(table)


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:,.4g}"
