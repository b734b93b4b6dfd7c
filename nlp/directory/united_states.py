"""Cities and states of the United States, as its ZIP codes vouch for them."""

from collections.abc import Iterator, Sequence
from typing import Final

from nlp.directory.aliases import state_codes_us
from nlp.directory.areas import PlaceKind, Span, Vouched
from nlp.directory.artefact import Section
from nlp.directory.words import ORDINARY
from nlp.places import CITIES_US, zip_states
from nlp.words import DIRECTIONS, STREET_TYPES

_MOST_WORDS: Final = 4
_ZIP_DIGITS: Final = 5
# Codes that are words: a state's only where the ZIP code says so.
_WORDS: Final = frozenset(
    {"al", "as", "co", "de", "hi", "id", "in", "la", "ma", "me", "oh", "ok", "or", "pa", "ct", "mt"}
)
_MARKS: Final = str.maketrans({"-": " ", ".": None})  # Winston-Salem, N.C.
_WORTH: Final[dict[Vouched, int]] = {"pin": 3, "district": 2, "state": 1, "any": 0}
# Also names of towns, but words of streets.
_NO_TOWNS: Final = ORDINARY | STREET_TYPES.keys() | DIRECTIONS.keys() | frozenset(DIRECTIONS.values())


class UnitedStates:
    """Towns with a post office by ZIP code and state."""

    def __init__(self, sections: dict[str, Section]) -> None:
        names = str(sections["us_names"]).split("\n")
        codes = str(sections["us_states"]).split("\n")
        zips, states, towns = (sections[name] for name in ("zips", "zip_states", "zip_names"))
        assert not isinstance(zips, str)  # noqa: S101 - for the type checker, these three are numbers
        assert not isinstance(states, str)  # noqa: S101 - see above
        assert not isinstance(towns, str)  # noqa: S101 - see above
        self._states: dict[str, set[str]] = {}
        self._towns: dict[int, list[str]] = {}
        self._state_of: dict[int, str] = {}
        for code, state, town in zip(zips.tolist(), states.tolist(), towns.tolist(), strict=True):
            self._towns.setdefault(code, []).append(names[town])
            self._state_of[code] = codes[state]
            self._states.setdefault(names[town], set()).add(codes[state])
        self._main: dict[str, str] = {}
        self._add_other_names()
        self._prefixes = zip_states()

    def _add_other_names(self) -> None:
        for row in CITIES_US.split(";"):
            state, _, cities = row.strip().partition(":")
            for entry in cities.split(","):
                aliases = [" ".join(alias.split()) for alias in entry.split("|")]
                for alias in aliases:
                    self._states.setdefault(alias, set()).add(state)
                    self._main.setdefault(alias, aliases[0])

    def state(self, code: str) -> str:
        """The state of a ZIP code, by its first three digits where it is not known; "" where there is none."""
        return self._state_of.get(int(code)) or self._prefixes.get(code[:3], "")

    def listed(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """Every ZIP code, its state and its towns, rising."""
        return [
            (f"{code:05d}", self._state_of[code], tuple(towns)) for code, towns in sorted(self._towns.items())
        ]

    def spans(self, words: Sequence[str], code: str | None) -> list[Span]:
        """As `nlp.directory.matching.spans`; towns and states only."""
        if not code or len(code) != _ZIP_DIGITS or not (code.isascii() and code.isdigit()):
            code = None
        words = [word.translate(_MARKS) for word in words]
        home = self.state(code) if code else _last_state(words)
        listed = self._towns.get(int(code), []) if code else []
        towns = {*listed, *(self._main.get(town, town) for town in listed)}
        found: list[tuple[int, Span]] = []
        for start, word in enumerate(words):
            if not word[:1].isalpha():
                continue
            phrase = word
            for end in range(start + 1, min(start + _MOST_WORDS, len(words)) + 1):
                if end > start + 1:
                    if not words[end - 1][:1].isalpha():
                        break
                    phrase = f"{phrase} {words[end - 1]}"
                for kind, vouched in self._readings(phrase, home, towns):
                    close: Vouched = "state" if vouched == "pin" and not code else vouched
                    found.append(
                        (2 * (end - start) + _WORTH[close], Span(start, end, kind, close, phrase, exact=True))
                    )
        return _without_overlap(found, len(words))

    def _readings(self, phrase: str, home: str, towns: set[str]) -> Iterator[tuple[PlaceKind, Vouched]]:
        state = state_codes_us().get(phrase)
        if state and (state == home or phrase not in _WORDS):
            yield "state", "pin" if state == home else "any"
        if phrase in towns or self._main.get(phrase) in towns:
            yield "city", "pin"
        elif phrase in self._states and phrase not in _NO_TOWNS:
            near = home in self._states[phrase]
            if near or not home:
                yield "city", "state" if near else "any"


def _last_state(words: Sequence[str]) -> str:
    """Without a ZIP code: the state that the text names last; as a word's code only where it ends in it."""
    codes = state_codes_us()
    for end in range(len(words), 0, -1):
        for size in (3, 2, 1):
            phrase = " ".join(words[max(end - size, 0) : end])
            if phrase in codes and (phrase not in _WORDS or end == len(words)):
                return codes[phrase]
    return ""


def _without_overlap(found: list[tuple[int, Span]], size: int) -> list[Span]:
    found.sort(key=lambda each: (-each[0], each[1].start, each[1].kind))
    readings = {span[:2]: span for _, span in found if span.kind == "state"}
    taken = [False] * size
    kept: list[Span] = []
    for _, span in found:
        if True not in taken[span.start : span.end]:
            taken[span.start : span.end] = [True] * (span.end - span.start)
            kept.append(span)
    kept.sort()
    if len(kept) > 1 and kept[-1].kind == kept[-2].kind == "city":
        kept[-1] = readings.get(kept[-1][:2], kept[-1])  # the second of New York, New York
    return kept
