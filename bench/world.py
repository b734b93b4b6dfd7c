"""What each kind of evidence adds on a world worth believing, and whether the world is one.

By default: `gateway-cnp` by five seeds, weighted to its own share of fraud. Figures, each the mean over the seeds
with a 95 % interval by resampling rings (and other frauds' incidents, and cards) where one stands beside it in
`details`: `ap_amount` ... `ap_address`, average precision of the payments behind the cut as the model sees more;
`ring_precision`, `ring_recall`, `innocents_per_ring` of the rings reported at the world's end; `max_single_auc`;
`events_per_s`, submissions a CPU-second, drawing the world included. `details` has leave-one-group-out, held-out
rings and held-out types of fraud, the opsec dial, and addresses by spelling trick.

    python -m bench.world                                    all of it
    python -m bench.world --gates                            the gates, three presets by five seeds
    python -m bench.world --quick --preset stress --seed 3   one world as a table, in a minute
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from bench._report import progress, report
from bench._world_gates import FULL_SIZE, gates
from bench._world_quick import quick
from bench._world_rings import DIAL
from bench._world_seed import Plan, dial_point, run_seed
from bench._world_summary import summary

PRESET = "gateway-cnp"
CUSTOMERS, BOOST, CUT = 22_000, 2.0, 0.45
"""So that each seed has 300 test frauds and 20 held-out rings: twice the fraud, a genuine payment for two."""
DIAL_SEEDS = 2


def main(arguments: Sequence[str] | None = None) -> int:
    given = _arguments().parse_args(arguments)
    if given.quick:
        cut = 0.6 if given.cut is None else given.cut
        quick(given.preset or PRESET, given.seed, given.customers, given.days, cut, given.every)
        return 0
    if given.gates:
        return _gates(given)
    began = time.monotonic()
    plan = Plan(
        given.preset or PRESET,
        given.customers or CUSTOMERS,
        given.days,
        CUT if given.cut is None else given.cut,
        given.every,
        BOOST,
    )
    seeds = range(1, given.seeds + 1)
    dial = [(opsec, seed) for opsec in (None, *DIAL) for seed in seeds[: given.dial_seeds]]
    with _pool(given.processes) as pool:
        jobs = [pool.submit(run_seed, plan, seed) for seed in seeds]
        points = [pool.submit(dial_point, plan.spec(), opsec, seed) for opsec, seed in dial]
        found = list(_each(jobs, "seed"))
        rings = list(zip(dial, _each(points, "opsec"), strict=True))
    figures = summary(found, rings)
    figures["details"]["minutes"] = round((time.monotonic() - began) / 60, 1)
    report("world", figures)
    return 0


def _gates(given: argparse.Namespace) -> int:
    """A line a gate on stderr; the worst of each over the seeds as figures. 1 where one does not hold."""
    names = [given.preset] if given.preset else list(FULL_SIZE)
    runs = [(name, seed) for seed in range(1, given.seeds + 1) for name in names]
    figures: dict[str, Any] = {name: {"seeds": [], "hold": True} for name in names}
    with _pool(given.processes) as pool:
        jobs = [
            pool.submit(gates, name, FULL_SIZE[name], seed, label=f"{name} {seed}: ") for name, seed in runs
        ]
        for (name, seed), (held, facts) in zip(runs, _each(jobs, "world"), strict=True):
            progress(f"{name}, seed {seed}: {facts}")
            for gate in held:
                progress(f"  {gate}")
            figures[name]["seeds"].append(
                {"seed": seed, **facts, "gates": {g.name: round(g.value, 4) for g in held}}
            )
            figures[name]["hold"] &= all(gate.holds for gate in held)
    report("world-gates", figures)
    return 0 if all(figures[name]["hold"] for name in names) else 1


def _pool(processes: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(processes, mp_context=get_context("spawn"), max_tasks_per_child=1)


def _each(jobs: Iterable[Any], what: str) -> Iterator[Any]:
    jobs = list(jobs)
    for at, job in enumerate(jobs, 1):
        yield job.result()
        progress(f"{what} {at} of {len(jobs)} done")


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bench.world", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add: Callable[..., Any] = parser.add_argument
    add("--quick", action="store_true", help="one world, as a table")
    add("--gates", action="store_true", help="the gates against a toy world")
    add("--preset")
    add("--seed", type=int, default=1, help="of --quick")
    add("--seeds", type=int, default=5, help="how many, from 1 on")
    add("--dial-seeds", type=int, default=DIAL_SEEDS, help="worlds a point of the opsec dial")
    add("--customers", type=int)
    add("--days", type=int)
    add("--cut", type=float, help=f"share of the span that is trained on ({CUT}; 0.6 with --quick)")
    add("--every", type=float, default=5.0, help="days between two runs over the graph")
    add("--processes", type=int, default=2)
    return parser


if __name__ == "__main__":
    sys.exit(main())
