"""Feature rows: what the transaction says, what the engine counted, what the graph knows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from events.types import Status, Transaction
from features.batch import Batch
from features.catalogue import Catalogue
from features.derived import derive
from features.feature import (
    GRAPH_KINDS,
    Derived,
    GraphFeature,
    TransactionField,
    VelocityFeature,
    parts_of,
)
from features.fields import ADDRESS_KEYED, FIELDS, Field
from features.graph_columns import GRAPH_COLUMNS
from features.keys import KEY_INDEX

__all__ = ["GRAPH_KINDS", "GraphRows", "assemble"]

_COLUMN = {column.name: index for index, column in enumerate(GRAPH_COLUMNS)}
# Which status speaks for several values at once: the first of these that any of them has.
_WORST_FIRST = (
    Status.FAILED, Status.STALE, Status.WARMING, Status.CAPPED, Status.FRESH, Status.ABSENT,
)  # fmt: skip
_RANK = np.array([_WORST_FIRST.index(status) for status in Status], dtype=np.uint8)
_BY_RANK = np.array(_WORST_FIRST, dtype=np.uint8)


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
    came about; FAILED there marks the address columns and the address's velocity columns. NaN stands where a
    value is absent. Raises ValueError where the shapes do not fit.
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
    plan = _plan(catalogue)
    values = np.full((m, len(catalogue.features)), np.nan, dtype=np.float64)
    status = np.zeros(values.shape, dtype=np.uint8)
    if m:
        values[:, plan.fields] = [[read(txn) for read in plan.readers] for txn in transactions]
    keyed = batch.keys[rows, KEY_INDEX["address"]] != 0
    values[:, plan.keyed] = keyed[:, None]
    values[:, plan.velocity] = velocity[rows]
    status[:, plan.velocity] = velocity_status[rows]
    if m:
        _graph(plan, graph, values, status)
    _derive(plan, values, status)
    if address_status is not None:
        failed = np.flatnonzero((address_status == np.uint8(Status.FAILED)) & ~keyed)
        status[np.ix_(failed, plan.of_address)] = np.uint8(Status.FAILED)
    status[np.isnan(values) & (status == np.uint8(Status.FRESH))] = np.uint8(Status.ABSENT)
    return values.astype(np.float32), status


@dataclass(frozen=True, slots=True)
class _Plan:
    """Columns of the row by where they come from."""

    readers: tuple[Field, ...]
    fields: NDArray[np.intp]
    keyed: NDArray[np.intp]
    velocity: NDArray[np.intp]
    derived: Mapping[type[Derived], NDArray[np.intp]]  # [d, 1 + parts]: column, then what it is made of
    graph_one: NDArray[np.intp]  # [g, 3]: column, entity, graph column
    graph_max: NDArray[np.intp]  # [h, 2]: column, graph column
    of_address: NDArray[np.intp]


@lru_cache(maxsize=8)
def _plan(catalogue: Catalogue) -> _Plan:
    fields = {
        f.source.name: c for c, f in enumerate(catalogue.features) if isinstance(f.source, TransactionField)
    }
    keyed = [fields.pop(ADDRESS_KEYED)] if ADDRESS_KEYED in fields else []
    velocity, one, highest, of_address = [], [], [], list(keyed)
    derived: dict[type[Derived], list[tuple[int, ...]]] = {}
    for column, feature in enumerate(catalogue.features):
        source = feature.source
        if isinstance(source, VelocityFeature):
            velocity.append(column)
            of_address += [column] if "address" in source.entity.split("+") else []
        elif isinstance(source, Derived):
            derived.setdefault(type(source), []).append((column, *map(catalogue.index, parts_of(source))))
        elif isinstance(source, GraphFeature) and source.entity is not None:
            one.append((column, KEY_INDEX[source.entity], _COLUMN[source.column]))
        elif isinstance(source, GraphFeature):
            highest.append((column, _COLUMN[source.column]))
    return _Plan(
        readers=tuple(FIELDS[name] for name in fields),
        fields=np.array(list(fields.values()), dtype=np.intp),
        keyed=np.array(keyed, dtype=np.intp),
        velocity=np.array(velocity, dtype=np.intp),
        derived={kind: np.array(made, dtype=np.intp) for kind, made in derived.items() if made},
        graph_one=np.array(one, dtype=np.intp).reshape(-1, 3),
        graph_max=np.array(highest, dtype=np.intp).reshape(-1, 2),
        of_address=np.array(of_address, dtype=np.intp),
    )


def _derive(plan: _Plan, values: NDArray[np.float64], status: NDArray[np.uint8]) -> None:
    """The columns made of others; each has the worst status of those."""
    for kind, made in plan.derived.items():
        parts = made[:, 1:]
        values[:, made[:, 0]] = derive(kind, [values[:, part] for part in parts.T])
        told = _speaker(status[:, parts], axis=2)
        nothing = np.isnan(values[:, made[:, 0]]) & (told != np.uint8(Status.FAILED))
        status[:, made[:, 0]] = np.where(nothing, np.uint8(Status.ABSENT), told)


def _graph(plan: _Plan, graph: GraphRows, values: NDArray[np.float64], status: NDArray[np.uint8]) -> None:
    column, entity, source = plan.graph_one.T
    values[:, column] = graph.values[:, entity, source]
    status[:, column] = graph.status[:, entity]
    column, source = plan.graph_max.T
    values[:, column] = np.fmax.reduce(graph.values[:, :, source], axis=1)
    status[:, column] = _speaker(graph.status, axis=1)[:, None]


def _speaker(status: NDArray[np.uint8], axis: int) -> NDArray[np.uint8]:
    """The status that stands for all along `axis`."""
    best: NDArray[np.uint8] = _BY_RANK[_RANK[status].min(axis=axis)]
    return best
