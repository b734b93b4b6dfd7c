"""Address keys: texts a second on one core, and how well spellings of one place fall together.

The texts come from the simulator's own noise (`simulator.spelling`), which knows which of them are one place.
"""

import time
from collections import Counter, defaultdict

import numpy as np

from bench._report import median, progress, quantiles, report
from nlp import AddressParser, load_parser
from simulator.addresses import Places
from simulator.seeds import Seeds
from simulator.spelling import CASUAL, DISGUISED, TIDY, Care
from simulator.texts import Texts

PLACES, SPELLINGS, ROUNDS = 1_500, 6, 5
COUNTRIES = ("india", "us")
CARES = {"tidy": TIDY, "casual": CASUAL, "disguised": DISGUISED}


def main() -> None:
    started = time.perf_counter()
    parser = load_parser()
    load_s = time.perf_counter() - started
    rng = np.random.default_rng(7)
    joins, texts = {}, []
    for name, care in CARES.items():
        for country in range(len(COUNTRIES)):
            progress(f"{name} spellings, {COUNTRIES[country]}")
            written = _written(rng, care, country)
            texts += [text for _, text in written]
            joins[f"{name}.{COUNTRIES[country]}"] = _joins(parser, written)
    rates = []
    for _ in range(ROUNDS):
        began = time.process_time()
        parser.keys(texts)
        rates.append(len(texts) / (time.process_time() - began))
        progress(f"{rates[-1]:,.0f} texts/s")
    singles = []
    for text in texts[:2_000]:
        began = time.perf_counter()
        parser.key(text)
        singles.append((time.perf_counter() - began) * 1e3)
    figures = {
        "parser": parser.version, "texts": len(texts), "load_s": round(load_s, 2),
        "texts_per_cpu_s": median(rates, 0), "texts_per_cpu_s_rounds": [round(rate) for rate in rates],
        "single_ms": quantiles(singles), "joins": joins,
    }  # fmt: skip
    report("address", figures)


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


if __name__ == "__main__":
    main()
