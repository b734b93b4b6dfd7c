"""Fields: the parser on labelled real addresses, in the sets' own labels where they are finer than ours.

Each function gives shares of addresses (or an F1) and takes the folder of data sets (docs/data.md).
"""

import json
import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path

import msgspec
import numpy as np

from bench._report import progress
from nlp import AddressParser
from nlp.directory import Directory, load_directory
from nlp.example import read
from nlp.tagger import Reader, TaggerModel, shipped_models
from nlp.tagger.learn import FEW, learn
from nlp.tagger.public import US_FIELDS, Labelled, delhi, usaddress
from nlp.text import legible
from nlp.written import Piece

_ROOT = Path(__file__).parents[1]
SEEDS = (1, 2, 3)
DELHI_LABELS = (
    "AREA", "BLOCK", "CITY", "COLONY", "FLOOR", "GALI", "HOUSE_NUMBER", "KHASRA", "PINCODE", "PLOT", "SECTOR", "STATE",
    "SUBAREA",
)  # fmt: skip
GOLD_FIELDS = (
    "building_number", "building_name", "landmark", "locality", "sub_locality", "city", "district", "state", "pincode",
)  # fmt: skip
_CARE = re.compile(r"\bc\W?o\W*$")
_KIN = re.compile(r"\b[sdw]\W?o\W*$")
_COARSE = {
    "house_number": "number", "unit": "unit", "block": "unit", "floor": "unit", "street": "street", "city": "city",
    "state": "state", "postcode": "state",
}  # fmt: skip


def delhi_scores(data: Path) -> dict[str, float]:
    """Strict entity F1, trained on `train_final` in its own labels: means of three seeds."""
    folder = data / "addresses/india"
    train = [(each.text, each.spans) for each in delhi(folder / "train_final.jsonl")]
    test, val = list(delhi(folder / "test_balanced.jsonl")), list(delhi(folder / "val_expanded.jsonl"))
    lower = [Labelled(each.text.lower(), each.spans) for each in test]
    found: dict[str, list[float]] = {"delhi_f1": [], "delhi_val_f1": [], "delhi_lower_f1": []}
    for seed in SEEDS:
        progress(f"Delhi, seed {seed}")
        model = learn(train, DELHI_LABELS, "IN", load_directory(), recipe=FEW["IN"], seed=seed)
        for name, rows in (("delhi_f1", test), ("delhi_val_f1", val), ("delhi_lower_f1", lower)):
            found[name].append(strict_f1(model, rows))
    return {name: round(float(np.mean(scores)), 4) for name, scores in found.items()}


def strict_f1(model: TaggerModel, rows: Iterable[Labelled]) -> float:
    """Spans right in both bounds and label: 2 TP / (2 TP + FP + FN)."""
    reader = Reader({model.country: model}, load_directory())
    right = wrong = 0
    for row in rows:
        got = {(piece.start, piece.end, piece.field) for piece in reader.read(row.text, model.country)}
        right += len(got & set(row.spans))
        wrong += len(got ^ set(row.spans))
    return 2 * right / (2 * right + wrong)


def us_whole(data: Path) -> float:
    """`test_labeled`: every token's label right, trained on `train_labeled` in its own labels: mean of three seeds."""
    folder = data / "addresses/us"
    train = list(usaddress(folder / "train_labeled.xml"))
    labels = sorted({label for each in train for _, _, label in each.spans})
    texts = [(each.text, each.spans) for each in train]
    rows = list(usaddress(folder / "test_labeled.xml"))
    shares = []
    for seed in SEEDS:
        progress(f"United States, seed {seed}")
        model = learn(texts, labels, "US", load_directory(), recipe=FEW["US"], seed=seed)
        shares.append(_share(_right(model, row, {}) for row in rows))
    return round(float(np.mean(shares)), 4)


def us_coarse(data: Path, model: TaggerModel) -> float:
    """`us50_test_tagged`: number, street, unit, city and state with ZIP all right, by the shipped model."""
    rows = list(usaddress(data / "addresses/us/us50_test_tagged.xml"))
    return round(_share(_right(model, row, _COARSE) for row in rows), 4)


def _right(model: TaggerModel, row: Labelled, coarse: dict[str, str]) -> bool:
    """Whether every word of a span is in a piece of its label."""
    reader = Reader({model.country: model}, load_directory())
    pieces = reader.read(row.text, model.country)
    for start, end, label in row.spans:
        wanted = _coarse(US_FIELDS.get(label, "street"), coarse) if coarse else label
        for word in re.finditer(r"\w+", row.text[start:end]):
            at = start + word.start()
            got = next((piece.field for piece in pieces if piece.start <= at < piece.end), "")
            if _coarse(got, coarse) != wanted:
                return False
    return True


def _coarse(field: str, coarse: dict[str, str]) -> str:
    return coarse.get(field, field)


def _share(right: Iterable[bool]) -> float:
    found = list(right)
    return sum(found) / len(found)


def made(country: str) -> dict[str, float]:
    """The hand-written addresses of tests/data: every field of the truth right, and none invented besides."""
    rows = list(read(_ROOT / f"tests/data/addresses_{country.lower()}.jsonl"))
    reader = Reader(shipped_models(), load_directory())
    lenient = strict = 0
    for row in rows:
        text = legible(row.text)
        got = _values(text, ((it.start, it.end, it.field) for it in reader.read(text, country)))
        wanted = _values(row.text, row.spans)
        right = all(got.get(name) == value for name, value in wanted.items())
        lenient += right
        strict += right and got.keys() == wanted.keys()
    return {"lenient": round(lenient / len(rows), 4), "strict": round(strict / len(rows), 4), "n": len(rows)}


def _values(text: str, spans: Iterable[tuple[int, int, str]]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for start, end, field in spans:
        found.setdefault(field, []).append(" ".join(legible(text[start:end]).lower().split()).strip("."))
    return {field: " ".join(values) for field, values in found.items()}


def gold_200(data: Path, parser: AddressParser) -> dict[str, object]:
    """`gold_200`: rows with all nine fields right by the set's own matcher, and rows right by field.

    The matcher: both empty, or, whatever the case, one contains the other.
    """
    rows = [json.loads(line) for line in (data / "addresses/india/gold_200.jsonl").read_text().splitlines()]
    directory = load_directory()
    by_field = dict.fromkeys(GOLD_FIELDS, 0)
    whole = aliased = 0
    for row in rows:
        got = in_gold_fields(parser, row["input"])
        right = {name: matches(got[name], row["expected"][name]) for name in GOLD_FIELDS}
        whole += all(right.values())
        for name, same in (("city", directory.city_alias), ("district", directory.district_alias)):
            one, other = got[name], row["expected"][name]
            right[name] |= bool(one and other) and same(one or "") == same(other or "")
        aliased += all(right.values())
        for name in GOLD_FIELDS:
            by_field[name] += right[name]
    return {"all9": whole, "all9_other_names_of_places_equal": aliased, "by_field": by_field}


def matches(one: str | None, other: str | None) -> bool:
    if not one or not other:
        return not one and not other
    first, second = one.lower().strip(), other.lower().strip()
    return first in second or second in first


def in_gold_fields(parser: AddressParser, text: str) -> dict[str, str | None]:
    """A parse in the nine fields of `gold_200`, by the habits of its own labels.

    Landmarks are joined by `; `; a shop or clinic after `c/o` names the building, a parent's or husband's name nothing.
    Of areas, the last named locality is the locality (a village comes before the post office it belongs to), the one
    named before it the sub-locality; without any, a street is the locality. City, district and state are what the text
    says, mended by the directory, or else what it says of the postcode: the set names districts as they were some
    years ago.
    """
    parsed = parser.parse(text)
    read = legible(text)
    pieces = parser.pieces(text)
    fields = msgspec.structs.asdict(parsed.fields)
    directory = load_directory()
    pin = parsed.canonical.postcode if fields["postcode"] else ""
    post = directory.postcode(pin) if pin else None
    care = {piece.start for piece in pieces if _CARE.search(read[: piece.start].lower())}
    kin = {piece.start for piece in pieces if _KIN.search(read[: piece.start].lower())}
    places = [piece for piece in pieces if piece.field == "poi" and piece.start not in care | kin]
    shops = [
        read[piece.start : piece.end] for piece in pieces if piece.start in care and piece.field == "poi"
    ]
    areas = _areas(read, pieces)
    city = _mended(directory, pin, fields["city"])
    names = directory.district_names(pin)[0] if post else ()
    written = [fields["district"], city] if fields["district"] else [city]
    return {
        "building_number": fields["house_number"] or fields["unit"],
        "building_name": fields["house_name"] or (shops[0] if shops else None),
        "landmark": "; ".join(read[piece.start : piece.end] for piece in places) or None,
        "locality": areas[0] if areas else None,
        "sub_locality": areas[1] if len(areas) > 1 else None,
        "city": city or (post.cities[0] if post and post.cities else post.district if post else None),
        "district": next((name for name in written if name and name.lower() in names), None)
        or (post.districts[-1] if post else fields["district"] or city),
        "state": post.state if post else _state(directory, fields["state"], city),
        "pincode": fields["postcode"] if post else None,
    }


def _areas(text: str, pieces: Sequence[Piece]) -> list[str]:
    """Locality and sub-locality, then what else may stand for them."""
    found: dict[str, list[str]] = {}
    for before, piece in pairwise((None, *pieces)):
        assert piece is not None
        if (
            before
            and (before.field, piece.field) == ("locality", "sub_locality")
            and not text[before.end : piece.start].strip()
        ):
            found["locality"][-1] += text[before.end : piece.end]  # HSR Layout Sector 3
        else:
            found.setdefault(piece.field, []).append(text[piece.start : piece.end])
    order: tuple[str, ...]
    if "village" in found:
        order = ("village", "locality", "sub_district", "sub_locality", "street", "block")
    else:
        order = ("locality", "street", "sub_locality", "sub_district", "block", "floor")
        if "locality" not in found and "street" not in found:
            order = ("sub_locality", "sub_district", "block", "floor")
    return [value for name in order for value in reversed(found.get(name, []))]


def _mended(directory: Directory, pin: str, city: str | None) -> str | None:
    """A misspelt city by its name; one that the directory knows as it is written."""
    if not city:
        return None
    near = directory.near(pin or None, city.lower())
    return near.name if near and not near.exact and near.kind == "city" else city


def _state(directory: Directory, state: str | None, city: str | None) -> str | None:
    code = directory.state_code(state) if state else ""
    if not code and city:
        pins = directory.pins_of(city.lower())
        code = directory.state_of(pins[0]) if pins else ""
    return directory.state_name(code) if code else state
