"""From the sources to the tables of the compiled directory."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from nlp.directory import cities
from nlp.directory.aliases import city_names
from nlp.directory.districts import Districts
from nlp.directory.kinds import CITY, DISTRICT, LOC, OFFICE, SUB_DISTRICT
from nlp.directory.names import shorter
from nlp.directory.slips import SHORTEST_SLIP, one_slip
from nlp.directory.sources import Office, Town
from nlp.directory.words import ORDINARY

_SHORTEST: Final = 4  # letters of a name
_MEMBERS: Final = 3  # offices of a taluk
_TOWN_END: Final = 1  # a sorting district's first office is at xxx001, and the town it is in at xxx0nn


@dataclass(slots=True)
class Tables:
    """PIN -> name -> kinds (bits of `nlp.directory.kinds`); (district, name) of towns whose PIN is not known."""

    of_pin: dict[int, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    towns: set[tuple[int, str]] = field(default_factory=set)

    def add(self, pin: int, names: Iterable[str], kinds: int) -> None:
        entries = self.of_pin[pin]
        for name in names:
            entries[name] = entries.get(name, 0) | kinds


def build(
    older: list[Office],
    today: list[Office],
    localities: Iterable[tuple[int, tuple[str, ...]]],
    towns: Iterable[Town],
    districts: Districts,
) -> Tables:
    """All facts by PIN. Deterministic in its arguments."""
    tables = Tables()
    members = Counter((office.district, office.sub_district) for office in older)
    for office in (*older, *today):
        tables.add(office.pin, office.names, LOC | OFFICE)
        # In places the source repeats the office's own name for its taluk.
        if office.sub_district and members[office.district, office.sub_district] >= _MEMBERS:
            tables.add(office.pin, (office.sub_district,), SUB_DISTRICT)
    for pin, names in localities:
        tables.add(pin, names, LOC)
    for pin in list(tables.of_pin):
        bases = (shorter(name, office=kinds & OFFICE > 0) for name, kinds in tables.of_pin[pin].items())
        tables.add(pin, [base for base in bases if base], LOC)
    for pin, name in districts.former.items():
        tables.add(pin, (name,), DISTRICT)
    canonical = city_names()
    pins = sorted(tables.of_pin)
    in_town: set[int] = set()
    for pin, name in city_pins(pins, (*older, *today)):
        tables.add(pin, (canonical.get(name, name),), CITY)
        in_town.add(pin)
    _add_towns(tables, towns, districts, canonical, in_town)
    for office in (*older, *today):
        if office.kind == "H" and office.pin not in in_town:
            tables.add(office.pin, (canonical.get(name, name) for name in office.names), CITY)
    _spread_cities(tables, districts, canonical)
    return tables


def _spread_cities(tables: Tables, districts: Districts, canonical: dict[str, str]) -> None:
    """A PIN with an office of its city's name is the city's, whatever the office is called; slips in it are dropped."""
    of_district: dict[int, set[str]] = defaultdict(set)
    for pin, entries in tables.of_pin.items():
        of_district[districts.of_pin[pin][0]].update(name for name, kinds in entries.items() if kinds & CITY)
    others: dict[str, list[str]] = defaultdict(list)
    for name, city in canonical.items():
        others[city].append(name)

    def ends_of(entries: dict[str, int], homes: tuple[int, ...]) -> set[str]:
        named = {name for at in homes for name in districts.rows[at].names}
        cities = {name for name, kinds in entries.items() if kinds & CITY}
        return named | cities | {name for city in cities for name in others[city]}

    for pin, entries in tables.of_pin.items():
        here = of_district[districts.of_pin[pin][0]]
        tables.add(pin, [city for name in entries if (city := canonical.get(name, name)) in here], CITY)
        _drop_ends(entries, ends_of(entries, districts.of_pin[pin]))
        own = [name for name, kinds in entries.items() if kinds & CITY]
        for name in [name for name, kinds in entries.items() if not kinds & (CITY | SUB_DISTRICT)]:
            if name not in canonical and any(
                len(city) >= SHORTEST_SLIP and one_slip(name, city) for city in own
            ):
                del entries[name]


def _drop_ends(entries: dict[str, int], ends: set[str]) -> None:
    """`banjara hills hyderabad` of Hyderabad is `banjara hills`: a city is a word of its own in an address."""
    for name in [name for name, kinds in entries.items() if not kinds & (CITY | SUB_DISTRICT | DISTRICT)]:
        words = name.split(" ")
        for size in range(len(words) - 1, 0, -1):
            base = " ".join(words[:size])
            if (
                len(base) >= _SHORTEST
                and " ".join(words[size:]) in ends
                and not ORDINARY.issuperset(words[:size])
            ):
                entries[base] = entries.get(base, 0) | entries.pop(name)
                break


def city_pins(pins: list[int], offices: Iterable[Office]) -> Iterator[tuple[int, str]]:
    """PIN, the city it lies in: `411038` is Pune, for Pune's head office has 411001 and the fourth digit is 0."""
    head: dict[int, str] = {}
    for office in offices:
        prefix, end = divmod(office.pin, 1000)
        if office.kind == "H" and end == _TOWN_END and office.names:
            head.setdefault(prefix, cities.FIRST_OFFICES.get(office.pin, office.names[0]))
    ranges = [(first, last, names.split("|")) for first, last, names in cities.CITY_RANGES]
    for pin in pins:
        named = [name for first, last, names in ranges if first <= pin <= last for name in names]
        if not named and pin % 1000 < 100 and pin // 1000 in head:  # noqa: PLR2004 - the fourth digit is 0
            named = [head[pin // 1000]]
        yield from ((pin, name) for name in named)


def _add_towns(
    tables: Tables, towns: Iterable[Town], districts: Districts, canonical: dict[str, str], in_town: set[int]
) -> None:
    where: dict[tuple[str, str], list[int]] = defaultdict(list)
    for pin, entries in tables.of_pin.items():
        state = districts.rows[districts.of_pin[pin][0]].state
        for name, kinds in entries.items():
            if kinds & LOC:
                where[state, name.replace(" ", "")].append(pin)
    for town in towns:
        at = districts.find(town.state, town.district)
        if at is None and town.state == "AP":  # before 2014
            at = districts.find("TS", town.district)
        names = [canonical.get(name, name) for name in town.names]
        states = ("AP", "TS") if town.state == "AP" else (town.state,)
        pins = [pin for state in states for pin in where.get((state, town.names[0].replace(" ", "")), ())]
        home = {
            pin
            for pin in pins
            if (at is not None and at in districts.of_pin[pin]) or districts.former.get(pin) == town.district
        }
        for pin in sorted(home or (set(pins) if at is None else ())):
            # A census town within a city's PINs is a part of that city by now.
            tables.add(pin, names, LOC if pin in in_town and town.census else CITY)
        if not home and at is not None:
            tables.towns.update((at, name) for name in names)
