"""A world's rows as the benchmarks take them: times as days and shares of the span, progress in words."""

from collections.abc import Callable

from bench._report import progress
from ringwatch.world_rows import Keys, WorldRows, world_rows
from simulator import World
from streaming.backfill import DAY_MS

LABEL_DELAY_DAYS = 14
_TOLD_EVERY = 100_000


def told_rows(
    world: World,
    *,
    cut_share: float,
    every_days: float,
    genuine_weight: float = 1.0,
    paired: bool = True,
    keys: Keys | None = None,
    label: str = "",
) -> WorldRows:
    """`ringwatch.world_rows` with `cut_share` of the span to train on and `every_days` between runs over the graph."""
    return world_rows(
        world,
        until_ms=world.spec.start_ms + round(cut_share * world.spec.days) * DAY_MS,
        label_delay_ms=LABEL_DELAY_DAYS * DAY_MS,
        communities_every_ms=round(every_days * DAY_MS),
        genuine_weight=genuine_weight,
        paired=paired,
        keys=keys,
        progress=_counter(label),
    )


def _counter(label: str) -> Callable[[int], None]:
    count = 0

    def told(added: int) -> None:
        nonlocal count
        if (count + added) // _TOLD_EVERY > count // _TOLD_EVERY:
            progress(f"{label}{count + added:,} arrivals folded")
        count += added

    return told
