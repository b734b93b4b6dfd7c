"""Exact sums of squares: 128-bit unsigned integers as two words, since cents squared outgrow 64 bits."""

import numpy as np
from numba import njit

from features.engine.layout import HELPER, Int, Words

_LOW = np.uint64(0xFFFFFFFF)
_HALF = np.uint64(32)
_ZERO, _ONE = np.uint64(0), np.uint64(1)
_TWO_TO_64 = 18446744073709551616.0


@njit(**HELPER)
def product(a: np.uint64, b: np.uint64) -> tuple[np.uint64, np.uint64]:
    """(low, high) words of a * b."""
    a0, a1, b0, b1 = a & _LOW, a >> _HALF, b & _LOW, b >> _HALF
    low = a0 * b0
    middle = a1 * b0 + (low >> _HALF)
    other = a0 * b1 + (middle & _LOW)
    return a * b, a1 * b1 + (middle >> _HALF) + (other >> _HALF)


@njit(**HELPER)
def square(amount: Int) -> tuple[np.uint64, np.uint64]:
    """(low, high) words of amount ** 2."""
    size = np.uint64(amount) if amount >= 0 else _ZERO - np.uint64(amount)
    return product(size, size)


@njit(**HELPER)
def add(m: Words, at: Int, low: np.uint64, high: np.uint64) -> None:
    """Add to the two words at `at`, modulo 2 ** 128."""
    low, high = plus(np.uint64(m[at]), np.uint64(m[at + 1]), low, high)
    m[at], m[at + 1] = np.int64(low), np.int64(high)


@njit(**HELPER)
def less(low: np.uint64, high: np.uint64, low2: np.uint64, high2: np.uint64) -> tuple[np.uint64, np.uint64]:
    """The difference modulo 2 ** 128."""
    return low - low2, high - high2 - (_ONE if low < low2 else _ZERO)


@njit(**HELPER)
def deviation(rows: Int, total: Int, low: np.uint64, high: np.uint64) -> float:
    """The standard deviation of a sample of `rows` > 1 with this sum and sum of squares.

    n * sum of squares - sum ** 2 is computed in whole numbers, so nothing cancels; it must stay below 2 ** 127, which
    16 million amounts that vary by 2 ** 39 cents do.
    """
    n = np.uint64(rows)
    scaled, carry = product(low, n)
    carry += high * n
    low, high = square(total)
    low, high = less(scaled, carry, low, high)
    spread = float(high) * _TWO_TO_64 + float(low)
    return float(np.sqrt(spread / (float(rows) * float(rows - 1))))


@njit(**HELPER)
def plus(low: np.uint64, high: np.uint64, low2: np.uint64, high2: np.uint64) -> tuple[np.uint64, np.uint64]:
    """The sum modulo 2 ** 128."""
    total = low + low2
    return total, high + high2 + (_ONE if total < low else _ZERO)
