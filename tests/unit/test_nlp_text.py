"""Characters and spelling: what cleaning, tokens, folding and mending do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.places import places, state_codes, zip_states
from nlp.spelling import known_words, normal_word, slips
from nlp.text import TOKEN, clean, fold, number_form


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("Caf\u00e9 R\u043e\u0430d", "Cafe Road"),
        ("\uff11\uff14 MG\u00a0Road\u200b", "14 MG Road"),
        ("\u096b\u096c\u0966\u0966\u0969\u096e", "560038"),
        ("56OO38 and 1OO11", "560038 and 10011"),
        ("O'Brien\u2019s", "OBriens"),
        ("B\u2011302 \u2014 x", "B-302 - x"),
        ("plain ASCII, as it was", "plain ASCII, as it was"),
    ],
)
def test_clean(written: str, cleaned: str) -> None:
    assert clean(written) == cleaned


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Flat302 apt4b no14 No.14 fl3", ["Flat", "302", "apt", "4b", "no", "14", "No", "14", "fl", "3"]),
        ("8-2-293/82/A WZ-241 B-302 12-B", ["8-2-293/82/A", "WZ-241", "B-302", "12-B"]),
        ("Sector-12 B-Wing Bengaluru-560038", ["Sector", "12", "B", "Wing", "Bengaluru", "560038"]),
        ("C/O Ram, G/F #4B (rear)", ["C/O", "Ram", ",", "G/F", "#", "4B", "(", "rear", ")"]),
        ("NY10011-1234 - 23rd", ["NY", "10011-1234", " - ", "23rd"]),
    ],
)
def test_tokens(text: str, tokens: list[str]) -> None:
    assert TOKEN.findall(text) == tokens


@pytest.mark.parametrize(
    "names",
    [
        ("lakshmi", "laxmi", "laksmi"),
        ("sri", "sree", "shri"),
        ("gandhi", "gandi"),
        ("noor", "nur"),
        ("shivaji", "sivaji"),
    ],
)
def test_transliterations_fold_together(names: tuple[str, ...]) -> None:
    assert len({fold(name) for name in names}) == 1


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=20))
def test_folding_leaves_something(word: str) -> None:
    assert fold(word)


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("B-302", "b302"),
        ("12/A", "12a"),
        ("8-2-293/82/A", "8-2-293-82a"),
        ("007", "7"),
        ("14/2", "14-2"),
        ("100", "100"),
    ],
)
def test_number_form(written: str, form: str) -> None:
    assert number_form(written) == form


@pytest.mark.parametrize(
    ("slip", "word"),
    [
        ("steet", "street"),
        ("raod", "road"),
        ("apratments", "apartments"),
        ("Chesnut", "chestnut"),
        ("27ht", "27th"),
    ],
)
def test_slips_are_mended(slip: str, word: str) -> None:
    assert normal_word(slip) == word


def test_known_words_are_never_mended() -> None:
    known = known_words()
    assert {word: normal_word(word) for word in known if normal_word(word) != word} == {}
    assert slips().keys().isdisjoint(known)
    assert normal_word("Rod") == "rod"
    assert {word for phrase in places() for word in phrase.split() if normal_word(word) != word} == set()


def test_gazetteer_is_well_formed() -> None:
    table = places()
    states = {place.name for found in table.values() for place in found if place.kind == "STATE"}
    cities = [place for found in table.values() for place in found if place.kind == "CITY"]
    assert {place.name: place.state for place in cities if place.state not in states} == {}
    assert all(phrase == " ".join(phrase.split()).lower() and phrase for phrase in table)
    assert state_codes()["in"] == ("US",)
    assert {zip_states()[prefix] for prefix in ("100", "606", "941", "021")} == {"NY", "IL", "CA", "MA"}
