import re
from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import gazetteer as gaz
from simulator.addresses import Place, Places
from simulator.book import Book
from simulator.columns import Index
from simulator.directories import directory
from simulator.seeds import Seeds, letters
from simulator.spelling import CASUAL, DISGUISED, DRAWS, MOST, TIDY, UNIT_LEFT_OUT, Care, spell
from simulator.streets import keys
from simulator.texts import Texts


def draw_places(n: int, seed: int = 0) -> tuple[Places, Index]:
    rng, places = np.random.default_rng(seed), Places()
    return places, places.houses(rng, np.arange(n, dtype=np.int64).astype(np.int8) % 2)


def draw_units(seed: int, per_building: int) -> tuple[Places, Index]:
    rng, places = np.random.default_rng(seed), Places()
    buildings = places.buildings(rng, np.array([0, 1] * 10, np.int8))
    return places, places.units(rng, np.repeat(buildings, per_building))


def written(place: Place, seed: int, care: Care) -> tuple[str, tuple[str, ...]]:
    return spell(place, np.random.default_rng(seed).random(DRAWS).tolist(), care)


@settings(deadline=None)  # the first example reads the directories
@given(seed=st.integers(0, 2**32), care=st.sampled_from((TIDY, CASUAL, DISGUISED)))
def test_every_spelling_keeps_the_number_and_tells_what_it_left_out(seed: int, care: Care) -> None:
    places, numbers = draw_places(2, seed % 50)
    for number in numbers.tolist():
        place = places.place(number)
        text, tricks = written(place, seed, care)
        assert all(digits in text for digits in re.findall(r"\d+", place.number))
        assert (place.postcode in text.replace(" ", "")) == ("postcode left out" not in tricks)
        assert "\n" not in text
        assert len(text) <= MOST


@settings(deadline=None)  # the first example reads the directories
@given(seed=st.integers(0, 2**32), care=st.sampled_from((TIDY, CASUAL, DISGUISED)))
def test_a_unit_is_left_out_where_the_tricks_say_so(seed: int, care: Care) -> None:
    places, units = draw_units(1, 3)
    place = places.place(int(units[seed % len(units)]))
    text, tricks = written(place, seed, care)
    assert place.unit is not None
    shown = all(digits in text for digits in re.findall(r"\d+", place.unit))
    if "unit left out" not in tricks:
        assert shown


def test_no_two_dwellings_are_the_same_place() -> None:
    places, numbers = draw_places(100_000)
    assert len(np.unique(keys(places._store.rows[numbers]))) == len(numbers)
    places, units = draw_units(4, 1_000)
    seen = {(p.number, p.street, p.postcode, p.unit) for p in map(places.place, units.tolist())}
    assert len(seen) == len(units)


def test_one_concerns_places_never_move_anothers() -> None:
    def draw(*, others_first: bool) -> list[Place]:
        rng, places = np.random.default_rng(1), Places()
        base = places.buildings(rng, np.zeros(3, np.int8))
        mine, others = places.branch(), places.branch()
        if others_first:
            others.houses(np.random.default_rng(9), np.zeros(50, np.int8))
            others.units(np.random.default_rng(9), base)
        own = np.random.default_rng(2)
        found = [*mine.houses(own, np.ones(5, np.int8)), *mine.units(own, base)]
        return [places.place(int(number)) for number in found]

    assert draw(others_first=True) == draw(others_first=False)


def test_about_a_quarter_of_the_texts_of_a_unit_leave_it_out() -> None:
    places, units = draw_units(1, 100)
    texts = Texts(places, Seeds(1))
    numbers = texts.add(units, CASUAL, "a concern")
    left_out = sum("unit left out" in texts.written(int(number)).tricks for number in numbers)
    assert abs(left_out / len(units) - UNIT_LEFT_OUT) < 0.05


def test_all_habits_of_writing_occur() -> None:
    places, numbers = draw_places(6_000, 2)
    texts = Texts(places, Seeds(1))
    seen = Counter(
        trick for number in texts.add(numbers, DISGUISED, "x") for trick in texts.written(int(number)).tricks
    )
    assert set(seen) == {
        "abbreviated", "alias", "building left out", "care of", "country", "dash", "district word", "double spaces",
        "filler", "floor", "landmark", "locality left out", "lower case", "missing comma", "name", "no commas",
        "number apart", "number word", "ordinal", "other signs", "postcode left out", "postcode spaced", "reordered",
        "spaced commas", "state left out", "state otherwise", "transliterated", "typo", "upper case", "village word",
    }  # fmt: skip
    assert min(seen.values()) > 10, seen


@given(seed=st.integers(0, 2**32), care=st.sampled_from((TIDY, CASUAL, DISGUISED)))
@settings(deadline=None)
def test_tricks_are_named_if_and_only_if_they_are_used(seed: int, care: Care) -> None:
    places, units = draw_units(1, 3)
    place = places.place(int(units[seed % len(units)]))
    text, tricks = written(place, seed, care)
    clean = "typo" not in tricks
    assert ("double spaces" in tricks) == ("  " in text)
    assert ("upper case" in tricks) == text.isupper()
    assert ("lower case" in tricks) == text.islower()
    assert ("alias" in tricks) <= (
        not clean or any(name.lower() in text.lower() for name in place.city.aliases)
    )
    assert "," not in text or "no commas" not in tricks
    assert ("postcode spaced" in tricks) == (
        f"{place.postcode[:3]} {place.postcode[3:]}" in text.replace("  ", " ")
    )
    if (
        clean
        and place.country == gaz.UNITED_STATES
        and "abbreviated" not in tricks
        and "ordinal" not in tricks
    ):
        assert f"{place.street} {place.street_type[0]}".lower() in text.lower().replace("  ", " ")


def test_without_any_trick_the_form_is_plain() -> None:
    places, units = draw_units(1, 1)
    for number in units.tolist():
        place = places.place(number)
        text, tricks = spell(place, [0.3] * DRAWS, Care(noise=0.0, typo=0.0))
        parts = ("unit joined", "number apart", "dash")
        assert not set(tricks) - set(parts)
        assert place.unit is not None
        for part in (place.unit_kind, place.unit, place.building, place.street, place.area, place.city.name):
            assert part in text


def test_a_disguised_drop_has_several_spellings() -> None:
    places, numbers = draw_places(40, 3)
    texts = Texts(places, Seeds(3))
    for number in numbers:
        spelled = texts.add(np.repeat(number, 6).astype(np.int32), DISGUISED, "drop", str(number))
        assert len({texts.written(int(each)).text for each in spelled}) >= 3


def test_a_text_never_changes() -> None:
    places, numbers = draw_places(10, 3)
    one, two = Texts(places, Seeds(3)), Texts(places, Seeds(3))
    two.add(numbers, TIDY, "another concern")
    a, b = one.add(numbers, CASUAL, "mine"), two.add(numbers, CASUAL, "mine")
    assert [one.written(int(i)) for i in a] == [two.written(int(i)) for i in b]


def test_postcodes_are_the_directories_and_have_their_countrys_form() -> None:
    for country, digits in ((gaz.INDIA, 6), (gaz.UNITED_STATES, 5)):
        book = directory(country)
        assert len(book) > 10_000
        assert all(re.fullmatch(rf"\d{{{digits}}}", book.postcode(row)) for row in range(0, len(book), 50))


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


def test_emails_of_a_concern_are_never_given_twice() -> None:
    book = Book(Seeds(1))
    numbers = book.add_emails(np.zeros(20_000, np.int8), "one")
    assert len({book.email(int(number)) for number in numbers}) == len(numbers)
