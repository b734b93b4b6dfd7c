"""What each family of features is worth: models with it and without it, on worlds worth believing.

`make -s bench-features` prints one JSON object. Figures, by preset, are means over the seeds: `ap_none` (no velocity at
all), `ap_all`, and a family's `ap_lost_FAMILY` when it alone is switched off. `details` has 95 % intervals by
resampling rings, other frauds' incidents and cards, the same resamples for all models; the value that analysts catch;
what a family adds by itself to what needs no windows; and what it costs.

The rest of the catalogue (the payment's own fields, the graph, addresses) is in every model. A family that is off takes
with it the columns of other families that are made of its own, as `[features] families` does.

    python -m bench.features                                    gateway-cnp and issuer, two seeds each
    python -m bench.features --preset gateway-cnp --seeds 1     a quick look
"""

import argparse
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

import numpy as np

from bench._report import progress, report
from bench._world_gates import TEST_SIZE, boosted, reviews_a_day
from bench._world_told import told_rows
from features import default_catalogue
from features.cost import cost_of
from features.default import default_features
from features.families import families
from features.feature import VelocityFeature
from scoring import Columns, Costs, columns_of
from scoring.ablation import Step, Steps, ablate
from scoring.intervals import METRICS, Floats, interval
from simulator import World, preset

PRESETS = ("gateway-cnp", "issuer")
CUT, EVERY_DAYS, RESAMPLES = 0.5, 5.0, 500
NONE, ALL = "none", "all"
_AP, _VALUE = METRICS.index("average_precision"), METRICS.index("value_caught")
_DIGITS = 4


def main(arguments: Sequence[str] | None = None) -> int:
    given = _arguments().parse_args(arguments)
    began = time.monotonic()
    runs = [(name, seed) for name in given.preset or PRESETS for seed in range(1, given.seeds + 1)]
    found: dict[str, list[dict[str, Any]]] = {}
    pool = ProcessPoolExecutor(given.processes, mp_context=get_context("spawn"), max_tasks_per_child=1)
    with pool:
        jobs = [pool.submit(run_seed, name, seed, given.customers) for name, seed in runs]
        for (name, seed), job in zip(runs, jobs, strict=True):
            found.setdefault(name, []).append(job.result())
            progress(f"{name}, seed {seed}: done")
    names = [family.name for family in families()]
    details = {name: _summary(seeds, names) for name, seeds in found.items()}
    report("features", {
        **{name: _headline(told) for name, told in details.items()},
        "details": {**details, "cost": costs(names), "minutes": round((time.monotonic() - began) / 60, 1)},
    })  # fmt: skip
    return 0


def run_seed(name: str, seed: int, customers: int | None = None) -> dict[str, Any]:
    """One world: its sizes, and float64[resamples + 1, steps, `METRICS`] of all models."""
    label, size = f"{name} {seed}: ", TEST_SIZE[name]
    spec = preset(name).change(
        customers=customers or size.customers,
        days=size.days,
        fraud={"retry_share": 0.0, "rotate_share": 0.0},  # or histories would depend on the model
    )
    raised, weight = boosted(spec, size.boost)
    rows = told_rows(
        World(raised, seed),
        cut_share=CUT,
        every_days=EVERY_DAYS,
        genuine_weight=weight,
        paired=False,
        label=label,
    )
    steps = steps_of(columns_of(rows.catalogue))
    own = Costs(reviews_per_day=reviews_a_day(rows, spec.labels.reviews_share))
    found = ablate(
        rows.history, rows.cut, columns_of(rows.catalogue), own, seed=seed, steps=steps, resamples=RESAMPLES,
        progress=lambda step: progress(f"{label}trained {step}"),
    )  # fmt: skip
    test, fraud = rows.cut.test(rows.history.time), rows.history.truth.fraud
    return {
        "steps": [step.name for step in steps.each],
        "drawn": found.drawn[""],
        "payments": len(fraud),
        "test_frauds": int(fraud[test].sum()),
        "known_frauds": int(rows.history.known[rows.cut.train(rows.history.time)].sum()),
    }


def steps_of(columns: Columns) -> Steps:
    """none, +FAMILY ..., all; -FAMILY ...: each with the columns that these families alone would give."""
    names = [family.name for family in families()]

    def step(name: str, on: Sequence[str]) -> Step:
        wanted = [columns.positions[feature.name] for feature in default_features(on)]
        return Step(name, np.array(wanted, dtype=np.intp), addresses=True)

    return Steps(
        cumulative=(step(NONE, ()), *(step(f"+{name}", (name,)) for name in names), step(ALL, names)),
        without=tuple(step(f"-{name}", [other for other in names if other != name]) for name in names),
    )


def costs(names: Sequence[str]) -> dict[str, dict[str, int]]:
    """By family: its columns, and what is no longer kept when it is off."""
    whole = cost_of(default_catalogue().velocity)
    found = {}
    for family in families():
        rest = default_features([name for name in names if name != family.name])
        less = cost_of([it.source for it in rest if isinstance(it.source, VelocityFeature)])
        found[family.name] = {
            "columns": len(family.features),
            "streams": whole.streams - less.streams,
            "row_bytes": whole.row_bytes - less.row_bytes,
        }
    return found


def _summary(seeds: Sequence[dict[str, Any]], names: Sequence[str]) -> dict[str, Any]:
    """Means over the seeds, resampled together: figures of all and none; of each family what it adds, what it takes."""
    steps: list[str] = seeds[0]["steps"]
    drawn: Floats = np.mean([seed["drawn"] for seed in seeds], axis=0)

    def of(step: str, metric: int) -> Floats:
        return drawn[:, steps.index(step), metric]

    told: dict[str, Any] = {
        key: [seed[key] for seed in seeds] for key in ("payments", "test_frauds", "known_frauds")
    }
    for metric, short in ((_AP, "ap"), (_VALUE, "value")):
        told[short] = {step: _shown(of(step, metric)) for step in (NONE, ALL)}
        told[f"{short}_lost"] = {name: _shown(of(ALL, metric) - of(f"-{name}", metric)) for name in names}
        told[f"{short}_alone"] = {name: _shown(of(f"+{name}", metric) - of(NONE, metric)) for name in names}
    told["ap_lost_by_seed"] = {
        name: [round(float(_lost(seed, name)), _DIGITS) for seed in seeds] for name in names
    }
    return told


def _lost(seed: dict[str, Any], name: str) -> float:
    first, steps = seed["drawn"][0], seed["steps"]
    lost: float = first[steps.index(ALL), _AP] - first[steps.index(f"-{name}"), _AP]
    return lost


def _headline(told: dict[str, Any]) -> dict[str, float]:
    lost = {f"ap_lost_{name}": shown[0] for name, shown in told["ap_lost"].items()}
    return {"ap_none": told["ap"][NONE][0], "ap_all": told["ap"][ALL][0], **lost}


def _shown(drawn: Floats) -> list[float]:
    """[figure, low, high]"""
    found = interval(drawn)
    return [round(float(value), _DIGITS) for value in (found.value, found.low, found.high)]


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bench.features", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--preset", action="append", choices=tuple(TEST_SIZE), help="may be repeated")
    parser.add_argument("--seeds", type=int, default=2, help="how many, from 1 on")
    parser.add_argument("--customers", type=int)
    parser.add_argument("--processes", type=int, default=1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
