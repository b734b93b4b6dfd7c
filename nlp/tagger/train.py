"""Training a tagger: labelled texts in, a small model out. The same texts and seed give the same bytes."""

from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nlp.tagger.crf import one_pass
from nlp.tagger.features import OFFSET, SIZE, WHICH, features
from nlp.tagger.model import STEPS, TaggerModel

_PASSES: Final = 10
_RATE: Final = 0.3
_KEEP: Final = 0.85
_DECAY: Final = 1e-5
_LEAST_SEEN: Final = 2
_MOST: Final = 150_000
_NEVER: Final = -30.0
_AVERAGED: Final = 0.4  # the last passes, whose weights are averaged


def train(
    columns: Sequence[NDArray[np.uint32]],
    labels: Sequence[Sequence[int]],
    names: tuple[str, ...],
    *,
    country: str,
    seed: int,
    about: dict[str, object] | None = None,
    passes: int = _PASSES,
    rate: float = _RATE,
    keep: float = _KEEP,
    decay: float = _DECAY,
    least_seen: int = _LEAST_SEEN,
    most: int = _MOST,
    progress: Callable[[int, float], None] = lambda _pass, _loss: None,
) -> TaggerModel:
    """Train on N texts: their columns (`nlp.tagger.columns`) and the number of each token's label.

    Features seen less than `least_seen` times are left out; of the rest the `most` that say most are kept, by their
    greatest weight times the root of how often they are seen.
    """
    starts = np.concatenate(([0], np.cumsum([len(each) for each in columns]))).astype(np.int64)
    found = np.empty((int(starts[-1]), SIZE), np.uint64)
    for at, each in enumerate(columns):
        features(each, WHICH, OFFSET, found[starts[at] : starts[at + 1]])
    keys, counts, ids = _dictionary(found, least_seen)
    del found
    gold = np.fromiter((label for each in labels for label in each), np.int64, int(starts[-1]))
    size = len(names)
    weights, seen = np.zeros((len(keys), size), np.float32), np.zeros((len(keys), size), np.float32)
    moves, moved = _first_moves(names), np.zeros((size + 1, size), np.float32)
    mean, mean_moves, averaged = np.zeros_like(weights), np.zeros_like(moves), 0
    rng = np.random.default_rng(seed)
    for turn in range(passes):
        order = rng.permutation(len(columns))
        loss = one_pass(
            ids,
            starts,
            gold,
            order,
            weights,
            moves,
            seen,
            moved,
            rate,
            keep,
            decay,
            int(rng.integers(1, 1 << 62)),
        )
        progress(turn + 1, loss)
        if turn >= passes * (1 - _AVERAGED):
            mean += weights
            mean_moves += moves
            averaged += 1
    mean /= averaged
    kept = np.sort(np.argsort(-np.abs(mean).max(axis=1) * np.sqrt(counts), kind="stable")[:most])
    return _small(
        country, names, keys[kept], mean[kept], (mean_moves / averaged).astype(np.float32), about or {}
    )


def _first_moves(names: tuple[str, ...]) -> NDArray[np.float32]:
    """No field goes on that has not begun; all else is as likely as the rest."""
    moves = np.zeros((len(names) + 1, len(names)), np.float32)
    for y, name in enumerate(names):
        if name[0] == "I":
            begun = [x for x, before in enumerate(names) if before[2:] == name[2:]]
            moves[:, y] = _NEVER
            moves[begun, y] = 0
    return moves


def _dictionary(
    found: NDArray[np.uint64], least: int
) -> tuple[NDArray[np.uint32], NDArray[np.int64], NDArray[np.int32]]:
    """Features seen often enough: their keys uint32[K], sorted, how often, and the row of each, int32[T, SIZE]."""
    short = (found >> np.uint64(32)).astype(np.uint32)
    keys, counts = np.unique(short, return_counts=True)
    keys, counts = keys[counts >= least], counts[counts >= least]
    at = np.searchsorted(keys, short.ravel())
    at[at == len(keys)] = 0
    ids = np.where(keys[at] == short.ravel(), at, -1).astype(np.int32)
    return keys, counts, ids.reshape(short.shape)


def _small(
    country: str, names: tuple[str, ...], keys: NDArray[np.uint32], weights: NDArray[np.float32],
    moves: NDArray[np.float32], about: dict[str, object],
) -> TaggerModel:  # fmt: skip
    """Weights in a byte each."""
    top = np.abs(weights).max(axis=0)
    top[top == 0] = 1.0
    scale = (top / STEPS).astype(np.float32)
    return TaggerModel(country, names, keys, np.rint(weights / scale).astype(np.int8), scale, moves, about)
