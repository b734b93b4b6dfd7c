"""Randomness and names, apart for every concern: a change in one part of the world leaves the others alone."""

import hashlib

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint64]

_LETTERS = "bcdfghjklmnpqrst"
_FROM_HEX = str.maketrans("0123456789abcdef", _LETTERS)
_FROM_NIBBLE = np.frombuffer(_LETTERS.encode(), np.uint8)


class Seeds:
    """Generators and opaque names by concern (`("ring", "7")`), all functions of one seed."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def rng(self, *concern: str) -> np.random.Generator:
        """A generator of this concern's own: `SeedSequence` with a spawn key made from the concern's name."""
        digest = hashlib.blake2b("\0".join(concern).encode(), digest_size=16).digest()
        key = tuple(int(word) for word in np.frombuffer(digest, dtype="<u4"))
        return np.random.default_rng(np.random.SeedSequence(self._seed, spawn_key=key))

    def ids(self, n: int, *concern: str) -> Numbers:
        """`n` distinct numbers, uint64[n]: a bijection of (hash of concern, 0..n-1) that shows neither.

        Concerns have 40 bits of space.
        """
        digest = hashlib.blake2b(
            f"{self._seed}\0".encode() + "\0".join(concern).encode(), digest_size=8
        ).digest()
        space = np.uint64(int.from_bytes(digest, "little") & ~0xFFFFFF)
        return mixed(space + np.arange(n, dtype=np.uint64))


def mixed(x: Numbers) -> Numbers:
    """A bijection of uint64 without visible order: the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014)."""
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    out: Numbers = x ^ (x >> np.uint64(31))
    return out


def shares(*columns: NDArray[np.int64]) -> NDArray[np.float64]:
    """float64[n] in [0, 1) that follow from whole numbers alone: the same customer on the same day, the same share."""
    x = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        x = mixed(x + np.uint64(0x9E3779B97F4A7C15) + column.astype(np.uint64))
    drawn: NDArray[np.float64] = (x >> np.uint64(11)).astype(np.float64) * 2.0**-53
    return drawn


def letters(number: int) -> str:
    """16 letters without digits or vowels, in the order of the numbers: an id that can't look like a card number."""
    return f"{number:016x}".translate(_FROM_HEX)


def many_names(prefix: str, numbers: Numbers) -> NDArray[np.uint8]:
    """`prefix-letters` of uint64[n] at once, as ASCII: uint8[n, len(prefix) + 17]."""
    n, head = len(numbers), np.frombuffer(f"{prefix}-".encode(), np.uint8)
    octets = numbers.astype(">u8").view(np.uint8).reshape(n, 8)
    text = np.empty((n, len(head) + 16), np.uint8)
    text[:, : len(head)] = head
    text[:, len(head) :] = _FROM_NIBBLE[np.stack([octets >> 4, octets & 15], axis=2).reshape(n, 16)]
    return text


def names(prefix: str, numbers: Numbers) -> list[str]:
    """The same as texts."""
    text = many_names(prefix, numbers)
    listed: list[str] = text.view(f"S{text.shape[1]}").ravel().astype(str).tolist()
    return listed
