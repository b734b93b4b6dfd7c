"""The parser on texts by somebody else's noise: the simulator writes them, and knows which are one place."""

from collections import Counter, defaultdict

import numpy as np
import pytest

from nlp import load_parser
from simulator.addresses import Places
from simulator.spelling import CASUAL, DISGUISED, TIDY, Care, spell

PLACES, SPELLINGS = 400, 6


@pytest.mark.parametrize(
    ("care", "least"),
    [(TIDY, 0.99), (CASUAL, 0.985), (DISGUISED, 0.975)],
    ids=("tidy", "casual", "disguised"),
)
@pytest.mark.parametrize("country", [0, 1], ids=("india", "us"))
def test_spellings_of_a_place_join_and_places_stay_apart(care: Care, least: float, country: int) -> None:
    rng = np.random.default_rng(11)
    places = Places()
    written = [
        ((home.number, home.street, home.street_type, home.direction, home.postcode), spell(home, rng, care))
        for home in (places.home(rng, country) for _ in range(PLACES))
        for _ in range(SPELLINGS)
    ]
    keys = load_parser().keys([text for _, text in written])

    by_place: dict[tuple[object, ...], Counter[str]] = defaultdict(Counter)
    by_key: dict[str, set[tuple[object, ...]]] = defaultdict(set)
    for (place, _), key in zip(written, keys, strict=True):
        if key is not None:
            by_place[place][key.building] += 1
            by_key[key.building].add(place)
    together = sum(counts.most_common(1)[0][1] for counts in by_place.values())
    assert together / len(written) >= least
    assert {key: found for key, found in by_key.items() if len(found) > 1} == {}
