"""Pairs of addresses: their truth follows from the places behind them."""

import re
from collections import Counter
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.generate import directory_names
from nlp.generate.draw import Draw
from nlp.generate.pairs import NEGATIVE, NO_UNIT, POSITIVE, applied, drawn, pairs
from nlp.generate.places import parts, place, same_building, same_unit
from nlp.generate.swaps import SWAPS
from nlp.generate.tricks import PARTS_TRICKS, TEXT_TRICKS, spelled

COUNTRIES = ("IN", "US", "AU", "DE")


@given(seed=st.integers(0, 2**40), country=st.sampled_from(COUNTRIES))
@settings(max_examples=60, deadline=None)
def test_the_truth_is_that_of_the_places(seed: int, country: str) -> None:
    for each in drawn(country, seed, 8):
        pair = each.pair
        assert pair.a != pair.b
        assert pair.same_building == same_building(each.first, each.second)
        if pair.trick == NO_UNIT:
            assert pair.same_unit is None
            assert each.first.unit
        else:
            assert pair.same_unit == same_unit(each.first, each.second)
        assert pair.same_unit is not True or pair.same_building
        assert (pair.trick in POSITIVE) == (each.first == each.second)


def test_pairs_are_the_same_from_the_same_seed() -> None:
    for country in COUNTRIES:
        assert pairs(country, 5, 40) == pairs(country, 5, 40)
        assert pairs(country, 5, 40)[:10] == pairs(country, 5, 10)
        assert pairs(country, 5, 40) != pairs(country, 6, 40)


@pytest.mark.parametrize("country", ["IN", "US"])
def test_every_trick_and_swap_is_drawn(country: str) -> None:
    held = pairs(country, 1, 3000)
    counts = Counter(pair.trick for pair in held)
    print(counts)
    missing = (
        {
            "transliteration",
            "dropped locality",
            "dropped building",
            "other city name",
            "sibling sector",
            "other building",
        }
        if country == "US"
        else set()
    )
    assert set(counts) >= {*POSITIVE, *NEGATIVE} - missing
    assert 0.4 < sum(pair.same_building for pair in held) / len(held) < 0.65


def test_no_trick_touches_the_numbers_that_find_the_door() -> None:
    names = directory_names()
    draw = Draw(3)
    kept = [
        name
        for name in chain(TEXT_TRICKS, PARTS_TRICKS)
        if name not in {"digits as words", "wide digits", "zero width", "homoglyphs"}
    ]
    for _ in range(300):
        home = place("IN", names, draw)
        for trick in kept:
            text = applied(home, [trick], draw).lower()
            assert home.number.lower() in text, trick
            assert home.unit.lower() in text, trick


def test_each_swap_changes_what_it_says_and_nothing_else() -> None:
    names = directory_names()
    draw = Draw(4)
    changes = {
        "number changed": {"number"}, "sibling street": {"street"}, "sibling sector": {"sub"}, "other flat": {"unit"},
        "other tower": {"tower"}, "other building": {"building", "number"},
    }  # fmt: skip
    seen = Counter[str]()
    for _ in range(400):
        first, other = place("IN", names, draw), place("IN", names, draw)
        for name, fields in changes.items():
            second = SWAPS[name](first, other, draw)
            if second is not None:
                seen[name] += 1
                assert {
                    field
                    for field in first.__struct_fields__
                    if getattr(first, field) != getattr(second, field)
                } <= fields
                assert parts(first) != parts(second)
        elsewhere = SWAPS["same number elsewhere"](first, other, draw)
        assert elsewhere is not None
        assert (elsewhere.number, elsewhere.unit, elsewhere.city) == (first.number, first.unit, first.city)
    assert all(seen[name] > 20 for name in changes)


@given(number=st.integers(0, 999), seed=st.integers(0, 1000))
def test_numbers_in_words_have_no_digits(number: int, seed: int) -> None:
    words = spelled(number, Draw(seed))
    assert re.fullmatch(r"[a-z ]+", words)
