"""Rows remembered: the newest so many, each as the store gave it."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph.row_cache import ABSENT, UNKNOWN, RowCache

WIDTH = 2


def packed(number: int) -> bytes:
    return np.array([number, number + 0.5], "<f4").tobytes()


@given(st.lists(st.lists(st.integers(0, 30), max_size=6), max_size=20), st.integers(1, 8))
def test_it_serves_what_the_store_gave(batches: list[list[int]], size: int) -> None:
    """Odd cards have no row."""
    cache = RowCache(WIDTH, size)
    newest: list[str] = []
    for numbers in batches:
        entities = [{"card": str(number)} for number in numbers]
        at, missing = cache.find(entities)  # type: ignore[arg-type]  # kinds are literals
        assert list(missing) == list(dict.fromkeys(str(it) for it in numbers if str(it) not in newest))
        cache.add(at, missing, [None if int(it) % 2 else packed(int(it)) for it in missing])
        newest += missing
        again, missing = cache.find(entities)  # type: ignore[arg-type]  # as above
        assert not missing
        assert UNKNOWN not in at
        assert (again == at).all()
        for number, row, places in zip(numbers, cache.rows(at), at, strict=True):
            assert (places[1:] == ABSENT).all(), "entities that a payment lacks"
            assert np.isnan(row[1:]).all()
            if number % 2:
                assert places[0] == ABSENT
            else:
                assert row[0].tobytes() == packed(number)
        cache.trim()
        newest = newest[-size:]
        assert len(cache) == len(newest)


def test_cleared_it_knows_nothing() -> None:
    cache = RowCache(WIDTH, 4)
    cache.add(*cache.find([{"card": "a"}]), [packed(1)])
    assert not cache.find([{"card": "a"}])[1]
    cache.clear()
    assert list(cache.find([{"card": "a"}])[1]) == ["a"]
