"""Amounts as columns: minor units exactly as `events.money` makes them, and which rows it takes more to be sure of."""

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from events.errors import InputError
from events.money import MAX_MINOR, Rates

_EXACT = 2**53
_NEAR = 2.0**-50  # a product's rounding and a text's, relative, with room to spare
_DECIMAL_DIGITS = 18  # of a decimal128 whose low word is all


def minor_units(
    column: Any, exponent: NDArray[np.int64], *, minor: bool
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """int64[n] minor units of an Arrow column, and bool[n] where they are sure; elsewhere they have no meaning.

    `exponent` int64[n] is the number of decimals of each row's currency; `minor` says that the column is in minor units
    already. Sure are whole numbers, decimals, and floats whose shortest text is not too near to half a unit to say how
    it rounds without reading it.
    """
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    exponent = np.zeros_like(exponent) if minor else exponent
    kind = array.type
    there = np.asarray(array.is_valid(), dtype=np.bool_)
    if pa.types.is_integer(kind) and kind != pa.uint64():
        found, sure = _whole(np.asarray(array.cast(pa.int64()).fill_null(0)), exponent)
    elif pa.types.is_floating(kind):
        found, sure = _floats(np.asarray(array.cast(pa.float64()).fill_null(np.nan)), exponent)
    elif pa.types.is_decimal128(kind) and kind.precision <= _DECIMAL_DIGITS and kind.scale >= 0:
        found, sure = _decimals(_unscaled(array), exponent, kind.scale)
    else:
        return np.zeros(len(array), np.int64), np.zeros(len(array), np.bool_)
    return found, sure & there & (found >= 0) & (found <= MAX_MINOR)


def _whole(
    values: NDArray[np.int64], exponent: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    small = np.abs(values) <= MAX_MINOR
    found: NDArray[np.int64] = np.where(small, values, 0) * 10**exponent
    return found, small


def _floats(
    values: NDArray[np.float64], exponent: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    scaled = values * (10**exponent).astype(np.float64)
    fits = np.abs(scaled) < _EXACT  # false for NaN
    scaled = np.where(fits, scaled, 0.0)
    rounded = np.rint(scaled)
    from_half = 0.5 - np.abs(scaled - rounded)
    sure = fits & (from_half > np.abs(scaled) * _NEAR)
    return rounded.astype(np.int64), sure


def _decimals(
    unscaled: NDArray[np.int64], exponent: NDArray[np.int64], scale: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Half to even, in whole numbers."""
    up, down = 10 ** np.maximum(exponent - scale, 0), 10 ** np.maximum(scale - exponent, 0)
    whole, rest = np.divmod(unscaled, down)
    twice = 2 * rest
    whole += (twice > down) | ((twice == down) & (whole % 2 == 1))
    small = np.abs(whole) <= MAX_MINOR
    return np.where(small, whole, 0) * up, small


def _unscaled(array: Any) -> NDArray[np.int64]:
    """The low words of a decimal128: all there is of up to 18 digits."""
    words = np.frombuffer(array.buffers()[1], np.int64)[
        2 * array.offset : 2 * (array.offset + len(array)) : 2
    ]
    return np.where(np.asarray(array.is_valid(), dtype=np.bool_), words, 0)


class BaseAmounts:
    """Minor units of a currency as those of the base currency. Bounded memory: each different amount once."""

    def __init__(self, rates: Rates, limit: int = 1_000_000) -> None:
        self._rates = rates
        self._limit = limit
        self._known: dict[str, dict[int, int]] = {}

    def of(self, minor: NDArray[np.int64], currency: str) -> NDArray[np.int64]:
        """int64[n] base minor units for n amounts from 0 to `MAX_MINOR`; -1 where the result would be larger."""
        if currency == self._rates.base:
            return minor
        values, where = np.unique(minor, return_inverse=True)
        known = self._known.setdefault(currency, {})
        if len(known) > self._limit:
            known.clear()
        return np.array([self._one(known, value, currency) for value in values.tolist()], np.int64)[where]

    def _one(self, known: dict[int, int], minor: int, currency: str) -> int:
        found = known.get(minor)
        if found is None:
            found = known[minor] = self._base(minor, currency)
        return found

    def _base(self, minor: int, currency: str) -> int:
        try:
            return self._rates.to_money(minor, currency).base_minor
        except InputError:
            return -1
