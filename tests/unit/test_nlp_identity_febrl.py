"""febrl's persons by their addresses alone: the generic path, on data made by others."""

import csv
import os
from collections import defaultdict
from itertools import combinations
from math import comb
from pathlib import Path

import pytest

from nlp.identity import Item, Resolver, Texts
from nlp.identity.blocking import candidates
from nlp.parser import load_parser

DATA = (
    Path(os.environ.get("RINGWATCH_DATA", Path(__file__).resolve().parents[2] / "../shared/data"))
    / "entity-resolution"
)
COLUMNS = ("street_number", "address_1", "address_2", "suburb", "postcode", "state")

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA.is_dir(), reason="no data sets at ../shared/data (or RINGWATCH_DATA)"),
]


def test_febrl() -> None:
    texts, items, persons = Texts(load_parser()), [], []
    for number in (1, 2):
        with (DATA / f"dataset{number}.csv").open(newline="") as file:
            for row in csv.DictReader(file, skipinitialspace=True):
                text = " ".join(row[name].strip() for name in COLUMNS if row[name].strip())
                items.append(Item(f"{number}-{row['rec_id']}", text, "AU"))
                persons.append(f"{number}-{row['rec_id'].split('-')[1]}")
    true = pairs_of(persons)
    found = set(candidates([texts.read(item.text, item.country) for item in items]))
    recall, reduction = len(found & true) / len(true), 1 - len(found) / comb(len(items), 2)
    keys = Resolver(texts).resolve(items).keys
    joined = pairs_of([keys[item.id] for item in items])
    f1 = 2 * len(joined & true) / (len(joined) + len(true))
    print(f"\nblocking: recall {recall:.4f}, reduction {reduction:.5f}; pairwise F1 {f1:.4f}")
    assert recall >= 0.98
    assert reduction >= 0.999
    assert f1 >= 0.97


def pairs_of(names: list[str]) -> set[tuple[int, int]]:
    groups = defaultdict(list)
    for at, name in enumerate(names):
        groups[name].append(at)
    return {pair for group in groups.values() for pair in combinations(group, 2)}
