import re
from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator import gazetteer as gaz
from simulator.addresses import Place, Places
from simulator.book import Book
from simulator.seeds import Seeds, letters
from simulator.spelling import CASUAL, DISGUISED, TIDY, UNIT_LEFT_OUT, Care, spell


def draw_places(n: int, seed: int = 0) -> list[Place]:
    rng, places = np.random.default_rng(seed), Places()
    return [places.home(rng, i % 2) for i in range(n)]


@given(
    seed=st.integers(0, 2**32),
    country=st.sampled_from((0, 1)),
    care=st.sampled_from((TIDY, CASUAL, DISGUISED)),
)
def test_every_spelling_keeps_number_and_postcode(seed: int, country: int, care: Care) -> None:
    rng = np.random.default_rng(seed)
    place = Places().home(rng, country)
    text = spell(place, rng, care)
    assert place.postcode in text
    assert place.number.lower() in text.lower()
    assert "\n" not in text
    assert len(text) <= 200


def test_no_two_homes_are_the_same_place() -> None:
    places = draw_places(4_000)
    assert len(set(places)) == len(places)


def test_about_a_quarter_of_the_texts_of_a_unit_leave_it_out() -> None:
    rng, places = np.random.default_rng(1), Places()
    units = [places.unit(rng, places.tower(rng, i % 2)) for i in range(2_000)]
    named = sum(
        unit.unit is not None and unit.unit.lower() in spell(unit, rng, CASUAL).lower() for unit in units
    )
    assert abs(1 - named / len(units) - UNIT_LEFT_OUT) < 0.05


def test_all_habits_of_writing_occur() -> None:
    rng = np.random.default_rng(2)
    places = draw_places(1_500)
    texts = [(place, spell(place, rng, CASUAL)) for place in places]
    seen: Counter[str] = Counter()
    for place, text in texts:
        low, state = text.lower(), rf"\b({place.city.state}|{place.city.state_short})\b".lower()
        seen["upper"] += text.isupper()
        seen["lower"] += text.islower()
        seen["no commas"] += "," not in text
        seen["alias"] += any(alias.lower() in low for alias in place.city.aliases)
        seen["abbreviated"] += re.search(r"\b(rd|st|ave|blvd|ngr)\b", low) is not None
        seen["landmark"] += re.search(r"\b(near|opp|behind|next to|across)\b", low) is not None
        seen["no state"] += re.search(state, low) is None
    assert len(seen) == 7
    assert min(seen.values()) > 20, seen


def test_a_disguised_drop_has_several_spellings() -> None:
    rng = np.random.default_rng(3)
    for place in draw_places(40, seed=3):
        assert len({spell(place, rng, DISGUISED) for _ in range(6)}) >= 3


def test_postcodes_have_their_country_s_form() -> None:
    for country, digits in ((gaz.INDIA, 6), (gaz.UNITED_STATES, 5)):
        codes = [code for city in gaz.CITIES[country] for _, code in city.areas]
        assert all(re.fullmatch(rf"\d{{{digits}}}", code) for code in codes)


@given(st.lists(st.integers(0, 2**64 - 1), min_size=2, max_size=20))
def test_letters_keep_order_and_have_no_digits(numbers: list[int]) -> None:
    names = [letters(number) for number in numbers]
    assert sorted(names) == [letters(number) for number in sorted(numbers)]
    assert all(name.isalpha() and len(name) == 16 for name in names)


@given(st.integers(0, 2**63), st.text(min_size=1, max_size=10), st.text(min_size=1, max_size=10))
def test_ids_are_distinct_within_and_across_concerns(seed: int, one: str, other: str) -> None:
    seeds = Seeds(seed)
    ids = seeds.ids(500, one).tolist() + (seeds.ids(500, other).tolist() if one != other else [])
    assert len(set(ids)) == len(ids)


def test_generators_of_two_concerns_differ_and_repeat() -> None:
    assert Seeds(1).rng("a").random() == Seeds(1).rng("a").random()
    assert len({Seeds(1).rng("a").random(), Seeds(1).rng("b").random(), Seeds(2).rng("a").random()}) == 3


def test_emails_are_never_given_twice() -> None:
    book = Book(Seeds(1))
    country = np.zeros(20_000, np.int8)
    book.add_emails(country, "one")
    book.add_emails(country, "two")
    assert len(set(book.emails)) == len(book.emails)
