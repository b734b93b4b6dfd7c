"""States and cities under all their names."""

from functools import cache

from nlp.directory import cities, facts
from nlp.places import CITIES_IN, STATES_US

_NOT_CITIES = ("suburban", " delhi", " urban", " rural")  # of the names in `nlp.places`: districts of a city


@cache
def state_codes() -> dict[str, str]:
    """Every name and code of an Indian state, lower case -> its ISO code (`tg` -> `TS`, `orissa` -> `OD`)."""
    codes: dict[str, str] = {}
    for row in facts.STATES.strip().splitlines():
        code, _, names = row.partition(":")
        codes.update(dict.fromkeys((code.lower(), *names.strip().split("|")), code))
    return codes | facts.STATE_SPELLINGS


@cache
def state_names() -> dict[str, str]:
    """ISO code -> the canonical name of an Indian state, lower case."""
    rows = (row.partition(":") for row in facts.STATES.strip().splitlines())
    return {code: names.strip().split("|")[0] for code, _, names in rows}


@cache
def state_codes_us() -> dict[str, str]:
    """Every name and code of a state of the US, lower case -> its code."""
    codes: dict[str, str] = {}
    for row in STATES_US.replace("\n", " ").split(";"):
        code, _, names = row.strip().partition(" ")
        for name in (code.lower(), *names.split("|")):
            codes[name.removesuffix(" state")] = code
    return codes


@cache
def city_names() -> dict[str, str]:
    """Any name of an Indian city -> its canonical one, of cities with several names."""
    found: dict[str, str] = {}
    rows = [entry for row in CITIES_IN.split(";") for entry in row.partition(":")[2].split(",")]
    for row in (*rows, *cities.CITY_NAMES.split(",")):
        names = [" ".join(name.split()) for name in row.split("|")]
        head = found.get(names[0], names[0])
        for name in names:
            if name == head or not name.endswith(_NOT_CITIES) or name == "new delhi":
                found.setdefault(name, head)
    found["new delhi"] = "new delhi"  # people mean the whole of Delhi, and write one or the other
    return found
