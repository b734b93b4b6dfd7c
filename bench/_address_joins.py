"""Strict keys on the simulator's noise (`simulator.spelling`), which knows which texts are one place."""

from collections import Counter, defaultdict

import numpy as np

from nlp import AddressParser
from simulator.addresses import Places
from simulator.seeds import Seeds
from simulator.spelling import CASUAL, DISGUISED, TIDY, Care
from simulator.texts import Texts

PLACES, SPELLINGS = 1_500, 6
COUNTRIES = ("india", "us")
CARES = {"tidy": TIDY, "casual": CASUAL, "disguised": DISGUISED}


def joins(parser: AddressParser) -> dict[str, dict[str, float]]:
    """By care and country: see `_joins`."""
    rng = np.random.default_rng(7)
    return {
        f"{name}.{COUNTRIES[country]}": _joins(parser, _written(rng, care, country))
        for name, care in CARES.items()
        for country in range(len(COUNTRIES))
    }


def _written(rng: np.random.Generator, care: Care, country: int) -> list[tuple[tuple[object, ...], str]]:
    places = Places()
    texts = Texts(places, Seeds(1))
    homes = places.houses(rng, np.full(PLACES, country, np.int8))
    written = [
        texts.written(number) for number in texts.add(np.repeat(homes, SPELLINGS), care, "bench").tolist()
    ]
    return [((each.place,), each.text) for each in written]


def _joins(parser: AddressParser, written: list[tuple[tuple[object, ...], str]]) -> dict[str, float]:
    """Share of texts with their place's most usual building key, share without one, keys that two places share."""
    by_place: dict[tuple[object, ...], Counter[str]] = defaultdict(Counter)
    by_key: dict[str, set[tuple[object, ...]]] = defaultdict(set)
    keyed = 0
    for (place, _), key in zip(written, parser.keys([text for _, text in written]), strict=True):
        if key is not None:
            keyed += 1
            by_place[place][key.building] += 1
            by_key[key.building].add(place)
    together = sum(counts.most_common(1)[0][1] for counts in by_place.values())
    return {
        "same_key_share": round(together / len(written), 4),
        "no_key_share": round(1 - keyed / len(written), 4),
        "false_joins": sum(len(places) > 1 for places in by_key.values()),
    }
