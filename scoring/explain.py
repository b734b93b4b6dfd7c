"""Why a model gave its score: shares of the log-odds by column, beside what is usual."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from events.types import Reason, Status
from scoring.artefact import Usual
from scoring.columns import Columns
from scoring.evaluate import Trace
from scoring.model import Model

MAX_DETAIL = 512
_LONG = 1000


@dataclass(frozen=True, slots=True)
class Contribution:
    """A column's part in a score.

    `share` adds to the calibrated log-odds (0.7 doubles the odds). `value` is None where absent, `usual`
    where no genuine training row had the column. `status` is how the value came about.
    """

    name: str
    meaning: str
    value: float | None
    share: float
    usual: Usual | None
    status: Status

    @property
    def text(self) -> str:
        """`cards on this device in 7 days: 12 (usually 1 to 2)`."""
        parts = [f"{self.meaning}: {'absent' if self.value is None else _number(self.value)}"]
        if self.usual is not None:
            low, high = _number(self.usual.low), _number(self.usual.high)
            parts.append(f"(usually {low})" if low == high else f"(usually {low} to {high})")
        if self.status not in (Status.FRESH, Status.ABSENT):
            parts.append(f"[{self.status.name.lower()}]")
        return " ".join(parts)


@dataclass(frozen=True, slots=True)
class Explanation:
    """All there is to say about one row. Largest contributions come first; `rules` is by code."""

    action: str
    score: float
    base_rate: float
    reasons: tuple[Reason, ...]
    contributions: tuple[Contribution, ...]
    rules: dict[str, Trace]

    @property
    def text(self) -> str:
        """For a terminal."""
        lines = [f"{self.action}, score {self.score:.4f} (base rate {self.base_rate:.4f})"]
        lines += [f"  {part.share:+.2f}  {part.text}" for part in self.contributions]
        for code, tree in self.rules.items():
            if tree.true:
                lines += [f"  rule {code}:", *tree.lines(2)]
        return "\n".join(lines)


def largest(
    model: Model,
    columns: Columns,
    x: npt.NDArray[np.float32],
    status: npt.NDArray[np.uint8],
    shares: npt.NDArray[np.float32],
    *,
    top: int,
    towards_fraud: bool = False,
) -> list[Contribution]:
    """The `top` columns of one row (float32[c], uint8[c], shares float32[c + 1]) by size of their share.

    `towards_fraud` keeps only what raised the score. Zero shares are left out; ties go by column order.
    """
    weight = shares[:-1] if towards_fraud else np.abs(shares[:-1])
    order = np.argsort(-weight, kind="stable")[:top]
    return [
        Contribution(
            name=columns.names[at],
            meaning=columns.meanings[at],
            value=None if np.isnan(x[at]) else float(x[at]),
            share=float(shares[at]),
            usual=model.usual(int(at)),
            status=Status(int(status[at])),
        )
        for at in order
        if weight[at] > 0
    ]


def reasons_of(contributions: Sequence[Contribution]) -> tuple[Reason, ...]:
    """As a decision carries them: code `model.<column>`, weight the share to four digits."""
    return tuple(
        Reason(code=f"model.{part.name}"[:128], weight=round(part.share, 4), detail=part.text[:MAX_DETAIL])
        for part in contributions
    )


def _number(value: float) -> str:
    """Short, without exponents where people read amounts."""
    return f"{value:,.0f}" if abs(value) >= _LONG or value == int(value) else f"{value:.3g}"
