# ruff: noqa: PLR2004, S311 - shares and sizes of made-up addresses read best where they are used
"""Pairs of texts made from `nlp.identity.countries`: spellings of one place, and neighbours that look like it."""

import random
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from nlp.identity.countries import LANDS, Land


@dataclass(frozen=True, slots=True)
class Pair:
    """Two texts of `country`, whether they are one place, and how they came about (`kind`)."""

    a: str
    b: str
    country: str
    same: bool
    kind: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A place before it is written down. `city` is all its names; `unit` and `house` may be empty."""

    land: Land
    street: str
    number: str
    city: tuple[str, ...]
    post: str
    region: str
    unit: str
    floor: str
    house: str
    part: str = ""
    box: str = ""


_HOUSES: Final = [
    "Mall",
    "Plaza",
    "Centre",
    "Tower",
    "Shopping Center",
    "Business Park",
    "Residence",
    "Hotel",
    "Center",
    "Building",
    "Galleria",
    "House",
]
_HOUSE_NAMES: Final = [
    "Central",
    "Royal",
    "Grand",
    "City",
    "Metro",
    "Park",
    "Riverside",
    "Sunrise",
    "Atlas",
    "Victoria",
    "Europa",
    "Palladium",
    "Lotus",
    "Phoenix",
    "Orion",
    "Aurora",
    "Marina",
    "Diamond",
    "Olympia",
    "Panorama",
    "Horizon",
    "Imperial",
]
_EXTRA: Final = [
    "Old Town",
    "Zona Centro",
    "North",
    "Altstadt",
    "Downtown",
    "Centro",
    "West End",
    "City Centre",
    "Industrial Area",
    "Harbour",
]
_NO_LETTERS: Final = frozenset({"JP", "CO", "CZ", "TH"})  # whose house numbers have parts instead
_NUMBERLESS: Final = 0.15
_LETTERS: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"


def pairs(seed: int, count: int) -> Iterator[Pair]:
    """`count` rounds of one pair of a place and one of each kind of neighbour, over all countries in turn."""
    rng = random.Random(seed)
    for at in range(count):
        land = LANDS[at % len(LANDS)]
        spot = draw(rng, land)
        text = write(rng, spot)
        yield Pair(text, write(rng, spot), land.code, same=True, kind="spellings")
        if rng.random() < _NUMBERLESS:
            where = spot if rng.random() < 0.5 else replace(spot, number=str(rng.randint(1, 300)))
            yield Pair(
                text,
                write(rng, replace(where, number="")),
                land.code,
                same=where is spot,
                kind="number left out",
            )
        for kind, change in NEIGHBOURS:
            other = change(rng, spot)
            if other is not None:
                shown = kind in _SHOWN
                first = write(rng, spot, surely=True) if shown else text
                yield Pair(first, write(rng, other, surely=shown), land.code, same=False, kind=kind)


def draw(rng: random.Random, land: Land) -> Spot:
    """A place somewhere in the country."""
    cities, regions = land.cities.split(";"), land.regions.split(";")
    which = rng.randrange(len(cities))
    city, _, prefix = cities[which].partition(":")
    number = str(rng.choice((rng.randint(1, 30), rng.randint(1, 200), rng.randint(1, 2500))))
    if land.code in {"US", "CA"} and rng.random() < 0.4:
        number = str(rng.randint(100, 19999))
    extra = rng.random() if land.code not in _NO_LETTERS else 1.0
    if extra < 0.08:
        number += rng.choice("ABCD")
    elif extra < 0.13 and number.isdigit():
        number = f"{number}-{int(number) + 2}"
    unit = (
        str(rng.choice((rng.randint(1, 40), rng.randint(100, 2500))))
        if land.units and rng.random() < 0.3
        else ""
    )
    if unit and rng.random() < 0.25:
        unit = rng.choice(
            (f"{rng.choice(_LETTERS)}{unit}", f"{unit}{rng.choice('ABCD')}", f"{rng.choice('ABC')}-{unit}")
        )
    return Spot(
        land, rng.choice(land.streets.split(";")), number, tuple(city.split("/")), _post(rng, prefix + land.post),
        regions[which % len(regions)], unit, str(rng.randint(1, 12)) if rng.random() < 0.1 else "",
        f"{rng.choice(_HOUSE_NAMES)} {rng.choice(_HOUSES)}" if rng.random() < 0.15 else "",
        _part(rng, land), str(rng.randint(10, 99999)) if rng.random() < (0.5 if land.code == "AE" else 0.01) else "",
    )  # fmt: skip


def _part(rng: random.Random, land: Land) -> str:
    """A sector, phase or block, mostly in India."""
    if rng.random() > (0.35 if land.code == "IN" else 0.04):
        return ""
    return rng.choice(
        (f"Sector {rng.randint(1, 60)}", f"Phase {rng.randint(1, 4)}", f"Block {rng.choice(_LETTERS[:6])}")
    )


def _post(rng: random.Random, form: str) -> str:
    return "".join(
        str(rng.randint(0, 9)) if char == "#" else rng.choice(_LETTERS) if char == "@" else char
        for char in form
    )


# Neighbours.


def _swapped(rng: random.Random, spot: Spot) -> Spot | None:
    """The number changed as a slip or a neighbour would: 12 -> 21, 12A, 112, 13, 2."""
    digits = "".join(char for char in spot.number.partition("-")[0] if char.isdigit())
    options = [
        digits[::-1].lstrip("0"),
        f"1{digits}",
        f"{digits}{rng.randint(0, 9)}",
        str(int(digits) + rng.choice((1, 2, 10))),
    ]
    options += [digits[:-1], digits[1:].lstrip("0"), str(rng.randint(1, 300))]
    if spot.number.isdigit() and spot.land.code not in _NO_LETTERS:
        options += [f"{spot.number}A", f"{spot.number}{rng.choice('ABCD')}"]
    if "-" in spot.number:
        options = [option for option in options if not int(digits) <= int(option or 0) <= int(digits) + 2]
    options = [option for option in options if option and option not in {digits, spot.number}]
    return replace(spot, number=rng.choice(options))


def _other_street(rng: random.Random, spot: Spot) -> Spot:
    streets = [street for street in spot.land.streets.split(";") if street != spot.street]
    return replace(spot, street=rng.choice(streets))


def _street_nearby(rng: random.Random, spot: Spot) -> Spot | None:
    return replace(_other_street(rng, spot), unit="", floor="", house="")


def _street_in_city(rng: random.Random, spot: Spot) -> Spot | None:
    other = draw(rng, spot.land)
    post = spot.post[: len(spot.post) // 2] + other.post[len(spot.post) // 2 :]
    return replace(_other_street(rng, spot), unit=other.unit, house=other.house, floor=other.floor, post=post)


def _elsewhere(rng: random.Random, spot: Spot) -> Spot | None:
    other = draw(rng, spot.land)
    return (
        None if (other.street, other.city) == (spot.street, spot.city) else replace(other, number=spot.number)
    )


def _street_in_other_city(rng: random.Random, spot: Spot) -> Spot | None:
    other = draw(rng, spot.land)
    if other.city == spot.city or not spot.post:
        return None
    return replace(other, number=spot.number, street=spot.street, unit=spot.unit)


def _other_unit(rng: random.Random, spot: Spot) -> Spot | None:
    if not spot.unit:
        return None
    unit = str(rng.randint(1, 2500))
    return replace(spot, unit=unit) if unit != spot.unit else None


def _other_floor(rng: random.Random, spot: Spot) -> Spot | None:
    floor = str(rng.randint(1, 12))
    return replace(spot, floor=floor, unit="") if spot.floor and floor != spot.floor else None


def _other_part(rng: random.Random, spot: Spot) -> Spot | None:
    word, _, value = spot.part.partition(" ")
    other = rng.choice(_LETTERS[:6]) if value.isalpha() else str(rng.randint(1, 60))
    return replace(spot, part=f"{word} {other}") if spot.part and other != value else None


def _other_box(rng: random.Random, spot: Spot) -> Spot | None:
    return replace(spot, box=str(rng.randint(10, 99999))) if spot.box else None


_SHOWN: Final = frozenset({"unit changed", "floor changed", "part changed", "box changed"})
NEIGHBOURS: Final[tuple[tuple[str, Callable[[random.Random, Spot], Spot | None]], ...]] = (
    ("number changed", _swapped),
    ("street nearby", _street_nearby),
    ("street in the city", _street_in_city),
    ("elsewhere", _elsewhere),
    ("street in another city", _street_in_other_city),
    ("unit changed", _other_unit),
    ("floor changed", _other_floor),
    ("part changed", _other_part),
    ("box changed", _other_box),
)

# Writing.


@cache
def _spellings(land: Land) -> dict[str, tuple[str, ...]]:
    rows = (row.partition("=") for row in land.types.split(";"))
    return {name: tuple(forms.split(",")) for name, _, forms in rows}


def _street(rng: random.Random, spot: Spot, *, plain: bool) -> str:
    text = spot.street
    for name, forms in _spellings(spot.land).items():
        form = forms[0] if plain else rng.choice(forms)
        text = text.replace(f"{{{name}}}", form)
    return text.strip()


def write(rng: random.Random, spot: Spot, *, surely: bool = False) -> str:
    """One spelling of a place, as web pages have them; `surely`: with all that tells it from its neighbours."""
    land = spot.land
    number = spot.number
    if number and number[-1].isalpha() and rng.random() < 0.4:
        number = rng.choice(
            (
                f"{number[:-1]} {number[-1]}",
                f"{number[:-1]}{number[-1].lower()}",
                f"{number[:-1]}/{number[-1]}",
            )
        )
    elif "-" in number and rng.random() < 0.4:
        number = rng.choice((number.partition("-")[0], number.replace("-", " - "), number.replace("-", "/")))
    form = land.numbers.split(";")[0] if rng.random() < 0.6 else rng.choice(land.numbers.split(";"))
    number = form.format(number) if number else ""
    street = _street(rng, spot, plain=rng.random() < 0.4)
    if land.order == "sn":
        line = f"{street}{number}" if number.startswith(",") else f"{street} {number}"
    else:
        line = f"{number} {street}"
    if rng.random() < 0.03:
        line = f"{street} {number}" if land.order == "ns" else f"{number} {street}"
    line = _with_unit(rng, spot, line, surely=surely)
    return _noise(rng, _assembled(rng, spot, line))


def _with_unit(rng: random.Random, spot: Spot, line: str, *, surely: bool) -> str:
    parts = [line]
    if spot.unit and (surely or rng.random() < 0.75):
        unit = f"{rng.choice(spot.land.units.split(';'))}{spot.unit}"
        if rng.random() < 0.3:
            parts.insert(0, unit)
        else:
            parts.append(unit)
    if spot.floor and (surely or rng.random() < 0.6):
        parts.append(
            rng.choice((f"Floor {spot.floor}", f"{spot.floor}. floor", f"{_nth(int(spot.floor))} Floor"))
        )
    if spot.part and (surely or rng.random() < 0.75):
        word, _, value = spot.part.partition(" ")
        parts.append(rng.choice((spot.part, spot.part, f"{word[:3] if word == 'Sector' else word}-{value}")))
    if spot.box and (surely or rng.random() < 0.75):
        parts = [rng.choice(("P.O. Box {}", "PO Box {}", "POBox {}", "Box {}")).format(spot.box), *parts]
    if spot.house and rng.random() < 0.6:
        parts.insert(rng.choice((0, len(parts))), spot.house)
    return (", " if rng.random() < 0.85 else " ").join(parts)


def _nth(number: int) -> str:
    teens = 11 <= number % 100 <= 13
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _assembled(rng: random.Random, spot: Spot, line: str) -> str:
    city = spot.city[0] if rng.random() < 0.7 else rng.choice(spot.city)
    post = spot.post if rng.random() < 0.78 else ""
    if spot.post and rng.random() < 0.03:  # another post office's, or a slip
        kept = rng.choice((1, len(spot.post) // 2, len(spot.post) - 1))
        post = spot.post[:kept] + "".join(
            str(rng.randint(0, 9)) if c.isdigit() else c for c in spot.post[kept:]
        )
    region = spot.region if rng.random() < 0.4 else ""
    country = rng.choice(spot.land.names.split(";")) if rng.random() < 0.5 else ""
    if post and spot.land.code in {"DE", "AT", "CH", "BE", "FR"} and rng.random() < 0.1:
        post = f"{spot.land.code[0] if spot.land.code != 'CH' else 'CH'}-{post}"
    if rng.random() < 0.1:
        line = f"{line}, {rng.choice(_EXTRA)}"
    style = rng.random()
    before = spot.land.order == "sn" or spot.land.code == "FR"
    if style < 0.45:
        rows = [
            line,
            f"{post} {city}".strip()
            if before
            else f"{city}{', ' if style < 0.1 else ' '}{region} {post}".strip(),
        ]
        rows += [region] if before else []
    elif style < 0.8:
        rows = [line, city, region, post]
    elif style < 0.9 or not before:
        rows = [line, post, city, region]
    else:
        rows = [f"{post} {city}".strip(), line]
    rows = [row for row in (*rows, country) if row.strip()]
    return (", " if rng.random() < 0.82 else rng.choice((" ", " - ", "\n", ","))).join(rows)


def _noise(rng: random.Random, text: str) -> str:
    draw_case = rng.random()
    if draw_case < 0.12:
        text = text.upper()
    elif draw_case < 0.24:
        text = text.lower()
    if rng.random() < 0.25:
        text = "".join(
            char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)
        )
    if rng.random() < 0.08:
        text = text.replace("ü", "ue").replace("ö", "oe").replace("ä", "ae")
    if rng.random() < 0.1:
        text = text.replace(".", "")
    if rng.random() < 0.08:
        text = _slip(rng, text)
    if rng.random() < 0.05:
        text = _space(rng, text)
    return text


def _space(rng: random.Random, text: str) -> str:
    """A space between letters lost, moved by a letter, or one too many."""
    at = rng.randrange(1, len(text) - 2)
    gap = text.find(" ", at)
    if rng.random() < 0.5 and 1 < gap < len(text) - 2 and text[gap - 1].isalpha() and text[gap + 1].isalpha():
        return (
            text[:gap] + text[gap + 1 :]
            if rng.random() < 0.5
            else f"{text[: gap - 1]} {text[gap - 1]}{text[gap + 1 :]}"
        )
    return f"{text[:at]} {text[at:]}" if text[at - 1].isalpha() and text[at].isalpha() else text


def _slip(rng: random.Random, text: str) -> str:
    """A letter dropped, doubled, changed or swapped with the next; digits stay."""
    at = rng.randrange(len(text) - 1)
    if not (text[at].isalpha() and text[at + 1].isalpha()):
        return text
    kinds = (
        text[at + 1] + text[at],
        text[at],
        text[at] * 2 + text[at + 1],
        rng.choice("aeiourtn") + text[at + 1],
    )
    return text[:at] + rng.choice(kinds) + text[at + 2 :]
