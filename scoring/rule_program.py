"""Rules as a program for compiled code: which of them fire. `scoring.evaluate` says of a single row why."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from events.types import Transaction
from scoring import rules as r
from scoring.attributes import Reader, reader
from scoring.columns import Columns, Matrix


@dataclass(frozen=True, slots=True)
class _Attribute:
    read: Reader
    wanted: frozenset[str]

    def truths(self, transactions: Sequence[Transaction]) -> list[int]:
        values = [self.read(transaction) for transaction in transactions]
        return [0 if value is None else 1 if value in self.wanted else -1 for value in values]


@dataclass(frozen=True, slots=True)
class RuleProgram:
    """Conditions in postfix order, one behind the other.

    `steps` int32[s, 2] are what to do and with which column, attribute or number of parts; `constants` float32[s] what
    a comparison compares with; `ends` int32[r] where each rule's steps end.
    """

    steps: npt.NDArray[np.int32]
    constants: npt.NDArray[np.float32]
    ends: npt.NDArray[np.int32]
    attributes: tuple[_Attribute, ...]

    def fired(self, x: Matrix, transactions: Sequence[Transaction]) -> npt.NDArray[np.bool_]:
        """bool[n, r]: the rules that are true, of float32[n, c] rows and their n transactions."""
        fired = np.zeros((len(x), len(self.ends)), dtype=np.bool_)
        if not fired.size:
            return fired
        # Brings in numba, half a second that commands without rules do without.
        from scoring.rule_kernel import find_fired

        truths = np.empty((len(x), len(self.attributes)), dtype=np.int8)
        for at, attribute in enumerate(self.attributes):
            truths[:, at] = attribute.truths(transactions)
        # Compiled once: for rows in order that may be written to.
        find_fired(
            np.require(x, np.float32, ("C", "W")), truths, self.steps, self.constants, self.ends, fired
        )
        return fired


def program(rules: Sequence[r.Rule], columns: Columns) -> RuleProgram:
    """The program of `rules`, which fit `columns` (`scoring.rules.check_running`)."""
    attributes: list[_Attribute] = []
    steps: list[tuple[int, int, float]] = []
    ends: list[int] = []
    for rule in rules:
        steps += _steps(rule.when, columns, attributes)
        ends.append(len(steps))
    return RuleProgram(
        steps=np.array([step[:2] for step in steps], dtype=np.int32).reshape(-1, 2),
        constants=np.array([step[2] for step in steps], dtype=np.float32),
        ends=np.array(ends, dtype=np.int32),
        attributes=tuple(attributes),
    )


def _steps(node: r.Node, columns: Columns, attributes: list[_Attribute]) -> Iterator[tuple[int, int, float]]:
    # As in `fired`: only where there are rules.
    from scoring import rule_kernel as kernel

    if isinstance(node, r.Feature):
        yield kernel.OPS[node.op], columns.positions[node.name], node.value
    elif isinstance(node, r.Absent):
        yield kernel.ABSENT, columns.positions[node.name], 0.0
    elif isinstance(node, r.Attribute):
        attributes.append(_Attribute(reader(node.name), frozenset(node.values)))
        yield kernel.ATTRIBUTE, len(attributes) - 1, 0.0
    elif isinstance(node, r.Not):
        yield from _steps(node.of, columns, attributes)
        yield kernel.NOT, 0, 0.0
    else:
        for part in node.of:
            yield from _steps(part, columns, attributes)
        yield (kernel.ALL if isinstance(node, r.All) else kernel.ANY), len(node.of), 0.0
