"""The engine's keys of many tokens at once: `events.tokens.token_hash`, a column at a time."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from events.tokens import token_hash, token_salt

_HEX = 32
_TAIL = 16
_BYTES = _TAIL // 2


def token_keys(tokens: Sequence[str]) -> NDArray[np.uint64]:
    """uint64[n] hashes of n tokens of one kind, as `token_hash` gives them."""
    heads = [token[:-_HEX] for token in tokens]
    kinds = frozenset(heads)
    if any(head[-1:] != "." or head.startswith("merchant.") for head in kinds):
        return _one_by_one(tokens)
    try:
        tails = bytes.fromhex("".join([token[-_TAIL:] for token in tokens]))
    except ValueError:
        return _one_by_one(tokens)
    if len(tails) != _BYTES * len(tokens):
        return _one_by_one(tokens)
    keys = np.frombuffer(tails, ">u8").astype(np.uint64)
    salts = {head: token_salt(head[:-1]) for head in kinds}
    if len(salts) == 1:
        keys ^= np.uint64(next(iter(salts.values())))
    else:
        keys ^= np.array([salts[head] for head in heads], dtype=np.uint64)
    keys[keys == 0] = 1
    return keys


def _one_by_one(tokens: Sequence[str]) -> NDArray[np.uint64]:
    return np.array([token_hash(token) for token in tokens], dtype=np.uint64)
