"""Identity of addresses: the score on pairs beside token_set_ratio, blocking, resolution, flats, the demo's world.

`python -m bench._address_identity [quick]` prints one JSON object. Pairs are of seeds that the score never saw.
"""

import csv
import os
import random
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import combinations
from math import comb
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bench._report import progress, report
from nlp import load_parser
from nlp.generate.pairs import pairs as generated
from nlp.identity import Item, Resolver, Texts, match
from nlp.identity.blocking import candidates
from nlp.identity.made_pairs import pairs as made
from nlp.identity.model import load_model
from simulator import World, preset
from simulator.addresses import Places
from simulator.seeds import Seeds
from simulator.spelling import CASUAL, DISGUISED, Care
from simulator.texts import Texts as Spellings
from simulator.texts import Written

SEED = 90_210
DATA = Path(os.environ.get("RINGWATCH_DATA", Path(__file__).resolve().parents[1] / "../shared/data"))
NUMBER = {"number changed"}
ELSEWHERE = {
    "same number elsewhere", "same street far away", "sibling street", "sibling sector", "other building",
    "street nearby",
    "street in the city", "elsewhere", "street in another city", "part changed",
}  # fmt: skip
HALF_KNOWN = {"number left out"}
COLUMNS = ("street_number", "address_1", "address_2", "suburb", "postcode", "state")


class Scored(NamedTuple):
    """A pair's truth and what was made of it."""

    country: str
    kind: str
    same: bool
    score: float
    called: bool
    peer: float


def main(arguments: Sequence[str]) -> None:
    report("address-identity", figures(quick="quick" in arguments))


def figures(*, quick: bool = False) -> dict[str, Any]:
    """All figures; `quick`: a tenth of the pairs, tries and texts."""
    share = 0.1 if quick else 1.0
    texts = Texts(load_parser())
    progress("pairs")
    found = _pair_figures(texts, int(4_000 * share), int(4_000 * share))
    progress("febrl")
    found |= _febrl(texts)
    progress("drops")
    found |= _drops(texts, int(300 * share))
    progress("flats")
    found |= _flats(texts, int(10_000 * share))
    progress("world")
    return found | _world(texts, int(20_000 * share))


# Pairs.


def _pair_figures(texts: Texts, rounds: int, count: int) -> dict[str, Any]:
    scored = [
        _scored(texts, pair.a, pair.b, pair.country, pair.kind, same=pair.same)
        for pair in made(SEED, rounds)
        if pair.kind not in HALF_KNOWN
    ]
    for country in ("IN", "US"):
        for each in generated(country, SEED, count):
            same = each.same_building and each.same_unit is not False
            scored.append(_scored(texts, each.a, each.b, country, each.trick, same=same))
    return {
        "pairs": len(scored),
        "hard_negative_auc": _auc(scored, ELSEWHERE, "score"),
        "number_swap_auc": _auc(scored, NUMBER, "score"),
        "token_set_ratio": {
            "hard_negative_auc": _auc(scored, ELSEWHERE, "peer"), "number_swap_auc": _auc(scored, NUMBER, "peer"),
        },
        "auc_by_neighbour": {
            kind: _auc(scored, {kind}, "score") for kind in sorted({row.kind for row in scored if not row.same})
        },
        "worst_countries": _by_country(scored),
        "recall_by_trick": _recall(scored),
        "operating_point": _operating_point(scored),
        "calibration_error": _calibration(scored),
        "matches_per_s": _speed(texts, scored),
    }  # fmt: skip


def _scored(texts: Texts, a: str, b: str, country: str, kind: str, *, same: bool) -> Scored:
    found = match(texts.read(a, country), texts.read(b, country))
    return Scored(country, kind, same, found.score, found.same, token_set_ratio(a, b))


def _auc(scored: Iterable[Scored], kinds: set[str], by: str) -> float:
    rows = list(scored)
    positive = [getattr(row, by) for row in rows if row.same]
    negative = [getattr(row, by) for row in rows if not row.same and row.kind in kinds]
    return round(area(positive, negative), 4)


def area(positive: Sequence[float], negative: Sequence[float]) -> float:
    """The chance that a pair of one place scores above another, ties half (Mann and Whitney)."""
    below = np.sort(np.asarray(negative))
    left, right = np.searchsorted(below, positive, "left"), np.searchsorted(below, positive, "right")
    return float(np.mean((left + right) / 2) / max(len(below), 1))


def _by_country(scored: Sequence[Scored]) -> dict[str, dict[str, float]]:
    rows = defaultdict(list)
    for row in scored:
        rows[row.country].append(row)
    found = {
        country: {"elsewhere": _auc(some, ELSEWHERE, "score"), "number": _auc(some, NUMBER, "score")}
        for country, some in rows.items()
    }
    return dict(sorted(found.items(), key=lambda item: min(item[1].values()))[:6])


def _recall(scored: Iterable[Scored]) -> dict[str, float]:
    rows = defaultdict(list)
    for row in scored:
        if row.same:
            rows[row.kind].append(row.called)
    return {kind: round(float(np.mean(called)), 3) for kind, called in sorted(rows.items())}


def _operating_point(scored: Sequence[Scored]) -> dict[str, float]:
    """At the shipped threshold, as many pairs of one place as hard neighbours."""
    hit = np.mean([row.called for row in scored if row.same])
    miss = np.mean([row.called for row in scored if not row.same])
    return {
        "threshold": load_model().threshold, "precision": round(float(hit / (hit + miss)), 4),
        "recall": round(float(hit), 4), "called_same_of_neighbours": round(float(miss), 5),
    }  # fmt: skip


def _calibration(scored: Sequence[Scored]) -> float:
    """Expected calibration error in ten bins, both classes weighing the same."""
    score = np.array([row.score for row in scored])
    same = np.array([row.same for row in scored], float)
    weight = np.where(same > 0, 0.5 / same.sum(), 0.5 / (len(same) - same.sum()))
    at = np.minimum((score * 10).astype(int), 9)
    return round(float(sum(abs((weight * (same - score))[at == bin_].sum()) for bin_ in range(10))), 4)


def _speed(texts: Texts, scored: Sequence[Scored]) -> int:
    """Comparisons with their reasons a CPU second, after reading."""
    rows = [(pair.a, pair.b, pair.country) for pair in made(SEED + 1, 200)]
    views = [(texts.read(a, country), texts.read(b, country)) for a, b, country in rows]
    began = time.process_time()
    for a, b in views:
        match(a, b)
    return round(len(views) / (time.process_time() - began)) if scored else 0


_WORDS = re.compile(r"\w+")


def token_set_ratio(a: str, b: str) -> float:
    """The peer's formula (thefuzz): the best ratio among shared words, and shared words with each side's rest; 0..1."""
    ours, theirs = set(_WORDS.findall(a.lower())), set(_WORDS.findall(b.lower()))
    shared = " ".join(sorted(ours & theirs))
    one = f"{shared} {' '.join(sorted(ours - theirs))}".strip()
    other = f"{shared} {' '.join(sorted(theirs - ours))}".strip()
    return max(_ratio(shared, one), _ratio(shared, other), _ratio(one, other))


def _ratio(a: str, b: str) -> float:
    return SequenceMatcher(None, a, b, autojunk=False).ratio() if a and b else 0.0


# febrl.


class Record(NamedTuple):
    """A febrl record: its id, the person it is of, and its address in one text."""

    id: str
    person: str
    text: str


def febrl(sets: Sequence[int] = (1, 2)) -> list[Record]:
    """The records of febrl's data sets, the persons of each set apart."""
    rows = []
    for number in sets:
        with (DATA / f"entity-resolution/dataset{number}.csv").open(newline="") as file:
            for row in csv.DictReader(file, skipinitialspace=True):
                text = " ".join(row[name].strip() for name in COLUMNS if row[name].strip())
                person = f"{number}-{row['rec_id'].split('-')[1]}"
                rows.append(Record(f"{number}-{row['rec_id']}", person, text))
    return rows


def _febrl(texts: Texts) -> dict[str, Any]:
    if not (DATA / "entity-resolution").is_dir():
        return {}
    found: dict[str, Any] = {}
    for name, sets in (("febrl1", (1,)), ("febrl2", (2,)), ("febrl", (1, 2))):
        rows = febrl(sets)
        views = [texts.read(row.text, "AU") for row in rows]
        pairs = set(candidates(views))
        true = set(_true_pairs([row.person for row in rows]))
        items = [Item(row.id, row.text, "AU") for row in rows]
        keys = Resolver(texts).resolve(items).keys
        strict = Resolver(texts, slips=frozenset()).resolve(items).keys
        persons = [row.person for row in rows]
        found[name] = {
            "blocking_recall": round(len(pairs & true) / len(true), 4),
            "blocking_reduction": round(1 - len(pairs) / comb(len(rows), 2), 6),
            **pairwise([keys[row.id] for row in rows], persons),
            "f1_without_slips_of_numbers": pairwise([strict[row.id] for row in rows], persons)["f1"],
        }
    return {"febrl_f1": found["febrl"]["f1"], "febrl": found}


def _true_pairs(names: Sequence[object]) -> Iterable[tuple[int, int]]:
    groups = defaultdict(list)
    for at, name in enumerate(names):
        groups[name].append(at)
    for group in groups.values():
        yield from combinations(group, 2)


def pairwise(keys: Sequence[object], truth: Sequence[object]) -> dict[str, float]:
    """Precision, recall and F1 over pairs of records."""
    joined, same, both = Counter(keys), Counter(truth), Counter(zip(keys, truth, strict=True))
    hits = sum(comb(n, 2) for n in both.values())
    precision = hits / max(sum(comb(n, 2) for n in joined.values()), 1)
    recall = hits / max(sum(comb(n, 2) for n in same.values()), 1)
    return {
        "precision": round(precision, 4), "recall": round(recall, 4),
        "f1": round(2 * precision * recall / max(precision + recall, 1e-9), 4),
    }  # fmt: skip


# Drops and flats.


def drops(count: int, spellings: int, care: Care, seed: int) -> tuple[list[Written], list[int]]:
    """`spellings` of `count` houses and flats in both countries, and the building of each text."""
    rng, places = np.random.default_rng(seed), Places()
    texts, out = Spellings(places, Seeds(seed)), []
    for country in (0, 1):
        where = np.full(max(count // 4, 1), country, np.int8)
        homes = np.concatenate([places.houses(rng, where), places.units(rng, places.buildings(rng, where))])
        numbers = texts.add(np.repeat(homes, spellings), care, f"bench {country}")
        out += [texts.written(number) for number in numbers.tolist()]
    return out, places.building(np.array([each.place for each in out], np.int32)).tolist()


def _drops(texts: Texts, count: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, care in (("casual", CASUAL), ("disguised", DISGUISED)):
        written, buildings = drops(count, 10, care, SEED)
        items = [Item(str(at), each.text, each.country) for at, each in enumerate(written)]
        began = time.process_time()
        resolved = Resolver(texts).resolve(items)
        spent = time.process_time() - began
        places = [resolved.places[item.id] for item in items]
        views = [texts.read(item.text, item.country) for item in items]
        pairs = set(candidates(views))
        true = set(_true_pairs(buildings))
        truth = [each.place for each in written]
        found[name] = {
            "texts": len(items), "place": pairwise([place.place for place in places], truth),
            "building": pairwise([place.building for place in places], buildings),
            "strict_key": pairwise([place.token for place in places], truth)["f1"],
            "blocking_recall": round(len(pairs & true) / len(true), 4),
            "blocking_reduction": round(1 - len(pairs) / comb(len(items), 2), 6),
            "texts_per_s": round(len(items) / spent),
        }  # fmt: skip
    return {"drops_f1": found["disguised"]["place"]["f1"], "drops": found}


def _flats(texts: Texts, tries: int) -> dict[str, Any]:
    """Tries with two flats of one tower, both texts naming theirs: called the same place, and resolved to one."""
    rng, places = np.random.default_rng(SEED + 2), Places()
    spellings = Spellings(places, Seeds(SEED + 2))
    towers = np.concatenate(
        [places.buildings(rng, np.full(max(tries // 10, 1), each, np.int8)) for each in (0, 1)]
    )
    written: dict[int, list[Written]] = defaultdict(list)
    for turn in range(5):
        units = places.units(rng, towers)
        for tower, number in zip(
            towers.tolist(), spellings.add(units, CASUAL, f"flats {turn}").tolist(), strict=True
        ):
            text = spellings.written(number)
            if "unit left out" not in text.tricks:
                written[tower].append(text)
    pairs = [
        pair
        for group in written.values()
        for pair in combinations(group, 2)
        if pair[0].place != pair[1].place
    ]
    random.Random(SEED).shuffle(pairs)  # noqa: S311 - a sample
    pairs = pairs[:tries]
    called = sum(match(texts.read(a.text, a.country), texts.read(b.text, b.country)).same for a, b in pairs)
    names = {id(each): str(at) for at, each in enumerate(e for group in written.values() for e in group)}
    items = [Item(names[id(each)], each.text, each.country) for group in written.values() for each in group]
    keys = Resolver(texts).resolve(items).keys
    joined = sum(keys[names[id(a)]] == keys[names[id(b)]] for a, b in pairs)
    return {"flat_tries": len(pairs), "flats_joined": joined, "flats_matched": called}


# The demo's world.


def _world(texts: Texts, sample: int) -> dict[str, Any]:
    """Rings' drops among a sample of what everybody wrote: spellings at their drop's place, and who else is there."""
    world = World(preset("small"), SEED)
    book = world._history.book  # noqa: SLF001 - who wrote what is no part of the truth that others may see
    rings = [list(drop) for ring in world.truth.rings for drop in ring.drops]
    at = np.random.default_rng(SEED).permutation(len(book.texts))[:sample]
    written = [book.texts.written(number) for number in at.tolist()]
    everyone = [*(each for drop in rings for each in drop), *written]
    buildings = book.places.building(np.array([each.place for each in everyone], np.int32)).tolist()
    items = [Item(str(number), each.text, each.country) for number, each in enumerate(everyone)]
    began = time.process_time()
    resolved = Resolver(texts).resolve(items)
    spent = time.process_time() - began
    found = [resolved.places[item.id] for item in items]
    start, at_drop, of_drops, strict = 0, 0, 0, 0
    dropped: set[str] = set()
    truth: dict[str, set[int]] = defaultdict(set)
    for drop in rings:
        part = found[start : start + len(drop)]
        usual, count = Counter(place.place for place in part).most_common(1)[0]
        at_drop, of_drops = at_drop + count, of_drops + len(drop)
        strict += Counter(place.token for place in part).most_common(1)[0][1]
        dropped.add(usual)
        truth[usual].add(drop[0].place)
        start += len(drop)
    innocent = mistaken = 0
    mine = {each.place for drop in rings for each in drop}
    homes = {building for each, building in zip(everyone, buildings, strict=True) if each.place in mine}
    for each, building, place in list(zip(everyone, buildings, found, strict=True))[start:]:
        if each.place not in mine:
            innocent += 1
            mistaken += place.place in dropped and building not in homes
    return {
        "world": {
            "rings_drops": len(rings), "drop_spellings": of_drops,
            "at_their_drop": round(at_drop / max(of_drops, 1), 4),
            "at_their_drop_by_strict_key": round(strict / max(of_drops, 1), 4), "others": innocent,
            "others_joined_by_mistake": mistaken, "texts_per_s": round(len(items) / spent),
            "buildings": pairwise([place.building for place in found], buildings), "hubs": len(resolved.aliases.hubs),
        }
    }  # fmt: skip


if __name__ == "__main__":
    main(sys.argv[1:])
