"""Places that look alike and are not: the hard negatives, each kind by name."""

import re
from collections.abc import Callable
from typing import Final

import msgspec

from nlp.generate.draw import Draw
from nlp.generate.numbers import ordinal
from nlp.generate.places import Place

Swap = Callable[[Place, Place, Draw], Place]
_NUMBER: Final = re.compile(r"\d+")
_ORDINAL: Final = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b", re.IGNORECASE)


def number_changed(place: Place, _other: Place, draw: Draw) -> Place:
    """The house number with digits swapped, one more, a letter or another digit: 12 -> 21, 12A, 112, 12/1, 13."""
    old = place.number
    found = list(_NUMBER.finditer(old))
    at = found[-1] if draw.chance(0.5) else found[0]
    digits = at.group()
    forms = [
        digits[::-1] if digits[::-1].lstrip("0") == digits[::-1] else "",
        draw.pick("123456789") + digits,
        digits + draw.pick("0123456789"),
        str(int(digits) + draw.pick((1, 2, 10))),
        str(max(1, int(digits) - 1)),
    ]
    fresh = [old[: at.start()] + form + old[at.end() :] for form in forms if form and form != digits]
    if old.isdigit():
        fresh += [f"{old}{draw.pick('ABC')}", f"{old}/{draw.number(1, 9)}"]
    return msgspec.structs.replace(place, number=draw.pick(fresh))


def elsewhere(place: Place, other: Place, draw: Draw) -> Place:
    """The same house number in another street of the same PIN or city."""
    near = draw.chance(0.5)
    return msgspec.structs.replace(
        other, number=place.number, number_word=place.number_word, unit=place.unit, unit_word=place.unit_word,
        city=place.city, state=place.state, cities=place.cities, states=place.states,
        postcode=place.postcode if near or not other.postcode else _neighbour(place.postcode, draw),
    )  # fmt: skip


def _neighbour(postcode: str, draw: Draw) -> str:
    """A postcode of the same city: another last digit."""
    if not postcode or not postcode[-1].isdigit():
        return postcode
    return postcode[:-1] + draw.pick([digit for digit in "0123456789" if digit != postcode[-1]])


def far_away(place: Place, other: Place, _draw: Draw) -> Place:
    """The same house number and street in another city."""
    return msgspec.structs.replace(
        other, number=place.number, number_word=place.number_word, unit=place.unit, unit_word=place.unit_word,
        street=place.street, building=place.building, tower=place.tower,
    )  # fmt: skip


def sibling_street(place: Place, _other: Place, draw: Draw) -> Place | None:
    """4th Cross -> 5th Cross; None where the street has no number."""
    step = draw.pick((1, 1, 2, 10))
    street = _ORDINAL.sub(lambda found: ordinal(int(found[1]) + step), place.street, count=1)
    if street == place.street:
        street = _NUMBER.sub(lambda found: str(int(found[0]) + step), place.street, count=1)
    return msgspec.structs.replace(place, street=street) if street != place.street else None


def sibling_sub(place: Place, _other: Place, draw: Draw) -> Place | None:
    """Sector 4 -> Sector 5; None without one."""
    if not place.sub:
        return None
    step = draw.pick((1, 1, 2, 10))
    return msgspec.structs.replace(
        place, sub=_NUMBER.sub(lambda found: str(int(found[0]) + step), place.sub, count=1)
    )


def other_flat(place: Place, _other: Place, draw: Draw) -> Place | None:
    """Another flat of the same tower; None in a house."""
    if not _NUMBER.search(place.unit):
        return None
    digits = _NUMBER.findall(place.unit)[-1]
    forms = [
        str(int(digits) + 1),
        str(int(digits) + 100),
        digits[::-1],
        digits + "1",
        "1" + digits,
        str(max(1, int(digits) - 1)),
    ]
    form = draw.pick([form for form in forms if form.lstrip("0") == form and form != digits])
    at = place.unit.rindex(digits)
    return msgspec.structs.replace(place, unit=place.unit[:at] + form + place.unit[at + len(digits) :])


def other_tower(place: Place, _other: Place, draw: Draw) -> Place | None:
    """The same flat in another tower; None without one."""
    if not place.tower:
        return None
    return msgspec.structs.replace(
        place, tower=draw.pick([letter for letter in "ABCDEFG" if letter != place.tower])
    )


def other_building(place: Place, other: Place, _draw: Draw) -> Place | None:
    """Another building of the same street, with another number; None without names."""
    if not place.building or not other.building or other.number == place.number:
        return None
    return msgspec.structs.replace(place, building=other.building, number=other.number)


SWAPS: Final[dict[str, Callable[[Place, Place, Draw], Place | None]]] = {
    "number changed": number_changed, "same number elsewhere": elsewhere, "same street far away": far_away,
    "sibling street": sibling_street, "sibling sector": sibling_sub, "other flat": other_flat,
    "other tower": other_tower, "other building": other_building,
}  # fmt: skip
