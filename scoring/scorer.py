"""From rows to verdicts: model, policy, rules and their reasons, of one release."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Self

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from events.errors import ConflictError
from events.types import Action, Reason, Status, Transaction
from scoring.columns import Columns, Matrix, StatusMatrix
from scoring.evaluate import RuleRunner, trace
from scoring.explain import Explanation, largest, reasons_of
from scoring.model import Model
from scoring.policy import ACTIONS, APPROVE, Policy
from scoring.registry import Registry
from scoring.rule_program import program
from scoring.rules import Rule, RuleSet

COLD = "cold"
"""The release name of a scorer that has none."""

MODEL_REASONS = 5

_Fired = tuple[Rule, npt.NDArray[np.intp]]


class Verdict(Struct, frozen=True, gc=False):
    """What to do with a transaction. `score` is the calibrated probability of fraud.

    Reason codes are stable: `rule.<code>`, `policy.<group>_failed`, `model.<column>`. An approval carries
    none, unless a rule forced it.
    """

    action: Action
    score: float
    reasons: tuple[Reason, ...] = ()


class Scorer:
    """One release, ready to decide. Immutable; a row's verdict does not depend on the batch it came in.

    Raises `ConflictError` where model or rules were made for other columns than those running.
    """

    def __init__(
        self,
        *,
        release: str,
        model: Model,
        rules: RuleSet,
        policy: Policy,
        columns: Columns,
        alias_map: str = "",
    ) -> None:
        model.check(columns)
        self.release = release
        self.alias_map = alias_map  # its name in the registry; rows must have been made by it
        self.model = model
        self.policy = policy
        self.columns = columns
        self._rules = RuleRunner(rules, columns)
        self._program = program(rules.rules, columns)
        self._guarded = tuple(
            (group, policy.severity_without(group), at)
            for group, at in columns.group_columns.items()
            if policy.severity_without(group) > APPROVE
        )

    @classmethod
    def load(cls, registry: Registry, release: str, columns: Columns, *, parser: str | None = None) -> Self:
        """The scorer of a stored release.

        `NotFoundError` for an unknown one, `CorruptError` for damaged bytes, `ConflictError` where it was
        made for another catalogue (or, where `parser` is given, another parser version) than is running.
        """
        manifest = registry.release(release)
        if manifest.catalogue != columns.version:
            raise ConflictError(
                f"release {release} is of catalogue {manifest.catalogue}, {columns.version} is running"
            )
        if parser is not None and manifest.parser != parser:
            raise ConflictError(f"release {release} is of parser {manifest.parser}, {parser} is running")
        return cls(
            release=manifest.id,
            model=Model.load(registry.get(manifest.model)),
            rules=RuleSet.load(registry.get(manifest.rules)),
            policy=Policy.load(registry.get(manifest.policy)),
            columns=columns,
            alias_map=manifest.alias_map or "",
        )

    @classmethod
    def cold(
        cls,
        columns: Columns,
        *,
        rules: RuleSet | None = None,
        policy: Policy | None = None,
        release: str = COLD,
        alias_map: str = "",
    ) -> Self:
        """Before there is a model: the base rate for everyone, decided by rules and by what failed."""
        return cls(
            release=release,
            model=Model.cold(),
            rules=rules or RuleSet(),
            policy=policy or Policy(),
            columns=columns,
            alias_map=alias_map,
        )

    @property
    def statuses(self) -> Mapping[str, str]:
        """What the scorer itself lacks, by part, for `Decision.statuses`: a model, where it is cold."""
        return MappingProxyType({"model": "absent"} if self.model.is_cold else {})

    def decide(self, x: Matrix, status: StatusMatrix, transactions: Sequence[Transaction]) -> list[Verdict]:
        """Verdicts of n rows: float32[n, c] (NaN absent), uint8[n, c] (`Status`) and their transactions."""
        x = self._check(x, status, transactions)
        scores = self.model.predict(x)
        modelled = self._by_model(scores)
        severity, failed = self._by_failures(modelled, status)
        fired = self._fired(x, transactions)
        severity = _by_rules(severity, fired)
        reasons: dict[int, tuple[Reason, ...]] = {}
        for rule, rows in fired:
            reason = Reason(code=f"rule.{rule.code}", weight=1.0, detail=rule.title)
            for row in rows.tolist():
                reasons[row] = (*reasons.get(row, ()), reason)
        for row, group in failed:
            reasons[row] = (*reasons.get(row, ()), _failed(group))
        self._model_reasons(x, status, (severity > APPROVE) & (modelled > APPROVE), reasons)
        return [
            Verdict(ACTIONS[level], score, reasons.get(row, ()))
            for row, (level, score) in enumerate(zip(severity.tolist(), scores.tolist(), strict=True))
        ]

    def explain(
        self, x: Matrix, status: StatusMatrix, transaction: Transaction, *, top: int = 10
    ) -> Explanation:
        """Everything about one row float32[1, c]: exact contributions and the tree of every rule."""
        x = self._check(x, status, (transaction,))
        verdict = self.decide(x, status, (transaction,))[0]
        shares = self.model.contributions(x)
        trees = zip(self._rules.rules, self._rules.run(x, (transaction,)), strict=True)
        return Explanation(
            action=verdict.action,
            score=verdict.score,
            base_rate=self.model.base_rate,
            reasons=verdict.reasons,
            contributions=tuple(largest(self.model, self.columns, x[0], status[0], shares[0], top=top)),
            rules={rule.code: trace(tree, 0) for rule, tree in trees},
        )

    def _check(self, x: Matrix, status: StatusMatrix, transactions: Sequence[Transaction]) -> Matrix:
        x = self.columns.check(x)
        if status.shape != x.shape or len(transactions) != len(x):
            raise ConflictError(
                f"{len(transactions)} transactions and statuses {status.shape} for rows {x.shape}"
            )
        return x

    def _by_model(self, scores: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
        if self.model.is_cold:  # thresholds speak of a model's probabilities; the base rate is none
            return np.zeros(len(scores), dtype=np.intp)
        return self.policy.severity(scores)

    def _by_failures(
        self, severity: npt.NDArray[np.intp], status: StatusMatrix
    ) -> tuple[npt.NDArray[np.intp], list[tuple[int, str]]]:
        """Raise to what the policy says of groups that failed; and which rows that concerns."""
        found: list[tuple[int, str]] = []
        if not self._guarded or not (failed := status == Status.FAILED).any():
            return severity, found
        for group, floor, at in self._guarded:
            rows = failed[:, at].any(axis=1)
            severity = np.where(rows, np.maximum(severity, floor), severity)
            found += [(int(row), group) for row in np.flatnonzero(rows)]
        return severity, found

    def _fired(self, x: Matrix, transactions: Sequence[Transaction]) -> list[_Fired]:
        """The rules that fire on any row, in their order, with those rows."""
        fired = self._program.fired(x, transactions)
        some = np.flatnonzero(fired.any(axis=0)).tolist()
        return [(self._rules.rules[rule], np.flatnonzero(fired[:, rule])) for rule in some]

    def _model_reasons(
        self,
        x: Matrix,
        status: StatusMatrix,
        wanted: npt.NDArray[np.bool_],
        reasons: dict[int, tuple[Reason, ...]],
    ) -> None:
        """Only for rows that the model itself would not approve: contributions cost more than the score."""
        rows = np.flatnonzero(wanted)
        if not len(rows):
            return
        shares = self.model.contributions(x[rows], exact=False)
        for row, share in zip(rows.tolist(), shares, strict=True):
            parts = largest(
                self.model, self.columns, x[row], status[row], share, top=MODEL_REASONS, towards_fraud=True
            )
            reasons[row] = (*reasons.get(row, ()), *reasons_of(parts))


def _by_rules(severity: npt.NDArray[np.intp], fired: Sequence[_Fired]) -> npt.NDArray[np.intp]:
    """An approval by rule overrides model and policy; what other rules ask for holds over all."""
    severity = severity.copy()
    for rule, rows in fired:
        if rule.action == "approve":
            severity[rows] = APPROVE
    for rule, rows in fired:
        severity[rows] = np.maximum(severity[rows], ACTIONS.index(rule.action))
    return severity


def _failed(group: str) -> Reason:
    return Reason(code=f"policy.{group}_failed", weight=1.0, detail=f"{group} features could not be read")
