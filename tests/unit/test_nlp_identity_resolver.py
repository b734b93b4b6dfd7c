"""Resolution and the alias map: who is joined, who never is, and how a join is undone."""

import random
from collections import defaultdict
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from events.errors import NotFoundError
from nlp.identity import AliasMap, Item, Join, Resolver, Texts
from nlp.identity.blocking import candidates
from nlp.identity.contradictions import numbers_contradict, posts_contradict
from nlp.identity.hubs import hub_reason
from nlp.parser import load_parser
from simulator.addresses import Places
from simulator.seeds import Seeds
from simulator.spelling import CASUAL, DISGUISED
from simulator.texts import Texts as Spellings
from simulator.texts import Written


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts(load_parser())


def keys(texts: Texts, *rows: str, country: str = "IN") -> list[str]:
    items = [Item(str(at), row, country) for at, row in enumerate(rows)]
    found = Resolver(texts).resolve(items).keys
    return [found[item.id] for item in items]


def test_spellings_join_and_flats_do_not(texts: Texts) -> None:
    a, b, c, d = keys(
        texts,
        "Flat 302, Shanti Apartments, 12 MG Road, Bengaluru 560001",
        "#302, Shanti Apts, 12 M G Rd, Bangalore, Karnataka",
        "Flat 303, Shanti Apartments, 12 MG Road, Bengaluru 560001",
        "Shanti Apartments, 12 MG Road, Bengaluru 560001",
    )
    assert a == b
    assert len({a, c, d}) == 3  # without its unit a text is the building, once two flats are known


def test_a_building_of_one_known_unit_is_that_unit(texts: Texts) -> None:
    a, b = keys(
        texts,
        "Flat 302, Shanti Apartments, 12 MG Road, Bengaluru 560001",
        "Shanti Apts, 12 MG Road, Bengaluru 560001",
    )
    assert a == b


def test_no_chain_bridges_two_house_numbers(texts: Texts) -> None:
    a, _, c = keys(
        texts,
        "Hauptstr. 12, 10115 Berlin",
        "Hauptstr., 10115 Berlin",
        "Hauptstr. 14, 10115 Berlin",
        country="US",
    )
    assert a != c
    assert numbers_contradict({"12"}, {"14"})
    assert not numbers_contradict({"12"}, set())
    assert not numbers_contradict({"12"}, {"12-14"})


def written(seed: int, places: int, spellings: int, *, disguised: bool = False) -> list[Written]:
    rng, world = np.random.default_rng(seed), Places()
    spelt = Spellings(world, Seeds(seed))
    out = []
    for country in (0, 1):
        where = np.full(places, country, np.int8)
        homes = np.concatenate([world.houses(rng, where), world.units(rng, world.buildings(rng, where))])
        care = DISGUISED if disguised else CASUAL
        numbers = spelt.add(np.repeat(homes, spellings), care, f"test {country}")
        out += [spelt.written(number) for number in numbers.tolist()]
    return out


def f1(found: list[str], truth: list[int]) -> float:
    same = {pair for pair in combinations(range(len(truth)), 2) if truth[pair[0]] == truth[pair[1]]}
    joined = {pair for pair in combinations(range(len(truth)), 2) if found[pair[0]] == found[pair[1]]}
    return 2 * len(same & joined) / (len(same) + len(joined))


@pytest.mark.parametrize("disguised", [False, True])
def test_drops_end_to_end(texts: Texts, disguised: bool) -> None:
    rows = written(17, 40, 8, disguised=disguised)
    items = [Item(str(at), row.text, row.country) for at, row in enumerate(rows)]
    found = Resolver(texts).resolve(items).keys
    score = f1([found[item.id] for item in items], [row.place for row in rows])
    print(f"\ndisguised {disguised}: {score:.4f}")
    assert score >= 0.95


def test_order_makes_no_difference(texts: Texts) -> None:
    rows = written(3, 12, 5)
    items = [Item(str(at), row.text, row.country) for at, row in enumerate(rows)]
    one = Resolver(texts).resolve(items)
    random.Random(1).shuffle(items)  # noqa: S311 - another order
    other = Resolver(texts).resolve(items)
    assert one.keys == other.keys
    assert one.aliases.encode() == other.aliases.encode()


def test_flats_are_never_joined(texts: Texts) -> None:
    rng, world = np.random.default_rng(9), Places()
    spelt = Spellings(world, Seeds(9))
    towers = np.concatenate([world.buildings(rng, np.full(15, country, np.int8)) for country in (0, 1)])
    rows: list[tuple[int, Written]] = []
    for turn in range(4):
        numbers = spelt.add(world.units(rng, towers), CASUAL, f"flats {turn}").tolist()
        rows += [
            (tower, spelt.written(number)) for tower, number in zip(towers.tolist(), numbers, strict=True)
        ]
    rows = [(tower, row) for tower, row in rows if "unit left out" not in row.tricks]
    items = [Item(str(at), row.text, row.country) for at, (_, row) in enumerate(rows)]
    found = Resolver(texts).resolve(items).keys
    by_key = defaultdict(set)
    for item, (_, row) in zip(items, rows, strict=True):
        by_key[found[item.id]].add(row.place)
    assert [places for places in by_key.values() if len(places) > 1] == []


def test_blocks_are_capped(texts: Texts) -> None:
    views = [
        texts.read(f"Flat {n}, Shanti Apartments, 12 MG Road, Bengaluru 560001", "IN") for n in range(300)
    ]
    assert len(list(candidates(views, cap=20))) < 300 * 20


# The alias map.


def join(a: str, b: str) -> Join:
    return Join(a, b, "building", 0.97, (("house_equal", 1.5),), ("t1", "t2"))


def test_a_join_is_undone(tmp_path: Path) -> None:
    whole = AliasMap("p1", [join("a", "b"), join("b", "c")])
    assert {whole.place(token) for token in "abc"} == {"a"}
    assert whole.place("z") == "z"
    undone = whole.without(join("b", "c").id)
    assert [undone.place(token) for token in "abc"] == ["a", "a", "c"]
    assert whole.place("c") == "a"
    assert undone.version != whole.version
    whole.save(tmp_path / "map")
    assert AliasMap.load(tmp_path / "map").version == whole.version
    with pytest.raises(NotFoundError):
        whole.without("nothing")


def test_a_place_keeps_its_token_when_more_join_it() -> None:
    former = AliasMap("p1", [join("m", "n")])
    grown = AliasMap("p1", [join("m", "n"), join("a", "n")], prefer=former.of.values())
    assert grown.place("a") == former.place("n") == "m"
    undone = AliasMap("p1", [join("a", "b"), join("b", "c")]).without(join("a", "b").id)
    assert undone.place("a") == "a"


def test_bytes_do_not_depend_on_order() -> None:
    rows = [join("a", "b"), join("c", "d"), join("b", "c")]
    assert AliasMap("p1", rows).encode() == AliasMap("p1", rows[::-1]).encode()


def test_every_alias_has_evidence(texts: Texts) -> None:
    rows = written(5, 6, 6)
    aliases = (
        Resolver(texts).resolve(Item(str(at), row.text, row.country) for at, row in enumerate(rows)).aliases
    )
    assert aliases.joins
    for token, place in aliases.of.items():
        assert token == place or aliases.evidence(token)
    assert all(each.features and all(each.texts) and 0 <= each.score <= 1 for each in aliases.joins)


def test_hubs(texts: Texts) -> None:
    mall = [texts.read("Shop 5, Phoenix Mall, Senapati Bapat Marg, Mumbai 400013", "IN")]
    house = [texts.read("12 MG Road, Bengaluru 560001", "IN")]
    assert hub_reason(mall).startswith("mall")
    assert hub_reason(house) == ""
    assert hub_reason(house, units=40).startswith("many units")
    assert hub_reason(house, people=40).startswith("many people")
    assert hub_reason([texts.read("PO Box 12, Dubai", "AE")]).startswith("po box")


@pytest.mark.parametrize(
    ("one", "other", "contradict"),
    [
        ("560038", "560038", False), ("560038", "560083", False), ("560038", "560039", False),
        ("560038", "56038", False), ("560038", "560041", True), ("560038", "110038", True),
    ],
)  # fmt: skip
def test_another_postcode_is_another_place_unless_it_is_a_slip(
    one: str, other: str, contradict: bool
) -> None:
    assert posts_contradict({one}, {other}) is contradict
    assert not posts_contradict({one}, set())


def test_one_road_in_two_localities_is_two_places(texts: Texts) -> None:
    items = [
        Item("a", "Godown 3, 11 Savarkar Marg, Indiranagar, Bengaluru 560038", ""),
        Item("b", "Godown No 3, Plot No 11, Savarkar Road, Jayanagar, Bengaluru 560041", ""),
        Item("c", "Godown No 3, Plot No 11, Savarkar Road, Indiranagar, Bengaluru 560038", ""),
    ]
    keys = Resolver(texts).resolve(items).keys
    assert keys["a"] == keys["c"] != keys["b"]
