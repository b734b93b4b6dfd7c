"""Five seeds' figures as one: means over the seeds, resampled together."""

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from bench._world_addresses import recall_figures
from bench._world_rings import ring_figures
from scoring.intervals import METRICS, Floats, Interval, interval

LEAST_FRAUDS, LEAST_RINGS = 300, 20
_CUMULATIVE = ("amount", "+payment", "+velocity", "+graph", "+address")
_ALL = _CUMULATIVE[-1]
_WITHOUT = ("-velocity", "-graph", "-address")


def summary(
    seeds: Sequence[dict[str, Any]], rings: Sequence[tuple[tuple[float | None, int], dict[str, int]]]
) -> dict[str, Any]:
    """The figures by name, and `details` with intervals and every seed's own."""
    steps = seeds[0]["steps"]
    drawn = {subset: _mean([seed["drawn"][subset] for seed in seeds]) for subset in ("", "held-out rings")}
    dial = {
        "preset" if opsec is None else f"{opsec:g}": ring_figures(c for (o, _), c in rings if o == opsec)
        for opsec in dict.fromkeys(point[0] for point, _ in rings)
    }
    joins: Counter[str] = Counter()
    for seed in seeds:
        joins.update(seed["joins"])
    ap = {name: drawn[""][0, steps.index(name), 0] for name in steps}
    return {
        **{f"ap_{name.strip('+')}": _round(ap[name]) for name in _CUMULATIVE if name != "+payment"},
        "ring_precision": dial["preset"]["precision"],
        "ring_recall": dial["preset"]["recall"],
        "innocents_per_ring": dial["preset"]["innocents_per_ring"],
        "max_single_auc": max(seed["single"][0][1] for seed in seeds),
        "events_per_s": round(float(np.median([seed["events_per_s"] for seed in seeds]))),
        "details": {
            "seeds": [_seed(seed, steps) for seed in seeds],
            "enough": all(
                seed["sizes"]["test_frauds"] >= LEAST_FRAUDS
                and seed["sizes"]["held_out_rings"] >= LEAST_RINGS
                for seed in seeds
            ),
            "all_frauds": _steps(drawn[""], steps),
            "held_out_rings": _steps(drawn["held-out rings"], steps),
            "held_out_types": {
                name: _type([seed["types"][name] for seed in seeds if name in seed["types"]])
                for name in sorted({name for seed in seeds for name in seed["types"]})
            },
            "opsec": dial,
            "drops": {
                "as used": recall_figures(seed["drops"] for seed in seeds),
                "spelt anew": recall_figures(seed["respelled"] for seed in seeds),
            },
            "innocents_joined": dict(joins),
        },
    }


def _steps(drawn: Floats, steps: Sequence[str]) -> dict[str, Any]:
    """Every step's figures; what each adds to the one before; what the whole loses without a group."""

    def of(name: str, metric: int) -> Floats:
        return drawn[:, steps.index(name), metric]

    return {
        metric: {
            "steps": {name: _shown(interval(of(name, at))) for name in steps},
            "gains": {
                name: _shown(interval(of(name, at) - of(before, at)))
                for before, name in pairwise(_CUMULATIVE)
            },
            "losses": {name: _shown(interval(of(_ALL, at) - of(name, at))) for name in _WITHOUT},
        }
        for at, metric in enumerate(METRICS)
    }


def _type(drawn: Sequence[Floats]) -> dict[str, Any]:
    mean = _mean(drawn)
    return {
        metric: {
            "never_seen": _shown(interval(mean[:, 0, at])),
            "seen": _shown(interval(mean[:, 1, at])),
            "seeds": len(drawn),
        }
        for at, metric in enumerate(METRICS)
    }


def _seed(seed: dict[str, Any], steps: Sequence[str]) -> dict[str, Any]:
    figures = seed["drawn"][""][0]
    return {
        "seed": seed["seed"],
        **seed["sizes"],
        "average_precision": {name: _round(figures[at, 0]) for at, name in enumerate(steps)},
        "value_caught": {name: _round(figures[at, 2]) for at, name in enumerate(steps)},
        "shallow_ap": _round(seed["shallow_ap"]),
        "single": dict(seed["single"]),
        "events_per_s": round(seed["events_per_s"]),
    }


def _mean(drawn: Sequence[Floats]) -> Floats:
    """Row by row over worlds; a world that can't say something (no such fraud) has no part in it."""
    stacked = np.stack(drawn)
    told = np.isfinite(stacked)
    total = np.where(told, stacked, 0.0).sum(axis=0)
    return np.where(told.any(axis=0), total / np.maximum(told.sum(axis=0), 1), math.nan)


def _shown(one: Interval) -> list[float | None]:
    """[figure, low, high]"""
    return [_round(one.value), _round(one.low), _round(one.high)]


def _round(value: float) -> float | None:
    return round(float(value), 4) if math.isfinite(value) else None
