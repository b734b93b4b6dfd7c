"""`ringwatch backfill --features`: a file's payments as a table of feature rows, at full speed."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ringwatch.cli.common import progress_bar, say
from ringwatch.cli.history import Refused

if TYPE_CHECKING:
    from lake.history import History
    from ringwatch.wiring import Wiring


def write_features(
    parts: "Wiring", history: "History", folder: Path, refused: Refused, *, restart: bool
) -> dict[str, Any]:
    """Write, or finish, the table of `history` in `folder`. Returns the figures of the summary."""
    from events.money import default_rates
    from streaming.column_backfill import ColumnBackfill, Workshop

    began = time.perf_counter()
    shop = Workshop(parts.door, parts.tokeniser, default_rates(), parts.local_addresses, parts.catalogue)
    job = ColumnBackfill(history, shop, folder)
    before = -1
    with progress_bar() as bar:
        task = bar.add_task("back-filling: rows", total=history.count())

        def told(rows: int) -> None:
            nonlocal before
            if before < 0:
                before = rows
                if rows:
                    say(f"{folder}: goes on behind {rows:,} rows that are done")
            bar.advance(task, rows)

        done = job.run(refused, told, restart=restart)
    seconds = time.perf_counter() - began
    read = done.next_row - max(before, 0)
    return {
        "features": done.rows,
        "columns": len(job.columns),
        "parts": len(done.parts),
        "bytes": sum(part.bytes for part in done.parts),
        "rows": done.next_row,
        "refused": done.refused,
        "seconds": round(seconds, 2),
        "rows_per_s": round(read / seconds),
        "folder": str(folder),
    }
