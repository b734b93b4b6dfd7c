"""Places that pairs of addresses are made of: what they are, and how they are plainly written."""

from typing import Final

import msgspec

from nlp.generate import india, united_states, world
from nlp.generate.draw import Draw
from nlp.generate.names import Names
from nlp.generate.numbers import ordinal
from nlp.generate.states_in import STATES
from nlp.generate.united_states import STATES as US_STATES


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery point. Its identity is in `number`, `unit`, `tower`, `building`, `street`, `sub`, `locality`, `city`.

    Attributes:
        country: ISO 3166 alpha-2.
        number: of the house or plot, without its word.
        number_word: `H.No.`, `Plot No`; `""` for none.
        unit: of the flat, without its word; `""` in a house of one household.
        unit_word: `Flat No`, `Apt`.
        tower: `A`, `3`; `""` for none.
        building: a name; `""` for none.
        street: name and type, or number and type.
        sub: sector, phase, stage; `""` for none.
        locality: the named area; `""` for none.
        city, state: as written; `cities` and `states` are their other spellings.
        postcode: six digits, or as the country has it.
    """

    country: str
    number: str
    street: str
    city: str
    postcode: str
    number_word: str = ""
    unit: str = ""
    unit_word: str = ""
    tower: str = ""
    building: str = ""
    sub: str = ""
    locality: str = ""
    state: str = ""
    cities: tuple[str, ...] = ()
    states: tuple[str, ...] = ()


def same_building(first: Place, second: Place) -> bool:
    """Whether two places are in one building: all that names it is equal."""
    return all(getattr(first, name) == getattr(second, name) for name in _BUILDING)


def same_unit(first: Place, second: Place) -> bool:
    """Whether two places are one flat (or one house of one household)."""
    return same_building(first, second) and first.unit == second.unit


_BUILDING: Final = (
    "country", "number", "street", "city", "postcode", "tower", "building", "sub", "locality", "state",
)  # fmt: skip


def place(country: str, names: Names, draw: Draw) -> Place:
    """A drawn place of a country."""
    if country == "IN":
        return _indian(names, draw)
    return _american(names, draw) if country == "US" else _other(country, draw)


_HOUSE_WORDS: Final = (
    "",
    "",
    "H.No.",
    "House No",
    "Plot No",
    "D.No.",
    "No",
    "#",
    "House No.",
    "Plot No.",
    "H No",
)
_FLAT_WORDS: Final = ("Flat No", "Flat", "Flat No.", "Apartment", "Flat")
_NUMBERED: Final = ("Cross", "Main", "Street", "Main Road", "Cross Road", "Lane")


def _indian(names: Names, draw: Draw) -> Place:
    at = draw.pick(names.metro if draw.chance(0.6) else names.town)
    area = names.areas[at]
    region, states = STATES[area.state_code]
    values = india.values(names, at, draw)
    rules = india.grammar()
    cities = draw.pick(area.cities) if area.cities else (area.districts[0],)
    flats = draw.chance(0.5)
    locality = (
        values["locality"] if draw.chance(0.7) else rules.text("invented", draw, values, region).title()
    )
    sub = (
        f"{draw.pick(('Sector', 'Phase', 'Block', 'Ward No'))} {draw.number(1, 30)}"
        if draw.chance(0.2)
        else ""
    )
    return Place(
        country="IN",
        number=_indian_number(region, draw),
        number_word="#" if region == "kannada" and draw.chance(0.4) else draw.pick(_HOUSE_WORDS),
        unit=_flat(draw) if flats else "",
        unit_word=draw.pick(_FLAT_WORDS) if flats else "",
        tower=draw.pick("ABCDEF") if flats and draw.chance(0.4) else "",
        building=rules.text("home_name", draw, values, region).title() if flats or draw.chance(0.2) else "",
        street=_indian_street(region, values, draw),
        sub=sub,
        locality=locality,
        city=cities[0],
        postcode=area.pin,
        state=states[0],
        cities=cities,
        states=tuple(state for state in states if "." not in state)[:2],
    )


def _indian_number(region: str, draw: Draw) -> str:
    if region == "telugu" and draw.chance(0.6):
        return f"{draw.number(1, 40)}-{draw.number(1, 12)}-{draw.number(10, 900)}" + (
            f"/{draw.number(1, 60)}" if draw.chance(0.4) else ""
        )
    number = str(draw.number(1, 999 if draw.chance(0.7) else 99))
    shape = draw.random()
    if shape < 0.55:  # noqa: PLR2004 - plain ones are the most common
        return number
    if shape < 0.75:  # noqa: PLR2004 - `12/3`
        return f"{number}/{draw.number(1, 40)}"
    if shape < 0.87:  # noqa: PLR2004 - `12-A`
        return f"{number}-{draw.pick('ABCDE')}"
    return f"{draw.pick('ABCDEFGH')}-{number}"


def _flat(draw: Draw) -> str:
    number = f"{draw.number(1, 20)}{draw.number(1, 8):02d}"
    return number if draw.chance(0.8) else f"{draw.pick('ABCDEF')}-{number}"


def _indian_street(region: str, values: dict[str, str], draw: Draw) -> str:
    if draw.chance(0.35):
        if region in {"hindi", "delhi", "bihar", "punjab"}:
            return f"{draw.pick(('Gali No', 'Street No', 'Lane No', 'Road No'))} {draw.number(1, 24)}"
        return f"{ordinal(draw.number(1, 24))} {draw.pick(_NUMBERED)}"
    named = india.grammar().text("street_name", draw, values, region).title()
    return f"{named} {draw.pick(('Road', 'Road', 'Road', 'Street', 'Marg', 'Lane'))}"


_US_TYPES: Final = ("Street", "Avenue", "Road", "Drive", "Lane", "Boulevard", "Court", "Place")
_US_UNITS: Final = ("Apt", "Unit", "Suite", "Apartment", "#")
_SIDES: Final = ("North ", "South ", "East ", "West ")


def _american(names: Names, draw: Draw) -> Place:
    town = draw.pick(names.us)
    while town.state not in US_STATES:
        town = draw.pick(names.us)
    rules = united_states.grammar()
    name = ordinal(draw.number(1, 120)) if draw.chance(0.3) else rules.text("street_us", draw)
    side = draw.pick(_SIDES) if draw.chance(0.3) else ""
    flats = draw.chance(0.45)
    unit = draw.pick(
        (str(draw.number(1, 40)), f"{draw.number(1, 12)}{draw.pick('ABCD')}", str(draw.number(101, 999)))
    )
    return Place(
        country="US", number=str(draw.number(1, 9999) if draw.chance(0.5) else draw.number(100, 1999)),
        unit=unit if flats else "", unit_word=draw.pick(_US_UNITS) if flats else "",
        tower=draw.pick("ABC") if flats and draw.chance(0.15) else "",
        street=f"{side}{name} {draw.pick(_US_TYPES)}", city=town.towns[0], postcode=town.code,
        cities=town.towns, state=US_STATES[town.state], states=(US_STATES[town.state], town.state),
    )  # fmt: skip


def _other(country: str, draw: Draw) -> Place:
    while True:
        fields = world.plain(country, draw).values()
        if "street" in fields and "house_number" in fields and "city" in fields:
            break
    unit_word, _, unit = fields.get("unit", "").rpartition(" ")
    return Place(
        country=country, number=fields["house_number"], street=fields["street"], city=fields["city"],
        postcode=fields.get("postcode", ""), unit=unit, unit_word=unit_word, building=fields.get("house_name", ""),
        locality=fields.get("locality", ""), state=fields.get("state", ""), cities=(fields["city"],),
        states=(fields.get("state", ""),),
    )  # fmt: skip


_STREET_FIRST: Final = frozenset({"DE", "NL", "IT", "ES", "BR"})


def parts(place: Place) -> list[tuple[str, str]]:
    """The parts of a place in the order of its country: (name, text), joined by commas when written."""
    number = _joined(place.number_word, place.number)
    unit = _joined(place.unit_word, place.unit) if place.unit else ""
    tower = f"{'Bldg' if place.country == 'US' else 'Tower'} {place.tower}" if place.tower else ""
    if place.country == "IN":
        rows = [
            ("unit", unit), ("tower", tower), ("building", place.building), ("number", number),
            ("street", place.street), ("sub", place.sub), ("locality", place.locality), ("city", place.city),
            ("state", place.state), ("postcode", place.postcode),
        ]  # fmt: skip
    else:
        both = (place.street, number) if place.country in _STREET_FIRST else (number, place.street)
        rows = [
            ("building", place.building), ("number", " ".join(both)), ("tower", tower), ("unit", unit),
            ("locality", place.locality),
        ]  # fmt: skip
        tail = [("city", place.city), ("state", place.state), ("postcode", place.postcode)]
        rows += tail if place.country not in _STREET_FIRST or place.country == "BR" else tail[::-1]
    return [(name, text) for name, text in rows if text]


def _joined(word: str, number: str) -> str:
    return f"{word}{number}" if word in ("", "#") else f"{word} {number}"
