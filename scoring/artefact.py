"""What a model is made of, as bytes: one msgpack map, its trees in xgboost's own UBJ format."""

from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec
import numpy as np
from msgspec import Struct

from events.errors import CorruptError
from scoring.calibration import Calibration
from scoring.columns import Matrix

if TYPE_CHECKING:
    import xgboost

SCHEMA = 1
_BIGGEST = np.finfo(np.float32).max


class Usual(NamedTuple):
    """5 %, 50 % and 95 % quantile of a column over genuine training rows that had it; NaN where none had."""

    low: float
    middle: float
    high: float


class Artefact(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`usual` has a row a column (`Usual`); `names`, `usual` and `booster` are empty where the model is cold."""

    schema: int
    kind: Literal["cold", "trees"]
    names: tuple[str, ...]
    catalogue: str
    base_rate: float
    calibration: Calibration
    usual: tuple[tuple[float, float, float], ...]
    facts: dict[str, float]
    booster: bytes


def pack(artefact: Artefact) -> bytes:
    return msgspec.msgpack.encode(artefact, order="deterministic")


def unpack(data: bytes) -> Artefact:
    """The inverse of `pack`; `CorruptError` on any other bytes."""
    try:
        artefact = msgspec.msgpack.decode(data, type=Artefact)
    except msgspec.MsgspecError as error:
        raise CorruptError(f"not a model artefact: {error}") from error
    if artefact.schema != SCHEMA:
        raise CorruptError(f"model schema {artefact.schema}; this release reads {SCHEMA}")
    if len(artefact.usual) != len(artefact.names):
        raise CorruptError("the model's columns and their usual ranges differ in number")
    return artefact


def open_booster(raw: bytes) -> "xgboost.Booster":
    """The trees, answering on one thread; `CorruptError` where they can't be read."""
    import xgboost

    booster = xgboost.Booster()
    try:
        booster.load_model(bytearray(raw))
    except (xgboost.core.XGBoostError, ValueError) as error:
        raise CorruptError("the model's trees can't be read") from error
    booster.set_param({"nthread": 1})
    return booster


def finite(x: Matrix) -> Matrix:
    """A DMatrix refuses infinity; the largest float falls on the same side of every split."""
    return np.clip(x, -_BIGGEST, _BIGGEST)
