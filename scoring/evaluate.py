"""Rules over a matrix: every condition becomes a tree of vectors, and a row of that tree says why."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from events.types import Transaction
from scoring import rules as r
from scoring.attributes import reader
from scoring.columns import Columns, Matrix

Truth = npt.NDArray[np.int8]
"""1 true, 0 unknown, -1 false. So `all` is the minimum, `any` the maximum, `not` the negative."""

_SHOWN = 5
# What makes each comparison true, and what false. With NaN both say no, which is unknown.
_OPS: dict[r.Op, tuple[np.ufunc, np.ufunc]] = {
    "<": (np.less, np.greater_equal),
    "<=": (np.less_equal, np.greater),
    ">": (np.greater, np.less_equal),
    ">=": (np.greater_equal, np.less),
}


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A node over n rows: int8[n] truth, what it looked at (None for all, any, not), and its parts."""

    text: str
    truth: Truth
    values: Sequence[object] | Matrix | None
    parts: "tuple[Evaluated, ...]"


@dataclass(frozen=True, slots=True)
class Trace:
    """A node at one row. `value` is what a leaf found there, None where absent."""

    text: str
    true: bool | None
    value: float | str | None
    parts: "tuple[Trace, ...]"

    def lines(self, indent: int = 0) -> list[str]:
        """For people, one node a line."""
        mark = {True: "yes", False: "no", None: "unknown"}[self.true]
        found = "" if self.parts else f" (is {_show(self.value)})"
        own = f"{'  ' * indent}{self.text}{found}: {mark}"
        return [own, *(line for part in self.parts for line in part.lines(indent + 1))]


_Run = Callable[[Matrix, Sequence[Transaction]], Evaluated]


class RuleRunner:
    """A rule set made ready for `columns` (positions, constants and value sets looked up once).

    Raises `ConflictError` where the rules do not fit the columns.
    """

    def __init__(self, rules: r.RuleSet, columns: Columns) -> None:
        r.check_running(rules, columns)
        self.rules = rules.rules
        self._runs = tuple(_compile(rule.when, columns) for rule in rules.rules)

    def run(self, x: Matrix, transactions: Sequence[Transaction]) -> list[Evaluated]:
        """One tree a rule, in their order, over float32[n, c] rows and their n transactions."""
        with np.errstate(invalid="ignore"):
            return [run(x, transactions) for run in self._runs]


def trace(evaluated: Evaluated, row: int) -> Trace:
    """The tree at one row."""
    value: object = None if evaluated.values is None else evaluated.values[row]
    if isinstance(value, np.floating):
        value = None if np.isnan(value) else float(value)
    return Trace(
        text=evaluated.text,
        true={1: True, 0: None, -1: False}[int(evaluated.truth[row])],
        value=value if isinstance(value, float | str) else None,
        parts=tuple(trace(part, row) for part in evaluated.parts),
    )


def _compile(node: r.Node, columns: Columns) -> _Run:
    if isinstance(node, r.All | r.Any):
        return _junction(node, columns)
    if isinstance(node, r.Not):
        return _negation(_compile(node.of, columns))
    if isinstance(node, r.Attribute):
        return _membership(node)
    if isinstance(node, r.Absent):
        return _absence(node.name, columns.positions[node.name])
    return _comparison(node, columns.positions[node.name])


def _junction(node: r.All | r.Any, columns: Columns) -> _Run:
    runs = tuple(_compile(part, columns) for part in node.of)
    text, fold = ("all of", np.minimum) if isinstance(node, r.All) else ("any of", np.maximum)

    def run(x: Matrix, transactions: Sequence[Transaction]) -> Evaluated:
        parts = tuple(part(x, transactions) for part in runs)
        truth = parts[0].truth
        for part in parts[1:]:
            truth = fold(truth, part.truth)
        return Evaluated(text, truth, None, parts)

    return run


def _negation(inner: _Run) -> _Run:
    def run(x: Matrix, transactions: Sequence[Transaction]) -> Evaluated:
        part = inner(x, transactions)
        return Evaluated("not", np.negative(part.truth), None, (part,))

    return run


def _comparison(node: r.Feature, column: int) -> _Run:
    decide, constant = _decider(node.op), np.float32(node.value)
    text = f"{node.name} {node.op} {node.value:g}"

    def run(x: Matrix, transactions: Sequence[Transaction]) -> Evaluated:  # noqa: ARG001 - one signature for all nodes
        values = x[:, column]
        return Evaluated(text, decide(values, constant), values, ())

    return run


def _decider(op: r.Op) -> Callable[[Matrix, np.float32], Truth]:
    if op in ("==", "!="):
        sign = np.int8(1 if op == "==" else -1)

        def equality(values: Matrix, constant: np.float32) -> Truth:
            other = np.less(values, constant) | np.greater(values, constant)
            return sign * (np.equal(values, constant).view(np.int8) - other.view(np.int8))

        return equality
    true, false = _OPS[op]

    def order(values: Matrix, constant: np.float32) -> Truth:
        found: Truth = true(values, constant).view(np.int8) - false(values, constant).view(np.int8)
        return found

    return order


def _absence(name: str, column: int) -> _Run:
    def run(x: Matrix, transactions: Sequence[Transaction]) -> Evaluated:  # noqa: ARG001 - one signature for all nodes
        values = x[:, column]
        return Evaluated(f"{name} is absent", np.where(np.isnan(values), np.int8(1), np.int8(-1)), values, ())

    return run


def _membership(node: r.Attribute) -> _Run:
    read, wanted = reader(node.name), frozenset(node.values)
    more = f", ... ({len(node.values)})" if len(node.values) > _SHOWN else ""
    shown = ", ".join(node.values[:_SHOWN]) + more
    text = f"{node.name} in {shown}"

    def run(x: Matrix, transactions: Sequence[Transaction]) -> Evaluated:  # noqa: ARG001 - one signature for all nodes
        values = [read(transaction) for transaction in transactions]
        truth = [0 if value is None else 1 if value in wanted else -1 for value in values]
        return Evaluated(text, np.array(truth, dtype=np.int8), values, ())

    return run


def _show(value: float | str | None) -> str:
    return "absent" if value is None else value if isinstance(value, str) else f"{value:g}"
