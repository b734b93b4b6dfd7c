"""Addresses of other countries: house number, street, unit, postcode, city, state and country by general habits.

Not a parser of each country's addresses: it knows the shape of postcodes, on which side of the city and the street
they and the house number stand, names of countries, and words for streets and flats in a dozen languages
(`nlp.world`). It is read where the text shows another country than India and the United States, or the caller says
so. Confidence is the share of values that were right in trials (docs/addresses.md), by how each was found.
"""

import re
from collections.abc import Callable
from typing import Final, NamedTuple

from nlp import world
from nlp.disguise import undisguised
from nlp.elsewhere import named_country, shape_of, shaped_country, split
from nlp.fields import Canonical, Fields
from nlp.text import clean, number_form

_NUMBER: Final = r"\d{1,5}(?:\s?[-/]\s?\d{1,5})?(?:\s?[a-z](?![^\W\d_]))?(?:\s?bis)?"
_FIRST: Final = re.compile(
    rf"(?:no\.?\s?|nr\.?\s?|blk\.?\s|block\s)?({_NUMBER})\s+(?=[^\W\d_])(.+)", re.IGNORECASE
)
_LAST: Final = re.compile(rf"(.*[^\W\d_])[\s.]+(?:no\.?\s?|nr\.?\s?|n\.?\s?)?({_NUMBER})", re.IGNORECASE)
_ALONE: Final = re.compile(rf"(?:no\.?\s?|nr\.?\s?)?({_NUMBER}|s/?n)", re.IGNORECASE)
_WORD: Final = re.compile(r"[^\W_]+")
_SUFFIX: Final = re.compile(r"\(([A-Z]{2})\)\s*$")  # Milano (MI)
_UNIT_SLASH: Final = re.compile(r"(\d{1,4}[a-z]?)\s?/\s?(\d{1,5}[a-z]?(?:-\d+)?)", re.IGNORECASE)
_CITY_STATE: Final = re.compile(r"\b(?:singapore|hong kong)\b", re.IGNORECASE)
_UMLAUT: Final = re.compile("(?<=[aou])e")
_UMLAUTS: Final = frozenset({"DE", "AT", "CH"})
_SLASH_UNITS: Final = frozenset({"AU", "NZ"})
_DIRECTION: Final = 2
_SHORT: Final = 5  # letters: a longer word may end in a street's

# How a value was found -> the share that was right.
_SURE, _LIKELY, _FAIR, _GUESS = 0.97, 0.85, 0.8, 0.4


class Generic(NamedTuple):
    """An address of another country. `country` is its ISO code, "" where the text does not tell."""

    fields: Fields
    confidence: dict[str, float]
    canonical: Canonical
    country: str


def generic_fields(text: str, country: str | None = None) -> tuple[Fields, dict[str, float]]:
    """The fields of an address of any country, and how sure of each (0 to 1). `country`: its ISO code, if known."""
    found = read_generic(text, country)
    return found.fields, found.confidence


def read_generic(text: str, country: str | None = None) -> Generic:
    """An address of any country by general habits."""
    text = undisguised(clean(text))
    parts = [part for part in split(text) if part]
    values: dict[str, str] = {}
    sure: dict[str, float] = {}

    def put(name: str, value: str, chance: float) -> None:
        if value and name not in values:
            values[name], sure[name] = value, chance

    named, word = named_country(parts)
    if named:
        put("country", word, _SURE)
        if named not in world.CITY_STATES:
            parts[-1] = parts[-1].removesuffix(word).rstrip(" .")
    code = country or named or shaped_country(text)
    habit = world.HABITS.get(code, world.ANY)
    parts = [part for part in parts if part]
    parts = _take_box_and_unit(parts, put)
    at, city = _take_postcode(parts, habit, put, known=bool(code))
    _take_city(parts, at, city, habit, code, put)
    _take_street(parts, habit, code, put)
    names = [part for part in parts if part]
    if "house_number" not in values and "po_box" not in values and names:
        put("house_name", names.pop(0), _GUESS)
    if names:
        put("locality", names[-1], _GUESS)
    return Generic(Fields(**values), sure, _canonical(values, code), code)


Put = Callable[[str, str, float], None]


def _take_box_and_unit(parts: list[str], put: Put) -> list[str]:
    """The parts without post boxes and flats."""
    left = []
    for part in parts:
        box, unit = world.BOX.search(part), world.UNIT.search(part)
        if box is not None:
            put("po_box", box.group(), _SURE)
        elif unit is not None:
            put("unit", unit.group(), _LIKELY)
        match = box or unit
        left.append(_cut(part, match) if match else part)
    return left


def _cut(text: str, match: re.Match[str]) -> str:
    return f"{text[: match.start()].rstrip()} {text[match.end() :].lstrip()}".strip(" .")


def _take_postcode(parts: list[str], habit: world.Habit, put: Put, *, known: bool) -> tuple[int, str]:
    """Take the postcode; the number of its part, and what stands there on the city's side. (-1, "") where none is."""
    shape = shape_of(habit)
    for at in range(len(parts) - 1, -1, -1):
        found = list(shape.finditer(parts[at] + " "))
        if not found or (at == 0 and len(parts) > 1):
            continue
        match = found[-1]
        put("postcode", match["code"].upper(), _SURE if known else _GUESS)
        before, after = parts[at][: match.start()].strip(" .-"), parts[at][match.end() :].strip(" .-")
        leads = habit.leads and bool(after)
        parts[at] = before if leads else after
        return at, after if leads else before
    return -1, ""


def _take_city(parts: list[str], at: int, beside: str, habit: world.Habit, code: str, put: Put) -> None:
    """City and state: beside the postcode, else the part before it, else the last part without a number."""
    beside = _take_state(beside, habit, put)
    for i, part in enumerate(parts):
        if i and (left := _take_state(part, habit, put)) != part:
            parts[i] = left
    if code in world.CITY_STATES:
        put("city", "Singapore" if code == "SG" else "Hong Kong", _SURE)
        parts.insert(max(at, 0), beside)
        beside = ""
        parts[:] = [_CITY_STATE.sub("", part).strip(" -.(") for part in parts]
    chance = _LIKELY
    if not beside or (any(char.isdigit() for char in beside) and not habit.leads):
        if beside:
            parts.insert(max(at, 0), beside)
        beside, chance = "", _FAIR
        last = at - 1 if at > 0 else len(parts) - 1
        for i in (*range(last, 0, -1), *range(len(parts) - 1, max(last, 0), -1)):
            if parts[i] and not any(char.isdigit() for char in parts[i]):
                beside, parts[i] = parts[i], ""
                break
    put("city", beside, chance)


def _take_state(text: str, habit: world.Habit, put: Put) -> str:
    """`text` without the state's code at its end."""
    if province := _SUFFIX.search(text):
        put("state", province[1], _LIKELY)
        return text[: province.start()].strip(" .-")
    words = text.split()
    if words and words[-1].upper().strip(".") in habit.states.split():
        put("state", words[-1].strip("."), _SURE)
        return " ".join(words[:-1]).strip(" .-")
    return text


def _take_street(parts: list[str], habit: world.Habit, code: str, put: Put) -> None:
    """Street and house number: of the parts with a number the one with a street's word, else the first."""
    best: tuple[int, int, str, str] | None = None
    for i, part in enumerate(parts):
        number, street = _number_and_street(part, habit)
        if not number and i and _ALONE.fullmatch(parts[i - 1]) and part and _typed(part):
            number, street = parts[i - 1], part  # 12, High Street
        if not number and i + 1 < len(parts) and _ALONE.fullmatch(parts[i + 1]) and part:
            number, street = parts[i + 1], part  # Via Roma, 12
        rank = 2 * _typed(part) + bool(number)
        if rank and _WORD.search(street) and (best is None or rank > best[0]):
            best = rank, i, number, street
    if best is None:
        return
    rank, i, number, street = best
    for beside in (i - 1, i + 1):
        if 0 <= beside < len(parts) and parts[beside] and parts[beside] == number:
            parts[beside] = ""
    parts[i] = ""
    if not number:
        number = _number_before(parts, i)
    if code in _SLASH_UNITS and (slashed := _UNIT_SLASH.fullmatch(number)):
        put("unit", slashed[1], _LIKELY)
        number = slashed[2]
    street, rest = _street_and_rest(street) if not habit.number_last else (street, "")
    put("city", rest, _FAIR)
    chance = _SURE if _typed(street) else _FAIR
    put("house_number", number, chance if number else 0.0)
    put("street", street, chance)


def _number_before(parts: list[str], i: int) -> str:
    """`19 Kookaburra Village, Holman Street`: the number before the name of the house is taken from there."""
    for at in range(i):
        if match := _FIRST.fullmatch(parts[at]):
            number, parts[at] = match.groups()
            return number
    return ""


def _number_and_street(part: str, habit: world.Habit) -> tuple[str, str]:
    """`12 High Street` and `Hauptstr. 5` -> number and street; ("", street) where only a street's word is."""
    patterns = (_LAST, _FIRST) if habit.number_last else (_FIRST, _LAST)
    for pattern in patterns:
        if match := pattern.fullmatch(part):
            one, other = match.groups()
            return (one, other) if pattern is _FIRST else (other, one)
    return "", part if _typed(part) else ""


def _street_and_rest(text: str) -> tuple[str, str]:
    """`Smith St Surry Hills`: what follows the street's last word is a town, but for directions and numbers."""
    words = text.split()
    kinds = [i for i, word in enumerate(words) if i and word.lower().strip(".") in world.STREET_WORDS]
    after = words[kinds[-1] + 1 :] if kinds else []
    if not after or not after[0].isalpha() or len(after[0]) <= _DIRECTION:
        return text, ""
    return " ".join(words[: kinds[-1] + 1]), " ".join(after)


def _typed(street: str) -> bool:
    """Whether a word of it says that it is a street."""
    words = [word.lower() for word in _WORD.findall(street)]
    return len(words) > 0 and any(
        word in world.STREET_WORDS or (len(word) > _SHORT and word.endswith(world.GLUED_TYPES))
        for word in words
    )


def _canonical(values: dict[str, str], code: str) -> Canonical:
    unit = world.UNIT.fullmatch(values.get("unit", ""))
    box = world.BOX.fullmatch(values.get("po_box", ""))
    return Canonical(
        unit=number_form((unit[1] or unit[2]) if unit else values.get("unit", "").lower()),
        house=number_form(re.sub(r"\s|(?i:no|nr)\.?\s", "", values.get("house_number", ""))),
        building=_name(values.get("house_name", ""), code),
        streets=(_street(values["street"], code),) if "street" in values else (),
        area=_name(values.get("locality", ""), code), city=_name(values.get("city", ""), code),
        state=values.get("state", "").upper(), country=code,
        postcode=values.get("postcode", "").replace(" ", "").lower(), po_box=number_form(box[1]) if box else "",
    )  # fmt: skip


def _name(text: str, code: str) -> str:
    """Letters and digits of a name, run together."""
    return "".join(_plain(word, code) for word in _WORD.findall(text))


def _plain(word: str, code: str) -> str:
    return _UMLAUT.sub("", word.lower()) if code in _UMLAUTS else word.lower()


def _street(text: str, code: str) -> str:
    """Name, then kind: `Hauptstr.`, `Haupt-Strasse` and `Hauptstrasse` are one street."""
    words = [_plain(word, code) for word in _WORD.findall(text)]
    last = words[-1]
    for ending in ("strasse", "str"):
        if last.endswith(ending) and len(last) > len(ending):
            return f"{''.join((*words[:-1], last[: -len(ending)]))} strasse"
    known = [i for i, word in enumerate(words) if word in world.STREET_WORDS]
    if not known or len(words) == 1:
        return "".join(words)
    at = known[-1] if known[-1] == len(words) - 1 else known[0]
    kind = "strasse" if code in _UMLAUTS and words[at] == "str" else world.STREET_WORDS[words[at]]
    return f"{''.join((*words[:at], *words[at + 1 :]))} {kind}"
