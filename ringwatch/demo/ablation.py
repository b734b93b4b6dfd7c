"""What each kind of evidence adds on the demo's world, found beside the demo in a process of its own."""

import os
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from console.report import AblationStep
from scoring import Costs
from simulator import WorldSpec

_NICENESS = 10  # the demo's own parts come first


@contextmanager
def beginning(
    spec: WorldSpec, seed: int, until_ms: int, costs: Costs, *, label_delay_ms: int, communities_every_ms: int
) -> Iterator[Future[tuple[AblationStep, ...]]]:
    """The steps, in the making while the block runs; what is not ready by its end is given up."""
    pool = ProcessPoolExecutor(1, get_context("spawn"), initializer=os.nice, initargs=(_NICENESS,))
    try:
        yield pool.submit(ablation_steps, spec, seed, until_ms, costs, label_delay_ms, communities_every_ms)
    finally:
        for process in list((pool._processes or {}).values()):  # noqa: SLF001 - a pool offers no way to end its work
            process.terminate()
        pool.shutdown(cancel_futures=True)


def ready(steps: Future[tuple[AblationStep, ...]], patience_s: float) -> tuple[AblationStep, ...]:
    """The steps; none where a busy machine does not get them done in time: the report says so."""
    try:
        return steps.result(patience_s)
    except TimeoutError:
        return ()


def ablation_steps(
    spec: WorldSpec, seed: int, until_ms: int, costs: Costs, label_delay_ms: int, communities_every_ms: int
) -> tuple[AblationStep, ...]:
    """Train on the past before `until_ms` with more and more evidence, rank the present, measure on the truth."""
    from ringwatch.reporting.evidence import told
    from ringwatch.world_rows import world_rows
    from scoring import columns_of
    from scoring.ablation import ablate, steps_of
    from simulator import World

    rows = world_rows(
        World(spec, seed),
        until_ms=until_ms,
        label_delay_ms=label_delay_ms,
        communities_every_ms=communities_every_ms,
    )
    columns = columns_of(rows.catalogue)
    found = ablate(rows.history, rows.cut, columns, costs, seed=7, steps=steps_of(columns))
    return told(found)
