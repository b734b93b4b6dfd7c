"""Made-up addresses: labels that fit their texts, the same from the same seed, of every style and field."""

import re
import time
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.errors import CorruptError
from nlp.example import Example, problems, read, write
from nlp.fields import FIELDS
from nlp.generate import Area, Names, Town, directory_names, examples, names_of
from nlp.generate.draw import Draw
from nlp.generate.grammar import Grammar, Piece
from nlp.generate.numbers import MAKERS, ordinal

DATA = Path(__file__).parents[1] / "data"
COUNTRIES = ("IN", "US", "GB", "AU", "DE", "FR", "BR", "SG", "CA", "IT", "ES", "NL", "ZZ")


@pytest.fixture(scope="module")
def names() -> Names:
    """Two Indian places and an American one: enough for rules, and loaded in no time."""
    return names_of(
        (
            Area(
                "560078", "KA", ("Bengaluru Urban",), ("Bangalore South",), (("Bengaluru", "Bangalore"),),
                ("Yelachenahalli",), ("Kumaraswamy Layout",), ("Dollars Colony Road",),
            ),
            Area("110071", "DL", ("South West Delhi",), (), (("New Delhi",),), ("Chhawla", "Badusarai")),
            Area("172106", "HP", ("Kinnaur",), ("Nichar",), (), ("Sangla",)),
        ),
        (Town("62704", "IL", ("Springfield",)),),
    )  # fmt: skip


@given(seed=st.integers(0, 2**40), country=st.sampled_from(COUNTRIES))
@settings(max_examples=200, deadline=None)
def test_spans_fit_the_text_and_name_known_fields(names: Names, seed: int, country: str) -> None:
    for example in examples(country, seed, 5, names):
        assert not problems(example, FIELDS)
        assert example.country == country
        assert example.text == example.text.strip("\x01\x02")


def test_the_same_seed_gives_the_same_and_another_gives_others(names: Names) -> None:
    for country in COUNTRIES:
        first = examples(country, 7, 50, names)
        assert first == examples(country, 7, 50, names)
        assert first[:20] == examples(country, 7, 20, names)
        assert first != examples(country, 8, 50, names)


def test_addresses_of_the_directory_are_varied_and_vouched_for_by_their_pin() -> None:
    examples("IN", 0, 1)
    began = time.perf_counter()
    made = examples("IN", 1, 4000)
    print(f"{4000 / (time.perf_counter() - began):.0f} addresses a second")
    held = {area.pin: area for area in directory_names().areas}
    pins = [value for example in made if (value := example.values().get("postcode"))]
    found = Counter(field for example in made for _, _, field in example.spans)
    print({field: found[field] for field in FIELDS})
    print("per cent of texts in capitals", sum(example.text.isupper() for example in made) / 40)
    assert len({example.text for example in made}) > 3900
    assert all(found[field] > 20 for field in FIELDS)
    assert sum(pin.replace(" ", "")[:6] in held for pin in pins) > 0.97 * len(pins)
    assert len({pin[:2] for pin in pins}) > 60


def test_american_addresses_carry_every_field_they_may_have() -> None:
    made = examples("US", 1, 3000)
    found = Counter(field for example in made for _, _, field in example.spans)
    print(found)
    assert {
        "house_number",
        "street",
        "unit",
        "city",
        "state",
        "postcode",
        "po_box",
        "house_name",
        "poi",
        "floor",
        "block",
    } <= set(found)
    assert len({example.values().get("state") for example in made}) > 60


def test_a_name_of_city_and_district_alone_is_the_city_but_for_a_word_that_says_otherwise() -> None:
    pune = names_of(
        [Area("411038", "MH", ("Pune",), ("Haveli",), (("Pune",),), ("Kothrud",), ("Ideal Colony",))]
    )
    alone = [
        example.text.lower()
        for example in examples("IN", 2, 2000, pune)
        if "district" in example.values()
        and "city" not in example.values()
        and "pune" in example.text.lower()
    ]
    said = [text for text in alone if re.search(r"d.{0,3}t|unc|jila|zila|dis", text)]
    assert len(alone) > 50
    assert len(said) > 0.97 * len(alone)  # the word itself may be misspelt


def test_no_hand_written_address_is_among_the_made_up_ones() -> None:
    made = {example.text.lower() for example in examples("IN", 5, 5000)}
    assert not made & {example.text.lower() for example in read(DATA / "addresses_in.jsonl")}


@pytest.mark.parametrize(("file", "least"), [("addresses_in.jsonl", 150), ("addresses_us.jsonl", 60)])
def test_hand_written_addresses_are_well_labelled(file: str, least: int) -> None:
    held = list(read(DATA / file))
    assert len({example.text for example in held}) >= least
    assert not [problem for example in held for problem in problems(example, FIELDS)]


def test_values_join_the_pieces_and_say_a_double_once() -> None:
    example = Example(
        "Pune, 1st Cross, 2nd Main, PUNE",
        "IN",
        ((0, 4, "city"), (6, 15, "street"), (17, 25, "street"), (27, 31, "city")),
    )
    assert example.values() == {"city": "Pune", "street": "1st Cross 2nd Main"}


def test_problems_are_named() -> None:
    wrong = Example("12, Pune", "IN", ((0, 3, "house_number"), (2, 8, "town"), (8, 8, "city")))
    said = problems(wrong, FIELDS)
    assert len(said) == 5
    assert "no field is named 'town'" in said


def test_files_are_read_as_written_and_a_bad_line_is_named(tmp_path: Path, names: Names) -> None:
    path = tmp_path / "some.jsonl"
    made = examples("IN", 3, 30, names)
    write(path, made)
    assert list(read(path)) == made
    path.write_text('{"text": "a", "country": "IN", "spans": []}\n{"text": 1}\n')
    with pytest.raises(CorruptError, match="line 2"):
        list(read(path))


def test_a_grammar_draws_labels_options_weights_and_regions() -> None:
    grammar = Grammar(
        "a = <house_number No $n9> [, <street $way>]100 , <city $town>~!\n@way = Old_Road\nb = 999: x | y\n"
        "c = one\nc.south = two\n",
        MAKERS,
        given=("town",),
    )
    segments = grammar.segments("a", Draw(1), {"town": "Pune"})
    assert segments[1:] == [
        [Piece("Old Road", "street")],
        [Piece("Pune", "city"), Piece("!", "", glued=True)],
    ]
    assert segments[0][0].field == "house_number"
    assert Counter(grammar.text("b", draw) for draw in [Draw(2)] for _ in range(2000))["x"] > 1900
    assert grammar.text("c", Draw(1)) == "one"
    assert grammar.text("c", Draw(1), region="south") == "two"


@pytest.mark.parametrize("text", ["a = [x\n", "a = x ]\n", "a = x\na = y\n", "a = $nobody\n"])
def test_a_grammar_with_a_mistake_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="rule a"):
        Grammar(text, MAKERS)


def test_ordinals() -> None:
    assert [
        ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 112)
    ] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "112th",
    ]  # fmt: skip
