# ruff: noqa: PLR2004 - shares and sizes of a made-up world read best where they are used
"""How people write one address: abbreviations, case, aliases, what they leave out and what they add."""

from dataclasses import dataclass

import numpy as np

from simulator import gazetteer as gaz
from simulator.addresses import Place

UNIT_LEFT_OUT = 0.25  # of texts of a place with units

_ABBREVIATIONS_IN = (
    ("Road", "Rd"), ("Street", "St"), ("Nagar", "Ngr"), ("Main", "Mn"), ("Layout", "Lyt"), ("Sector", "Sec"),
    ("Colony", "Col"), ("West", "W"), ("East", "E"),
)  # fmt: skip
_UNIT_WORDS = {
    "Flat": ("Flat", "Flat No", "Flat No.", "F.No.", "#"),
    "Apt": ("Apt", "Apartment", "Unit", "#", "Apt."),
    "Room": ("Room", "Room No", "Rm"),
    "Suite": ("Suite", "Ste", "#"),
    "Office": ("Office", "Office No", "#"),
}
# Habits, in the order of their draws: a new one goes to the end and leaves the earlier choices alone.
_HABITS = (
    "short", "landmark", "which_landmark", "no_commas", "upper", "lower", "spaced_commas", "typo", "no_unit",
    "unit_word", "number_word", "one_line", "alias", "which_alias", "state_short", "no_state", "dash",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Care:
    """How a writer writes: `noise` scales the chance of every habit, `typo` is the chance of one typo."""

    noise: float
    typo: float


TIDY = Care(noise=0.4, typo=0.01)  # stored in the profile, written once
CASUAL = Care(noise=1.0, typo=0.03)  # typed anew
DISGUISED = Care(noise=1.5, typo=0.06)  # a drop that should not look like itself


def spell(place: Place, rng: np.random.Generator, care: Care) -> str:
    """One spelling of `place`: at most 200 characters, on one line."""
    draw = dict(zip(_HABITS, rng.random(len(_HABITS)).tolist(), strict=True))
    india = place.country == gaz.INDIA
    lines = _india(place, draw, care) if india else _us(place, draw, care)
    if draw["landmark"] < 0.12 * care.noise:
        options = gaz.LANDMARKS_IN if india else gaz.LANDMARKS_US
        lines.append(options[int(draw["which_landmark"] * len(options))])
    lines += _tail(place, draw, care)
    text = (" " if draw["no_commas"] < 0.2 * care.noise else ", ").join(lines)
    if draw["upper"] < 0.18 * care.noise:
        text = text.upper()
    elif draw["lower"] < 0.18 * care.noise:
        text = text.lower()
    if draw["spaced_commas"] < 0.06 * care.noise:
        text = text.replace(", ", " ,")
    return _typo(text, rng) if draw["typo"] < care.typo else text


def _unit(place: Place, draw: dict[str, float]) -> list[str]:
    if place.unit is None or draw["no_unit"] < UNIT_LEFT_OUT:
        return []
    words = _UNIT_WORDS[place.unit_kind]
    word = words[int(draw["unit_word"] ** 2 * len(words))]  # squared: the plain word is the common one
    return [f"#{place.unit}" if word == "#" else f"{word} {place.unit}"]


def _india(place: Place, draw: dict[str, float], care: Care) -> list[str]:
    short = draw["short"] < 0.4 * care.noise
    lines = _unit(place, draw)
    if place.building:
        lines.append(f"{place.building} {place.building_type[short]}")
    number = f"No. {place.number}" if draw["number_word"] < 0.15 * care.noise else place.number
    street, area = place.street, place.area
    if short:
        for long, brief in _ABBREVIATIONS_IN:
            street, area = street.replace(long, brief), area.replace(long, brief)
    return lines + ([f"{number} {street}", area] if draw["one_line"] < 0.4 else [number, street, area])


def _us(place: Place, draw: dict[str, float], care: Care) -> list[str]:
    short = draw["short"] < 0.6 * care.noise
    parts = (place.number, place.direction[short], place.street, place.street_type[short])
    street = " ".join(part for part in parts if part)
    unit = _unit(place, draw)
    lines = [f"{place.building} {place.building_type[short]}"] if place.building else []
    return lines + ([" ".join([street, *unit])] if draw["one_line"] < 0.5 else [street, *unit])


def _tail(place: Place, draw: dict[str, float], care: Care) -> list[str]:
    city, india = place.city, place.country == gaz.INDIA
    name = city.name
    if city.aliases and draw["alias"] < 0.3 * care.noise:
        name = city.aliases[int(draw["which_alias"] * len(city.aliases))]
    dash = " - " if india and draw["dash"] < 0.4 else " "
    if draw["no_state"] < (0.35 if india else 0.06) * care.noise:
        return [f"{name}{dash}{place.postcode}"]
    state = city.state_short if draw["state_short"] < (0.2 if india else 0.85) else city.state
    return [name, f"{state}{dash}{place.postcode}"]


def _typo(text: str, rng: np.random.Generator) -> str:
    """Swap, drop or double one letter; digits stay, for a wrong number is another place."""
    spots = [i for i in range(1, len(text) - 1) if text[i].isalpha() and text[i + 1].isalpha()]
    if not spots:
        return text
    i = spots[int(rng.integers(len(spots)))]
    kind = int(rng.integers(3))
    if kind == 0:
        return text[:i] + text[i + 1] + text[i] + text[i + 2 :]
    return text[:i] + text[i + 1 :] if kind == 1 else text[:i] + text[i] + text[i:]
