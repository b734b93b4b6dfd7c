"""What each kind of evidence adds: one history, models that see more and more of it, intervals on the differences.

Every step is the product's own trainer on the same rows, in the same order, with the same labels, cut and seed, and
on other columns. "Without addresses" is more than leaving out the address columns, for velocity counts by address and
the graph links through it: those steps read a second matrix, of the same stream through a fold in which no address
text gets a key.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from events.errors import ConflictError
from scoring.columns import Columns, Matrix, Scores
from scoring.intervals import METRICS, Bools, Floats, Interval, Observed, interval, resampled
from scoring.model import Model
from scoring.policy import Costs
from scoring.train import Rows, train_release

AMOUNT = "txn.amount"


@dataclass(frozen=True, slots=True)
class Step:
    """A model to train: which columns it sees, of the matrix with addresses or of the one without."""

    name: str
    columns: npt.NDArray[np.intp]
    addresses: bool


@dataclass(frozen=True, slots=True)
class Steps:
    """`cumulative`: each has all columns of the one before. `without`: all columns but one group's."""

    cumulative: tuple[Step, ...]
    without: tuple[Step, ...]

    @property
    def each(self) -> tuple[Step, ...]:
        return (*self.cumulative, *self.without)


@dataclass(frozen=True, slots=True)
class History:
    """n payments in order of time, and what became of them.

    Args:
        x, bare: float32[n, c] with addresses and without: the same rows and columns. `bare` may be empty (0 rows)
            where no step without addresses is asked for.
        known: bool[n], fraud as known at the cut.
        truth: the same rows' real frauds with amounts, days, clusters and weights; trains nothing.
        time: int64[n], epoch ms.
        subsets: bool[n] by name: frauds that are measured by themselves too (the others then left out).
    """

    x: Matrix
    bare: Matrix
    known: Bools
    truth: Observed
    time: npt.NDArray[np.int64]
    subsets: Mapping[str, Bools] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cut:
    """Train on rows in [`since_ms`, `until_ms` - `label_delay_ms`), test on rows from `until_ms` on."""

    until_ms: int
    label_delay_ms: int
    since_ms: int = 0

    def train(self, time: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
        return np.flatnonzero((time >= self.since_ms) & (time < self.until_ms - self.label_delay_ms))

    def test(self, time: npt.NDArray[np.int64]) -> npt.NDArray[np.intp]:
        return np.flatnonzero(time >= self.until_ms)


@dataclass(frozen=True, slots=True)
class Ablation:
    """Scores of the test rows by step, and their figures.

    `drawn` maps a subset of frauds (`""`: all of them) to float64[resamples + 1, steps, `METRICS`], the first row
    being the figures themselves; equal row numbers are equal resamples, so differences may be taken row by row.
    """

    steps: Steps
    scores: Mapping[str, Scores]
    drawn: Mapping[str, Floats]

    def figure(self, step: str, metric: str = METRICS[0], subset: str = "") -> Interval:
        return interval(self._column(step, metric, subset))

    def gain(self, step: str, over: str, metric: str = METRICS[0], subset: str = "") -> Interval:
        """By how much `step` beats `over`, on the same resamples."""
        return interval(self._column(step, metric, subset) - self._column(over, metric, subset))

    def _column(self, step: str, metric: str, subset: str) -> Floats:
        names = [each.name for each in self.steps.each]
        return self.drawn[subset][:, names.index(step), METRICS.index(metric)]


def steps_of(columns: Columns) -> Steps:
    """amount, +payment, +velocity, +graph, +address; and all columns but velocity's, the graph's, the address's.

    `+payment` are the transaction's own fields (hour, channel, merchant category ...), which need no state. The last
    cumulative step has all columns; "without address" is the step before it.
    """
    every = np.arange(len(columns.names))
    group = np.array(columns.groups)
    if AMOUNT not in columns.positions:
        raise ConflictError(f"no column {AMOUNT} to begin with")

    def of(*groups: str) -> npt.NDArray[np.intp]:
        return np.flatnonzero(np.isin(group, groups))

    return Steps(
        cumulative=(
            Step("amount", every[[columns.positions[AMOUNT]]], addresses=False),
            Step("+payment", of("transaction"), addresses=False),
            Step("+velocity", of("transaction", "velocity"), addresses=False),
            Step("+graph", of("transaction", "velocity", "graph"), addresses=False),
            Step("+address", every, addresses=True),
        ),
        without=(
            Step("-velocity", of("transaction", "address", "graph"), addresses=True),
            Step("-graph", of("transaction", "address", "velocity"), addresses=True),
            Step("-address", of("transaction", "velocity", "graph"), addresses=False),
        ),
    )


def ablate(
    history: History,
    cut: Cut,
    columns: Columns,
    costs: Costs,
    *,
    seed: int,
    steps: Steps | None = None,
    resamples: int = 500,
    progress: Callable[[str], None] = lambda _: None,
) -> Ablation:
    """Train every step on what was known at the cut, rank what came after it, and measure on the truth.

    `seed` is for growing trees and for drawing. Value is caught at
    `costs.reviews_per_day`. Steps that see the same columns of the same matrix are trained once.
    `ConflictError` where the history's parts do not fit each other.
    """
    steps = steps or steps_of(columns)
    _check(history, steps)
    scores: dict[str, Scores] = {}
    seen: dict[tuple[bool, bytes], str] = {}
    for step in steps.each:
        same = seen.setdefault((step.addresses, step.columns.tobytes()), step.name)
        if same in scores:
            scores[step.name] = scores[same]
            continue
        scores[step.name] = score_step(history, cut, columns, costs, step, seed=seed)
        progress(step.name)
    drawn = measured(history, cut, list(scores.values()), costs, resamples=resamples, seed=seed)
    return Ablation(steps, scores, drawn)


def score_step(
    history: History,
    cut: Cut,
    columns: Columns,
    costs: Costs,
    step: Step,
    *,
    seed: int,
    leave_out: Bools | None = None,
) -> Scores:
    """float64[t] scores of the test rows by a model of `step`; rows in `leave_out` bool[n] are not trained on."""
    matrix = history.x if step.addresses else history.bare
    train = cut.train(history.time)
    if leave_out is not None:
        train = train[~leave_out[train]]
    rows = Rows(
        x=matrix[np.ix_(train, step.columns)],
        y=history.known[train],
        time=history.time[train],
        amount=history.truth.amount[train],
    )
    trained = train_release(
        rows,
        columns=narrowed(columns, step.columns),
        costs=costs,
        seed=seed,
        label_delay_ms=cut.label_delay_ms,
    )
    return Model.load(trained.model).predict(matrix[np.ix_(cut.test(history.time), step.columns)])


def measured(
    history: History,
    cut: Cut,
    scores: Sequence[Scores],
    costs: Costs,
    *,
    resamples: int = 500,
    seed: int = 7,
    only: str | None = None,
) -> dict[str, Floats]:
    """`METRICS` of rankings of the test rows with resamples (`Ablation.drawn`): for all frauds (`""`) and each subset.

    `only` one of these, where given.
    """
    test = cut.test(history.time)
    rows, good = history.truth.take(test), ~history.truth.fraud[test]
    every = {"": np.ones(len(test), np.bool_)}
    every |= {name: good | subset[test] for name, subset in history.subsets.items()}
    found = {}
    for name in every if only is None else (only,):
        at = np.flatnonzero(every[name])
        found[name] = resampled(
            rows.take(at),
            [each[at] for each in scores],
            a_day=costs.reviews_per_day,
            resamples=resamples,
            seed=seed,
        )
    return found


def narrowed(columns: Columns, at: npt.NDArray[np.intp]) -> Columns:
    """These columns alone, under a version of their own: no release may take such a model for a whole one."""
    pick = at.tolist()
    return Columns(
        names=tuple(columns.names[i] for i in pick),
        version=columns.version if len(pick) == len(columns.names) else f"{columns.version}/{len(pick)}",
        groups=tuple(columns.groups[i] for i in pick),
        meanings=tuple(columns.meanings[i] for i in pick),
    )


def _check(history: History, steps: Steps) -> None:
    n = len(history.time)
    lengths = {"x": len(history.x), "known": len(history.known), "truth": len(history.truth.fraud)}
    if any(not step.addresses for step in steps.each):
        lengths["bare"] = len(history.bare)
    lengths |= {name: len(subset) for name, subset in history.subsets.items()}
    wrong = {name: length for name, length in lengths.items() if length != n}
    if wrong:
        raise ConflictError(f"a history of {n} rows does not fit: {wrong}")
