"""Growing the trees: labelled rows to a model artefact, the same bytes every time.

xgboost is imported where it is used: it takes about half a second.
"""

import math

import numpy as np
from msgspec import Struct

from events.errors import ConflictError
from scoring.artefact import SCHEMA, Artefact, finite, open_booster, pack
from scoring.calibration import Calibration, fit
from scoring.columns import Columns, Labels, Matrix

_USUAL_ROWS = 20_000


class Params(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to train. `trees` is the most: with held-out rows training stops `patience` trees after the best.

    `threads` is a constant, not the machine's: sums, and so trees, may depend on it. One thread is also the
    fastest on a machine that is busy scoring, where two would wait for each other at every level of a tree.
    """

    trees: int = 400
    depth: int = 4
    rate: float = 0.03
    rows: float = 0.8
    columns: float = 0.3
    min_child_weight: float = 2.0
    l2: float = 2.0
    bins: int = 256
    patience: int = 80
    threads: int = 1


def train(
    x: Matrix,
    y: Labels,
    *,
    columns: Columns,
    seed: int,
    params: Params | None = None,
    held_out: tuple[Matrix, Labels] | None = None,
    calibration: Calibration | None = None,
) -> bytes:
    """A model artefact from float32[n, c] rows and 0/1 labels. Equal arguments give equal bytes.

    `held_out` (later rows) stops the training and fits the calibration; without it all `params.trees` are
    grown and `calibration` is used as given. `ConflictError` where a class is missing.
    """
    import xgboost

    p = params or Params()
    x, target = columns.check(x), np.asarray(y, dtype=np.float32)
    frauds = int(np.count_nonzero(target))
    if len(target) != len(x) or not 0 < frauds < len(target):
        raise ConflictError(
            f"{frauds} frauds among {len(target)} labels of {len(x)} rows: nothing to learn from"
        )
    data = xgboost.QuantileDMatrix(finite(x), target, nthread=p.threads, max_bin=p.bins)
    evals, stop = [], None
    if held_out is not None:
        later = columns.check(held_out[0])
        evals = [
            (
                xgboost.QuantileDMatrix(
                    finite(later),
                    np.asarray(held_out[1], dtype=np.float32),
                    nthread=p.threads,
                    max_bin=p.bins,
                    ref=data,
                ),
                "held_out",
            )
        ]
        stop = xgboost.callback.EarlyStopping(rounds=p.patience, save_best=True)
    booster = xgboost.train(
        {
            "objective": "binary:logistic",
            "eval_metric": "logloss",
            "tree_method": "hist",
            "device": "cpu",
            "base_score": frauds / len(target),
            "max_depth": p.depth,
            "learning_rate": p.rate,
            "subsample": p.rows,
            "colsample_bytree": p.columns,
            "min_child_weight": p.min_child_weight,
            "reg_lambda": p.l2,
            "max_bin": p.bins,
            "nthread": p.threads,
            "seed": seed,
            "verbosity": 0,
        },
        data,
        num_boost_round=p.trees,
        evals=evals,
        callbacks=[stop] if stop else None,
        verbose_eval=False,
    )
    booster.set_attr(best_iteration=None, best_score=None)
    raw = bytes(booster.save_raw("ubj"))
    if held_out is not None:
        margins = open_booster(raw).inplace_predict(columns.check(held_out[0]), predict_type="margin")
        calibration = fit(np.asarray(margins, dtype=np.float64), held_out[1])
    return pack(
        Artefact(
            schema=SCHEMA,
            kind="trees",
            names=columns.names,
            catalogue=columns.version,
            base_rate=frauds / len(target),
            calibration=calibration or Calibration(),
            usual=_usual(x[target == 0]),
            facts={
                "rows": len(target),
                "frauds": frauds,
                "trees": booster.num_boosted_rounds(),
                "seed": seed,
            },
            booster=raw,
        )
    )


def _usual(genuine: Matrix) -> tuple[tuple[float, float, float], ...]:
    sample = genuine[:: max(1, len(genuine) // _USUAL_ROWS)]
    found = []
    for at in range(sample.shape[1]):
        column = sample[:, at]
        column = column[np.isfinite(column)]
        low, middle, high = np.quantile(column, (0.05, 0.5, 0.95)) if len(column) else (math.nan,) * 3
        found.append((float(low), float(middle), float(high)))
    return tuple(found)
