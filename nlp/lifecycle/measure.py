"""How right a tagger's fields are: an outcome an address and field, so that two taggers can be compared in pairs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from nlp.example import Example
from nlp.fields import FIELDS

Read = Callable[[str], Mapping[str, str]]
"""A cleaned text to its fields as written; fields that it lacks are left out."""


class FieldScore(msgspec.Struct, frozen=True, kw_only=True):
    """Of one field: how many texts have it, share that is exactly right of those, F1 over values."""

    support: int
    exact: float
    f1: float


@dataclass(frozen=True)
class Measured:
    """n examples.

    Args:
        counts: int64[n, f, 3] by `FIELDS`: right values, values that are wrong or invented, values that were missed.
        lenient: bool[n], every field that the truth has is right. strict: bool[n], and none was invented.
    """

    counts: NDArray[np.int64]
    lenient: NDArray[np.bool_]
    strict: NDArray[np.bool_]

    def fields(self) -> dict[str, FieldScore]:
        """Scores of the fields that the truth or the tagger has."""
        right, wrong, missed = self.counts.sum(axis=0).T
        scores = f1(self.counts.sum(axis=0))
        return {
            field: FieldScore(
                support=int(right[i] + missed[i]),
                exact=float(right[i] / max(1, right[i] + missed[i])),
                f1=float(scores[i]),
            )
            for i, field in enumerate(FIELDS)
            if right[i] + wrong[i] + missed[i]
        }


def measure(read: Read, examples: Sequence[Example]) -> Measured:
    """Read every example's text and compare: values are equal where their words are, in any case."""
    counts = np.zeros((len(examples), len(FIELDS), 3), np.int64)
    for row, example in enumerate(examples):
        truth, found = _folded(example.values()), _folded(read(example.text))
        for column, field in enumerate(FIELDS):
            wanted, given = truth.get(field), found.get(field)
            same = wanted is not None and wanted == given
            counts[row, column] = (
                same,
                given is not None and not same,
                wanted is not None and not same,
            )
    missed, wrong = counts[:, :, 2].sum(axis=1), counts[:, :, 1].sum(axis=1)
    return Measured(counts, missed == 0, (missed == 0) & (wrong == 0))


def f1(counts: NDArray[np.int64] | NDArray[np.float64]) -> NDArray[np.float64]:
    """F1 of counts[..., 3] (right, wrong, missed); 1 where there is nothing to find and nothing was found."""
    right, wrong, missed = counts[..., 0], counts[..., 1], counts[..., 2]
    below = 2 * right + wrong + missed
    return np.where(below == 0, 1.0, 2 * right / np.maximum(below, 1))


def _folded(values: Mapping[str, str]) -> dict[str, str]:
    return {field: " ".join(value.lower().split()) for field, value in values.items() if value.strip()}
