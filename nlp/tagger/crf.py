"""A linear-chain conditional random field in compiled code: training, the best labels, and how sure of each.

Lafferty, McCallum, Pereira (2001), with AdaGrad (Duchi, Hazan, Singer, 2011) instead of a batch optimiser: the weights
of 20,000 addresses settle in some ten passes.
"""

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

Weights = NDArray[np.float32]
Ids = NDArray[np.int32]
_SMALL: Final = 1e-6  # a slope below it is none
_EASE: Final = 1e-4
_TINY: Final = 1e-30
_RANGE: Final = 2.0**32


@njit(cache=True, nogil=True)
def scores_of(ids: Ids, weights: Weights, out: Weights) -> None:
    """Sum of the weights of each token's features: `ids` int32[T, F] (-1: unknown) into `out` float32[T, L]."""
    labels = weights.shape[1]
    for i in range(ids.shape[0]):
        for y in range(labels):
            out[i, y] = 0.0
        for k in range(ids.shape[1]):
            row = ids[i, k]
            if row >= 0:
                for y in range(labels):
                    out[i, y] += weights[row, y]


@njit(cache=True, nogil=True)
def best(scores: Weights, moves: Weights, out: NDArray[np.int64]) -> None:
    """The best labels (Viterbi): `scores` float32[T, L], `moves` float32[L + 1, L] (the last row: from the start)."""
    size, labels = scores.shape
    reached = np.empty((size, labels), np.float32)
    came = np.empty((size, labels), np.int64)
    for y in range(labels):
        reached[0, y] = scores[0, y] + moves[labels, y]
    for i in range(1, size):
        for y in range(labels):
            most, source = np.float32(-1e30), 0
            for x in range(labels):
                value = reached[i - 1, x] + moves[x, y]
                if value > most:
                    most, source = value, x
            reached[i, y] = most + scores[i, y]
            came[i, y] = source
    at = 0
    for y in range(labels):
        if reached[size - 1, y] > reached[size - 1, at]:
            at = y
    for i in range(size - 1, -1, -1):
        out[i] = at
        at = came[i, at]


@njit(cache=True, nogil=True)
def _forward(
    i: int, here: NDArray[np.float64], step: NDArray[np.float64], alpha: NDArray[np.float64]
) -> None:
    """The sums of token i from those of the one before; `here`: how each label of i weighs by itself."""
    labels = len(here)
    for y in range(labels):
        value = step[labels, y] if i == 0 else 0.0
        if i:
            for x in range(labels):
                value += alpha[i - 1, x] * step[x, y]
        alpha[i, y] = value * here[y] + _TINY
    alpha[i] /= alpha[i].sum()


@njit(cache=True, nogil=True)
def forward_backward(
    scores: Weights, moves: Weights, alpha: NDArray[np.float64], beta: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Scaled forward and backward sums, float64[T, L] each; returns exp(moves), float64[L + 1, L].

    Each row of `alpha` sums to 1; alpha[i] * beta[i], normed, is the chance of each label of token i.
    """
    size, labels = scores.shape
    step = np.exp(moves.astype(np.float64))
    for i in range(size):
        _forward(i, np.exp(scores[i].astype(np.float64) - scores[i].max()), step, alpha)
    beta[size - 1] = 1.0
    for i in range(size - 2, -1, -1):
        here = np.exp(scores[i + 1].astype(np.float64) - scores[i + 1].max()) * beta[i + 1]
        for x in range(labels):
            value = _TINY
            for y in range(labels):
                value += step[x, y] * here[y]
            beta[i, x] = value
        beta[i] /= beta[i].sum()
    return step


@njit(cache=True, nogil=True)
def chances(scores: Weights, moves: Weights, out: NDArray[np.float64]) -> None:
    """The chance of each label of each token, into `out` float64[T, L]."""
    size, labels = scores.shape
    beta = np.empty((size, labels), np.float64)
    forward_backward(scores, moves, out, beta)
    for i in range(size):
        total = 0.0
        for y in range(labels):
            out[i, y] *= beta[i, y]
            total += out[i, y]
        for y in range(labels):
            out[i, y] /= total


@njit(cache=True, nogil=True)
def _thinned(ids: Ids, first: int, last: int, keep: float, state: np.uint64) -> tuple[Ids, np.uint64]:
    """A copy of the features of tokens [first, last), each left out with chance `1 - keep` (xorshift64)."""
    used = ids[first:last].copy()
    bound = np.uint64(keep * _RANGE)
    for i in range(used.shape[0]):
        for k in range(used.shape[1]):
            state ^= state << np.uint64(13)
            state ^= state >> np.uint64(7)
            state ^= state << np.uint64(17)
            if (state >> np.uint64(32)) >= bound:
                used[i, k] = -1
    return used, state


@njit(cache=True, nogil=True)
def _push_words(
    row: int, share: NDArray[np.float64], weights: Weights, seen: Weights, rate: float, decay: float
) -> None:
    """One AdaGrad step of the weights of one feature, down the slope `share`."""
    for y in range(weights.shape[1]):
        push = np.float32(share[y])
        if push > _SMALL or push < -_SMALL:
            push += decay * weights[row, y]
            seen[row, y] += push * push
            weights[row, y] -= rate * push / (np.sqrt(seen[row, y]) + _EASE)


@njit(cache=True, nogil=True)
def _pull_pairs(
    i: int, scores: Weights, alpha: NDArray[np.float64], beta: NDArray[np.float64], step: NDArray[np.float64],
    pull: NDArray[np.float64],
) -> None:  # fmt: skip
    """Add the chance of each pair of labels of tokens i - 1 and i."""
    labels = scores.shape[1]
    top = scores[i].max()
    pair = np.empty((labels, labels), np.float64)
    total = 0.0
    for y in range(labels):
        ahead = np.exp(scores[i, y] - top) * beta[i, y]
        for x in range(labels):
            pair[x, y] = alpha[i - 1, x] * step[x, y] * ahead
            total += pair[x, y]
    for x in range(labels):
        for y in range(labels):
            pull[x, y] += pair[x, y] / total


@njit(cache=True, nogil=True)
def one_pass(
    ids: Ids, starts: NDArray[np.int64], gold: NDArray[np.int64], order: NDArray[np.int64],
    weights: Weights, moves: Weights, seen: Weights, moved: Weights,
    rate: float, keep: float, decay: float, seed: int,
) -> float:  # fmt: skip
    """One pass of AdaGrad over the texts in `order`; returns the mean loss a token.

    Args:
        ids: features of all tokens, int32[T, F]; those of text n are rows starts[n] to starts[n + 1].
        starts: int64[N + 1].
        gold: the right label of each token, int64[T].
        order: the texts' numbers, int64[N].
        weights: float32[K, L], changed, and with them the squares they have `seen`; so `moves` and `moved`.
        rate: of AdaGrad.
        keep: chance that a feature of a token is used in this pass: no word alone is to carry a label, for real
            texts have others.
        decay: how much a step shrinks the weights it touches.
        seed: not 0.
    """
    labels = weights.shape[1]
    state = np.uint64(seed)
    loss, count = 0.0, 0
    share = np.empty(labels, np.float64)
    for text in order:
        first, last = starts[text], starts[text + 1]
        size = last - first
        used, state = _thinned(ids, first, last, keep, state)
        scores = np.empty((size, labels), np.float32)
        scores_of(used, weights, scores)
        alpha = np.empty((size, labels), np.float64)
        beta = np.empty((size, labels), np.float64)
        step = forward_backward(scores, moves, alpha, beta)
        pull = np.zeros((labels + 1, labels), np.float64)
        for i in range(size):
            right = gold[first + i]
            share[:] = alpha[i] * beta[i]
            share /= share.sum()
            loss -= np.log(share[right] + _TINY)
            share[right] -= 1.0
            for row in used[i]:
                if row >= 0:
                    _push_words(row, share, weights, seen, rate, decay)
            if i == 0:
                pull[labels] += share
            else:
                _pull_pairs(i, scores, alpha, beta, step, pull)
                pull[gold[first + i - 1], right] -= 1.0
        for x in range(labels + 1):
            _push_words(x, pull[x], moves, moved, rate, 0.0)
        count += size
    return loss / max(count, 1)
