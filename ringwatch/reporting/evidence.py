"""What each kind of evidence adds, on a history of one's own: a sample of its customers, measured against labels."""

from bisect import bisect_left
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from console.report.data import AblationStep
from events.identity import content_hash
from graph.graph_features import GraphFeatures
from ringwatch.reporting.verdicts import EVER, Verdicts
from scoring.ablation import Ablation, Cut, History, Steps, steps_of
from scoring.columns import Columns, Matrix
from scoring.intervals import Observed
from streaming.backfill import DAY_MS
from streaming.fold import Served
from streaming.training import Gathered, gather

MOST_ROWS = 150_000
"""Payments in a sample: two float32 matrices of these are held, and eight models learn from them."""
FEWEST_FRAUDS = 30
"""Known frauds that are needed on either side of the cut: an interval over fewer says nothing."""


@dataclass(slots=True)
class Sample:
    """All payments of about a `share` (0..1) of the customers, with the same rows without addresses beside them.

    Customers are drawn whole, by a hash of their token: what a card does hangs together.
    """

    share: float
    _rows: list[Gathered] = field(default_factory=list)
    _bare: list[Matrix] = field(default_factory=list)

    def add(self, served: Served, bare: Matrix | None) -> None:
        """Take from a batch; `bare` float32[m, c] are its rows without addresses, None where none has one."""
        wanted = np.array([self._drawn(entities.get("card") or entities.get("account") or "")
                           for entities in served.entities], np.bool_)  # fmt: skip
        self._rows.append(gather([served.where(wanted)]))
        if bare is not None:
            self._bare.append(bare[wanted])

    def _drawn(self, customer: str) -> bool:
        return self.share >= 1 or int(content_hash(customer, size=4), 16) < self.share * 2**32

    def history(self, verdicts: Verdicts, cut: Cut, features: GraphFeatures) -> History:
        """For `scoring.ablation.ablate`, labels standing for the truth; the sample is spent.

        A community of the graph is resampled as one, as a ring has one cause; a customer in none by itself.
        """
        rows = joined(self._rows)
        x = rows.x
        bare = np.concatenate(self._bare) if self._bare else x
        self._rows.clear()
        self._bare.clear()
        truth = Observed(
            fraud=verdicts.known.fraud(rows.ids, EVER),
            amount=rows.amount,
            day=rows.time // DAY_MS,
            cluster=_clusters(rows.cards, features),
            weight=np.full(len(rows.ids), 1 / self.share),
        )
        return History(x, bare, verdicts.known.fraud(rows.ids, cut.until_ms), truth, rows.time)


def joined(parts: list[Gathered]) -> Gathered:
    """Gathered parts, of which there is one at least, as one."""
    return Gathered(
        ids=tuple(name for part in parts for name in part.ids),
        x=np.concatenate([part.x for part in parts]),
        time=np.concatenate([part.time for part in parts]),
        amount=np.concatenate([part.amount for part in parts]),
        cards=tuple(card for part in parts for card in part.cards),
    )


def steps_with(columns: Columns, *, addresses: bool, graph: bool) -> Steps:
    """The steps that have something to say: none for addresses that no payment has, none for a graph left out."""
    silent = {name for name, told in (("address", addresses), ("graph", graph)) if not told}
    steps = steps_of(columns)
    return Steps(*(tuple(step for step in some if step.name[1:] not in silent)
                   for some in (steps.cumulative, steps.without)))  # fmt: skip


def frauds_on_either_side(history: History, cut: Cut) -> tuple[int, int]:
    """Frauds known at the cut among the rows to learn from, and frauds among the rows to test on."""
    train, test = cut.train(history.time), cut.test(history.time)
    return int(history.known[train].sum()), int(history.truth.fraud[test].sum())


def told(found: Ablation) -> tuple[AblationStep, ...]:
    """An ablation's figures as a report shows them."""
    made = []
    for step in found.steps.each:
        ap, value = found.figure(step.name), found.figure(step.name, "value_caught")
        made.append(
            AblationStep(
                name=step.name,
                features=len(step.columns),
                average_precision=ap.value,
                low=ap.low,
                high=ap.high,
                value_share=value.value,
                value_low=value.low,
                value_high=value.high,
                without=step in found.steps.without,
            )
        )
    return tuple(made)


def _clusters(customers: tuple[str, ...], features: GraphFeatures) -> npt.NDArray[np.int64]:
    names = {customer: _community(customer, features) or customer for customer in set(customers)}
    number = {name: at for at, name in enumerate(sorted(set(names.values())))}
    return np.array([number[names[customer]] for customer in customers], np.int64)


def _community(token: str, features: GraphFeatures) -> str:
    at = bisect_left(features.tokens, token)
    found = at < len(features.tokens) and features.tokens[at] == token
    return features.community[at] if found else ""
