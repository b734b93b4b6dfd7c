"""Trees in compiled code: margins equal to xgboost's to the last bit, without its half millisecond a call.

xgboost walks a row from the root, to the left where its float32 value is below the node's threshold (a missing value
goes where the node says), and adds the leaves up in float32 in the order of the trees. So does this. A node is four
words: column and where missing values go, first child (the other is its neighbour), threshold, value (a leaf's; above
it the mean of both sides, weighted by the training rows, which explanations need). A leaf is
its own child, whatever comes, so that all rows of a block can take as many steps as the deepest leaf needs, and no
branch waits for a value.
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from msgspec import Struct
from numba import njit
from numpy.typing import NDArray

from events.errors import CorruptError
from scoring.columns import Matrix

if TYPE_CHECKING:
    import xgboost

_COLUMN, _CHILD, _THRESHOLD, _VALUE = 0, 1, 2, 3
_BLOCK = 16  # rows walked side by side: their values stay in the nearest cache


class _Tree(Struct, frozen=True):
    """What is needed of a tree as xgboost writes it: an item a node, -1 for a child that is not there."""

    left_children: list[int]
    right_children: list[int]
    split_indices: list[int]
    split_conditions: list[float]
    default_left: list[int]
    sum_hessian: list[float]
    split_type: list[int]


class _Trees(Struct, frozen=True):
    trees: list[_Tree]
    tree_info: list[int]


class _Gradient(Struct, frozen=True):
    name: str
    model: _Trees


class _Parameters(Struct, frozen=True):
    base_score: str
    num_feature: str


class _Objective(Struct, frozen=True):
    name: str


class _Learner(Struct, frozen=True):
    gradient_booster: _Gradient
    learner_model_param: _Parameters
    objective: _Objective


class _Saved(Struct, frozen=True):
    learner: _Learner


@dataclass(frozen=True, slots=True)
class CompiledTrees:
    """Trees ready to be walked.

    `words` int32[k, 4] and `floats`, the same memory as float32, hold the nodes, `trees` int32[t, 2] each tree's root
    and depth. `base` is the margin before any tree.
    """

    words: NDArray[np.int32]
    floats: NDArray[np.float32]
    trees: NDArray[np.int32]
    base: np.float32
    columns: int

    def margins(self, x: Matrix) -> NDArray[np.float32]:
        """float32[n] sums of leaves of float32[n, c] rows; NaN is missing. ValueError where c is not the trees'."""
        if x.ndim != 2 or x.shape[1] != self.columns:  # noqa: PLR2004 - a matrix
            raise ValueError(f"rows of shape {x.shape} given to trees over {self.columns} columns")
        found = np.empty(len(x), dtype=np.float32)
        # Compiled once: for rows in order that may be written to.
        _walk(self.words, self.floats, self.trees, self.base, np.require(x, np.float32, ("C", "W")), found)
        return found

    def shares(self, x: Matrix) -> NDArray[np.float32]:
        """float32[n, c + 1]: each split's change of the mean, by its column (Saabas, 2014); last comes the start value.

        A row adds up to its margin. ValueError where c is not the trees'.
        """
        if x.ndim != 2 or x.shape[1] != self.columns:  # noqa: PLR2004 - a matrix
            raise ValueError(f"rows of shape {x.shape} given to trees over {self.columns} columns")
        found = np.zeros((len(x), self.columns + 1), dtype=np.float32)
        found[:, -1] = self.base
        _share(self.words, self.floats, self.trees, np.require(x, np.float32, ("C", "W")), found)
        return found


def compiled(booster: "xgboost.Booster") -> CompiledTrees:
    """The trees of `booster`. `CorruptError` where they are not plain ones of one output."""
    try:
        # Python's own JSON: xgboost writes thresholds behind all values as Infinity.
        learner = msgspec.convert(json.loads(bytes(booster.save_raw("json"))), type=_Saved).learner
    except (msgspec.MsgspecError, ValueError) as error:
        raise CorruptError(f"the model's trees can't be read: {error}") from error
    model, name = learner.gradient_booster.model, learner.gradient_booster.name
    if name != "gbtree" or any(model.tree_info) or any(any(tree.split_type) for tree in model.trees):
        raise CorruptError(
            f"the model's trees can't be read: {name} with classes or categories, where plain trees are expected"
        )
    columns = int(learner.learner_model_param.num_feature)
    if any(max(tree.split_indices, default=0) >= max(columns, 1) for tree in model.trees):
        raise CorruptError(
            f"the model's trees can't be read: they split on more than their {columns} columns"
        )
    sizes = [len(tree.left_children) for tree in model.trees]
    words = np.zeros((sum(sizes), 4), dtype=np.int32)
    trees = np.zeros((len(sizes), 2), dtype=np.int32)
    root = 0
    for place, tree in enumerate(model.trees):
        used, depth = _lay_out(tree, words, words.view(np.float32), root)
        trees[place] = root, depth
        root += used
    return CompiledTrees(words, words.view(np.float32), trees, _base(learner), columns)


def _lay_out(
    tree: _Tree, words: NDArray[np.int32], floats: NDArray[np.float32], root: int
) -> tuple[int, int]:
    """Write the nodes from `root` on, neighbours together; (nodes written, steps to the deepest leaf)."""
    level, depth, end = [(0, root)], 0, root + 1
    inner: list[tuple[int, int]] = []
    while level:
        following = []
        for node, at in level:
            left = tree.left_children[node]
            if left < 0:
                words[at, _CHILD] = at
                floats[at, _THRESHOLD] = np.nan  # nothing is at or above it: no step leads off
                floats[at, _VALUE] = tree.split_conditions[node]
                continue
            words[at, _COLUMN] = tree.split_indices[node] << 1 | (not tree.default_left[node])
            words[at, _CHILD] = end
            floats[at, _THRESHOLD] = tree.split_conditions[node]
            inner.append((node, at))
            following += [(left, end), (tree.right_children[node], end + 1)]
            end += 2
        depth += bool(following)
        level = following
    for node, at in reversed(inner):
        left, right = tree.left_children[node], tree.right_children[node]
        weights = np.array([tree.sum_hessian[left], tree.sum_hessian[right]], dtype=np.float32)
        child = words[at, _CHILD]
        both = floats[child, _VALUE] * weights[0] + floats[child + 1, _VALUE] * weights[1]
        floats[at, _VALUE] = both / np.float32(tree.sum_hessian[node])
    return end - root, depth


def _base(learner: _Learner) -> np.float32:
    """What xgboost makes of the model's start value: its own logarithm, asked of it without any tree."""
    import xgboost

    score = learner.learner_model_param.base_score.strip("[]")
    row = xgboost.DMatrix(np.zeros((1, 1), dtype=np.float32), np.zeros(1, dtype=np.float32), nthread=1)
    options = {"objective": learner.objective.name, "base_score": score, "nthread": 1, "verbosity": 0}
    return np.float32(xgboost.train(options, row, num_boost_round=0).predict(row, output_margin=True)[0])


@njit(cache=True, nogil=True, boundscheck=False)
def _walk(
    words: NDArray[np.int32],
    floats: NDArray[np.float32],
    trees: NDArray[np.int32],
    base: np.float32,
    x: Matrix,
    found: NDArray[np.float32],
) -> None:
    at = np.empty(_BLOCK, dtype=np.int32)
    for first in range(0, len(x), _BLOCK):
        rows = min(_BLOCK, len(x) - first)
        for i in range(rows):
            found[first + i] = base
        for tree in range(len(trees)):
            for i in range(rows):
                at[i] = trees[tree, 0]
            for _ in range(trees[tree, 1]):
                for i in range(rows):
                    node = at[i]
                    column = words[node, _COLUMN]
                    value = x[first + i, column >> 1]
                    right = (value >= floats[node, _THRESHOLD]) | ((value != value) & ((column & 1) == 1))  # noqa: PLR0124
                    at[i] = words[node, _CHILD] + np.int32(right)
            for i in range(rows):
                found[first + i] += floats[at[i], _VALUE]


@njit(cache=True, nogil=True, boundscheck=False)
def _share(
    words: NDArray[np.int32],
    floats: NDArray[np.float32],
    trees: NDArray[np.int32],
    x: Matrix,
    found: NDArray[np.float32],
) -> None:
    start = found.shape[1] - 1
    for row in range(len(x)):
        for tree in range(len(trees)):
            node = trees[tree, 0]
            found[row, start] += floats[node, _VALUE]
            while words[node, _CHILD] != node:
                column = words[node, _COLUMN]
                value = x[row, column >> 1]
                right = (value >= floats[node, _THRESHOLD]) | ((value != value) & ((column & 1) == 1))  # noqa: PLR0124
                below = words[node, _CHILD] + np.int32(right)
                found[row, column >> 1] += floats[below, _VALUE] - floats[node, _VALUE]
                node = below
