# ruff: noqa: PLR2004 - shares and sizes of a made-up world read best where they are used
"""Houses and buildings drawn by the thousand as rows of numbers, and one such row put into words."""

from functools import cache

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from simulator import gazetteer as gaz
from simulator.directories import directory
from simulator.gazetteer import City

Rows = NDArray[np.void]
Countries = NDArray[np.int8]

UNIT_WORDS = ("", "Flat", "Apt", "Room", "Suite", "Office", "Locker", "PMB")
_SERIALS = 9_000_000  # units from here on are serial numbers, of lockers and mail boxes
# Primes above any number of floors or doors: steps that visit every unit of a wing once.
_STEPS = np.array([41, 43, 47, 53, 59, 61, 67, 71], np.int16)
_SERIAL_WING = 900

ROW = np.dtype([
    ("country", "i1"), ("spot", "<i4"),  # `spot`: row of the country's directory
    ("number", "<i2"), ("part", "<i2"),  # `part`: what follows or precedes the number, see `_number`
    ("form", "<i2"), ("a", "i1"), ("b", "i1"), ("kind", "i1"), ("direction", "i1"),  # the street, see `_street`
    ("building", "<i2"),  # 0 without a name, see `_building`
    ("office", "?"), ("floors", "i1"), ("doors", "i1"), ("letters", "i1"), ("step", "<i2"), ("start", "<i2"),
    ("given", "<i4"),  # units given out so far
    ("parent", "<i4"), ("unit", "<i4"), ("word", "i1"),  # -1, -1, 0 where the place is no unit
])  # fmt: skip


class Place(Struct, frozen=True):
    """One address. `unit` is None for a house; types and `direction` are (long, short) pairs.

    `floor` is 0 where it is not known; `style` is how people build there (`gazetteer.SOUTH` ...).
    """

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
    floor: int = 0
    style: int = 0


# Drawing.


def houses(rng: np.random.Generator, country: Countries) -> Rows:
    """One house in each country: rows[n] with `ROW`'s fields."""
    rows = np.zeros(len(country), ROW)
    rows["country"], rows["parent"], rows["unit"] = country, -1, -1
    for where in (gaz.INDIA, gaz.UNITED_STATES):
        here = np.flatnonzero(country == where)
        if len(here):
            part = rows[here]
            part["spot"] = directory(where).draw(rng, len(here))
            (_indian if where == gaz.INDIA else _american)(rng, part, directory(where).style[part["spot"]])
            rows[here] = part
    return rows


def towers(rng: np.random.Generator, country: Countries) -> Rows:
    """One block of flats in each country."""
    return _built(rng, houses(rng, country), office=False)


def offices(rng: np.random.Generator, country: Countries) -> Rows:
    """One block of offices in each country."""
    return _built(rng, houses(rng, country), office=True)


def _indian(rng: np.random.Generator, rows: Rows, style: NDArray[np.int8]) -> None:
    n = len(rows)
    u = rng.random((5, n))
    village = style == gaz.VILLAGE
    rows["number"] = 1 + (rng.random(n) * np.where(village, 250, 600)).astype(np.int16)
    letter, digit = 1 + (u[1] ** 2 * 8).astype(np.int16), 1 + (u[1] * 24).astype(np.int16)
    rows["part"] = np.select(
        # "45/7", "45-7" (in villages, where houses are numbered by ward), "45-A", and "C-45" in planned towns.
        [u[0] < 0.22, village & (u[0] < 0.5), u[0] < 0.36, (style == gaz.PLANNED) & (u[0] < 0.8)],
        [digit, 100 + digit, -letter, -100 - letter],
        0,
    )
    for each in np.unique(style).tolist():
        here = style == each
        choice = _forms(each)
        rows["form"][here] = choice[(u[2, here] * len(choice)).astype(np.int64)]
    # What a form does not name is 0, so that two rows in the same words have the same key.
    most_a, most_b = _most()[:, rows["form"]]
    rows["a"] = (np.ceil((1 - u[3]) * most_a)).astype(np.int8)
    rows["b"] = (np.ceil((1 - u[4]) * most_b)).astype(np.int8)
    # A house with a name: in Mumbai a chawl or a wadi.
    named = np.flatnonzero(rng.random(n) < np.where(style == gaz.MUMBAI, 0.2, 0.08))
    rows["building"][named] = _named(rng, np.where(style[named] == gaz.MUMBAI, 1, 2))


def _american(rng: np.random.Generator, rows: Rows, style: NDArray[np.int8]) -> None:
    n = len(rows)
    u = rng.random((6, n))
    rows["number"] = 1 + (u[0] ** 1.5 * 9_900).astype(np.int16)
    rows["form"] = (u[1] * len(gaz.STREET_NAMES_US)).astype(np.int16)
    rows["kind"] = 1 + (u[2] * (len(gaz.STREET_TYPES_US) - 1)).astype(np.int8)
    numbered = u[3] < 0.18
    rows["form"][numbered], rows["a"][numbered] = _NUMBERED_US, 1 + (u[1, numbered] * 98).astype(np.int8)
    route = u[3] > np.where(style == gaz.VILLAGE, 0.86, 0.99)
    rows["form"][route] = _NUMBERED_US + 1 + (u[1, route] * len(gaz.ROUTES_US)).astype(np.int16)
    rows["kind"][route], rows["a"][route] = 0, (u[2, route] * 10).astype(np.int8)
    rows["b"][route] = 1 + (u[4, route] * 98).astype(np.int8)
    pointed = (u[5] < 0.35) & ~route
    rows["direction"][pointed] = 1 + (u[4, pointed] * (len(gaz.DIRECTIONS_US) - 1)).astype(np.int8)


def _built(rng: np.random.Generator, rows: Rows, *, office: bool) -> Rows:
    n, india = len(rows), rows["country"] == gaz.INDIA
    u = rng.random((4, n))
    mumbai = np.zeros(n, np.bool_)
    mumbai[india] = directory(gaz.INDIA).style[rows["spot"][india]] == gaz.MUMBAI if india.any() else False
    rows["building"] = _named(
        rng, np.where(india, 3, 4) if office else np.where(india, np.where(mumbai & (u[3] < 0.5), 1, 0), 5)
    )
    if not office:  # most American blocks of flats go by their number alone
        rows["building"][~india & (u[3] < 0.7)] = 0
    rows["office"] = office
    rows["floors"] = (12 + u[0] * 13 if office else 6 + u[0] * 19).astype(np.int8)
    rows["doors"] = (24 + u[1] * 16 if office else 4 + u[1] ** 2 * 16).astype(np.int8)
    # 1: wings have letters, "A-1204"; 2: doors have, "12C".
    rows["letters"] = np.where(india, u[2] < 0.3, np.where((u[2] < 0.5) & (rows["doors"] <= 12), 2, 0))
    rows["step"] = _STEPS[rng.integers(len(_STEPS), size=n)]
    rows["start"] = rng.integers(_SERIAL_WING, size=n)
    return rows


def _named(rng: np.random.Generator, group: NDArray[np.int64]) -> NDArray[np.int16]:
    """Names by group of building (see `gazetteer.BUILDING_TYPES`), numbered as `_building` reads them."""
    words = np.array([len(each) for each in gaz.BUILDING_WORDS])[group]
    types = np.array([len(each) for each in gaz.BUILDING_TYPES])[group]
    u = rng.random((2, len(group)))
    word, kind = (u[0] * words).astype(np.int64), (u[1] * types).astype(np.int64)
    numbers: NDArray[np.int16] = (1 + (group * 64 + word) * 8 + kind).astype(np.int16)
    return numbers


def keys(rows: Rows) -> NDArray[np.uint64]:
    """uint64[n], equal for places with one (number, street, type, direction, postcode); else equal by chance alone."""
    code, part = np.zeros(len(rows), np.int64), rows["part"].astype(np.int64)
    part[part > 100] -= 100  # 45-7 and 45/7 are one number to those who write it
    for where in (gaz.INDIA, gaz.UNITED_STATES):
        here = rows["country"] == where
        if here.any():
            code[here] = directory(where).code[rows["spot"][here]]
    key = code.astype(np.uint64)
    fields = [
        rows[name].astype(np.int64) for name in ("country", "number", "form", "a", "b", "kind", "direction")
    ]
    for value in (*fields, part):
        # SplitMix64's finaliser (Steele, Lea, Flood, OOPSLA 2014) over each field in turn.
        key = (key + value.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        key = (key ^ (key >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        key ^= key >> np.uint64(27)
    return key


def wing(rows: Rows) -> NDArray[np.int64]:
    """How many units a wing of each building has, int64[n]; of lockers and mail boxes, a bank."""
    size = rows["floors"].astype(np.int64) * rows["doors"]
    return np.where(rows["word"] >= UNIT_WORDS.index("Locker"), _SERIAL_WING, size)


def unit(rows: Rows, turn: NDArray[np.int64]) -> NDArray[np.int64]:
    """The unit that is given out as number `turn` in each building, as `_unit` reads it: two turns, two units."""
    size = wing(rows)
    at = (rows["start"] + (turn % size) * rows["step"]) % size
    door = rows["letters"] * np.int64(1_000_000) + turn // size * 10_000
    door += (at // rows["doors"] + 1) * 100 + at % rows["doors"] + 1
    serial = _SERIALS + 101 + at + _SERIAL_WING * (turn // size)
    return np.where(rows["word"] >= UNIT_WORDS.index("Locker"), serial, door)


# In words.


def in_words(row: np.void) -> Place:
    """The place of one row."""
    (country, spot, number, part, form, a, b, kind, direction, building, _, _, _, _, _, _, _, _, door,
     word) = row.tolist()  # fmt: skip
    book = directory(country)
    name, name_type = _building(building)
    text, floor = _unit(door)
    india = country == gaz.INDIA
    return Place(
        country, book.cities[book.city[spot]], book.area[spot], book.postcode(spot), _number(number, part),
        _street_in(form, a, b) if india else _street_us(form, a, b), gaz.STREET_TYPES_US[kind],
        gaz.DIRECTIONS_US[direction], name, name_type, text, UNIT_WORDS[word], floor, int(book.style[spot]),
    )  # fmt: skip


def _number(number: int, part: int) -> str:
    if part > 100:
        return f"{number}-{part - 100}"
    if part > 0:
        return f"{number}/{part}"
    if part < -100:
        return f"{_letter(-100 - part)}-{number}"
    return f"{number}-{_letter(-part)}" if part else str(number)


_NUMBERED_US = len(gaz.STREET_NAMES_US)


@cache
def _forms(style: int) -> NDArray[np.int16]:
    """Numbers of the street forms of a style, each as often as its weight says."""
    texts = _all_forms()
    numbers = {text: at for at, text in enumerate(texts)}
    out: list[int] = []
    for weight, group in gaz.STREETS_IN[style]:
        each = max(round(weight * 20 / len(group)), 1)
        out += [numbers[text] for text in group for _ in range(each)]
    return np.array(out, np.int16)


@cache
def _most() -> NDArray[np.int8]:
    """The largest first and second number of each form, int8[2, forms]; 0 where it has none."""
    a = [29 if "{n" in text else 12 * ("{letter}" in text) for text in _all_forms()]
    b = [19 if "{m" in text else 12 * ("{n" in text and "{letter}" in text) for text in _all_forms()]
    return np.array([a, b], np.int8)


@cache
def _all_forms() -> tuple[str, ...]:
    return tuple(dict.fromkeys(t for groups in gaz.STREETS_IN.values() for _, group in groups for t in group))


def _street_in(form: int, a: int, b: int) -> str:
    text = _all_forms()[form]
    return (
        text.format(n=a, m=b, nth=ordinal(a), mth=ordinal(b), letter=_letter(b or a)) if "{" in text else text
    )


def _street_us(form: int, a: int, b: int) -> str:
    if form < _NUMBERED_US:
        return gaz.STREET_NAMES_US[form]
    if form == _NUMBERED_US:
        return ordinal(a)
    return gaz.ROUTES_US[form - _NUMBERED_US - 1].format(route=a * 100 + b)


@cache
def _building(number: int) -> tuple[str, tuple[str, str]]:
    if not number:
        return "", ("", "")
    group, rest = divmod(number - 1, 512)
    return gaz.BUILDING_WORDS[group][rest // 8], gaz.BUILDING_TYPES[group][rest % 8]


def _unit(code: int) -> tuple[str | None, int]:
    """In words, and its floor."""
    if code < 0:
        return None, 0
    if code >= _SERIALS:
        return str(code - _SERIALS), 0
    letters, rest = divmod(code, 1_000_000)
    block, rest = divmod(rest, 10_000)
    floor, door = divmod(rest, 100)
    text = f"{floor}{_letter(door)}" if letters == 2 else f"{floor}{door:02d}"
    if letters == 1 or block:
        text = f"{_letter(block + 1)}-{text}"
    return text, floor


def _letter(number: int) -> str:
    """A, B, ... Z, AA, AB, ..."""
    head, tail = divmod(number - 1, 26)
    return (_letter(head) if head else "") + chr(65 + tail)


def ordinal(number: int) -> str:
    """1st, 2nd, 3rd, 11th."""
    teens = 11 <= number % 100 <= 13
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"
