"""The parser on texts by somebody else's noise: the simulator writes them, and knows which are one place."""

from collections import Counter, defaultdict

import numpy as np
import pytest

from nlp import load_parser
from simulator.addresses import Places
from simulator.seeds import Seeds
from simulator.spelling import CASUAL, DISGUISED, TIDY, Care
from simulator.texts import Texts

PLACES, SPELLINGS = 400, 6


@pytest.mark.parametrize(
    ("country", "care", "least"),
    [
        (0, TIDY, 0.90),
        (0, CASUAL, 0.80),
        (0, DISGUISED, 0.72),
        (1, TIDY, 0.95),
        (1, CASUAL, 0.89),
        (1, DISGUISED, 0.84),
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
