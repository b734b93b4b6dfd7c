"""Whether the spellings of one place fall under one key, by what was done to them, and who else falls under it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from events.types import AddressKey
from ringwatch.world_rows import Keys
from simulator import Truth, World, Written
from simulator.book import Book
from simulator.seeds import Seeds
from simulator.spelling import DISGUISED
from simulator.texts import Texts

PLAIN = "plain"
_TEXTS = 200_000
_RESPELLED = 40


Drops = Sequence[Sequence[Written]]


def used_drops(truth: Truth) -> Drops:
    """The spellings of each drop that a ring's payments carried."""
    return [drop for ring in truth.rings for drop in ring.drops]


def respelled_drops(world: World) -> Drops:
    """The same places as rings would go on writing them: `_RESPELLED` spellings each, for the rarer tricks' sake."""
    texts = Texts(_book(world).places, Seeds(world.seed))
    places = np.array([drop[0].place for drop in used_drops(world.truth)], np.int32)
    numbers = texts.add(np.repeat(places, _RESPELLED), DISGUISED, "spelt anew").reshape(-1, _RESPELLED)
    return [[texts.written(number) for number in drop] for drop in numbers.tolist()]


def drop_recall(drops: Drops, keys: Keys) -> dict[str, Counter[str]]:
    """By trick: spellings of drops (`texts`), those whose building is the drop's usual one (`building`), those whose
    whole key is (`key`: without its unit a text can have the building's alone), and those without a key (`none`).

    A spelling with several tricks counts under each; one without under `PLAIN`; all under `all`.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for drop in drops:
        found = _keys(keys, [written.text for written in drop])
        building = _usual(key.building for key in found if key)
        token = _usual(key.token for key in found if key)
        for written, key in zip(drop, found, strict=True):
            for trick in ("all", *(written.tricks or (PLAIN,))):
                counts[trick]["texts"] += 1
                counts[trick]["building"] += key is not None and key.building == building
                counts[trick]["key"] += key is not None and key.token == token
                counts[trick]["none"] += key is None
    return dict(counts)


def false_joins(world: World, keys: Keys) -> Counter[str]:
    """Pairs of different places whose texts share a key, among a sample of all that anybody ever wrote.

    `pairs`: in different buildings (a mistake); `flats`: units of one building, where a text left its unit out (what
    a building's key means); `places`, `texts`: the sample.
    """
    book = _book(world)
    texts = book.texts
    at = np.random.default_rng(7).permutation(len(texts))[:_TEXTS]
    written = [texts.written(number) for number in at.tolist()]
    under: dict[str, set[int]] = defaultdict(set)
    for one, key in zip(written, _keys(keys, [each.text for each in written]), strict=True):
        if key is not None:
            under[key.token].add(one.place)
    counts = Counter(texts=len(written), places=len({one.place for one in written}))
    for places in under.values():
        if len(places) < 2:
            continue
        buildings = Counter(book.places.building(np.array(sorted(places), np.int32)).tolist())
        pairs = _pairs(len(places))
        same = sum(_pairs(n) for n in buildings.values())
        counts.update(pairs=pairs - same, flats=same)
    return counts


def recall_figures(counts: Iterable[dict[str, Counter[str]]]) -> dict[str, dict[str, Any]]:
    """Shares by trick over the sum of several worlds."""
    total: dict[str, Counter[str]] = defaultdict(Counter)
    for each in counts:
        for trick, counter in each.items():
            total[trick].update(counter)
    return {
        trick: {
            "texts": one["texts"],
            "same_building": round(one["building"] / one["texts"], 4),
            "same_key": round(one["key"] / one["texts"], 4),
            "no_key": round(one["none"] / one["texts"], 4),
        }
        for trick, one in sorted(total.items(), key=lambda item: -item[1]["texts"])
    }


def _book(world: World) -> Book:
    return world._history.book  # noqa: SLF001 - who wrote what is no part of the truth that others may see


def _keys(keys: Keys, texts: Sequence[str]) -> list[AddressKey | None]:
    return [key for key, _ in keys.cache.get_many(texts)]


def _usual(found: Iterable[str]) -> str | None:
    counts = Counter(found)
    return max(counts, key=lambda name: (counts[name], name)) if counts else None


def _pairs(n: int) -> int:
    return n * (n - 1) // 2
