"""How good a ranking is. Numpy alone, checked against brute force in the tests."""

import math
from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt

from scoring.columns import Labels, Scores


def roc_auc(y: Labels, scores: Scores) -> float:
    """Chance that a fraud outscores a genuine row, a tie counting half; NaN where one class is missing."""
    fraud, scores = _arrays(y, scores)
    frauds, rest = int(fraud.sum()), int((~fraud).sum())
    if not frauds or not rest:
        return math.nan
    _, group, size = np.unique(scores, return_inverse=True, return_counts=True)
    rank = (np.cumsum(size) - (size - 1) / 2.0)[group]  # mean rank of ties, from 1
    return float((rank[fraud].sum() - frauds * (frauds + 1) / 2.0) / (frauds * rest))


def average_precision(y: Labels, scores: Scores) -> float:
    """Precision at each distinct threshold, weighted by the recall it adds; NaN without fraud."""
    fraud, scores = _arrays(y, scores)
    if not fraud.any():
        return math.nan
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(scores) - 1)
    caught = np.cumsum(fraud[order])[ends]
    precision = caught / (ends + 1.0)
    return float(np.sum(np.diff(caught, prepend=0) * precision) / caught[-1])


def card_precision_top_k(
    days: npt.NDArray[np.int64], cards: Sequence[Hashable], scores: Scores, y: Labels, *, k: int = 100
) -> float:
    """Share of compromised cards among each day's `k` most suspicious cards, mean over the days.

    A card's score is its highest of the day; it is compromised where one of its transactions of that day is
    fraud. Cards found on an earlier day are left out. Ties go to the card seen first that day. The definition
    is that of Le Borgne et al., "Reproducible Machine Learning for Credit Card Fraud Detection" (chapter 4).
    NaN where there are no rows.
    """
    fraud, scores = _arrays(y, scores)
    if not len(scores):
        return math.nan
    found: set[Hashable] = set()
    precisions = []
    for day in np.unique(days):
        best: dict[Hashable, float] = {}
        compromised: set[Hashable] = set()
        for row in np.flatnonzero(days == day).tolist():
            card = cards[row]
            if card in found:
                continue
            best[card] = max(best.get(card, -math.inf), float(scores[row]))
            if fraud[row]:
                compromised.add(card)
        top = sorted(best, key=lambda card: -best[card])[:k]
        hits = [card for card in top if card in compromised]
        found.update(hits)
        precisions.append(len(hits) / k)
    return float(np.mean(precisions))


def _arrays(y: Labels, scores: Scores) -> tuple[npt.NDArray[np.bool_], Scores]:
    return np.asarray(y, dtype=np.float64) > 0, np.asarray(scores, dtype=np.float64)
