"""What the post office adds to a canonical address: state, district and office of a PIN, and the PIN of a locality.

Everything here is remembered, for texts repeat their postcodes; the directory itself is read on first use.
"""

from functools import lru_cache
from typing import Final, NamedTuple

from nlp.directory import load_directory
from nlp.text import fold

_PINS: Final = 20_000  # of India; each is looked up once
_PHRASES: Final = 16_384
_CITIES: Final = 1_024  # of some hundred names each, 30 kB on average
_MOST_AREAS: Final = 8
_PIN_LENGTH: Final = 6
_PLACES: Final = frozenset({"loc", "city", "sub_district"})


class Office(NamedTuple):
    """State code, district and post office of a PIN; `office` only where the PIN has but one."""

    state: str
    district: str
    office: str


_NOWHERE: Final = Office("", "", "")


@lru_cache(maxsize=_PINS)
def office_of(pin: str) -> Office:
    """What a PIN says; empty where the post office has none such, or for a postcode of another country."""
    if len(pin) != _PIN_LENGTH:
        return _NOWHERE
    directory = load_directory()
    area = directory.postcode(pin)
    if area is None:
        return Office(directory.state_of(pin), "", "")
    return Office(area.state_code, area.district, area.offices[0] if len(area.offices) == 1 else "")


@lru_cache(maxsize=_PHRASES)
def locality(words: tuple[str, ...], pin: str) -> tuple[str, ...]:
    """The words of a locality's name as the post office at `pin` writes them; `words` where it knows no such name.

    One slip or another transliteration does not matter (`Indranagar`, `Indira Nagar`).
    """
    if len(pin) != _PIN_LENGTH or not words:
        return words
    found = load_directory().near(pin, " ".join(words))
    return tuple(found.name.split()) if found is not None and found.kind in _PLACES else words


@lru_cache(maxsize=_PHRASES)
def city_name(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words of an Indian city's present name (`Baroda` -> `vadodara`); `words` where it has no other."""
    return tuple(load_directory().city_alias(" ".join(words)).split()) or words


def pin_of(areas: tuple[tuple[str, ...], ...], city: str, state: str) -> str:
    """The PIN that a city's or district's localities named in a text agree on; "" where none or several do.

    `areas`: the words of each name, which may have others before or after it (`Vill Bhuri`). A town that has one PIN
    needs no locality. `city` in lower case; `state`: its code, or "" for any.
    """
    if not city:
        return ""
    known = _localities(city, state)
    pins = set(known[""])
    for area in areas[:_MOST_AREAS]:
        if " ".join(area) == city:
            continue
        phrases = (area, area[1:], area[:-1]) if len(area) > 1 else (area,)
        found = (known.get(fold("".join(phrase))) for phrase in phrases)
        pins.intersection_update(next((each for each in found if each), pins))
    return next(iter(pins)) if len(pins) == 1 else ""


@lru_cache(maxsize=_PHRASES)
def zip_of(city: str, state: str) -> str:
    """The ZIP code of an American town that has but one; else "". `city` in lower case, `state` its code."""
    codes = load_directory().zips_of(city, state) if city and state else ()
    return codes[0] if len(codes) == 1 else ""


@lru_cache(maxsize=_PHRASES)
def _folded(name: str) -> str:
    return fold(name.replace(" ", ""))


@lru_cache(maxsize=_CITIES)
def _localities(city: str, state: str) -> dict[str, tuple[str, ...]]:
    """Folded names of a city's localities and post offices -> the PINs that have them; "" -> all of the city's."""
    directory = load_directory()
    found: dict[str, dict[str, None]] = {"": {}}
    for pin in directory.pins_of(city):
        area = directory.postcode(pin)
        if area is None or state not in {"", area.state_code}:
            continue
        for name in ("", *area.offices, *area.localities):
            found.setdefault(_folded(name), {})[pin] = None
    return {name: tuple(pins) for name, pins in found.items()}
