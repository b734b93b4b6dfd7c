"""One seed's share of the work: a process of its own, which gives back small figures."""

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench._report import progress
from bench._world_addresses import drop_recall, false_joins, respelled_drops, used_drops
from bench._world_gates import boosted, reviews_a_day
from bench._world_rings import dialled, ring_counts
from bench._world_told import told_rows
from ringwatch.world_rows import Keys, WorldRows
from scoring import Columns, Costs, columns_of
from scoring.ablation import Ablation, Step, ablate, measured, score_step
from scoring.intervals import Floats
from scoring.metrics import average_precision
from scoring.simple import shallow_scores, single_aucs
from simulator import World, WorldSpec, preset

RESAMPLES = 500


@dataclass(frozen=True, slots=True)
class Plan:
    """What every seed does.

    `cut`: share of the span trained on; `every`: days between two runs over the graph; `boost`: `_world_gates.Sized`.
    """

    preset: str
    customers: int
    days: int | None
    cut: float
    every: float
    boost: float

    def spec(self) -> WorldSpec:
        """Fraudsters who react to declines would make histories depend on the model: off."""
        shipped = preset(self.preset)
        return shipped.change(
            customers=self.customers,
            days=self.days or shipped.days,
            fraud={"retry_share": 0.0, "rotate_share": 0.0},
        )


def run_seed(plan: Plan, seed: int) -> dict[str, Any]:
    """Everything about one seed but the opsec dial."""
    label = f"seed {seed}: "
    spec, weight = boosted(plan.spec(), plan.boost)
    world, keys = World(spec, seed), Keys.load()
    per_s = _events_per_s(plan, seed)
    rows = told_rows(
        world, cut_share=plan.cut, every_days=plan.every, genuine_weight=weight, keys=keys, label=label
    )
    columns = columns_of(rows.catalogue)
    costs = Costs(reviews_per_day=reviews_a_day(rows, spec.labels.reviews_share))
    found = ablate(
        rows.history, rows.cut, columns, costs, seed=seed, resamples=RESAMPLES,
        progress=lambda step: progress(f"{label}trained {step}"),
    )  # fmt: skip
    return {
        "seed": seed,
        "sizes": _sizes(rows) | {"reviews_per_day": round(costs.reviews_per_day, 1)},
        "steps": [step.name for step in found.steps.each],
        "drawn": found.drawn,
        "types": _held_out_types(rows, columns, costs, found, seed, label),
        "single": _single(rows),
        "shallow_ap": _shallow(rows),
        "drops": drop_recall(used_drops(world.truth), keys),
        "respelled": drop_recall(respelled_drops(world), keys),
        "joins": false_joins(world, keys),
        "events_per_s": per_s,
    }


def dial_point(spec: WorldSpec, opsec: float | None, seed: int) -> dict[str, int]:
    """Ring counts with every ring at `opsec`; None: as the world has it."""
    return ring_counts(spec if opsec is None else dialled(spec, opsec), seed, Keys.load().cache)


def _events_per_s(plan: Plan, seed: int) -> float:
    """Submissions a second of this process' own time, from nothing: the world drawn anew."""
    began = time.process_time()
    count = sum(1 for _ in World(plan.spec(), seed).submissions())
    return count / (time.process_time() - began)


def _sizes(rows: WorldRows) -> dict[str, int]:
    history, cut = rows.history, rows.cut
    train, test = cut.train(history.time), cut.test(history.time)
    fraud = history.truth.fraud
    return {
        "payments": len(fraud),
        "frauds": int(fraud.sum()),
        "train_rows": len(train),
        "train_frauds_known": int(history.known[train].sum()),
        "test_rows": len(test),
        "test_frauds": int(fraud[test].sum()),
        "held_out_rings": rows.held_out_rings,
    }


def _held_out_types(
    rows: WorldRows, columns: Columns, costs: Costs, found: Ablation, seed: int, label: str
) -> dict[str, Floats]:
    """By type: float64[resamples + 1, 2, metrics], of a model that never saw the type and of the one that did."""
    history, cut = rows.history, rows.cut
    step = Step("all", np.arange(len(columns.names)), addresses=True)
    drawn = {}
    for name in np.unique(rows.kind[cut.test(history.time)]).tolist():
        if not name:
            continue
        blind = score_step(history, cut, columns, costs, step, seed=seed, leave_out=rows.kind == name)
        progress(f"{label}trained without {name}")
        scores = [blind, found.scores["+address"]]
        drawn[name] = measured(history, cut, scores, costs, resamples=RESAMPLES, seed=seed, only=name)[name]
    return drawn


def _single(rows: WorldRows) -> list[tuple[str, float]]:
    """The ten columns that tell most."""
    warm, names = rows.warm, rows.catalogue.names
    aucs = single_aucs(rows.history.x[warm], rows.history.truth.fraud[warm])
    return [(names[at], round(float(aucs[at]), 4)) for at in np.argsort(-aucs)[:10].tolist()]


def _shallow(rows: WorldRows) -> float:
    """A depth-3 tree's average precision: labels as known at the cut, tested on the truth."""
    history, cut = rows.history, rows.cut
    train, test = cut.train(history.time), cut.test(history.time)
    scores = shallow_scores(history.x[train], history.known[train], history.x[test])
    return average_precision(history.truth.fraud[test], scores)
