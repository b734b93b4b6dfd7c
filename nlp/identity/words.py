# ruff: noqa: E501 - a row a weight
"""Weights of frequent words: the rarer a word is among addresses, the more two that share it have in common."""

import csv
import gzip
import math
import os
from collections import Counter
from pathlib import Path
from typing import Final

from nlp.identity.letters import plain

_DATA: Final = (
    Path(__file__).resolve().parents[2] / "../shared/data/addresses/pincodes/india_post_offices.csv.gz"
)
_MOST: Final = 600
_LEAST_WEIGHT: Final = 0.4
_SHORTEST: Final = 3
_HAND: Final = {
    0.25: "nsw vic qld tas act lazio lombardia bayern hessen sachsen ontario quebec punjab karnataka maharashtra gujarat "
    "rajasthan kerala telangana tamilnadu bihar assam odisha haryana uttar pradesh bengal nadu jharkhand uttarakhand",
    0.35: "apartments apartment apts hotel residency residence complex society enclave plaza mall towers block wing business",
    0.45: "mahatmagandhi martinlutherking broadway jackson jefferson franklin lincoln madison monroe adams johnson smith martin elm cedar pine hill hills "
    "lake river valley spring springs forest view creek ridge union liberty chestnut walnut spruce cherry willow "
    "schiller goethe mozart friedrich wilhelm bismarck garibaldi verdi marconi leopoldo bolivar martin rivadavia mitre",
}  # fmt: skip


def frequent_words() -> dict[str, float]:
    """Words and weights: by hand, and by how many of India's post offices have the word in their name.

    Needs the PIN directory (`docs/data.md`; RINGWATCH_DATA), to build; raises OSError where it is not.
    """
    counts: Counter[str] = Counter()
    root = os.environ.get("RINGWATCH_DATA")
    path = Path(root) / "addresses/pincodes/india_post_offices.csv.gz" if root else _DATA
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = next(
                (
                    value
                    for key, value in row.items()
                    if key.lower().startswith(("officename", "office_name", "office"))
                ),
                "",
            )
            counts.update(set(plain(name or "").replace(".", " ").split()))
    common = [
        (word, count)
        for word, count in counts.most_common(_MOST * 2)
        if len(word) >= _SHORTEST and word.isalpha()
    ]
    top = math.log(common[0][1])
    weights = {
        word: round(
            max(
                _LEAST_WEIGHT,
                1 - 0.6 * (math.log(count) - math.log(common[_MOST][1])) / (top - math.log(common[_MOST][1])),
            ),
            2,
        )
        for word, count in common[:_MOST]
    }
    weights |= {word: weight for weight, words in _HAND.items() for word in words.split()}
    return dict(sorted(weights.items()))
