# ruff: noqa: PLR2004 - shares and sizes of a made-up world read best where they are used
"""Places as structure, before anybody writes them down."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from simulator import gazetteer as gaz
from simulator.gazetteer import City

_TOWER_HOMES = (0.45, 0.35)  # of homes, by country, that are a unit of a building with others
_HOMES_PER_TOWER = 8


@dataclass(frozen=True, slots=True)
class Place:
    """One address. `unit` is None for a house; `street_type` and `direction` are (long, short) pairs."""

    country: int
    city: City
    area: str
    postcode: str
    number: str
    street: str
    street_type: tuple[str, str] = ("", "")
    direction: tuple[str, str] = ("", "")
    building: str = ""
    building_type: tuple[str, str] = ("", "")
    unit: str | None = None
    unit_kind: str = ""


@dataclass(slots=True)
class Places:
    """Draws places that nobody else has: (number, street, postcode) and units are never given out twice."""

    used: set[tuple[str, ...]] = field(default_factory=set)
    towers: tuple[list[Place], list[Place]] = field(default_factory=lambda: ([], []))

    def branch(self) -> "Places":
        """A copy to draw from without a trace in this one: what one concern draws never moves another's."""
        return Places(set(self.used), (list(self.towers[0]), list(self.towers[1])))

    def home(self, rng: np.random.Generator, country: int) -> Place:
        """A house, or a unit of a tower where unrelated people live too."""
        if rng.random() >= _TOWER_HOMES[country]:
            return self.house(rng, country)
        towers = self.towers[country]
        if not towers or rng.random() < 1 / _HOMES_PER_TOWER:
            towers.append(self.tower(rng, country))
        return self.unit(rng, towers[int(rng.integers(len(towers)))])

    def house(self, rng: np.random.Generator, country: int) -> Place:
        return self._fresh(lambda: _house(rng, country))

    def tower(self, rng: np.random.Generator, country: int, *, office: bool = False) -> Place:
        """A building with units; the place itself names none."""
        return self._fresh(lambda: _tower(rng, country, office=office))

    def unit(self, rng: np.random.Generator, tower: Place, kind: str = "") -> Place:
        """A unit of `tower` that nobody lives in yet; `kind` overrides the word before it ("Room")."""
        return self._fresh(lambda: _unit(rng, tower, kind))

    def _fresh(self, draw: Callable[[], Place]) -> Place:
        while True:
            place = draw()
            key = (place.number, place.street, place.street_type[0], place.direction[0], place.postcode,
                   place.building, place.building_type[0], place.unit or "")  # fmt: skip
            if key not in self.used:
                self.used.add(key)
                return place


def _pick(rng: np.random.Generator, options: tuple[str, ...]) -> str:
    return options[int(rng.integers(len(options)))]


def _city(rng: np.random.Generator, country: int) -> City:
    cities = gaz.CITIES[country]
    weights = np.array([city.weight for city in cities])
    return cities[int(rng.choice(len(cities), p=weights / weights.sum()))]


def _house(rng: np.random.Generator, country: int) -> Place:
    city = _city(rng, country)
    area, postcode = city.areas[int(rng.integers(len(city.areas)))]
    if country == gaz.INDIA:
        number = str(rng.integers(1, 400))
        if rng.random() < 0.35:
            number += "/" + str(rng.integers(1, 12))
        elif rng.random() < 0.2:
            number += "-" + _pick(rng, ("A", "B", "C"))
        street = _pick(rng, gaz.STREETS_IN)
        if rng.random() < 0.35:
            street = f"{_ordinal(int(rng.integers(1, 30)))} {_pick(rng, gaz.NUMBERED_IN)}"
        return Place(country, city, area, postcode, number, street)
    kind = gaz.STREET_TYPES_US[int(rng.integers(len(gaz.STREET_TYPES_US)))]
    direction = gaz.DIRECTIONS_US[int(rng.integers(4))] if rng.random() < 0.3 else ("", "")
    street = _pick(rng, gaz.STREET_NAMES_US)
    if rng.random() < 0.2:
        street = _ordinal(int(rng.integers(1, 90)))
    return Place(country, city, area, postcode, str(rng.integers(1, 9900)), street, kind, direction)


def _tower(rng: np.random.Generator, country: int, *, office: bool) -> Place:
    house = _house(rng, country)
    name, kind = "", ("", "")
    if office:
        name, kind = _pick(rng, gaz.OFFICE_WORDS), ("Centre" if country == gaz.INDIA else "Center", "Ctr")
    elif country == gaz.INDIA:
        name = _pick(rng, gaz.BUILDING_WORDS_IN)
        kind = gaz.BUILDING_TYPES_IN[int(rng.integers(len(gaz.BUILDING_TYPES_IN)))]
    return Place(country, house.city, house.area, house.postcode, house.number, house.street, house.street_type,
                 house.direction, name, kind)  # fmt: skip


def _unit(rng: np.random.Generator, tower: Place, kind: str) -> Place:
    floor, door = int(rng.integers(1, 15)), int(rng.integers(1, 9))
    if tower.country == gaz.INDIA:
        unit = f"{floor}{door:02d}"
        if rng.random() < 0.3:
            unit = f"{_pick(rng, ('A', 'B', 'C'))}-{unit}"
    else:
        unit = f"{floor}{_pick(rng, ('A', 'B', 'C', 'D'))}" if rng.random() < 0.5 else f"{floor}{door:02d}"
    word = kind or ("Flat" if tower.country == gaz.INDIA else "Apt")
    return Place(tower.country, tower.city, tower.area, tower.postcode, tower.number, tower.street,
                 tower.street_type, tower.direction, tower.building, tower.building_type, unit, word)  # fmt: skip


def _ordinal(number: int) -> str:
    teens = 11 <= number % 100 <= 13
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
