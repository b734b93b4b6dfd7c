"""`python -m nlp.identity.train`: rebuilds `nlp/data/identity.json`, to the same bytes.

Pairs of `nlp.identity.made_pairs` and, where the generator is there, of `nlp.generate.pairs`; weights by bounded L-BFGS
(each feature has one sign), base by the odds of 1:1, threshold by precision on neighbours of seeds not trained on.
"""

import hashlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from nlp.generate.pairs import pairs as generated
from nlp.identity.compare import FEATURES, FOR, compare
from nlp.identity.made_pairs import Pair, pairs
from nlp.identity.model import ARTEFACT, Model
from nlp.identity.view import view
from nlp.identity.words import frequent_words

Floats = NDArray[np.float64]

TRAIN_SEED, HELD_SEED = 20_261, 20_262
ROUNDS, HELD_ROUNDS = 9_000, 5_000
PRECISION: Final = (
    0.995  # that the threshold is chosen for, on hard neighbours, as many as pairs of one place
)
# By hand: training sees no strict keys, so that the model does not change with the parser.
STRICT: Final = {"same_strict_building": 3.0, "same_strict_unit": 1.0}
_LEAST: Final = 5e-4  # weight that is kept
_RIDGE: Final = 1e-5
_NUMBER_KINDS: Final = frozenset({"number left out"})


def rows(found: Iterable[Pair], words: dict[str, float]) -> tuple[Floats, Floats, list[str]]:
    """Features [n, features], whether each pair is one place [n] (1 or 0), and its kind."""
    values, same, kinds = [], [], []
    for pair in found:
        a, b = (view(text, pair.country, weights=words) for text in (pair.a, pair.b))
        values.append(compare(a, b).values)
        same.append(float(pair.same))
        kinds.append(pair.kind)
    return np.array(values), np.array(same), kinds


def _all_pairs(seed: int, rounds: int) -> Iterator[Pair]:
    """Of the world's countries and, in depth, of India and the United States."""
    yield from pairs(seed, rounds)
    for country in ("IN", "US"):
        for pair in generated(country, seed, rounds):
            same = pair.same_building and pair.same_unit is not False
            yield Pair(pair.a, pair.b, country, same, pair.trick)


def fit(values: Floats, same: Floats) -> Floats:
    """Base and weights [1 + features] of the logistic score, both classes weighing the same in all."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]  # ships no stub

    n = len(same)
    weight = np.where(same > 0, n / 2 / same.sum(), n / 2 / (n - same.sum())) / n

    def loss(theta: Floats) -> tuple[float, Floats]:
        z = values @ theta[1:] + theta[0]
        error = weight * (1 / (1 + np.exp(-z)) - same)
        value = float((weight * (np.logaddexp(0, z) - same * z)).sum() + _RIDGE * (theta[1:] ** 2).sum())
        return value, np.concatenate([[error.sum()], values.T @ error + 2 * _RIDGE * theta[1:]])

    bounds = [(None, None)] + [(0, None) if name in FOR else (None, 0) for name in FEATURES]
    found = minimize(
        loss,
        np.zeros(len(FEATURES) + 1),
        jac=True,
        bounds=bounds,
        method="L-BFGS-B",
        options={"maxiter": 400},
    )
    theta: Floats = found.x
    return theta


def threshold(scores: Floats, same: Floats, precision: float = PRECISION) -> float:
    """The lowest log-odds from which on that share of what is called the same is, both classes weighing the same."""
    order = np.argsort(-scores, kind="stable")
    hits = np.cumsum(same[order]) / same.sum()
    misses = np.cumsum(1 - same[order]) / (len(same) - same.sum())
    good = np.flatnonzero(hits / (hits + misses) >= precision)
    return float(scores[order][good[-1]]) if len(good) else float(scores.max())


def train(words: dict[str, float]) -> Model:
    """The model, trained anew."""
    values, same, _ = rows(_all_pairs(TRAIN_SEED, ROUNDS), words)
    theta = fit(values, same)
    held, truth, kinds = rows(_all_pairs(HELD_SEED, HELD_ROUNDS), words)
    hard = np.array([kind not in _NUMBER_KINDS for kind in kinds])
    at = threshold(held[hard] @ theta[1:] + theta[0], truth[hard])
    weights = {
        name: round(float(weight), 3)
        for name, weight in zip(FEATURES, theta[1:], strict=True)
        if abs(weight) > _LEAST
    }
    weights |= STRICT
    return finished(weights, round(float(theta[0]), 3), round(float(1 / (1 + np.exp(-at))), 4), words)


def finished(weights: dict[str, float], base: float, at: float, words: dict[str, float]) -> Model:
    """The model with its version: the hash of what it says."""
    said = f"{ROUNDS} rounds of seed {TRAIN_SEED}; threshold for precision {PRECISION} on seed {HELD_SEED}"
    body = msgspec.json.encode([weights, base, at, words], order="deterministic")
    version = hashlib.blake2b(body, digest_size=4).hexdigest()
    return Model(version=version, trained=said, base=base, threshold=at, weights=weights, words=words)


def main(arguments: Sequence[str]) -> None:
    """Write the artefact, to the path given or where the package has it."""
    path = Path(arguments[0]) if arguments else ARTEFACT
    path.write_bytes(
        msgspec.json.format(msgspec.json.encode(train(frequent_words()), order="deterministic"), indent=1)
        + b"\n"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
