"""The places that addresses are made of: what lies under a PIN or a ZIP code, as the compiled directory knows it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Final

import msgspec

from nlp.directory import Directory, load_directory
from nlp.directory.aliases import city_names

_STREET_ENDS: Final = frozenset(
    {
        "road",
        "rd",
        "marg",
        "street",
        "st",
        "lane",
        "salai",
        "cross",
        "main",
        "path",
        "sarani",
        "gali",
        "roadd",
    }
)
_METRO: Final = 36  # PINs of a city from which on it counts as a large one
_LONGEST: Final = 26
_MOST: Final = 60


class Area(msgspec.Struct, frozen=True):
    """What lies under one PIN. Names as people write them, capitalised.

    Attributes:
        pin: six digits.
        state_code: two letters, as the directory writes it.
        districts: names of its district, today's first.
        sub_districts: taluks, tehsils, mandals.
        cities: the names of each city whose part it is, today's first.
        offices: post offices.
        localities: named areas.
        streets: roads among those.
    """

    pin: str
    state_code: str
    districts: tuple[str, ...]
    sub_districts: tuple[str, ...] = ()
    cities: tuple[tuple[str, ...], ...] = ()
    offices: tuple[str, ...] = ()
    localities: tuple[str, ...] = ()
    streets: tuple[str, ...] = ()


class Town(msgspec.Struct, frozen=True):
    """A ZIP code of the United States, its state and its towns."""

    code: str
    state: str
    towns: tuple[str, ...]


class Names(msgspec.Struct, frozen=True):
    """Places to draw from.

    Attributes:
        areas: of India, sorted by PIN.
        metro, town, rural: positions in `areas`: in large cities, in others, in none.
        states: positions by state.
        cities: the names of all cities.
        us: ZIP codes of the United States.
    """

    areas: tuple[Area, ...]
    metro: tuple[int, ...]
    town: tuple[int, ...]
    rural: tuple[int, ...]
    states: tuple[tuple[int, ...], ...]
    cities: frozenset[str]
    us: tuple[Town, ...] = ()


def names_of(areas: Iterable[Area], us: Iterable[Town] = ()) -> Names:
    """Names over these areas and towns."""
    held = tuple(sorted(areas, key=lambda area: area.pin))
    size = Counter(city[0] for area in held for city in area.cities)
    pools: tuple[list[int], list[int], list[int]] = [], [], []
    metro, town, rural = pools
    states: dict[str, list[int]] = defaultdict(list)
    for at, area in enumerate(held):
        states[area.state_code].append(at)
        largest = max((size[city[0]] for city in area.cities), default=0)
        (metro if largest >= _METRO else town if largest else rural).append(at)
    everywhere = tuple(range(len(held)))
    return Names(
        held, tuple(metro) or everywhere, tuple(town) or everywhere, tuple(rural) or everywhere,
        tuple(tuple(states[code]) for code in sorted(states)),
        frozenset(name for area in held for city in area.cities for name in city), tuple(us),
    )  # fmt: skip


@cache
def directory_names() -> Names:
    """The names of the compiled directory, read once a process (a second)."""
    directory = load_directory()
    aliases = _city_aliases()
    areas = (area for pin in directory.pins() if (area := _area(directory, pin, aliases)) is not None)
    towns = (
        Town(code, state, tuple(capitals(town) for town in held))
        for code, state, held in directory.zip_towns()
        if held
    )
    return names_of(areas, towns)


def _city_aliases() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = defaultdict(list)
    for alias, name in sorted(city_names().items()):
        if alias != name:
            found[name].append(capitals(alias))
    return {name: (capitals(name), *others) for name, others in found.items()}


def _area(directory: Directory, pin: str, aliases: dict[str, tuple[str, ...]]) -> Area | None:
    held = directory.postcode(pin)
    if held is None:
        return None
    known = {*held.cities, *held.districts, *held.sub_districts, held.state}
    named = [
        name for name in (*held.localities, *held.offices) if len(name) <= _LONGEST and name not in known
    ]
    streets = [name for name in named if name.rsplit(" ", 1)[-1] in _STREET_ENDS]
    return Area(
        pin,
        held.state_code,
        tuple(
            capitals(name)
            for names in directory.district_names(pin)[:2]
            for name in names[:4]
            if not name.endswith(" district")
        ),
        _all(held.sub_districts),
        tuple(aliases.get(name, (capitals(name),)) for name in held.cities),
        _all(name for name in held.offices if len(name) <= _LONGEST),
        _all(name for name in named if name not in streets),
        _all(name for name in streets if " " in name),
    )


def _all(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(capitals(name) for name in names)[:_MOST]


def capitals(name: str) -> str:
    """A name with capitals: `bdd chawl` -> `BDD Chawl`."""
    return " ".join(
        word.upper() if len(word) < 4 and not _VOWELS & set(word) else word.capitalize()  # noqa: PLR2004 - initials
        for word in name.split()
    )


_VOWELS: Final = frozenset("aeiouy")
