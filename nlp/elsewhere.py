"""Which other country an address shows: by the name that ends it, or by a postcode's shape that nobody else has."""

import re
from functools import cache
from typing import Final

from nlp import world

_PARTS: Final = re.compile(r"[,;|\n]| - ")
_SINGAPORE: Final = re.compile(r"\bsingapore\s{0,3}\(?S?\d{6}\)?\Z", re.IGNORECASE)
_OF_NAMES: Final = frozenset({"new", "south", "north", "east", "west", "little"})  # New Mexico, South Holland
_MOST_PARTS: Final = 24
_WORD: Final = re.compile(r"[^\W_]+")
_ORDINAL: Final = re.compile(r"(?:1ST|2ND|3RD|[04-9]TH)\Z", re.IGNORECASE)
_TAIL: Final = 80  # characters in which a postcode is looked for


def country_shown(text: str) -> str:
    """The ISO code of the country that a cleaned text shows by its last words or its postcode; "" where it shows none.

    Only what no Indian or American address has counts: `UK` at the end needs a British postcode.
    """
    named, _ = named_country(split(text))
    if named and named != "GB":
        return named
    shaped = shaped_country(text)
    if named == "GB" and shaped != "GB":
        last = _WORD.findall(text)[-1].lower()
        return "" if last == "uk" else named
    return shaped or named


def split(text: str) -> list[str]:
    """The parts of a text between separators."""
    return [part.strip(" .") for part in _PARTS.split(text, maxsplit=_MOST_PARTS)]


def named_country(parts: list[str]) -> tuple[str, str]:
    """The country that ends the text, and the words that say so."""
    last = next((part for part in reversed(parts) if part), "")
    words = last.split()
    for length in range(min(4, len(words)), 0, -1):
        phrase = " ".join(words[-length:])
        part_of_name = length < len(words) and words[-length - 1].lower() in _OF_NAMES
        code = world.COUNTRIES.get(phrase.replace(".", " ").lower().strip())
        if code and not part_of_name:
            return code, phrase
    return ("SG", "") if _SINGAPORE.search(last) else ("", "")


@cache
def _shapes() -> dict[str, re.Pattern[str]]:
    """The shape of each country's postcode as it stands in a text."""
    return {code: shape_of(habit) for code, habit in world.HABITS.items()}


def shape_of(habit: world.Habit) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w/-]){habit.postcode}(?![\w/-])", re.IGNORECASE)


def shaped_country(text: str) -> str:
    """The country whose postcode's shape, or state and postcode, nobody else has."""
    if _states("AU").search(text):
        return "AU"
    tail = text[-_TAIL:]
    for code, shape in _shapes().items():
        if world.HABITS[code].distinct:
            found = list(shape.finditer(tail))
            if found and _ends_well(tail, found[-1], world.HABITS[code]):
                return code
    return ""


def _ends_well(text: str, match: re.Match[str], habit: world.Habit) -> bool:
    """A postcode stands at the end of its part; or it begins the last part and a city follows, no street."""
    after = text[match.end() :].strip(" .)")
    if habit.leads:
        before = text[: match.start()].rstrip()
        words = [word.lower() for word in _WORD.findall(after)]
        town = bool(words) and "," not in after and world.STREET_WORDS.keys().isdisjoint(words)
        return town and before.endswith((",", ";", "\n"))
    if _ORDINAL.search(match["code"]):
        return False  # B12 5th, Cross
    return not after or not after[0].isalnum() or after.lower() in world.COUNTRIES


@cache
def _states(code: str) -> re.Pattern[str]:
    """A state's code and the postcode, in either order, at the end."""
    either = "|".join(world.HABITS[code].states.split())
    return re.compile(
        rf"(?<!\w)(?:(?:{either})[,\s]{{1,3}}\d{{4}}|\d{{4}}[,\s]{{1,3}}(?:{either}))(?=\W*(?:australia)?\W*\Z)",
        re.IGNORECASE,
    )
