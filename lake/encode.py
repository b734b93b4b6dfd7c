"""Rows of a file as the engine's columns, equal to those of the messages that the door would make of them.

`History.arrivals` makes a message a row. Here the door is asked once for each different value of a part
(`lake.probes`), amounts are read as columns, and a row about which anything is in doubt goes through the door as
before: what is refused is refused for the same reason, and what is let in has the same keys, times and amounts.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from events.door import Door
from events.entities import principal_address
from events.errors import InputError
from events.field_rules import MAX_EXTRA
from events.money import EXPONENTS, Rates
from events.times import EARLIEST_MS, LATEST_MS
from events.tokens import Tokeniser
from features.batch import amount_keys
from features.keys import KEY_INDEX
from lake.amounts import BaseAmounts, minor_units
from lake.chunks import CHUNK, MISSING, Chunk, Chunks
from lake.distinct import Meaning, Meanings
from lake.history import FileRow, History, Refuse
from lake.identifiers import identifiers
from lake.mapping import as_take, duration_ms, submission
from lake.probes import CURRENCIES, GROUPS, Prober
from lake.quick import Quick
from lake.rows import FACTS, FRAUD, GENUINE, NO_LABEL, Rows, blank_rows, put_messages
from nlp import KeyCache

if TYPE_CHECKING:
    from events.types import Label, Transaction

Mask = NDArray[np.bool_]
_EXPONENTS = np.array([EXPONENTS[currency] for currency in CURRENCIES], np.int64)
_SMALL = 10**13  # whole numbers below are no card numbers in `extra`
_WIDE = pa.decimal128(20)  # holds every integer of 64 bits, and its absolute value


class Encoder:
    """Makes `Rows` of a history. `refuse` is told of rows that the door refuses, in order of time.

    `rates` must be the door's, and so must `tokeniser`, with which plain identifiers pass it by: ValueError where they
    are not. `refused` counts the rows that were.
    """

    def __init__(
        self,
        history: History,
        door: Door,
        rates: Rates,
        addresses: KeyCache,
        refuse: Refuse,
        *,
        tokeniser: Tokeniser | None = None,
        chunk: int = CHUNK,
    ) -> None:
        self.chunks = Chunks(history, chunk)
        self._history = history
        self._map = history.map
        self._door = door
        self._addresses = addresses
        self._refuse = refuse
        self.refused = 0
        self._base = BaseAmounts(rates)
        quick = None if tokeniser is None else Quick(tokeniser, rates.base)
        prober = Prober(history.map, door, addresses, rates.base, quick)
        self._groups = {name: prober.group(name) for name in GROUPS}
        # Of a file without accounts the one that the probe needs would come out.
        alone = {"parent", "currency"} | ({"account"} - history.map.transaction.keys())
        self._columnwise = tuple(name for name in GROUPS if name not in alone)
        self._amounts = prober.amounts()
        self._extra = {name: prober.kept(name) for name in history.map.columns.extra}
        self._reasons = Meanings(self._judge_reasons, 0, 0)
        if prober.rates != rates.version:
            raise ValueError(f"the door converts by {prober.rates}, not by {rates.version}")
        if tokeniser is not None and prober.token != tokeniser.token("account", "x"):
            raise ValueError("the door makes other tokens than the tokeniser")

    def read(self, start: int = 0) -> Iterator[Rows]:
        """Every chunk from the row at `start` on, as `Chunks.read` counts."""
        return map(self.rows, self.chunks.read(start))

    def rows(self, chunk: Chunk) -> Rows:
        """The rows of `chunk` that the door lets in."""
        ids = identifiers(self._plain(chunk, "id"))
        made = blank_rows(chunk.number, chunk.time, ids.text)
        sure = ids.sure & (chunk.time >= EARLIEST_MS) & (chunk.time < LATEST_MS)
        for name in self._columnwise:
            sure &= self._group(name, chunk, made)
        sure &= (made.keys[:, KEY_INDEX["card"]] != 0) | (made.keys[:, KEY_INDEX["account"]] != 0)
        sure &= self._parents(chunk)
        sure &= self._extras(chunk)
        sure &= self._money(chunk, made)
        sure &= self._labels(chunk, made)
        made.keys[:, KEY_INDEX["amount"]] = amount_keys(made.kind, made.amount)
        return made if sure.all() else self._by_door(chunk, made, sure)

    # --- columns --------------------------------------------------------------------------------------------

    def _group(self, name: str, chunk: Chunk, made: Rows) -> Mask:
        columns, meanings = self._groups[name]
        good, keys, facts = meanings.of([chunk.columns[column] for column in columns], len(chunk))
        for nth, key in enumerate(GROUPS[name].keys):
            made.keys[:, KEY_INDEX[key]] = keys[:, nth]
        for nth, fact in enumerate(FACTS.get(name, ())):
            made.facts[fact][:] = facts[:, nth]
        if name == "how":
            made.kind[:], made.channel[:] = facts.T
        return good

    def _plain(self, chunk: Chunk, name: str) -> Any:
        """The column that is field `name` as it stands; nulls where the map makes it of more than that."""
        column = as_take(self._map.transaction[name]).column
        if column is None or not self._is_plain(name):
            return pa.nulls(len(chunk), pa.string())
        return chunk.columns[column]

    def _is_plain(self, name: str) -> bool:
        take = as_take(self._map.transaction[name])
        return take.column is not None and take.values is None

    def _parents(self, chunk: Chunk) -> Mask:
        """As `_group`, without remembering what seldom returns."""
        columns, meanings = self._groups["parent"]
        if not columns:
            return np.ones(len(chunk), np.bool_)
        plain = self._plain(chunk, "parent")
        good = identifiers(plain).sure
        if self._is_plain("parent"):
            good |= np.asarray(plain.is_null(), dtype=np.bool_)
        at = np.flatnonzero(~good)
        good[at] = meanings.of(_taken(chunk, columns, at), len(at))[0]
        return good

    def _extras(self, chunk: Chunk) -> Mask:
        sure = np.full(len(chunk), len(self._extra) <= MAX_EXTRA)
        for name, meanings in self._extra.items():
            sure &= _extra(chunk.columns[name].combine_chunks(), meanings)
        return sure

    def _money(self, chunk: Chunk, made: Rows) -> Mask:
        columns, meanings = self._groups["currency"]
        sure, _, facts = meanings.of([chunk.columns[column] for column in columns], len(chunk))
        made.currency[:] = facts[:, 0]
        unit = as_take(self._map.transaction["amount"]).unit
        minor, known = minor_units(
            self._plain(chunk, "amount"), _EXPONENTS[made.currency], minor=unit == "minor"
        )
        made.minor[:] = np.where(known, minor, 0)
        for currency in np.unique(made.currency).tolist():
            at = made.currency == currency
            made.amount[at] = self._base.of(made.minor[at], CURRENCIES[currency])
        known &= made.amount >= 0
        rest = np.flatnonzero(~known)
        if len(rest):
            columns, meanings = self._amounts
            good, values, _ = meanings.of(_taken(chunk, columns, rest), len(rest))
            made.minor[rest], made.amount[rest] = values.astype(np.int64).T
            known[rest] = good
        return sure & known

    def _labels(self, chunk: Chunk, made: Rows) -> Mask:
        wanted = self._map.label
        sure = np.ones(len(chunk), np.bool_)
        if wanted is None:
            return sure
        there = chunk.fraud >= 0 if wanted.cleared else chunk.fraud == 1
        made.label[:] = np.where(there, np.where(chunk.fraud == 1, FRAUD, GENUINE), NO_LABEL)
        override = self._history.label_delay_ms
        later = chunk.time + (duration_ms(wanted.delay) if override is None else override)
        said = (chunk.fraud == 1) & (chunk.known != MISSING) & (override is None)
        made.known[:] = np.where(said, np.maximum(chunk.known, chunk.time), later)
        at = np.flatnonzero(there)
        columns = () if isinstance(wanted.reason_code, str) else wanted.reason_code.named
        good, _, _ = self._reasons.of(_taken(chunk, columns, at), len(at))
        sure[at] = good & (made.known[at] >= EARLIEST_MS) & (made.known[at] < LATEST_MS)
        return sure

    def _judge_reasons(self, values: Sequence[tuple[object, ...]]) -> list[Meaning]:
        wanted = self._map.label
        columns = () if wanted is None or isinstance(wanted.reason_code, str) else wanted.reason_code.named
        return [(self._stands(dict(zip(columns, value, strict=True))), (), ()) for value in values]

    def _stands(self, values: dict[str, object]) -> bool:
        try:
            self._history.label(
                "x", EARLIEST_MS, FileRow(1, EARLIEST_MS, fraud=True, known=None, values=values)
            )
        except InputError:
            return False
        return True

    # --- rows -----------------------------------------------------------------------------------------------

    def _by_door(self, chunk: Chunk, made: Rows, sure: Mask) -> Rows:
        """`made` with the rows that are not `sure` as the door makes them, without those that it refuses."""
        kept, at = sure.copy(), np.flatnonzero(~sure).tolist()
        found: list[tuple[int, Transaction, Label | None]] = []
        for i, row in zip(at, self.chunks.file_rows(chunk, at), strict=True):
            try:
                message = self._door.transaction(submission(row.values, self._map, row.time))
                found.append((i, message, self._history.label(message.id, message.time, row)))
                kept[i] = True
            except InputError as error:
                self.refused += 1
                self._refuse(row.number, row.values, error)
        places = [i for i, _, _ in found]
        messages = [message for _, message, _ in found]
        keys = [key for key, _ in self._addresses.get_many([principal_address(it) for it in messages])]
        labels = [label for _, _, label in found]
        return put_messages(made, places, messages, keys, labels).where(kept)


def _taken(chunk: Chunk, columns: Sequence[str], at: NDArray[np.intp]) -> list[Any]:
    rows = pa.array(at)
    return [chunk.columns[column].take(rows) for column in columns]


def _extra(column: Any, meanings: Meanings) -> Mask:
    """Whether the door takes each value of an extra column, whose name is judged with them."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_boolean(kind):
        return meanings.of([column], len(column))[0]
    absent = np.asarray(column.is_null(), dtype=np.bool_)
    if pa.types.is_floating(kind):
        values = np.asarray(column.fill_null(np.nan), dtype=np.float64)
        absent, good = np.isnan(values), np.isfinite(values)
    elif pa.types.is_integer(kind):
        small = pc.less(pc.abs(column.cast(_WIDE)), _SMALL)
        good = np.asarray(pc.coalesce(small, pa.scalar(value=False)), dtype=np.bool_)
    else:
        good = np.full(len(column), pa.types.is_decimal(kind), np.bool_)
    named = meanings.of([pa.array([1])], 1)[0]
    return np.logical_or(absent, good & named)
