"""The model: gradient-boosted trees with calibration and what explanations need, in one artefact.

xgboost is imported where it is first used: it takes about half a second.
"""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple, Self

import msgspec
import numpy as np
import numpy.typing as npt
from msgspec import Struct

from events.errors import ConflictError, CorruptError
from scoring.calibration import Calibration, fit, log_odds, probability
from scoring.columns import Columns, Labels, Matrix, Scores, difference

if TYPE_CHECKING:
    import xgboost

COLD_BASE_RATE = 0.005
_SCHEMA = 1
_BIGGEST = np.finfo(np.float32).max
_USUAL_ROWS = 20_000


class Usual(NamedTuple):
    """5 %, 50 % and 95 % quantile of a column over genuine training rows that had it; NaN where none had."""

    low: float
    middle: float
    high: float


class Params(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to train. `threads` is fixed, not taken from the machine: sums, and so trees, depend on it.

    `trees` is the most; with a held-out sample training stops `patience` trees after its log loss was lowest.
    """

    trees: int = 300
    depth: int = 4
    rate: float = 0.06
    rows: float = 0.8
    columns: float = 0.6
    min_child_weight: float = 2.0
    l2: float = 2.0
    bins: int = 256
    patience: int = 40
    threads: int = 2


class _Artefact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    schema: int
    kind: Literal["cold", "trees"]
    names: tuple[str, ...]
    catalogue: str
    base_rate: float
    calibration: Calibration
    usual: tuple[tuple[float, float, float], ...]
    facts: dict[str, float]
    booster: bytes


class Model:
    """Calibrated fraud probabilities of feature rows. Immutable; answers on one thread, so reproducibly.

    A cold model (`Model.cold`) stands in until there are labels: the base rate for everyone, any columns.
    """

    def __init__(self, artefact: _Artefact, data: bytes) -> None:
        self._artefact = artefact
        self._data = data
        self._booster = _open(artefact.booster) if artefact.kind == "trees" else None

    @classmethod
    def cold(cls, base_rate: float = COLD_BASE_RATE) -> Self:
        """The model before there is one."""
        if not 0.0 < base_rate < 1.0:
            raise ConflictError(f"a base rate lies between 0 and 1, not at {base_rate}")
        artefact = _Artefact(
            schema=_SCHEMA,
            kind="cold",
            names=(),
            catalogue="",
            base_rate=base_rate,
            calibration=Calibration(),
            usual=(),
            facts={},
            booster=b"",
        )
        return cls(artefact, _pack(artefact))

    @classmethod
    def load(cls, data: bytes) -> Self:
        """From the bytes `train` or `to_bytes` gave; `CorruptError` on any others."""
        try:
            artefact = msgspec.msgpack.decode(data, type=_Artefact)
        except msgspec.MsgspecError as error:
            raise CorruptError(f"not a model artefact: {error}") from error
        if artefact.schema != _SCHEMA:
            raise CorruptError(f"model schema {artefact.schema}; this release reads {_SCHEMA}")
        return cls(artefact, data)

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
        if self._booster is None or not len(x):
            return np.full(len(x), self.base_rate)
        margins = self._booster.inplace_predict(
            np.ascontiguousarray(x, dtype=np.float32), predict_type="margin", validate_features=False
        )
        line = self.calibration
        return probability(line.slope * np.asarray(margins, dtype=np.float64) + line.intercept)

    def contributions(self, x: Matrix, *, exact: bool = True) -> npt.NDArray[np.float32]:
        """float32[n, c + 1]: what each column adds to a row's calibrated log-odds; last comes the start value.

        `exact` gives Shapley values (Lundberg, Erion, Lee, "Consistent individualized feature attribution
        for tree ensembles", 2018); else each split's change goes to its column (Saabas, 2014), some 20 times
        faster. Both sum to the log-odds. A cold model gives all to the start value.
        """
        self._check_width(x)
        if self._booster is None or not len(x):
            shares = np.zeros((len(x), x.shape[1] + 1), dtype=np.float32)
            shares[:, -1] = log_odds(self.base_rate)
            return shares
        raw = self._booster.predict(
            _matrix(x, threads=1), pred_contribs=True, approx_contribs=not exact, validate_features=False
        )
        shares = np.asarray(raw, dtype=np.float32) * np.float32(self.calibration.slope)
        shares[:, -1] += np.float32(self.calibration.intercept)
        return shares

    def _check_width(self, x: Matrix) -> None:
        width = x.shape[-1] if self.is_cold else len(self.names)
        if x.shape != (len(x), width):
            raise ConflictError(f"rows of shape {x.shape} given to a model of {len(self.names)} columns")


def train(
    x: Matrix,
    y: Labels,
    *,
    columns: Columns,
    seed: int,
    params: Params | None = None,
    held_out: tuple[Matrix, Labels] | None = None,
    calibration: Calibration | None = None,
) -> bytes:
    """A model artefact from float32[n, c] rows and 0/1 labels. Equal arguments give equal bytes.

    `held_out` (later rows) stops the training and fits the calibration; without it all `params.trees` are
    grown and `calibration` is used as given. `ConflictError` where a class is missing.
    """
    import xgboost

    p = params or Params()
    x, target = columns.check(x), np.asarray(y, dtype=np.float32)
    frauds = int(np.count_nonzero(target))
    if len(target) != len(x) or not 0 < frauds < len(target):
        raise ConflictError(
            f"{frauds} frauds among {len(target)} labels of {len(x)} rows: nothing to learn from"
        )
    data = xgboost.QuantileDMatrix(_finite(x), target, nthread=p.threads, max_bin=p.bins)
    evals, stop = [], None
    if held_out is not None:
        later = columns.check(held_out[0])
        evals = [
            (
                xgboost.QuantileDMatrix(
                    _finite(later),
                    np.asarray(held_out[1], dtype=np.float32),
                    nthread=p.threads,
                    max_bin=p.bins,
                    ref=data,
                ),
                "held_out",
            )
        ]
        stop = xgboost.callback.EarlyStopping(rounds=p.patience, save_best=True)
    booster = xgboost.train(
        {
            "objective": "binary:logistic",
            "eval_metric": "logloss",
            "tree_method": "hist",
            "device": "cpu",
            "base_score": frauds / len(target),
            "max_depth": p.depth,
            "learning_rate": p.rate,
            "subsample": p.rows,
            "colsample_bytree": p.columns,
            "min_child_weight": p.min_child_weight,
            "reg_lambda": p.l2,
            "max_bin": p.bins,
            "nthread": p.threads,
            "seed": seed,
            "verbosity": 0,
        },
        data,
        num_boost_round=p.trees,
        evals=evals,
        callbacks=[stop] if stop else None,
        verbose_eval=False,
    )
    booster.set_attr(best_iteration=None, best_score=None)
    raw = bytes(booster.save_raw("ubj"))
    if held_out is not None:
        margins = _open(raw).inplace_predict(columns.check(held_out[0]), predict_type="margin")
        calibration = fit(np.asarray(margins, dtype=np.float64), held_out[1])
    return _pack(
        _Artefact(
            schema=_SCHEMA,
            kind="trees",
            names=columns.names,
            catalogue=columns.version,
            base_rate=frauds / len(target),
            calibration=calibration or Calibration(),
            usual=_usual(x[target == 0]),
            facts={
                "rows": len(target),
                "frauds": frauds,
                "trees": booster.num_boosted_rounds(),
                "seed": seed,
            },
            booster=raw,
        )
    )


def _usual(genuine: Matrix) -> tuple[tuple[float, float, float], ...]:
    sample = genuine[:: max(1, len(genuine) // _USUAL_ROWS)]
    found = []
    for at in range(sample.shape[1]):
        column = sample[:, at]
        column = column[np.isfinite(column)]
        low, middle, high = np.quantile(column, (0.05, 0.5, 0.95)) if len(column) else (math.nan,) * 3
        found.append((float(low), float(middle), float(high)))
    return tuple(found)


def _finite(x: Matrix) -> Matrix:
    """A DMatrix refuses infinity; the largest float falls on the same side of every split."""
    return np.clip(x, -_BIGGEST, _BIGGEST)


def _matrix(x: Matrix, *, threads: int) -> "xgboost.DMatrix":
    import xgboost

    return xgboost.DMatrix(_finite(np.ascontiguousarray(x, dtype=np.float32)), nthread=threads)


def _open(raw: bytes) -> "xgboost.Booster":
    import xgboost

    booster = xgboost.Booster()
    try:
        booster.load_model(bytearray(raw))
    except (xgboost.core.XGBoostError, ValueError) as error:
        raise CorruptError("the model's trees can't be read") from error
    booster.set_param({"nthread": 1})
    return booster


def _pack(artefact: _Artefact) -> bytes:
    return msgspec.msgpack.encode(artefact, order="deterministic")
