"""The compiled half of `scoring.rule_program`. Brings in numba."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from scoring.rules import Op

LESS, AT_MOST, GREATER, AT_LEAST, EQUAL, DIFFERENT, ABSENT, ATTRIBUTE, NOT, ALL, ANY = range(11)
OPS: dict[Op, int] = {"<": LESS, "<=": AT_MOST, ">": GREATER, ">=": AT_LEAST, "==": EQUAL, "!=": DIFFERENT}
DEEPEST = 512
"""Results that may wait for their junction: no condition has more parts (`scoring.rules.MAX_NODES`)."""


@njit(cache=True, nogil=True)
def find_fired(
    x: NDArray[np.float32],
    attributes: NDArray[np.int8],
    steps: NDArray[np.int32],
    constants: NDArray[np.float32],
    ends: NDArray[np.int32],
    fired: NDArray[np.bool_],
) -> None:
    """`fired` [n, r]: whether each rule's condition is true; `scoring.rule_program` says what the arrays hold."""
    waiting = np.empty(DEEPEST, np.int8)
    for row in range(len(x)):
        step = 0
        for rule in range(len(ends)):
            top = 0
            while step < ends[rule]:
                what, which = steps[step, 0], steps[step, 1]
                if what < ATTRIBUTE:
                    waiting[top] = _compare(what, x[row, which], constants[step])
                    top += 1
                elif what == ATTRIBUTE:
                    waiting[top] = attributes[row, which]
                    top += 1
                elif what == NOT:
                    waiting[top - 1] = -waiting[top - 1]
                else:
                    top -= which
                    truth = waiting[top]
                    for part in range(top + 1, top + which):
                        if (waiting[part] < truth) == (what == ALL):
                            truth = waiting[part]
                    waiting[top] = truth
                    top += 1
                step += 1
            fired[row, rule] = waiting[0] == 1


@njit(cache=True, nogil=True)
def _compare(what: int, value: np.float32, constant: np.float32) -> int:
    """1 true, 0 unknown, -1 false."""
    if np.isnan(value):
        return 1 if what == ABSENT else 0
    if what == LESS:
        true = value < constant
    elif what == AT_MOST:
        true = value <= constant
    elif what == GREATER:
        true = value > constant
    elif what == AT_LEAST:
        true = value >= constant
    elif what == EQUAL:
        true = value == constant
    else:
        true = (value != constant) & (what == DIFFERENT)
    return 1 if true else -1
