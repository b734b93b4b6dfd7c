"""Places laid over strict addresses, in events and in columns."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.errors import CorruptError
from events.tokens import token_hash
from events.types import AddressKey
from features.batch import Batch
from features.keys import KEY_INDEX, KEYS
from features.places import Places

TOKENS = [f"address.{version}.{number:032x}" for version in ("p1", "p2") for number in range(6)]
ADDRESS = KEY_INDEX["address"]


def batch(tokens: list[str | None]) -> Batch:
    n = len(tokens)
    keys = np.arange(n * len(KEYS), dtype=np.uint64).reshape(n, len(KEYS))
    keys[:, ADDRESS] = [token_hash(token) if token else 0 for token in tokens]
    numbers = np.zeros(n, np.int64)
    return Batch(np.arange(n), numbers, numbers.astype(np.uint8), numbers.astype(np.uint8), keys, numbers)


maps = st.dictionaries(st.sampled_from(TOKENS[2:]), st.sampled_from(TOKENS[:2]))


@settings(deadline=None)
@given(maps, st.lists(st.none() | st.sampled_from(TOKENS), max_size=20))
def test_columns_say_what_tokens_say(of: dict[str, str], tokens: list[str | None]) -> None:
    places, strict = Places(of), batch(tokens)
    before = strict.keys.copy()
    found = places.batch(strict)
    expected = batch([places.token(token) if token else None for token in tokens])
    np.testing.assert_array_equal(found.keys, expected.keys)
    np.testing.assert_array_equal(strict.keys, before, err_msg="the strict events stay as they were")
    for token in tokens:
        if token is not None:
            assert places.entities({"card": "c", "address": token}) == {
                "card": "c",
                "address": of.get(token, token),
            }
    assert places.entities({"card": "c"}) == {"card": "c"}


def test_what_is_not_mapped_is_not_copied() -> None:
    strict = batch([TOKENS[0], None])
    assert Places({TOKENS[3]: TOKENS[2]}).batch(strict) is strict
    assert Places().batch(strict) is strict


def test_both_levels_of_a_key() -> None:
    building, unit, other = TOKENS[:3]
    key = AddressKey(building=building, unit=unit)
    assert Places({building: other}).key(key) == AddressKey(building=other, unit=unit)
    assert Places({unit: other}).key(key) == AddressKey(building=building, unit=other)
    assert Places({unit: building}).key(key) == AddressKey(building=building)


def test_a_place_is_at_no_other_place() -> None:
    with pytest.raises(CorruptError, match="stands for"):
        Places({TOKENS[0]: TOKENS[1], TOKENS[1]: TOKENS[2]})
    assert Places({TOKENS[1]: TOKENS[1], TOKENS[0]: TOKENS[1]}).of == {TOKENS[0]: TOKENS[1]}
