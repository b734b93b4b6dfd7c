"""What a probability costs, and what is done about it."""

from typing import Literal, Self, get_args

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Struct, field

from events.errors import CorruptError
from events.types import Action
from scoring.columns import Scores

ACTIONS: tuple[Action, ...] = get_args(Action)  # mildest first: an action's index is its severity
APPROVE, CHALLENGE, REVIEW, DECLINE = range(4)
NEVER = 2.0
"""A threshold no probability reaches."""

Without = Literal["open", "review", "closed"]


class Costs(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What decisions cost. Money in minor units of the base currency, shares in 0..1; `ValueError` on others.

    review_cost: an analyst's time on one review. A review is taken to find the truth.
    chargeback_fee: the scheme's fee for an approved fraud, on top of the amount lost.
    margin: what an approved genuine payment earns, as a share of its amount.
    churn_cost: expected loss from a good customer who is declined, on top of the margin.
    reviews_per_day: how many reviews the analysts do in a day, as a mean over the days.
    challenge_cost: one step-up (3DS, one-time code).
    challenge_catch: share of fraud that a challenge stops.
    challenge_abandon: share of good customers who give up at a challenge, and are as good as declined.
    """

    review_cost: int = 300
    chargeback_fee: int = 2_000
    margin: float = 0.03
    churn_cost: int = 1_500
    reviews_per_day: float = 200.0
    challenge_cost: int = 10
    challenge_catch: float = 0.7
    challenge_abandon: float = 0.05

    def __post_init__(self) -> None:
        for name in ("review_cost", "chargeback_fee", "churn_cost", "reviews_per_day", "challenge_cost"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise ValueError(f"costs.{name} is not below 0")
        for name in ("margin", "challenge_catch", "challenge_abandon"):
            if not 0 <= getattr(self, name) <= 1:
                raise ValueError(f"costs.{name} is a share between 0 and 1")


class Policy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From a probability to an action: the severest whose threshold it reaches, else approve.

    `without` says what to do when a feature group failed: `open` decides on what there is, `review` sends at
    least to review, `closed` declines. Groups not named are open. `costs` are those the thresholds came from.
    """

    challenge: float = NEVER
    review: float = NEVER
    decline: float = NEVER
    without: dict[str, Without] = field(default_factory=lambda: {"velocity": "review", "graph": "open"})
    costs: Costs = field(default_factory=Costs)

    def __post_init__(self) -> None:
        if not 0.0 <= self.challenge <= self.review <= self.decline <= NEVER:
            raise ValueError("thresholds rise from challenge through review to decline, within 0..2")

    def severity(self, scores: Scores) -> npt.NDArray[np.intp]:
        """int[n]: the index in `ACTIONS` for float64[n] probabilities."""
        return np.searchsorted((self.challenge, self.review, self.decline), scores, side="right")

    def severity_without(self, group: str) -> int:
        """The mildest action allowed for a row whose `group` failed."""
        return {"open": APPROVE, "review": REVIEW, "closed": DECLINE}[self.without.get(group, "open")]

    def to_bytes(self) -> bytes:
        return msgspec.json.encode(self, order="deterministic")

    @classmethod
    def load(cls, data: bytes) -> Self:
        """From `to_bytes`; `CorruptError` on anything else."""
        try:
            return msgspec.json.decode(data, type=cls)
        except msgspec.MsgspecError as error:
            raise CorruptError(f"not a policy: {error}") from error
