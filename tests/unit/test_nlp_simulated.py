"""The parser on texts by somebody else's noise: the simulator writes them, and knows which are one place."""

from collections import Counter, defaultdict
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from nlp import load_parser
from simulator.addresses import Places
from simulator.seeds import Seeds
from simulator.spelling import CASUAL, DISGUISED, TIDY, Care
from simulator.streets import Rows
from simulator.texts import Texts

PLACES, SPELLINGS = 400, 6


@pytest.mark.parametrize(
    ("country", "care", "least"),
    [
        (0, TIDY, 0.91),
        (0, CASUAL, 0.83),
        (0, DISGUISED, 0.76),
        (1, TIDY, 0.95),
        (1, CASUAL, 0.89),
        (1, DISGUISED, 0.845),
    ],
)
def test_spellings_of_a_place_join_and_places_stay_apart(country: int, care: Care, least: float) -> None:
    rng, places = np.random.default_rng(11), Places()
    texts = Texts(places, Seeds(11))
    where = np.full(PLACES // 2, country, np.int8)
    homes = [places.houses(rng, where), places.units(rng, places.buildings(rng, where))]
    numbers = texts.add(np.repeat(np.concatenate(homes), SPELLINGS), care, "test")
    written = [texts.written(int(number)) for number in numbers]
    keys = load_parser().keys([each.text for each in written])

    building = places.building(np.array([each.place for each in written], np.int32)).tolist()
    by_place: dict[int, Counter[str]] = defaultdict(Counter)
    by_key: dict[str, set[int]] = defaultdict(set)
    for place, key in zip(building, keys, strict=True):
        if key is not None:
            by_place[place][key.building] += 1
            by_key[key.building].add(place)
    together = sum(counts.most_common(1)[0][1] for counts in by_place.values())
    print(f"joined {together / len(written):.3f}")
    assert together / len(written) >= least
    assert {key: found for key, found in by_key.items() if len(found) > 1} == {}


def another_number(rows: Rows) -> NDArray[np.bool_]:
    rows["number"] += 1
    return np.ones(len(rows), np.bool_)


def another_part(rows: Rows) -> NDArray[np.bool_]:
    """12/3 for 12/2, 12-B for 12-A; 12-A for 12."""
    rows["part"] += np.where(rows["part"] > 0, 1, -1).astype(np.int16)
    return np.ones(len(rows), np.bool_)


def another_numbered_street(rows: Rows) -> NDArray[np.bool_]:
    """5th Cross for 4th Cross, County Road 541 for 540."""
    has = (rows["a"] > 0) | (rows["b"] > 0)
    rows["a"] += np.where(rows["b"] > 0, 0, 1).astype(np.int8)
    rows["b"] += np.where(rows["b"] > 0, 1, 0).astype(np.int8)
    return has


@pytest.mark.parametrize(
    ("country", "change", "most"),
    [
        (0, another_number, 0.10),
        (0, another_part, 0.065),
        (0, another_numbered_street, 0.055),
        (1, another_number, 0.04),
        (1, another_part, 0.075),
        (1, another_numbered_street, 0.10),
    ],
)
def test_neighbours_in_one_street_stay_apart(
    country: int, change: Callable[[Rows], NDArray[np.bool_]], most: float
) -> None:
    rng, places = np.random.default_rng(5), Places()
    texts = Texts(places, Seeds(5))
    homes = places.houses(rng, np.full(PLACES, country, np.int8))
    rows = places._store.rows[homes]
    changed = change(rows)
    homes, rows = homes[changed], rows[changed]
    next_door = places._store.add(rows)
    parser, seen = load_parser(), []
    for side, place in (("home", homes), ("next door", next_door)):
        found = texts.add(np.repeat(place, 4), CASUAL, side)
        keys = parser.keys([texts.written(number).text for number in found.tolist()])
        seen.append([{key.building for key in keys[at : at + 4] if key} for at in range(0, len(keys), 4)])
    joined = sum(bool(one & other) for one, other in zip(*seen, strict=True)) / len(homes)
    print(f"joined with their neighbour: {joined:.3f} of {len(homes)}")
    assert joined <= most
