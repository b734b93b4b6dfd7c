# ruff: noqa: PLR2004 - shares and sizes of a made-up world read best where they are used
"""How people write one address: what they shorten, turn around, leave out, add and get wrong.

The noise is this room's own and shares nothing with what the address parser was trained on: how well the parser
does on it would mean nothing else.
"""

from collections.abc import Sequence

from msgspec import Struct

from simulator import gazetteer as gaz
from simulator import people, wording
from simulator.streets import Place, ordinal

UNIT_LEFT_OUT = 0.25  # of texts of a place with units
MOST = 200  # characters of a text

_UNIT_WORDS = {  # the plain one first
    "Flat": ("Flat", "Flat No", "Flat No.", "#", "F.No.", "F No", "Flat #", "Apt", ""),
    "Apt": ("Apt", "Apartment", "Unit", "#", "Apt.", "Apt #", "No."),
    "Room": ("Room", "Room No", "Rm", "R.No.", "Room #"),
    "Suite": ("Suite", "Ste", "#", "Ste.", "Unit", "Suite #"),
    "Office": ("Office", "Office No", "#", "Off No", "Unit No", "Unit"),
    "Locker": ("Locker", "Locker No", "Lkr"),
    "PMB": ("PMB", "#", "PMB #", "Box"),
}
_NUMBER_WORDS = (
    "No.",
    "No",
    "#",
    "H.No.",
    "House No",
    "H No",
    "Plot No",
    "Door No",
    "D.No.",
    "Plot",
)
_FLOORS = ("{} Floor", "{} Flr", "{} Fl")
_FILLERS = (
    "call before delivery", "pls call on arrival", "leave with guard", "ring bell twice", "deliver after 6 pm",
    "urgent", "handle with care", "leave at door", "do not ring", "gate code at desk", "for pickup",
)  # fmt: skip
_OF_VILLAGE = ("Vill {}", "Village {}", "PO {}", "Post {}", "At Post {}", "Vill & PO {}", "{} Post")
_OF_DISTRICT = ("Dist {}", "Dist. {}", "{} Dist", "Distt. {}")

# What is drawn for each text. A new habit goes to the end and leaves the earlier choices alone.
(
    _SHORT, _LANDMARK, _WHICH_LANDMARK, _NO_COMMAS, _CASE, _SPACED, _TYPO, _TYPO_AT, _TYPO_KIND, _NO_UNIT, _UNIT_WORD,
    _NUMBER_WORD, _WHICH_NUMBER, _APART, _ALIAS, _WHICH_ALIAS, _STATE, _NO_STATE, _DASH, _SOUND, _WHICH, _SIGN,
    _ORDINAL, _ORDER, _WHICH_ORDER, _NAME, _FIRST, _LAST, _FLOOR, _WHICH_FLOOR, _NO_CODE, _CODE, _NO_AREA, _NO_BUILDING,
    _DOUBLE, _DOUBLE_AT, _COMMA, _COMMA_AT,
    _COUNTRY, _POST, _FILLER, _WHICH_FILLER, _TYPO_2, _TYPO_2_AT, _TYPO_2_KIND, DRAWS,
) = range(46)  # fmt: skip


class Care(Struct, frozen=True):
    """How a writer writes: `noise` scales the chance of every habit, `typo` is the chance of one slip.

    `filler` is the chance of words that are no address at all.
    """

    noise: float
    typo: float
    filler: float = 0.0


TIDY = Care(noise=0.4, typo=0.01)  # stored in the profile, written once
CASUAL = Care(noise=1.0, typo=0.04)  # typed anew
DISGUISED = Care(noise=1.5, typo=0.10, filler=0.15)  # a drop that should not look like itself
CARES = (TIDY, CASUAL, DISGUISED)

Tricks = list[str]


def spell(place: Place, draws: Sequence[float], care: Care) -> tuple[str, tuple[str, ...]]:
    """One spelling of `place`, at most 200 characters on one line, and the names of the tricks it uses.

    `draws`: `DRAWS` numbers, uniform in 0..1 and all that the text depends on besides the place and the care. The
    plain form, with every word in full, uses no trick. Digits of number, unit and postcode are never changed.
    """
    text, tricks = _written(place, draws, care, extras=True)
    if len(text) > MOST:  # what is no part of the address goes first
        text, tricks = _written(place, draws, care, extras=False)
    return text, tuple(tricks)


def _written(place: Place, d: Sequence[float], care: Care, *, extras: bool) -> tuple[str, Tricks]:
    tricks: Tricks = []
    noise = care.noise
    lines = (_india if place.country == gaz.INDIA else _us)(place, d, noise, tricks)
    if extras:
        lines = _extras(place, lines, d, care, tricks)
    text = _joined(lines + _tail(place, d, noise, tricks), d, noise, tricks)
    if d[_CASE] < 0.18 * noise:
        tricks.append("upper case")
        text = text.upper()
    elif d[_CASE] > 1 - 0.18 * noise:
        tricks.append("lower case")
        text = text.lower()
    if d[_TYPO] < care.typo:
        text = _tried(text, wording.slip(text, d[_TYPO_AT], d[_TYPO_KIND]), "typo", tricks)
        if d[_TYPO_2] < 0.2:
            text = wording.slip(text, d[_TYPO_2_AT], d[_TYPO_2_KIND])
    return text, tricks


def _india(place: Place, d: Sequence[float], noise: float, tricks: Tricks) -> list[str]:
    street, building = place.street, place.building
    if d[_SOUND] < 0.15 * noise:
        street = _tried(street, wording.transliterated(street, _pick(d[_WHICH], 2)), "transliterated", tricks)
        building = _tried(building, wording.transliterated(building, 0), "transliterated", tricks)
    if d[_ORDINAL] < 0.3 * noise:
        which = _pick(d[_WHICH], 4)
        street = _tried(street, wording.ordinals(street, which, india=True), "ordinal", tricks)
    short = d[_SHORT] < 0.4 * noise
    if short:
        street = _tried(street, wording.abbreviated(street, _pick(d[_WHICH], 3)), "abbreviated", tricks)
    number = _number(place.number, d, noise, tricks)
    if d[_NUMBER_WORD] < 0.3 * noise:
        tricks.append("number word")
        word = _of(_NUMBER_WORDS, d[_WHICH_NUMBER])
        number = f"{word}{number}" if word == "#" else f"{word} {number}"
    if d[_APART] < 0.5:
        tricks.append("number apart")
        front = [number, street]
    else:
        front = [f"{number} {street}"]
    unit = _unit(place, d, noise, tricks)
    home = _house(place, building, d, noise, tricks, short=short)
    if (unit or home) and d[_ORDER] < 0.2 * noise:
        tricks.append("reordered")
        if unit and home and d[_WHICH_ORDER] < 0.5:
            front = home + unit + front
        else:
            front = front + home + unit if d[_WHICH_ORDER] < 0.8 else front + unit + home
    else:
        front = unit + home + front
    return front + _area(place, d, noise, tricks, short=short)


def _us(place: Place, d: Sequence[float], noise: float, tricks: Tricks) -> list[str]:
    short = d[_SHORT] < 0.6 * noise
    street = place.street
    if d[_ORDINAL] < 0.12 * noise:
        street = _tried(street, wording.ordinals(street, 0, india=False), "ordinal", tricks)
    if short:
        street = wording.abbreviated_us(street, _pick(d[_WHICH], 3))
        if (street, place.street_type[1], place.direction[1]) != (
            place.street,
            place.street_type[0],
            place.direction[0],
        ):
            tricks.append("abbreviated")
    number = _number(place.number, d, noise, tricks)
    parts = (number, place.direction[short], street, place.street_type[short])
    line = " ".join(part for part in parts if part)
    unit = _unit(place, d, noise, tricks)
    home = _house(place, place.building, d, noise, tricks, short=short)
    if unit and d[_ORDER] < 0.12 * noise:
        tricks.append("reordered")
        return [*unit, *home, line] if d[_WHICH_ORDER] < 0.6 else [*home, line, *unit]
    if unit and d[_APART] < 0.5:
        tricks.append("unit joined")
        return [" ".join((line, *unit)), *home]
    return [line, *unit, *home]


def _number(number: str, d: Sequence[float], noise: float, tricks: Tricks) -> str:
    if d[_SIGN] >= 0.25 * noise:
        return number
    return _tried(number, wording.signs(number, _pick(d[_WHICH], 3)), "other signs", tricks)


def _unit(place: Place, d: Sequence[float], noise: float, tricks: Tricks) -> list[str]:
    lines = []
    if place.unit is not None:
        if d[_NO_UNIT] < UNIT_LEFT_OUT:
            tricks.append("unit left out")
        else:
            unit, words = _number(place.unit, d, noise, tricks), _UNIT_WORDS[place.unit_kind]
            word = words[_pick(d[_UNIT_WORD] ** 2, len(words))]  # squared: the plain word is the common one
            if word != words[0]:
                tricks.append("unit word")
            lines.append((f"{word}{unit}" if word.endswith("#") else f"{word} {unit}").lstrip())
    india = place.country == gaz.INDIA
    if d[_FLOOR] < (0.15 if india else 0.03) * noise and (place.floor or india):
        tricks.append("floor")
        floor = place.floor or _pick(d[_WHICH_FLOOR], 4)
        lines.append(_FLOORS[_pick(d[_FIRST], 3)].format(ordinal(floor) if floor else "Ground"))
    return lines


def _house(
    place: Place, name: str, d: Sequence[float], noise: float, tricks: Tricks, *, short: bool
) -> list[str]:
    """The line of the building's name, if it has one."""
    if not name:
        return []
    if d[_NO_BUILDING] < 0.08 * noise:
        tricks.append("building left out")
        return []
    if short and place.building_type[0] != place.building_type[1] and "abbreviated" not in tricks:
        tricks.append("abbreviated")
    return [f"{name} {place.building_type[short]}"]


def _area(place: Place, d: Sequence[float], noise: float, tricks: Tricks, *, short: bool) -> list[str]:
    area = place.area
    if not area or area == place.city.name:
        return []
    if d[_NO_AREA] < 0.06 * noise:
        tricks.append("locality left out")
        return []
    if d[_SOUND] < 0.15 * noise:
        area = _tried(area, wording.transliterated(area, _pick(d[_WHICH], 2)), "transliterated", tricks)
    if short:
        area = _tried(area, wording.abbreviated(area, _pick(d[_WHICH], 3)), "abbreviated", tricks)
    if place.style == gaz.VILLAGE and d[_POST] < 0.5 * noise:
        tricks.append("village word")
        area = _of(_OF_VILLAGE, d[_FIRST]).format(area)
    return [area]


def _extras(place: Place, lines: list[str], d: Sequence[float], care: Care, tricks: Tricks) -> list[str]:
    """Names, landmarks and other words around the lines of the address."""
    country, noise = place.country, care.noise
    if d[_NAME] < 0.12 * noise:
        first, last = people.FIRST[country], people.LAST[country]
        name = f"{_of(first, d[_FIRST]).title()} {_of(last, d[_LAST]).title()}"
        of = d[_NAME] < 0.04 * noise
        tricks.append("care of" if of else "name")
        lines = [f"C/O {name}" if of else name, *lines]
    if d[_LANDMARK] < (0.2 if country == gaz.INDIA else 0.05) * noise:
        tricks.append("landmark")
        landmark = _of(gaz.LANDMARKS_IN if country == gaz.INDIA else gaz.LANDMARKS_US, d[_WHICH_LANDMARK])
        at = len(lines) - 1 if d[_WHICH_ORDER] < 0.5 and len(lines) > 2 else len(lines)
        lines = [*lines[:at], landmark, *lines[at:]]
    if d[_FILLER] < care.filler:
        tricks.append("filler")
        filler = _of(_FILLERS, d[_WHICH_FILLER])
        lines = [*lines, filler] if d[_WHICH_FILLER] < 0.7 else [filler, *lines]
    return lines


def _tail(place: Place, d: Sequence[float], noise: float, tricks: Tricks) -> list[str]:
    """City, state and postcode."""
    city, india = place.city, place.country == gaz.INDIA
    name, state, code = city.name, city.state if india else city.short, place.postcode
    if city.aliases and d[_ALIAS] < 0.3 * noise:
        tricks.append("alias")
        name = _of(city.aliases, d[_WHICH_ALIAS])
    elif india and place.style == gaz.VILLAGE and d[_POST] < 0.3 * noise:
        tricks.append("district word")
        name = _of(_OF_DISTRICT, d[_WHICH_ALIAS]).format(name)
    if d[_NO_STATE] < (0.35 if india else 0.06) * noise:
        tricks.append("state left out")
        state = ""
    elif d[_STATE] < 0.2 * noise:
        tricks.append("state otherwise")
        state = city.short if india else city.state
    # A text without the postcode must still say where in the country it is.
    if d[_NO_CODE] < 0.05 * noise and "locality left out" not in tricks and (india or state):
        tricks.append("postcode left out")
        code = ""
    elif india and d[_CODE] < 0.15 * noise:
        tricks.append("postcode spaced")
        code = f"{code[:3]} {code[3:]}"
    return _end(name, state, code, place, d, noise, tricks)


def _end(
    name: str, state: str, code: str, place: Place, d: Sequence[float], noise: float, tricks: Tricks
) -> list[str]:
    dash = " "
    if code and place.country == gaz.INDIA and d[_DASH] < 0.5:
        tricks.append("dash")
        dash = (" - ", "-", " PIN ", " Pin:", " - ")[_pick(d[_DASH] * 2, 5)]
    if state and code and d[_WHICH_ORDER] > 1 - 0.1 * noise:
        if "reordered" not in tricks:
            tricks.append("reordered")
        lines = [f"{name}{dash}{code}", state]
    elif state:
        lines = [name, f"{state}{dash}{code}" if code else state]
    else:
        lines = [f"{name}{dash}{code}" if code else name]
    if d[_COUNTRY] < 0.15 * noise:
        tricks.append("country")
        lines.append(
            "India" if place.country == gaz.INDIA else ("USA", "US", "United States")[_pick(d[_WHICH], 3)]
        )
    return lines


def _joined(lines: list[str], d: Sequence[float], noise: float, tricks: Tricks) -> str:
    if d[_NO_COMMAS] < 0.2 * noise:
        tricks.append("no commas")
        text = " ".join(lines).replace(",", "")
    else:
        if d[_COMMA] < 0.15 * noise:  # one comma forgotten
            tricks.append("missing comma")
            at = _pick(d[_COMMA_AT], len(lines) - 1)
            lines = [*lines[:at], f"{lines[at]} {lines[at + 1]}", *lines[at + 2 :]]
        text = ", ".join(lines)
        if d[_SPACED] < 0.08 * noise:
            tricks.append("spaced commas")
            text = text.replace(", ", " ," if d[_SPACED] < 0.04 * noise else ",")
    if d[_DOUBLE] < 0.08 * noise:
        at = text.find(" ", _pick(d[_DOUBLE_AT], len(text)))
        if at > 0:
            tricks.append("double spaces")
            text = f"{text[:at]} {text[at:]}"
    return text


def _tried(before: str, after: str, trick: str, tricks: Tricks) -> str:
    """`after`, with the trick noted if it changed anything."""
    if after != before and trick not in tricks:
        tricks.append(trick)
    return after


def _pick(share: float, n: int) -> int:
    return int(share * n)


def _of(options: tuple[str, ...], share: float) -> str:
    return options[int(share * len(options))]
