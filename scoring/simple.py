"""What a ranking by next to nothing would do: every column by itself, and one small tree.

A model that is worth having beats both by far; where it does not, the data is a toy or the model is broken.
"""

import math

import numpy as np
import numpy.typing as npt

from scoring.artefact import finite
from scoring.columns import Labels, Matrix, Scores

_BINS = 256
_LEAF_ROWS = 30


def single_aucs(x: Matrix, y: Labels) -> npt.NDArray[np.float64]:
    """float64[c]: the best ROC AUC of each column of float32[n, c] taken as the score.

    "Best": high values may be the suspicious ones or low ones, and what is absent (NaN) may count as higher than
    all or lower than all. So 0.5 is the least. NaN where a class is missing.
    """
    fraud = np.asarray(y, np.float64) > 0
    return np.array([_best_auc(x[:, column], fraud) for column in range(x.shape[1])])


def shallow_scores(
    x: Matrix, y: Labels, later: Matrix, *, depth: int = 3, leaf_rows: int = _LEAF_ROWS
) -> Scores:
    """Scores of `later` by one regression tree grown on (x, y): at 0/1 targets its splits are CART's by Gini impurity.

    (Breiman et al., "Classification and Regression Trees", 1984: the variance of a 0/1 target is half its Gini.)
    """
    import xgboost

    target = np.asarray(y, np.float32)
    booster = xgboost.train(
        {
            "objective": "reg:squarederror", "tree_method": "hist", "max_depth": depth, "learning_rate": 1.0,
            "reg_lambda": 0.0, "min_child_weight": leaf_rows, "base_score": float(target.mean()), "max_bin": _BINS,
            "nthread": 1, "verbosity": 0,
        },
        xgboost.QuantileDMatrix(finite(x), target, nthread=1, max_bin=_BINS),
        num_boost_round=1,
    )  # fmt: skip
    return np.asarray(booster.inplace_predict(later), np.float64)


def _best_auc(column: npt.NDArray[np.float32], fraud: npt.NDArray[np.bool_]) -> float:
    frauds, goods = int(fraud.sum()), int((~fraud).sum())
    if not frauds or not goods:
        return math.nan
    there = ~np.isnan(column)
    with_fraud, with_good = int((fraud & there).sum()), int((~fraud & there).sum())
    without_fraud, without_good = frauds - with_fraud, goods - with_good
    good = np.sort(column[there & ~fraud])
    bad = column[there & fraud]
    wins = (np.searchsorted(good, bad, "left") + np.searchsorted(good, bad, "right")).sum() / 2.0
    ties = without_fraud * without_good / 2.0
    pairs = float(frauds) * goods
    aucs = []
    for right in (wins, with_fraud * with_good - wins):  # high values suspicious, or low ones
        absent_high = right + without_fraud * with_good + ties
        absent_low = right + with_fraud * without_good + ties
        aucs += [absent_high / pairs, absent_low / pairs]
    return float(max(aucs))
