"""A history replayed for a report: learnt from up to a moment, decided from then on, in one pass."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from events.errors import NotFoundError
from events.times import to_iso
from events.types import Decision
from ringwatch.paired_rows import Beside
from ringwatch.reporting.evidence import Sample, joined
from ringwatch.reporting.importance import MOST_ROWS
from ringwatch.reporting.kept import Kept
from ringwatch.reporting.money import Ledger
from scoring import Scorer
from scoring.columns import Matrix
from streaming.decide import Decider
from streaming.fold import Served
from streaming.training import Gathered, gather


@dataclass(slots=True)
class Trial:
    """One pass.

    Args:
        decider: makes decisions of rows.
        kept: where they go for dossiers; `write` gets them as well.
        scorer: decides. None until `learn` has made one of all rows before `until_ms`, which are not decided then.
        sample: gets all rows, where there is one.
    """

    decider: Decider
    kept: Kept
    scorer: Scorer | None
    until_ms: int = 0
    learn: Callable[[Gathered], Scorer] | None = None
    sample: Sample | None = None
    write: Callable[[Sequence[Decision]], None] = lambda _: None
    ledger: Ledger = field(default_factory=Ledger)
    _past: list[Gathered] = field(default_factory=list)
    _recent: deque[Matrix] = field(default_factory=deque)

    def run(self, rows: Iterable[Beside]) -> Scorer:
        """Take rows in order of time to their end; what decided. `NotFoundError` where nothing was to be decided."""
        for served, bare in rows:
            if self.sample is not None:
                self.sample.add(served, bare)
            self._decide(self._later(served))
        self.kept.flush()
        if self.scorer is None or not len(self.ledger):
            since = f" from {to_iso(self.until_ms)} on" if self.until_ms else ""
            raise NotFoundError(f"the history holds no authorisation to decide{since}")
        return self.scorer

    @property
    def recent(self) -> Matrix:
        """float32[m, c]: the last rows that were decided on, `MOST_ROWS` at most."""
        return np.concatenate(self._recent)[-MOST_ROWS:]

    def _later(self, served: Served) -> Served:
        """The rows that are to be decided; those to learn from are put aside."""
        if self.learn is None:
            return served
        early = np.array([payment.time < self.until_ms for payment in served.transactions], np.bool_)
        if early.any():
            self._past.append(gather([served.where(early)]))
        return served.where(~early)

    def _decide(self, served: Served) -> None:
        if not served.transactions:
            return
        if self.scorer is None and self.learn is not None:
            self.scorer = self.learn(joined(self._past) if self._past else gather([]))
            self._past.clear()
        assert self.scorer is not None  # noqa: S101 - given, or learnt just now
        decisions = self.decider.decide(served, self.scorer, None)
        self.ledger.add(decisions)
        self.kept.decided(decisions)
        self.write(decisions)
        self._recent.append(served.x)
        while len(self._recent) > 1 and sum(map(len, self._recent)) - len(self._recent[0]) >= MOST_ROWS:
            self._recent.popleft()
