# ruff: noqa: PLR2004 - shares of a made-up world read best where they are used
"""How single words are written otherwise: short, in another transliteration, with other signs, with a slip."""

import re
from collections.abc import Callable
from functools import lru_cache

from simulator.streets import ordinal

_SHORT = {
    "Road": ("Rd", "Rd."), "Street": ("St", "Str", "St."), "Nagar": ("Ngr", "Nagr"), "Main": ("Mn",),
    "Layout": ("Lyt", "Lay Out"), "Sector": ("Sec", "Sec."), "Colony": ("Col", "Clny", "Col."), "West": ("W", "(W)"),
    "East": ("E", "(E)"), "Cross": ("Crs", "X"), "Extension": ("Extn", "Extn."), "Lane": ("Ln",),
    "Block": ("Blk", "Bl"),
    "Phase": ("Ph", "Ph."), "Bazar": ("Bzr",), "Avenue": ("Ave", "Av"), "Gardens": ("Gdns",), "Number": ("No", "No."),
    "Village": ("Vill",), "Cantt": ("Cant",), "North": ("N",), "South": ("S",), "Market": ("Mkt",),
    "Chauraha": ("Chrha",),
}  # fmt: skip
_SHORT_US = {
    "County Road": ("CR", "Co Rd", "Cnty Rd"), "State Highway": ("SH", "State Hwy", "St Hwy"),
    "US Highway": ("US Hwy", "US-Hwy", "Hwy"), "State Route": ("SR", "State Rte"), "Route": ("Rte", "Rt"),
    "Farm to Market Road": ("FM", "FM Rd"), "Old Highway": ("Old Hwy",), "Saint": ("St", "St."), "Mount": ("Mt",),
    "Fort": ("Ft", "Ft."), "Martin Luther King": ("MLK", "ML King"), "Mountain": ("Mtn",), "Creek": ("Crk",),
}  # fmt: skip
_SOUND = {
    "Nagar": ("Nagara", "Nager"), "Chowk": ("Chauk", "Chowck"), "Marg": ("Maarg",), "Koil": ("Kovil", "Koyil"),
    "Kovil": ("Koil",), "Bazar": ("Bazaar",), "Bazaar": ("Bazar",), "Mandir": ("Mandhir", "Mander"),
    "Bhavan": ("Bhawan",),
    "Vihar": ("Vihaar", "Vihara"), "Gali": ("Galli", "Gully"), "Galli": ("Gali",), "Niwas": ("Nivas",),
    "Lakshmi": ("Laxmi",),
    "Laxmi": ("Lakshmi",), "Mahalaxmi": ("Mahalakshmi",), "Shree": ("Shri", "Sri"), "Ganesh": ("Ganesha",),
    "Vinayaka": ("Vinayak",), "Krishna": ("Krishnaa", "Krisna"), "Shanti": ("Shanthi",),
    "Kaveri": ("Cauvery", "Kaavery"),
    "Saraswati": ("Saraswathi",), "Salai": ("Saalai",), "Sarani": ("Saroni",), "Jawahar": ("Jawhar",),
    "Tola": ("Tolla",),
    "Subhash": ("Subash",), "Vivekananda": ("Vivekanand",), "Vivekanand": ("Vivekananda",), "Bharathi": ("Bharati",),
    "Savarkar": ("Sawarkar",), "Wadi": ("Vadi",), "Chawl": ("Chal",), "Datta": ("Dutta",), "Kacheri": ("Kutchery",),
    "Kutcheri": ("Kacheri",), "Vrindavan": ("Brindavan",), "Sadar": ("Saddar",), "Colony": ("Kalony",),
}  # fmt: skip
_ENDINGS = (
    ("puram", "pooram"), ("pura", "pur"), ("pur", "pura"), ("palli", "pally"), ("pally", "palli"), ("pet", "peta"),
    ("wadi", "vadi"), ("ganj", "gunj"), ("garh", "gadh"), ("palya", "palaya"), ("halli", "hally"), ("nagar", "nagara"),
    ("giri", "gere"), ("oor", "ur"), ("ur", "oor"), ("khurd", "khurda"), ("wala", "vala"), ("kunta", "kuntha"),
)  # fmt: skip
_ONES = ("", "First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth",
         "Eleventh", "Twelfth")  # fmt: skip
_ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_ORDINAL = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")
_SIGN = re.compile(r"(\w)([-/])(\w)")
_WORDS = re.compile(r"[^\W\d_]{4,}")
_KEYS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_BESIDE = {key: (row[at - 1] if at else row[1]) for row in _KEYS for at, key in enumerate(row)}


@lru_cache(1 << 16)
def abbreviated(text: str, which: int) -> str:
    """Words such as Road and Nagar in the short form number `which`, where there is one."""
    return _swap(text, _SHORT, which)


@lru_cache(1 << 14)
def abbreviated_us(text: str, which: int) -> str:
    """Kinds of routes, Saint, Fort and the like in a short form."""
    for long, brief in _SHORT_US.items():
        if text.startswith(f"{long} "):
            return brief[which % len(brief)] + text[len(long) :]
    return text


@lru_cache(1 << 16)
def transliterated(text: str, which: int) -> str:
    """Indian words as others put them into Latin letters: known words, else the first ending that has two spellings."""
    swapped = _swap(text, _SOUND, which)
    if swapped != text:
        return swapped
    for word in text.split():
        for ending, other in _ENDINGS:
            if len(word) > len(ending) + 2 and word.endswith(ending):
                return text.replace(word, word.removesuffix(ending) + other, 1)
    return text


def _swap(text: str, table: dict[str, tuple[str, ...]], which: int) -> str:
    words = text.split(" ")
    out = []
    for word in words:
        bare = word.rstrip(",")
        options = table.get(bare)
        out.append(options[which % len(options)] + word[len(bare) :] if options else word)
    return " ".join(out)


def _roman(n: int) -> str:
    return _ROMAN[n] if n < len(_ROMAN) else str(n)


def _in_words(n: int) -> str:
    return _ONES[n] if n < len(_ONES) else f"{n} {ordinal(n)[-2:]}"


_ORDINALS: tuple[Callable[[int], str], ...] = (_in_words, str, lambda n: f"{n} {ordinal(n)[-2:]}", _roman)


def ordinals(text: str, which: int, *, india: bool) -> str:
    """Ordinals otherwise: Fourth, 4, 4 th, IV; in the US the first only."""
    change = _ORDINALS[which % len(_ORDINALS)] if india else _in_words
    return _ORDINAL.sub(lambda found: change(int(found[1])), text)


def signs(number: str, which: int) -> str:
    """12-A as 12A, 12/A or 12 A; 12/3 as 12-3, 12 / 3 or 12 - 3, for 123 would be another number."""

    def change(found: re.Match[str]) -> str:
        left, sign, right = found.groups()
        other = "-" if sign == "/" else "/"
        digits = left.isdigit() and right.isdigit()
        options = (other, f" {other} ", f" {sign} ") if digits else ("", other, " ")
        return left + options[which % 3] + right

    return _SIGN.sub(change, number, count=1)


def slip(text: str, where: float, kind: float) -> str:
    """One slip in a word of four letters or more: two swapped, one dropped, doubled or that of a key beside it.

    The first letter and all digits stay: a wrong number would be another place.
    """
    words = [found.span() for found in _WORDS.finditer(text)]
    if not words:
        return text
    spots = sum(end - start - 2 for start, end in words)
    at = int(where * spots)
    for start, end in words:
        if at < end - start - 2:
            i = start + 1 + at
            break
        at -= end - start - 2
    else:  # pragma: no cover - `where` is below 1
        return text
    if kind < 0.3:
        return text[:i] + text[i + 1] + text[i] + text[i + 2 :]
    if kind < 0.6:
        return text[:i] + text[i + 1 :]
    if kind < 0.8:
        return text[:i] + text[i] + text[i:]
    beside = _BESIDE.get(text[i].lower(), text[i])
    return text[:i] + (beside.upper() if text[i].isupper() else beside) + text[i + 1 :]
