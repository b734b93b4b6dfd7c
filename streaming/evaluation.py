"""Train on what was known by a moment, score everything later as of its own moment."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from events.arrival import Arrival
from scoring import Columns, Costs, Model, Policy
from scoring.train import Rows, Trained, measure
from streaming.backfill import Backfill
from streaming.fold import Served
from streaming.training import Gathered, Known, Lesson, gather, learn


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Rows from `Lesson.until_ms` on, in order of arrival.

    `scores` float64[n]; `fraud` bool[n] by all that ever became known.
    """

    trained: Trained
    ids: tuple[str, ...]
    scores: NDArray[np.float64]
    fraud: NDArray[np.bool_]
    metrics: dict[str, float]


def evaluate(
    backfill: Backfill,
    arrivals: Iterable[Arrival],
    lesson: Lesson,
    columns: Columns,
    costs: Costs,
    *,
    progress: Callable[[int], None] = lambda _: None,
) -> Evaluation:
    """One pass over `arrivals`; only training rows are held in memory, later ones are scored as they come."""
    known = Known()
    past: list[Served] = []
    later: list[Gathered] = []
    scores: list[NDArray[np.float64]] = []
    trained: Trained | None = None
    model: Model | None = None
    for served in backfill.rows(known.watch(arrivals), progress=progress):
        before, after = _cut(served, lesson.until_ms)
        if len(before.seqs) and int(before.transactions[-1].time) >= lesson.since_ms:
            past.append(before)
        if not len(after.seqs):
            continue
        if trained is None or model is None:
            trained = learn(gather(past), known, lesson, columns, costs)
            model = Model.load(trained.model)
            past.clear()
        scores.append(model.predict(after.x))
        later.append(_light(after))
    if trained is None:
        trained = learn(gather(past), known, lesson, columns, costs)
    return _measured(trained, later, scores, known)


def _measured(
    trained: Trained, later: list[Gathered], parts: list[NDArray[np.float64]], known: Known
) -> Evaluation:
    ids = tuple(identity for part in later for identity in part.ids)
    scores = np.concatenate(parts) if parts else np.empty(0)
    fraud = known.fraud(ids, np.iinfo(np.int64).max)
    rows = Rows(
        x=np.empty((len(ids), 0), np.float32),
        y=fraud,
        time=np.concatenate([part.time for part in later]) if later else np.empty(0, np.int64),
        amount=np.concatenate([part.amount for part in later]) if later else np.empty(0, np.int64),
        cards=[card for part in later for card in part.cards],
    )
    metrics = measure(rows, scores, Policy.load(trained.policy)) if 0 < int(fraud.sum()) < len(ids) else {}
    return Evaluation(trained, ids, scores, fraud, metrics)


def _cut(served: Served, until_ms: int) -> tuple[Served, Served]:
    """Rows before `until_ms` and from it on."""
    early = np.array([t.time < until_ms for t in served.transactions], np.bool_)
    return served.where(early), served.where(~early)


def _light(served: Served) -> Gathered:
    """The rows without their features."""
    found = gather([served])
    return Gathered(found.ids, found.x[:, :0], found.time, found.amount, found.cards)
