"""Randomness row by row: a draw follows from a row's own id and a purpose, never from which other rows there are.

So one more fraud in the world leaves every other payment's answer, review and chargeback as they were.
"""

import numpy as np
from numpy.typing import NDArray

from simulator.seeds import Seeds

Floats = NDArray[np.float64]
Numbers = NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


def derived(seeds: Seeds, ids: Numbers, *purpose: str) -> Numbers:
    """Numbers that follow from `ids` (uint64[n], distinct) and the purpose: distinct, and they show neither.

    Mixing: the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
    """
    (salt,) = seeds.ids(1, "chance", *purpose)
    x = (ids ^ salt) * _GOLDEN
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Numbers = x ^ (x >> np.uint64(31))
    return mixed


def uniform(seeds: Seeds, ids: Numbers, *purpose: str) -> Floats:
    """float64[n], each in (0, 1)."""
    drawn: Floats = ((derived(seeds, ids, *purpose) >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
    return drawn


def normal(seeds: Seeds, ids: Numbers, *purpose: str) -> Floats:
    """float64[n], standard normal (Box and Muller 1958).

    Its last bit may differ between processors: round what comes of it far more coarsely than that.
    """
    u, v = (uniform(seeds, ids, *purpose, part) for part in ("u", "v"))
    drawn: Floats = np.sqrt(-2.0 * np.log(u)) * np.cos(2.0 * np.pi * v)
    return drawn


def exponential(seeds: Seeds, ids: Numbers, *purpose: str) -> Floats:
    """float64[n], mean 1; rounding as for `normal`."""
    drawn: Floats = -np.log(uniform(seeds, ids, *purpose))
    return drawn
