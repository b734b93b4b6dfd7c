"""What scoring knows of the feature catalogue: its version, the columns' names, groups and meanings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

from events.errors import ConflictError

if TYPE_CHECKING:
    from features.catalogue import Catalogue

Matrix = npt.NDArray[np.float32]
StatusMatrix = npt.NDArray[np.uint8]
Labels = npt.NDArray[np.generic]
Scores = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Columns:
    """The columns of a feature matrix float32[n, c], in order.

    `groups` names each column's group (`transaction`, `address`, `velocity`, `graph`), the unit in which
    statuses are reported and a policy says what to do without. `meanings` holds a phrase a column, for
    explanations. Both are as long as `names`.
    """

    names: tuple[str, ...]
    version: str
    groups: tuple[str, ...] = ()
    meanings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "groups", self.groups or ("",) * len(self.names))
        object.__setattr__(self, "meanings", self.meanings or self.names)
        if len(set(self.names)) != len(self.names):
            raise ConflictError("two columns share a name")
        if not len(self.names) == len(self.groups) == len(self.meanings):
            raise ConflictError("names, groups and meanings differ in length")

    @cached_property
    def positions(self) -> Mapping[str, int]:
        """Column index by name."""
        return {name: at for at, name in enumerate(self.names)}

    @cached_property
    def group_columns(self) -> Mapping[str, npt.NDArray[np.intp]]:
        """Column indices by group, groups in order of first appearance; columns without a group left out."""
        found: dict[str, list[int]] = {}
        for at, group in enumerate(self.groups):
            if group:
                found.setdefault(group, []).append(at)
        return {group: np.asarray(at, dtype=np.intp) for group, at in found.items()}

    def check(self, x: npt.NDArray[np.generic]) -> Matrix:
        """`x` as C-contiguous float32[n, c], without a copy where it is that; `ConflictError` on another shape."""
        if x.shape != (len(x), len(self.names)):
            raise ConflictError(
                f"a matrix of shape {x.shape} does not fit the {len(self.names)} columns of {self.version}"
            )
        return cast("Matrix", np.ascontiguousarray(x, dtype=np.float32))


def difference(have: Sequence[str], want: Sequence[str]) -> str:
    """One sentence on how column names differ; "" where they are equal."""
    if list(have) == list(want):
        return ""
    missing = sorted(set(want) - set(have))
    surplus = sorted(set(have) - set(want))
    parts = []
    if missing:
        parts.append(f"{len(missing)} columns unknown to the running catalogue ({', '.join(missing[:3])})")
    if surplus:
        parts.append(f"{len(surplus)} columns unknown to the model ({', '.join(surplus[:3])})")
    return "; ".join(parts) or "the same columns in another order"


def columns_of(catalogue: "Catalogue") -> Columns:
    """What scoring needs of the running catalogue."""
    features = catalogue.features
    return Columns(
        names=catalogue.names,
        version=catalogue.version,
        groups=tuple(feature.group for feature in features),
        meanings=tuple(feature.meaning for feature in features),
    )
