"""A trained tagger: from the tokens of a text to labels and how sure they are. Saved small, read at once."""

import io
import zlib
from typing import Final, NamedTuple

import msgspec
import numpy as np
from numba import njit
from numpy.typing import NDArray

from events.errors import CorruptError
from nlp.tagger.crf import best, chances
from nlp.tagger.features import OFFSET, SIZE, WHICH, features

_FORMAT: Final = 1
STEPS: Final = 127
"""A weight is a whole number of 127ths of its label's greatest."""


_COOL: Final = np.float32(2)
"""Chances are those of half the scores: made addresses leave a model too sure of itself. At 2 the chances of pieces of
hand-written addresses are right as often as they say, in both countries (.41 and .36, .67 and .67, .89 and .90, .99 and
1.0 for India)."""


class Tagged(NamedTuple):
    """Labels (numbers into the model's `labels`), int64[T], and the chance of each, float64[T]."""

    labels: NDArray[np.int64]
    chance: NDArray[np.float64]


class TaggerModel:
    """Weights of a linear-chain CRF over hashed features.

    Attributes:
        country: whose addresses it reads.
        labels: L names (`nlp.tagger.tokens.label_names`).
        about: what it was trained on and what it reached: the model card's facts.
    """

    def __init__(
        self,
        country: str,
        labels: tuple[str, ...],
        keys: NDArray[np.uint32],
        weights: NDArray[np.int8],
        scale: NDArray[np.float32],
        moves: NDArray[np.float32],
        about: dict[str, object],
    ) -> None:
        self.country, self.labels, self.about = country, labels, about
        self._keys, self._weights, self._scale, self._moves = keys, weights, scale, moves
        self._table = _index(keys)

    def tag(self, columns: NDArray[np.uint32]) -> Tagged:
        """The best labels of a text, by its columns uint32[T, C], and the chance of each."""
        size = len(columns)
        labels = np.zeros(size, np.int64)
        if not size:
            return Tagged(labels, np.ones(0))
        scores = self.scores(columns)
        best(scores, self._moves, labels)
        sure = np.empty(scores.shape, np.float64)
        chances(scores / _COOL, self._moves / _COOL, sure)
        return Tagged(labels, sure[np.arange(size), labels])

    def scores(self, columns: NDArray[np.uint32]) -> NDArray[np.float32]:
        """The score of each label of each token, float32[T, L], neighbours' labels left out of account."""
        found = np.empty((len(columns), SIZE), np.uint64)
        features(columns, WHICH, OFFSET, found)
        sums = np.zeros((len(columns), len(self.labels)), np.int32)
        _add_up(found, self._table, self._keys, self._weights, sums)
        return sums * self._scale

    def dump(self) -> bytes:
        """The model as bytes: the same model gives the same."""
        head = msgspec.json.encode(
            {"format": _FORMAT, "country": self.country, "labels": self.labels, "about": self.about},
            order="deterministic",
        )
        out = io.BytesIO()
        out.write(len(head).to_bytes(4, "little") + head)
        for array in (self._keys, self._weights, self._scale, self._moves):
            np.lib.format.write_array(out, np.ascontiguousarray(array), allow_pickle=False)
        return zlib.compress(out.getvalue(), 9)


def read(data: bytes) -> TaggerModel:
    """The model that `dump` wrote. Raises `CorruptError` for anything else."""
    try:
        data = zlib.decompress(data)
        size = int.from_bytes(data[:4], "little")
        head = msgspec.json.decode(data[4 : 4 + size])
        if head["format"] != _FORMAT:
            raise CorruptError(f"a tagger of format {head['format']}; this release reads {_FORMAT}")
        rest = io.BytesIO(memoryview(data)[4 + size :])
        keys, weights, scale, moves = (np.lib.format.read_array(rest, allow_pickle=False) for _ in range(4))
    except (zlib.error, msgspec.DecodeError, ValueError, KeyError, TypeError) as error:
        raise CorruptError(f"no tagger: {error}") from None
    return TaggerModel(head["country"], tuple(head["labels"]), keys, weights, scale, moves, head["about"])


@njit(cache=True)
def _index(keys: NDArray[np.uint32]) -> NDArray[np.int32]:
    """An open hash table of the keys: int32[a power of two], -1 where nothing lies."""
    size = 16
    while size < 2 * len(keys):
        size *= 2
    table = np.full(size, -1, np.int32)
    for at in range(len(keys)):
        place = np.int64(keys[at]) & (size - 1)
        while table[place] >= 0:
            place = (place + 1) & (size - 1)
        table[place] = at
    return table


@njit(cache=True, nogil=True)
def _add_up(
    found: NDArray[np.uint64], table: NDArray[np.int32], keys: NDArray[np.uint32], weights: NDArray[np.int8],
    out: NDArray[np.int32],
) -> None:  # fmt: skip
    """Add the weights of each token's features, uint64[T, F], to `out` int32[T, L]. Unknown features weigh nothing."""
    mask = len(table) - 1
    for i in range(found.shape[0]):
        for k in range(found.shape[1]):
            key = np.uint32(found[i, k] >> np.uint64(32))
            place = np.int64(key) & mask
            while table[place] >= 0 and keys[table[place]] != key:
                place = (place + 1) & mask
            row = table[place]
            if row >= 0:
                for y in range(out.shape[1]):
                    out[i, y] += weights[row, y]
