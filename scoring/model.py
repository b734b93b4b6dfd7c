"""The model: gradient-boosted trees with calibration and what explanations need, in one artefact.

xgboost, and the compiled code that answers in its place, are imported where they are first used: half a second each.
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt

from events.errors import ConflictError, CorruptError
from scoring.artefact import SCHEMA, Artefact, Usual, finite, open_booster, pack, unpack
from scoring.calibration import Calibration, log_odds, probability
from scoring.columns import Columns, Matrix, Scores, difference

if TYPE_CHECKING:
    import xgboost

    from scoring.compiled_trees import CompiledTrees

COLD_BASE_RATE = 0.005


class Model:
    """Calibrated fraud probabilities of feature rows. Immutable; answers on one thread, so reproducibly.

    A cold model (`Model.cold`) stands in until there are labels: the base rate for everyone, any columns.
    """

    def __init__(self, artefact: Artefact, data: bytes) -> None:
        self._artefact = artefact
        self._data = data
        self._booster = open_booster(artefact.booster) if artefact.kind == "trees" else None
        self._trees: CompiledTrees | None = None
        if self._booster is not None:
            from scoring.compiled_trees import compiled

            self._trees = compiled(self._booster)
            if self._trees.columns != len(artefact.names):
                raise CorruptError(
                    f"the model has {len(artefact.names)} columns, its trees are of {self._trees.columns}"
                )

    @classmethod
    def cold(cls, base_rate: float = COLD_BASE_RATE) -> Self:
        """The model before there is one."""
        if not 0.0 < base_rate < 1.0:
            raise ConflictError(f"a base rate lies between 0 and 1, not at {base_rate}")
        artefact = Artefact(
            schema=SCHEMA,
            kind="cold",
            names=(),
            catalogue="",
            base_rate=base_rate,
            calibration=Calibration(),
            usual=(),
            facts={},
            booster=b"",
        )
        return cls(artefact, pack(artefact))

    @classmethod
    def load(cls, data: bytes) -> Self:
        """From the bytes `train` or `to_bytes` gave; `CorruptError` on any others."""
        return cls(unpack(data), data)

    def to_bytes(self) -> bytes:
        return self._data

    @property
    def is_cold(self) -> bool:
        return self._booster is None

    @property
    def names(self) -> tuple[str, ...]:
        return self._artefact.names

    @property
    def catalogue(self) -> str:
        return self._artefact.catalogue

    @property
    def base_rate(self) -> float:
        """Share of fraud in the training rows."""
        return self._artefact.base_rate

    @property
    def calibration(self) -> Calibration:
        return self._artefact.calibration

    @property
    def facts(self) -> Mapping[str, float]:
        """How it was trained: rows, frauds, trees, seed."""
        return self._artefact.facts

    def usual(self, column: int) -> Usual | None:
        """The usual range of a column; None for a cold model or a column nobody had."""
        if self.is_cold:
            return None
        usual = Usual(*self._artefact.usual[column])
        return None if math.isnan(usual.middle) else usual

    def check(self, columns: Columns) -> None:
        """`ConflictError`, saying what differs, where the running catalogue is not the one trained on."""
        if self.is_cold:
            return
        if self.catalogue != columns.version:
            raise ConflictError(
                f"the model was trained on catalogue {self.catalogue}, {columns.version} is running"
            )
        if different := difference(columns.names, self.names):
            raise ConflictError(f"the model's columns are not those of the running catalogue: {different}")

    def predict(self, x: Matrix) -> Scores:
        """float64[n] probabilities of fraud of float32[n, c] rows, each by itself; NaN is absent."""
        self._check_width(x)
        if self._trees is None or not len(x):
            return np.full(len(x), self.base_rate)
        margins = self._trees.margins(x)
        line = self.calibration
        return probability(line.slope * np.asarray(margins, dtype=np.float64) + line.intercept)

    def contributions(self, x: Matrix, *, exact: bool = True) -> npt.NDArray[np.float32]:
        """float32[n, c + 1]: what each column adds to a row's calibrated log-odds; last comes the start value.

        `exact` gives Shapley values (Lundberg, Erion, Lee, "Consistent individualized feature attribution
        for tree ensembles", 2018); else each split's change goes to its column (Saabas, 2014), a hundred
        times faster. Both sum to the log-odds. A cold model gives all to the start value.
        """
        self._check_width(x)
        if self._booster is None or self._trees is None or not len(x):
            shares = np.zeros((len(x), x.shape[1] + 1), dtype=np.float32)
            shares[:, -1] = log_odds(self.base_rate)
            return shares
        shares = _shapley(self._booster, x) if exact else self._trees.shares(x)
        shares *= np.float32(self.calibration.slope)
        shares[:, -1] += np.float32(self.calibration.intercept)
        return shares

    def _check_width(self, x: Matrix) -> None:
        width = x.shape[-1] if self.is_cold else len(self.names)
        if x.shape != (len(x), width):
            raise ConflictError(f"rows of shape {x.shape} given to a model of {len(self.names)} columns")


def _shapley(booster: "xgboost.Booster", x: Matrix) -> npt.NDArray[np.float32]:
    import xgboost

    data = xgboost.DMatrix(finite(np.ascontiguousarray(x, dtype=np.float32)), nthread=1)
    return np.array(booster.predict(data, pred_contribs=True, validate_features=False), dtype=np.float32)
