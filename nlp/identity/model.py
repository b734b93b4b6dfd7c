"""The learned score: a weight a feature, each of the sign that the feature must have; logistic, so explainable."""

import math
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from nlp.identity.compare import FEATURES

ARTEFACT: Final = Path(__file__).resolve().parents[1] / "data" / "identity.json"
_FAR: Final = 30.0  # log-odds beyond which a float has no more to say


class Model(Struct, frozen=True, forbid_unknown_fields=True):
    """Log-odds of two texts being one place: `base` plus weight times value of each feature.

    `threshold` is the probability from which two texts are called the same; `words` are weights 0..1 of frequent
    words, `trained` says what it was trained on.
    """

    version: str
    trained: str
    base: float
    threshold: float
    weights: dict[str, float]
    words: dict[str, float]

    def row(self) -> list[float]:
        """The weights by the order of `FEATURES`."""
        return [self.weights.get(name, 0.0) for name in FEATURES]


def probability(log_odds: float) -> float:
    """Of log-odds, 0..1."""
    return 1.0 / (1.0 + math.exp(-max(min(log_odds, _FAR), -_FAR)))


def log_odds(base: float, row: Sequence[float], values: Sequence[float]) -> float:
    """The score of one comparison."""
    total = base
    for weight, value in zip(row, values, strict=True):
        if value:
            total += weight * value
    return total


def contributions(weights: Mapping[str, float], values: Sequence[float]) -> list[tuple[str, float]]:
    """Each feature's share of the log-odds, the largest first."""
    shares = [
        (name, weights.get(name, 0.0) * value) for name, value in zip(FEATURES, values, strict=True) if value
    ]
    return sorted(((name, share) for name, share in shares if share), key=lambda row: (-abs(row[1]), row[0]))


@cache
def load_model(path: Path = ARTEFACT) -> Model:
    """The model that the package ships (or that of another file)."""
    return msgspec.json.decode(path.read_bytes(), type=Model)
