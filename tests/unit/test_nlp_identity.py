"""The score on pairs of texts: what it must tell apart, and what it must not. A table per kind (`pytest -s`)."""

from collections import defaultdict
from itertools import islice

import numpy as np
import pytest

from nlp.identity import ParsedText, match, match_lines
from nlp.identity.compare import AGAINST, FEATURES, FOR, compare
from nlp.identity.lines import resolve_lines
from nlp.identity.made_pairs import pairs
from nlp.identity.model import ARTEFACT, load_model
from nlp.identity.numbers import likeness
from nlp.identity.read import Texts
from nlp.identity.view import view
from nlp.parser import load_parser

SEED = 31_337


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts(load_parser())


def read(text: str, country: str = "DE") -> ParsedText:
    return view(text, country, weights=load_model().words)


SAME = (
    ("Hauptstr. 12, 10115 Berlin", "Hauptstraße 12 Berlin Germany", "DE"),
    ("Schillerstraße 7, 80336 München", "SCHILLERSTR. 7, Munich", "DE"),
    ("12 rue de la République, 69002 Lyon", "12, R. de la Republique, Lyon, France", "FR"),
    ("Via Roma 12, 50123 Firenze FI", "via Roma, 12 - 50123 Florence, Italy", "IT"),
    ("Calle de Alcalá, 45, Madrid", "C/ Alcala 45, 28014 Madrid, España", "ES"),
    ("ул. Ленина, д. 12, Москва", "Ulitsa Lenina 12, Moscow", "RU"),
    ("12345 N Main St, Springfield IL 62704", "12345 North Main Street, Springfield, Illinois", "US"),
    ("Bahnhofstrasse 10, 8001 Zürich", "Bahnhofstr. 10, Zuerich, Switzerland", "CH"),
    ("ul. Długa 5/7, 00-238 Warszawa", "Dluga 5/7, Warsaw, Poland", "PL"),
    (
        "Flat 302, Shanti Apts, 12 MG Road, Bengaluru 560001",
        "12 M.G. Rd, Shanti Apartments, #302, Bangalore",
        "IN",
    ),
)
OTHER = (
    ("Hauptstr. 12, 10115 Berlin", "Hauptstraße 21 Berlin Germany", "DE"),
    ("Hauptstr. 12, 10115 Berlin", "Hauptstraße 12A Berlin Germany", "DE"),
    ("Hauptstr. 12, 10115 Berlin", "Hauptstraße 112 Berlin Germany", "DE"),
    ("Hauptstr. 12, 10115 Berlin", "Kirchweg 12, 10115 Berlin", "DE"),
    ("Hauptstr. 12, 10115 Berlin", "Hauptstr. 12, 80331 München", "DE"),
    ("Via Roma 12, Firenze", "Via Dante 12, Firenze", "IT"),
    ("Flat 302, Shanti Apts, 12 MG Road, Bengaluru", "Flat 303, Shanti Apts, 12 MG Road, Bengaluru", "IN"),
    ("12 Sector 5, Noida 201301", "12 Sector 15, Noida 201301", "IN"),
)  # fmt: skip


@pytest.mark.parametrize(("a", "b", "country"), SAME)
def test_one_place_written_differently(texts: Texts, a: str, b: str, country: str) -> None:
    found = match(texts.read(a, country), texts.read(b, country))
    assert found.same, found


@pytest.mark.parametrize(("a", "b", "country"), OTHER)
def test_neighbours(texts: Texts, a: str, b: str, country: str) -> None:
    found = match(texts.read(a, country), texts.read(b, country))
    assert not found.same, found


def test_symmetric_and_sure_of_itself() -> None:
    for pair in islice(pairs(SEED, 200), 1_000):
        a, b = read(pair.a, pair.country), read(pair.b, pair.country)
        assert compare(a, b).values == pytest.approx(compare(b, a).values), pair
        assert match(a, b).score == pytest.approx(match(b, a).score)
        assert match(a, a).same or not a.of("house"), pair


def test_ranks_places_above_their_neighbours() -> None:
    scores = defaultdict(list)
    for pair in pairs(SEED, 700):
        if pair.kind != "number left out":
            scores[pair.kind].append(match(read(pair.a, pair.country), read(pair.b, pair.country)).score)
    same = np.sort(scores.pop("spellings"))
    print()
    area = {}
    for kind, found in scores.items():
        at = np.asarray(found)
        above = len(same) - (np.searchsorted(same, at, "left") + np.searchsorted(same, at, "right")) / 2
        area[kind] = float(np.mean(above) / len(same))
        print(f"{kind:<24}{len(found):>6}{area[kind]:>8.4f}")
    assert area["number changed"] >= 0.99
    assert min(area["elsewhere"], area["street nearby"], area["street in the city"]) >= 0.99
    assert min(area.values()) >= 0.97


def test_every_weight_has_its_features_sign() -> None:
    model = load_model()
    assert set(model.weights) <= set(FEATURES)
    assert all(model.weights.get(name, 0.0) >= 0 for name in FOR)
    assert all(model.weights.get(name, 0.0) <= 0 for name in AGAINST)
    assert ARTEFACT.stat().st_size < 50_000


def test_why_adds_up_and_names_words() -> None:
    a, b = read("Hauptstr. 12, 10115 Berlin"), read("Hauptstraße 21 Berlin")
    found = match(a, b)
    odds = load_model().base + sum(why.share for why in found.why)
    assert found.score == pytest.approx(1 / (1 + np.exp(-odds)), abs=0.01)
    assert ("house_differs", "12 | 21") in {(why.feature, why.words) for why in found.why}


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [
        ("12", "12", "equal"), ("12", "12-14", "range"), ("12", "12a", "suffix"), ("12", "12-1", "suffix"),
        ("12", "112", "differ"), ("12", "21", "differ"), ("6-8", "68", "differ"), ("12a", "12b", "differ"),
    ],
)  # fmt: skip
def test_numbers(a: str, b: str, wanted: str) -> None:
    assert likeness(a, b) == likeness(b, a) == wanted


@pytest.mark.parametrize(
    "text", ["", " ", ",,,", "#" * 500, "1" * 9_999, "ﷺ" * 400, "\u0430" * 10_000, "Main St\x00 5"]
)
def test_any_text_is_read(text: str) -> None:
    assert 0 <= match(read(text, "US"), read(text, "US")).score <= 1


def test_lines(texts: Texts) -> None:
    found = list(match_lines(["Hauptstr. 12, Berlin\tHauptstraße 12, Berlin\tDE\n", "a\tb"], texts))
    assert found[0]["same"] is True
    assert 0 <= found[1]["score"] <= 1
    keys = list(resolve_lines(["1\tHauptstr. 12, Berlin\tDE", "1\tHauptstraße 12, 10115 Berlin\tDE"], texts))
    assert [row["id"] for row in keys] == ["1", "1"]
    assert keys[0]["key"] == keys[1]["key"]
    with pytest.raises(ValueError, match="not a line"):
        list(match_lines(["one column"], texts))


@pytest.mark.parametrize("word", ["Godown", "Gala", "Karkhana", "Xyzzy"])
def test_a_unit_by_any_word_says_nothing_of_the_street(texts: Texts, word: str) -> None:
    one, other = (
        texts.read(f"{word} No 3, Plot No 11, {street} Road, Kothrud, Pune 411038", "IN")
        for street in ("Nehru", "Gandhi")
    )
    assert not match(one, other).same
    assert (
        match(one, texts.read(f"Plot 11, Nehru Rd, Kothrud, {word} 3, Pune - 411038", "IN")).score
        > match(one, other).score
    )
