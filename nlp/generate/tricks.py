"""Tricks that make one place look like another on paper: each by name, on the parts of a place or on its text.

A trick keeps the house number and the unit readable: whoever delivers there still finds the door.
"""

import re
from collections.abc import Callable
from typing import Final

from nlp.generate import noise
from nlp.generate.draw import Draw
from nlp.generate.places import Place

Parts = list[tuple[str, str]]
PartsTrick = Callable[[Parts, Place, Draw], Parts]
TextTrick = Callable[[str, Draw], str]

_ZERO_WIDTH: Final = ("​", "‌", "‍", "﻿", "­", "⁠")  # noqa: PLE2515 - the point of it
_HOMOGLYPHS: Final = str.maketrans("aceopxyABCEHKMOPTX", "асеорхуАВСЕНКМОРТХ")  # noqa: RUF001 - the point of it
_WIDE: Final = {ord(digit): chr(ord(digit) + 0xFEE0) for digit in "0123456789"}
_DIGIT_WORDS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TENS: Final = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_TEENS: Final = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_STUFFING: Final = (
    "call before delivery", "ring the bell twice", "leave at the gate", "urgent please", "gate is green",
    "do not call after 9 pm", "hand over to the guard", "deliver between 10 and 5", "contact on mobile {phone}",
    "mob {phone}", "ph: {phone}", "landline not working", "pls deliver fast", "cash will be paid", "no parking",
    "attention security",
)  # fmt: skip
_SPOTS: Final = {
    "IN": (
        "SBI ATM", "Hanuman Mandir", "Bus Stand", "Petrol Pump", "Govt School", "Water Tank",
        "City Hospital", "Jama Masjid",
        "Reliance Fresh", "Police Chowki", "Post Office", "Railway Crossing", "Community Hall", "Apollo Pharmacy",
    ),
    "US": ("the gas station", "Walgreens", "City Park", "the water tower", "Shell station", "the elementary school"),
}  # fmt: skip
_NEAR: Final = {
    "IN": ("near", "opp", "behind", "Opp.", "next to", "nr"),
    "US": ("near", "across from", "behind", "next to"),
}
_US_SHORT: Final = {
    "Street": "St", "Avenue": "Ave", "Road": "Rd", "Drive": "Dr", "Lane": "Ln", "Boulevard": "Blvd", "Court": "Ct",
    "Place": "Pl", "North": "N", "South": "S", "East": "E", "West": "W", "Apartment": "Apt", "Suite": "Ste",
    "Apt": "#", "Highway": "Hwy",
}  # fmt: skip
_IN_SHORT: Final = {
    "Road": "Rd", "Street": "St", "Nagar": "Ngr", "Colony": "Col", "Apartments": "Apts", "Apartment": "Apt",
    "Building": "Bldg", "Sector": "Sec", "Extension": "Extn", "Main": "Mn", "Cross": "Crs", "Society": "Soc",
    "Block": "Blk", "Phase": "Ph", "House": "H", "Lane": "Ln", "Marg": "Mg", "Layout": "Lyt", "Garden": "Gdn",
    "Towers": "Twrs", "Complex": "Cmplx", "Enclave": "Encl",
}  # fmt: skip
_LONG: Final = 5


def upper(text: str, _draw: Draw) -> str:
    """All capitals."""
    return text.upper()


def lower(text: str, _draw: Draw) -> str:
    """All small."""
    return text.lower()


def punctuation(text: str, draw: Draw) -> str:
    """Other marks between the parts."""
    text = text.replace(", ", draw.pick((" , ", ",", "; ", " - ", " / ", "\n", "  ")))
    return re.sub(r"(?<=[A-Za-z])\.(?=\s|$)", "", text) if draw.chance(0.5) else text


def no_commas(text: str, _draw: Draw) -> str:
    """Blanks for commas."""
    return text.replace(", ", " ")


def homoglyphs(text: str, _draw: Draw) -> str:
    """Cyrillic letters that look like Latin ones."""
    return text.translate(_HOMOGLYPHS)


def zero_width(text: str, draw: Draw) -> str:
    """Characters without width inside the words."""
    return "".join(
        char + draw.pick(_ZERO_WIDTH) if char.isalnum() and draw.chance(0.2) else char for char in text
    )


def wide_digits(text: str, _draw: Draw) -> str:
    """Digits of East Asian width."""
    return text.translate(_WIDE)


def glued(text: str, draw: Draw) -> str:
    """Some spaces lost, never between two numbers."""

    def join(found: re.Match[str]) -> str:
        return "" if draw.chance(0.5) else found.group()

    return re.sub(r"(?<=[A-Za-z])[, ]+(?=[A-Za-z])", join, text, count=4)


def typos(text: str, draw: Draw) -> str:
    """One slip in each of two long words."""
    return _reworded(text, draw, noise.slip, 2)


def transliteration(text: str, draw: Draw) -> str:
    """Other spellings of the same sounds in up to three words."""
    return _reworded(text, draw, noise.respelt, 3)


def _reworded(text: str, draw: Draw, change: Callable[[str, Draw], str], most: int) -> str:
    words = re.split(r"(\W+)", text)
    long = [i for i, word in enumerate(words) if len(word) >= _LONG and word.isascii() and word.isalpha()]
    for i in draw.shuffled(long)[:most]:
        words[i] = change(words[i], draw)
    return "".join(words)


def abbreviations(text: str, _draw: Draw) -> str:
    """`Road` as `Rd`, in Indian words."""
    return re.sub(r"[A-Za-z]+", lambda found: _IN_SHORT.get(found.group(), found.group()), text)


def abbreviations_us(text: str, _draw: Draw) -> str:
    """`Street` as `St`, in American words."""
    return re.sub(r"[A-Za-z]+", lambda found: _US_SHORT.get(found.group(), found.group()), text)


def spelled(number: int, draw: Draw) -> str:
    """A number below 1000 in words: `twelve`, or digit by digit."""
    if number < 20 and draw.chance(0.7):  # noqa: PLR2004 - these have words of their own
        return _TEENS[number - 10] if number >= 10 else _DIGIT_WORDS[number]  # noqa: PLR2004 - see above
    if number < 100 and draw.chance(0.7):  # noqa: PLR2004 - see above
        tens, ones = divmod(number, 10)
        return _TENS[tens - 2] + (f" {_DIGIT_WORDS[ones]}" if ones else "")
    return " ".join(_DIGIT_WORDS[int(digit)] for digit in str(number))


def digits_as_words(rows: Parts, place: Place, draw: Draw) -> Parts:
    """The house number in words."""

    def say(found: re.Match[str]) -> str:
        return spelled(int(found.group().lstrip("#")), draw)

    if not place.number.isdigit():
        return rows
    whole = re.compile(rf"(?<!\w)#?{place.number}(?!\w)")
    return [(name, whole.sub(say, text, count=1) if name == "number" else text) for name, text in rows]


def shuffled(rows: Parts, _place: Place, draw: Draw) -> Parts:
    """The parts in another order; unit and house number stay apart."""
    order = draw.shuffled(rows)
    for i in range(1, len(order)):
        if {order[i - 1][0], order[i][0]} & {"unit", "number"} and order[i - 1][0] in {
            "unit",
            "number",
            "postcode",
        }:
            return [*rows[-3:], *rows[:-3]]
    return order


def stuffed(rows: Parts, _place: Place, draw: Draw) -> Parts:
    """Words for the courier."""
    said = draw.pick(_STUFFING).format(phone=f"9{draw.number(0, 999_999_999):09d}")
    at = len(rows) if draw.chance(0.6) else draw.number(1, len(rows))
    return [*rows[:at], ("stuffing", said), *rows[at:]]


def landmark(rows: Parts, place: Place, draw: Draw) -> Parts:
    """A landmark more."""
    near = "IN" if place.country == "IN" else "US"
    at = next((i for i, (name, _) in enumerate(rows) if name == "city"), len(rows))
    return [*rows[:at], ("landmark", f"{draw.pick(_NEAR[near])} {draw.pick(_SPOTS[near])}"), *rows[at:]]


def _without(dropped: str) -> PartsTrick:
    def trick(rows: Parts, _place: Place, _draw: Draw) -> Parts:
        return [(name, text) for name, text in rows if name != dropped]

    return trick


def other_city(rows: Parts, place: Place, draw: Draw) -> Parts:
    """An old or new name of the city."""
    others = [city for city in place.cities if city != place.city]
    return [(name, draw.pick(others) if name == "city" and others else text) for name, text in rows]


def other_state(rows: Parts, place: Place, draw: Draw) -> Parts:
    """The state's code for its name."""
    others = [state for state in place.states if state != place.state]
    return [(name, draw.pick(others) if name == "state" and others else text) for name, text in rows]


def other_words(rows: Parts, place: Place, draw: Draw) -> Parts:
    """Other words before the numbers: `H.No. 12` as `#12`, `Flat 4` as `Apt 4`."""
    number = {"IN": ("House No. ", "H No ", "#", "No. ", "Hno ", "HOUSE NO-"), "US": ("",)}.get(
        place.country, ("",)
    )
    unit = {"IN": ("Flat ", "Flat No.", "F.No. ", "Apt ", "Flat # "), "US": ("Apt ", "#", "Unit ", "No. ")}
    out = []
    for name, text in rows:
        if name == "unit":
            out.append((name, draw.pick(unit.get(place.country, ("Unit ",))) + place.unit))
        elif name == "number" and place.country == "IN":
            out.append((name, draw.pick(number) + place.number))
        else:
            out.append((name, text))
    return out


def doubled(rows: Parts, _place: Place, draw: Draw) -> Parts:
    """The city or the locality said twice."""
    at = [i for i, (name, _) in enumerate(rows) if name in {"city", "locality"}]
    if not at:
        return rows
    i = draw.pick(at)
    return [*rows[: i + 1], rows[i], *rows[i + 1 :]]


TEXT_TRICKS: Final[dict[str, TextTrick]] = {
    "upper case": upper, "lower case": lower, "punctuation": punctuation, "no commas": no_commas,
    "homoglyphs": homoglyphs, "zero width": zero_width, "wide digits": wide_digits, "glued words": glued,
    "typos": typos, "transliteration": transliteration, "abbreviations": abbreviations,
}  # fmt: skip
PARTS_TRICKS: Final[dict[str, PartsTrick]] = {
    "digits as words": digits_as_words, "shuffled parts": shuffled, "stuffed text": stuffed,
    "added landmark": landmark, "dropped postcode": _without("postcode"), "dropped locality": _without("locality"),
    "dropped state": _without("state"), "dropped building": _without("building"), "other city name": other_city,
    "state code": other_state, "other words": other_words, "doubled part": doubled,
}  # fmt: skip
