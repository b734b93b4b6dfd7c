"""What the model looks at: each column's share of all that moved its scores."""

import numpy as np

from console.report.data import Importance
from scoring import Columns, Model
from scoring.columns import Matrix

MOST_ROWS = 20_000


def importance(model: Model, columns: Columns, x: Matrix) -> tuple[Importance, ...]:
    """Columns by mean absolute contribution over the last `MOST_ROWS` of float32[n, c] rows; () of a cold model."""
    found = (
        np.abs(model.contributions(x[-MOST_ROWS:], exact=False)[:, :-1]).mean(axis=0)
        if len(x)
        else np.zeros(0)
    )
    total = float(found.sum())
    if not total:
        return ()
    return tuple(
        Importance(
            name=columns.names[at],
            meaning=columns.meanings[at],
            group=columns.groups[at],
            share=float(found[at]) / total,
        )
        for at in np.argsort(-found, kind="stable").tolist()
        if found[at] > 0
    )
