"""Randomness and names, apart for every concern: a change in one part of the world leaves the others alone."""

import hashlib

import numpy as np
from numpy.typing import NDArray

_LETTERS = str.maketrans("0123456789abcdef", "bcdfghjklmnpqrst")


class Seeds:
    """Generators and opaque names by concern (`("ring", "7")`), all functions of one seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def rng(self, *concern: str) -> np.random.Generator:
        """A generator of this concern's own: `SeedSequence` with a spawn key made from the concern's name."""
        digest = hashlib.blake2b("\0".join(concern).encode(), digest_size=16).digest()
        key = tuple(int(word) for word in np.frombuffer(digest, dtype="<u4"))
        return np.random.default_rng(np.random.SeedSequence(self._seed, spawn_key=key))

    def ids(self, n: int, *concern: str) -> NDArray[np.uint64]:
        """`n` distinct numbers, uint64[n]: a bijection of (hash of concern, 0..n-1) that shows neither.

        Mixing: the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). Concerns have 40 bits of space.
        """
        digest = hashlib.blake2b(
            f"{self._seed}\0".encode() + "\0".join(concern).encode(), digest_size=8
        ).digest()
        space = np.uint64(int.from_bytes(digest, "little") & ~0xFFFFFF)
        x = space + np.arange(n, dtype=np.uint64)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed: NDArray[np.uint64] = x ^ (x >> np.uint64(31))
        return mixed


def letters(number: int) -> str:
    """16 letters without digits or vowels, in the order of the numbers: an id that can't look like a card number."""
    return f"{number:016x}".translate(_LETTERS)
