"""Feature rows: what the transaction says, what the engine counted, what the graph knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from events.types import Status, Transaction
from features.batch import Batch
from features.catalogue import Catalogue
from features.feature import (
    GRAPH_KINDS,
    Derived,
    Difference,
    GraphFeature,
    Ratio,
    TransactionField,
    VelocityFeature,
    ZScore,
    parts_of,
)
from features.field_columns import field_columns
from features.fields import ADDRESS_KEYED
from features.graph_columns import GRAPH_COLUMNS
from features.keys import KEY_INDEX

__all__ = ["GRAPH_KINDS", "GraphRows", "assemble"]

_COLUMN = {column.name: index for index, column in enumerate(GRAPH_COLUMNS)}
# Which status speaks for several values at once: the first of these that any of them has.
_WORST_FIRST = (
    Status.FAILED, Status.PENDING, Status.STALE, Status.WARMING, Status.CAPPED, Status.FRESH, Status.ABSENT,
)  # fmt: skip
_RANK = np.array([_WORST_FIRST.index(status) for status in Status], dtype=np.uint8)
_LOST = np.array([it if it in {Status.FAILED, Status.PENDING} else Status.FRESH for it in Status], np.uint8)


@dataclass(frozen=True, slots=True)
class GraphRows:
    """Graph features of m transactions.

    `values` float32[m, 7, len(GRAPH_COLUMNS)] and `status` uint8[m, 7] (`Status`), by `GRAPH_KINDS`: card,
    account, device, address, email, phone, ip. NaN where there is none. `version` names the features read.
    """

    values: NDArray[np.float32]
    status: NDArray[np.uint8]
    version: str


def assemble(
    catalogue: Catalogue,
    transactions: Sequence[Transaction],
    batch: Batch,
    velocity: NDArray[np.float64],
    velocity_status: NDArray[np.uint8],
    graph: GraphRows,
    *,
    address_status: NDArray[np.uint8] | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Rows float32[m, c] and their statuses uint8[m, c] for the m authorisations of `batch`.

    `transactions` are these m, in batch order. `velocity` and `velocity_status` are [n, v] for all n events
    of the batch, as the engine gives them. `address_status` uint8[m], where given, is how each address key
    came about; FAILED or PENDING there, without a key, is the status of all that hangs on the address: its own columns,
    those of its windows and graph features, and what is made of these. NaN stands where a value is absent. Raises
    ValueError where the shapes do not fit.
    """
    rows = np.flatnonzero(batch.authorisations)
    m = len(rows)
    expected = (len(batch), len(catalogue.velocity))
    if len(transactions) != m or velocity.shape != expected or velocity_status.shape != expected:
        raise ValueError(
            f"{len(transactions)} transactions and velocity {velocity.shape} for {m} of {expected}"
        )
    if (
        graph.values.shape != (m, len(GRAPH_KINDS), len(GRAPH_COLUMNS))
        or graph.status.shape != graph.values.shape[:2]
    ):
        raise ValueError(f"graph rows {graph.values.shape}, {graph.status.shape} for {m} transactions")
    # Brings in numba, half a second that commands without rows do without.
    from features.assemble_kernel import put_rows

    plan = _plan(catalogue)
    own = batch if m == len(batch) else batch.where(rows)
    read = field_columns(plan.names, transactions, own)
    lost = _lost(own, address_status)
    x = np.empty((m, len(catalogue.features)), dtype=np.float32)
    status = np.empty(x.shape, dtype=np.uint8)
    # Compiled once: for arrays in order that may be written to.
    counted, counted_status = (
        np.require(velocity, None, ("C", "W")),
        np.require(velocity_status, None, ("C", "W")),
    )
    known, known_status = (
        np.require(graph.values, None, ("C", "W")),
        np.require(_with_lost(graph.status, lost), None, ("C", "W")),
    )
    put_rows(
        rows, counted, counted_status, plan.velocity, read, plan.fields, known, known_status,
        plan.graph_one, plan.graph_max, plan.derived, lost, plan.of_address, _RANK, x, status,
    )  # fmt: skip
    return x, status


def _lost(own: Batch, address_status: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
    """uint8[m]: the status of what hangs on an address that has no key yet, or could not have one; else FRESH."""
    if address_status is None:
        return np.zeros(len(own), dtype=np.uint8)
    keyed = own.keys[:, KEY_INDEX["address"]] != 0
    return np.where(keyed, np.uint8(Status.FRESH), _LOST[address_status])


def _with_lost(graph: NDArray[np.uint8], lost: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The graph's statuses, those of lost addresses with the rest."""
    if not lost.any():
        return graph
    status, at = graph.copy(), GRAPH_KINDS.index("address")
    status[:, at] = np.where(lost, lost, status[:, at])
    return status


@dataclass(frozen=True, slots=True)
class _Plan:
    """Columns of the row by where they come from."""

    names: tuple[str, ...]  # of the fields
    fields: NDArray[np.intp]
    velocity: NDArray[np.intp]
    derived: NDArray[np.intp]  # [d, 5]: kind, column, what it is made of (of two the last stands twice)
    graph_one: NDArray[np.intp]  # [g, 3]: column, entity, graph column
    graph_max: NDArray[np.intp]  # [h, 2]: column, graph column
    of_address: NDArray[np.intp]


@lru_cache(maxsize=8)
def _plan(catalogue: Catalogue) -> _Plan:
    from features.assemble_kernel import DIFFERENCE, RATIO, Z_SCORE

    made_as: dict[type[Derived], int] = {Ratio: RATIO, Difference: DIFFERENCE, ZScore: Z_SCORE}
    fields = {
        f.source.name: c for c, f in enumerate(catalogue.features) if isinstance(f.source, TransactionField)
    }
    of_address = [fields[ADDRESS_KEYED]] if ADDRESS_KEYED in fields else []
    velocity, one, highest, derived = [], [], [], []
    for column, feature in enumerate(catalogue.features):
        source = feature.source
        if isinstance(source, VelocityFeature):
            velocity.append(column)
            of_address += [column] if "address" in source.entity.split("+") else []
        elif isinstance(source, Derived):
            first, second, *more = map(catalogue.index, parts_of(source))
            derived.append((made_as[type(source)], column, first, second, *(more or (second,))))
        elif isinstance(source, GraphFeature) and source.entity is not None:
            one.append((column, KEY_INDEX[source.entity], _COLUMN[source.column]))
        elif isinstance(source, GraphFeature):
            highest.append((column, _COLUMN[source.column]))
    return _Plan(
        names=tuple(fields),
        fields=np.array(list(fields.values()), dtype=np.intp),
        velocity=np.array(velocity, dtype=np.intp),
        derived=np.array(derived, dtype=np.intp).reshape(-1, 5),
        graph_one=np.array(one, dtype=np.intp).reshape(-1, 3),
        graph_max=np.array(highest, dtype=np.intp).reshape(-1, 2),
        of_address=np.array(of_address, dtype=np.intp),
    )
