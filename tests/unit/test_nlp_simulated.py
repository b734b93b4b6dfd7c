"""The parser on texts by somebody else's noise: the simulator writes them, and knows which are one place.

Two tables (`pytest -s`): spellings of a place under one key, and neighbours that share a key by mistake.
"""

from collections import Counter, defaultdict
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from events.types import AddressKey
from nlp import AddressParser, load_parser
from simulator.addresses import Places
from simulator.seeds import Seeds
from simulator.spelling import CASUAL, DISGUISED, TIDY, Care
from simulator.streets import Rows
from simulator.texts import Texts

INDIA, US = 0, 1
COUNTRIES = ("India", "US")
PLACES, SPELLINGS = 400, 6
PAIRS, PAIR_SPELLINGS = 600, 4
Index = NDArray[np.int32]
Changed = NDArray[np.bool_]


@pytest.fixture(scope="module")
def parser() -> AddressParser:
    return load_parser()


# --- spellings of one place ---------------------------------------------------------------------------------

# Of texts without their postcode (4 % of casual ones, 6 % of disguised ones) only those join those with it whose town
# has one, or whose locality has.
LEAST = {
    ("tidy", INDIA): 0.985, ("casual", INDIA): 0.97, ("disguised", INDIA): 0.95,
    ("tidy", US): 0.98, ("casual", US): 0.96, ("disguised", US): 0.93,
}  # fmt: skip
CARES = {"tidy": TIDY, "casual": CASUAL, "disguised": DISGUISED}


def test_spellings_of_a_place_join_and_places_stay_apart(parser: AddressParser) -> None:
    joined, shared = {}, {}
    print(f"\n{'joined':<12}{'India':>8}{'US':>8}")
    for name, care in CARES.items():
        for country in (INDIA, US):
            joined[name, country], shared[name, country] = spelt(parser, country, care)
        print(f"{name:<12}{joined[name, INDIA]:>8.3f}{joined[name, US]:>8.3f}")
    assert {cell: share for cell, share in joined.items() if share < LEAST[cell]} == {}
    assert {cell: number for cell, number in shared.items() if number} == {}


def spelt(parser: AddressParser, country: int, care: Care) -> tuple[float, int]:
    """Share of spellings under their place's most usual building key, and how many keys two places share."""
    rng, places = np.random.default_rng(11), Places()
    texts = Texts(places, Seeds(11))
    where = np.full(PLACES // 2, country, np.int8)
    homes = np.concatenate([places.houses(rng, where), places.units(rng, places.buildings(rng, where))])
    found = keys(parser, texts, texts.add(np.repeat(homes, SPELLINGS), care, "test"))
    buildings = np.repeat(places.building(homes), SPELLINGS).tolist()
    by_place: dict[int, Counter[str]] = defaultdict(Counter)
    by_key: dict[str, set[int]] = defaultdict(set)
    for place, key in zip(buildings, found, strict=True):
        if key is not None:
            by_place[place][key.building] += 1
            by_key[key.building].add(place)
    together = sum(counts.most_common(1)[0][1] for counts in by_place.values())
    return together / len(found), sum(len(places) > 1 for places in by_key.values())


def keys(parser: AddressParser, texts: Texts, numbers: Index) -> list[AddressKey | None]:
    return parser.keys([texts.written(number).text for number in numbers.tolist()])


# --- neighbours ---------------------------------------------------------------------------------------------


def next_number(rows: Rows) -> Changed:
    rows["number"] += 1
    return np.ones(len(rows), np.bool_)


def another_part(rows: Rows) -> Changed:
    """12/3 for 12/2, 12-B for 12-A; 12-A for 12."""
    rows["part"] += np.where(rows["part"] > 0, 1, -1).astype(np.int16)
    return np.ones(len(rows), np.bool_)


def next_lane(rows: Rows) -> Changed:
    """5th Cross for 4th Cross, Pocket 3 for Pocket 2, County Road 541 for 540."""
    has: Changed = (rows["a"] > 0) | (rows["b"] > 0)
    rows["a"] += np.where(rows["b"] > 0, 0, 1).astype(np.int8)
    rows["b"] += np.where(rows["b"] > 0, 1, 0).astype(np.int8)
    return has


def next_sector(rows: Rows) -> Changed:
    """The first of two numbers: Sector 6, Block B for Sector 5, Block B."""
    has: Changed = (rows["a"] > 0) & (rows["b"] > 0) & (rows["a"] < 20)
    rows["a"] += has
    return has


def another_street(rows: Rows) -> Changed:
    """The name of the street that somebody else lives in."""
    plain: Changed = (rows["a"] == 0) & (rows["b"] == 0)
    before = rows["form"].copy()
    rows["form"][plain] = np.roll(before[plain], 1)
    moved: Changed = rows["form"] != before
    return plain & moved


def another_direction(rows: Rows) -> Changed:
    """North Oak Street for Oak Street."""
    has: Changed = rows["kind"] > 0
    rows["direction"] = np.where(rows["direction"] == 0, 1, 0)
    return has


def another_type(rows: Rows) -> Changed:
    """Oak Avenue for Oak Street."""
    has: Changed = rows["kind"] > 0
    rows["kind"] = np.where(has, rows["kind"] % 13 + 1, 0)
    return has


NEIGHBOURS: tuple[tuple[Callable[[Rows], Changed], tuple[int, ...]], ...] = (
    (next_number, (INDIA, US)),
    (another_part, (INDIA, US)),
    (next_lane, (INDIA, US)),
    (next_sector, (INDIA, US)),
    (another_street, (INDIA, US)),
    (another_direction, (US,)),
    (another_type, (US,)),
)
MOST = 0.005


def test_neighbours_stay_apart(parser: AddressParser) -> None:
    found: dict[tuple[str, int], tuple[int, int]] = {}
    print(f"\n{'wrongly joined':<20}{'India':>16}{'US':>16}")
    for change, countries in NEIGHBOURS:
        cells = {country: wrongly_joined(parser, country, change) for country in countries}
        found |= {(change.__name__, country): cell for country, cell in cells.items()}
        print(row(change.__name__, cells))
    units = {country: wrongly_joined_units(parser, country) for country in (INDIA, US)}
    found |= {("another_unit", country): cell for country, cell in units.items()}
    print(row("another_unit", units))
    assert {cell: each for cell, each in found.items() if each[0] > MOST * each[1]} == {}


def row(name: str, cells: dict[int, tuple[int, int]]) -> str:
    parts = (
        f"{cells[country][0]} of {cells[country][1]}" if country in cells else "" for country in (INDIA, US)
    )
    return f"{name.replace('_', ' '):<20}" + "".join(f"{part:>16}" for part in parts)


def wrongly_joined(parser: AddressParser, country: int, change: Callable[[Rows], Changed]) -> tuple[int, int]:
    """Pairs of neighbours any of whose casual spellings share a building key, and pairs."""
    rng, places = np.random.default_rng(5), Places()
    homes = places.houses(rng, np.full(8 * PAIRS, country, np.int8))
    rows = places._store.rows[homes]
    changed = np.flatnonzero(change(rows))[:PAIRS]
    return pairs_joined(parser, places, homes[changed], places._store.add(rows[changed]), unit=False)


def wrongly_joined_units(parser: AddressParser, country: int) -> tuple[int, int]:
    """As `wrongly_joined`, of two units of a building whose spellings share a unit key."""
    rng, places = np.random.default_rng(5), Places()
    towers = places.buildings(rng, np.full(PAIRS, country, np.int8))
    return pairs_joined(parser, places, places.units(rng, towers), places.units(rng, towers), unit=True)


def pairs_joined(
    parser: AddressParser, places: Places, homes: Index, neighbours: Index, *, unit: bool
) -> tuple[int, int]:
    texts = Texts(places, Seeds(5))
    sides = []
    for name, side in (("home", homes), ("neighbour", neighbours)):
        found = keys(parser, texts, texts.add(np.repeat(side, PAIR_SPELLINGS), CASUAL, name))
        tokens = [(key.unit if unit else key.building) if key else None for key in found]
        sides.append(
            [set(tokens[at : at + PAIR_SPELLINGS]) - {None} for at in range(0, len(tokens), PAIR_SPELLINGS)]
        )
    return sum(bool(one & other) for one, other in zip(*sides, strict=True)), len(homes)
