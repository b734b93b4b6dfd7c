"""The tagger: its mathematics against brute force, its bytes, and what the shipped models read."""

from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.errors import CorruptError
from nlp.directory import load_directory
from nlp.example import Example, Span, read
from nlp.fields import FIELDS
from nlp.generate import examples
from nlp.tagger import Reader, TaggerModel, shipped_models
from nlp.tagger import read as read_model
from nlp.tagger.build import made_examples
from nlp.tagger.columns import COLUMNS, columns
from nlp.tagger.crf import best, chances
from nlp.tagger.features import OFFSET, SIZE, TEMPLATES, WHICH, features
from nlp.tagger.learn import FEW, learn
from nlp.tagger.postcodes import pin_of
from nlp.tagger.tokens import LONGEST, label_names, label_tokens, spans_of, tokens
from nlp.text import legible

HAND_WRITTEN = Path(__file__).parents[1] / "data"
EDGES = " .()\"'[]{}-:"  # marks at the edges of a span that are tokens of their own
SMALL = FEW["IN"]._replace(passes=4)


@pytest.fixture(scope="module")
def models() -> dict[str, TaggerModel]:
    return shipped_models()


# --- against brute force ------------------------------------------------------------------------------------


def some_scores(seed: int, size: int, labels: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    scores = rng.normal(0, 2, (size, labels)).astype(np.float32)
    return scores, rng.normal(0, 2, (labels + 1, labels)).astype(np.float32)


def weigh(path: tuple[int, ...], scores: np.ndarray, moves: np.ndarray) -> float:
    before = (len(moves) - 1, *path)
    return float(sum(scores[i, y] + moves[before[i], y] for i, y in enumerate(path)))


@pytest.mark.parametrize("seed", range(8))
def test_best_labels_and_chances_are_those_of_all_paths(seed: int) -> None:
    size, labels = 1 + seed % 5, 3
    scores, moves = some_scores(seed, size, labels)
    paths = list(product(range(labels), repeat=size))
    weights = np.array([weigh(path, scores, moves) for path in paths])
    found = np.zeros(size, np.int64)
    best(scores, moves, found)
    assert tuple(found.tolist()) == paths[int(weights.argmax())]
    share = np.exp(weights - weights.max())
    wanted = np.zeros((size, labels))
    for path, part in zip(paths, share / share.sum(), strict=True):
        wanted[np.arange(size), path] += part
    sure = np.empty((size, labels))
    chances(scores, moves, sure)
    np.testing.assert_allclose(sure, wanted, rtol=1e-5, atol=1e-9)


def test_features_are_mixed_as_written() -> None:
    found = tokens("12 MG Road, Pune", "IN")
    seen = columns(found, [""] * len(found), has_postcode=False)
    out = np.empty((len(found), SIZE), np.uint64)
    features(seen, WHICH, OFFSET, out)
    for i, at in product(range(len(found)), range(SIZE)):
        mixed = (at + 1) * 0x9E3779B97F4A7C15 % 2**64
        for name, by in TEMPLATES[at]:
            inside = 0 <= i + by < len(found)
            value = int(seen[i + by, COLUMNS.index(name)]) if inside else 0xED6E
            mixed = (mixed ^ value) * 0x9E3779B97F4A7C15 % 2**64
            mixed ^= mixed >> 29
        assert int(out[i, at]) == mixed


def made(country: str, count: int, seed: int) -> list[tuple[str, tuple[Span, ...]]]:
    return [(each.text, each.spans) for each in made_examples(country, seed, count)]


# --- tokens and labels --------------------------------------------------------------------------------------


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=300), st.sampled_from(["IN", "US"]))
def test_tokens_stand_where_they_say(text: str, country: str) -> None:
    found = tokens(text, country)
    assert len(found) <= LONGEST
    assert all(text[token.start : token.end].lower() in {token.word, f"{token.word}."} for token in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@pytest.mark.parametrize("country", ["IN", "US"])
def test_labels_of_tokens_give_the_spans_back(country: str) -> None:
    names = label_names(FIELDS)
    whole = 0
    for text, spans in made(country, 300, 5):
        found = tokens(text, country)
        labels = [names[label] for label in label_tokens(found, spans, names)]
        got = [(text[start:end].strip(EDGES), field) for start, end, field in spans_of(found, labels)]
        whole += got == [(text[start:end].strip(EDGES), field) for start, end, field in spans]
    assert whole / 300 > 0.85  # the rest: words of two fields glued to each other


@pytest.mark.parametrize(
    ("text", "country", "pin"),
    [
        ("MG Road 560038", "IN", "560038"),
        ("MG Road, 560 038.", "IN", "560038"),
        ("Bengaluru560038India", "IN", "560038"),
        ("012345", "IN", None),
        ("12345 Oak St, Portland OR 97201-1234", "US", "97201"),
        ("12345 Oak St", "US", None),
    ],
)
def test_postcode_of_tokens(text: str, country: str, pin: str | None) -> None:
    assert pin_of([token.word for token in tokens(text, country)], country) == pin


# --- training and bytes -------------------------------------------------------------------------------------


def taught(seed: int) -> TaggerModel:
    return learn(made("IN", 120, 3), FIELDS, "IN", load_directory(), recipe=SMALL, seed=seed)


def test_a_model_reads_what_it_learnt_from_and_its_bytes_are_its_own() -> None:
    model, again, other = taught(1), taught(1), taught(2)
    assert model.dump() == again.dump()
    assert model.dump() != other.dump()
    reader = Reader({"IN": model}, load_directory())
    read_back = Reader({"IN": read_model(model.dump())}, load_directory())
    right = 0
    texts = made("IN", 120, 3)
    for text, spans in texts:
        got = reader.read(text, "IN")
        assert got == read_back.read(text, "IN")
        right += {(text[p.start : p.end], p.field) for p in got} == {(text[a:b], f) for a, b, f in spans}
    assert right / len(texts) > 0.8


@pytest.mark.parametrize("data", [b"", b"not a model", b"\x78\x9c\x03\x00\x00\x00\x00\x01"])
def test_other_bytes_are_no_model(data: bytes) -> None:
    with pytest.raises(CorruptError):
        read_model(data)


# --- the shipped models -------------------------------------------------------------------------------------


def values(text: str, spans: list[tuple[int, int, str]]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for start, end, field in spans:
        found.setdefault(field, []).append(text[start:end].lower().strip("."))
    return {field: " ".join(parts) for field, parts in found.items()}


def share_right(models: dict[str, TaggerModel], rows: list[Example]) -> float:
    reader = Reader(models, load_directory())
    right = 0
    for row in rows:
        got = values(row.text, [(p.start, p.end, p.field) for p in reader.read(row.text, row.country)])
        right += all(got.get(field) == value for field, value in values(row.text, list(row.spans)).items())
    return right / len(rows)


@pytest.mark.parametrize(("country", "least"), [("IN", 0.66), ("US", 0.9)])
def test_hand_written_addresses(models: dict[str, TaggerModel], country: str, least: float) -> None:
    rows = [
        row
        for row in read(HAND_WRITTEN / f"addresses_{country.lower()}.jsonl")
        if legible(row.text) == row.text
    ]
    share = share_right(models, rows)
    print(f"\n{country}: every field of the truth right in {share:.3f} of {len(rows)}")
    assert share >= least


@pytest.mark.parametrize("country", ["IN", "US"])
def test_chances_are_right_as_often_as_they_say(models: dict[str, TaggerModel], country: str) -> None:
    reader = Reader(models, load_directory())
    said, right = [], []
    for row in read(HAND_WRITTEN / f"addresses_{country.lower()}.jsonl"):
        text = legible(row.text)
        wanted = {(row.text[a:b].strip(EDGES).lower(), field) for a, b, field in row.spans}
        for piece in reader.read(text, country):
            said.append(piece.chance)
            right.append((text[piece.start : piece.end].strip(EDGES).lower(), piece.field) in wanted)
    sure = [ok for chance, ok in zip(said, right, strict=True) if chance > 0.95]
    print(
        f"\n{country}: chance {np.mean(said):.3f}, right {np.mean(right):.3f}; above .95 right {np.mean(sure):.3f}"
    )
    assert abs(np.mean(said) - np.mean(right)) < 0.03
    assert np.mean(sure) > 0.97


@pytest.mark.parametrize("country", ["IN", "US"])
def test_case_makes_no_difference(models: dict[str, TaggerModel], country: str) -> None:
    reader = Reader(models, load_directory())
    for each in examples(country, 17, 150):
        if each.text.isascii():
            assert reader.read(each.text.upper(), country) == reader.read(each.text.lower(), country)


def test_a_country_without_a_model_has_no_pieces(models: dict[str, TaggerModel]) -> None:
    reader = Reader(models, load_directory())
    assert reader.countries == {"IN", "US"}
    assert reader.read("Hauptstr. 12, 10115 Berlin", "DE") == []
    assert reader.read("", "IN") == []
