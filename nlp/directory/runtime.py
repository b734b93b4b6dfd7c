"""The directory in memory: what a PIN knows, and which words of an address it knows them by."""

from collections.abc import Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from nlp.directory import loaded, matching
from nlp.directory.aliases import city_names, state_codes, state_names
from nlp.directory.areas import Near, PlaceKind, PostArea, Span
from nlp.directory.artefact import Section
from nlp.directory.kinds import CITY, LOC, OFFICE, SUB_DISTRICT, kind_of
from nlp.directory.names import words_of
from nlp.directory.slips import skeletons
from nlp.directory.united_states import UnitedStates
from nlp.directory.view import View, Views
from nlp.directory.zips import zips_of

ARTEFACT: Final = Path(__file__).resolve().parents[1] / "data" / "places.bin"
_ZIP_DIGITS: Final = 5
# Within a name: M.G. Road, Andheri (East), Sector-12, Jammu & Kashmir.
_MARKS: Final = frozenset(".-'()&/")


class Directory:
    """Places of India by PIN, and of the United States by ZIP code. All names are lower case."""

    def __init__(self, india: loaded.India, rest: dict[str, Section]) -> None:
        self._india = india
        self._views = Views(india)
        self._rest = rest

    @cached_property
    def _united_states(self) -> UnitedStates:
        return UnitedStates(self._rest)

    @cached_property
    def _home_rows(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        return np.asarray(self._india.homes, np.int64), np.asarray(self._india.home_ends, np.int64)

    @cached_property
    def _pin_ends(self) -> npt.NDArray[np.int64]:
        return np.asarray(self._india.pin_ends, np.int64)

    def postcode(self, pin: str) -> PostArea | None:
        """What the post office knows of `pin` (six digits); None where it does not exist."""
        view = self._views.of(pin)
        if view is None or not view.known:
            return None
        names = self._india.names

        def of_kind(bits: int, without: int = 0) -> tuple[str, ...]:
            return tuple(
                sorted(names[at] for at, kinds in view.kinds.items() if kinds & bits and not kinds & without)
            )

        homes = self._homes(int(pin))
        return PostArea(
            pin,
            view.state,
            state_names()[view.state],
            self._india.district_names[homes[0]][0],
            tuple(self._india.district_names[at][0] for at in homes),
            of_kind(SUB_DISTRICT),
            of_kind(CITY),
            of_kind(OFFICE),
            of_kind(LOC, without=OFFICE),
        )

    def district_of(self, pin: str) -> str:
        """Today's district of `pin`; "" where the PIN does not exist."""
        view = self._views.of(pin)
        return (
            self._india.district_names[self._homes(int(pin))[0]][0] if view is not None and view.known else ""
        )

    def state_of(self, pin: str) -> str:
        """The ISO code of the state of `pin`, by its first digits where it does not exist; "" where they are none's."""
        view = self._views.of(pin)
        return view.state if view is not None else ""

    def state_code(self, name_or_code: str) -> str:
        """The ISO code of an Indian state from any of its names and codes (`AS`, `Orissa`, `TG`); "" if it is none.

        >>> load_directory().state_code("Telangana"), load_directory().state_code("UT")
        ('TS', 'UK')
        """
        return state_codes().get(words_of(name_or_code.replace("&", " and ")), "")

    def state_name(self, code: str) -> str:
        """The canonical name of a state from its ISO code; "" for no state's."""
        return state_names().get(code, "")

    def city_alias(self, name: str) -> str:
        """The canonical name of an Indian city (`bangalore` -> `bengaluru`); the name itself where it has one only."""
        name = words_of(name)
        return city_names().get(name, name)

    def district_alias(self, name: str, state_code: str = "") -> str:
        """Today's name of a district (`gurgaon` -> `gurugram`); the name itself where none or several are meant."""
        name = words_of(name)
        found = [
            self._india.district_names[at][0]
            for at in self._districts(name)
            if state_code in ("", self._india.district_state[at])
        ]
        return found[0] if len(found) == 1 else name

    def pins(self) -> tuple[str, ...]:
        """Every PIN, rising."""
        return tuple(f"{pin:06d}" for pin in self._india.pins)

    def district_names(self, pin: str) -> tuple[tuple[str, ...], ...]:
        """All names of each district that a known `pin` lies in, today's first."""
        return tuple(tuple(self._india.district_names[at]) for at in self._homes(int(pin)))

    def zip_towns(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """Every ZIP code with its state and its towns, rising."""
        return self._united_states.listed()

    def zips_of(self, town: str, state: str) -> tuple[str, ...]:
        """The ZIP codes of a town (lower case) in a state of the United States (its code), rising."""
        return zips_of(self._rest, town, state)

    def pins_of(self, name: str) -> tuple[str, ...]:
        """The PINs of a district or a city, by any of their names, rising; none where it is neither."""
        name = words_of(name)
        india = self._india
        rows: set[int] = set()
        for district in self._districts(name):
            homes, ends = self._home_rows
            at = np.flatnonzero(homes == district)
            rows.update(np.searchsorted(ends, at, side="right").tolist())
        number = self._number(self.city_alias(name))
        if number >= 0:
            at = np.flatnonzero((india.entries == number) & (india.kinds & CITY > 0))
            rows.update(np.searchsorted(self._pin_ends, at, side="right").tolist())
        return tuple(f"{india.pins[row]:06d}" for row in sorted(rows))

    def near(self, pin: str | None, phrase: str) -> Near | None:
        """The place that `phrase` names as `pin` sees it: its own names and towns, its districts' and its state's.

        Names of the PIN, its districts, their towns and the state are also found with one slip or in another
        transliteration (`exact` is then false). None for a phrase that names nothing there, or without a PIN.
        """
        view = self._views.of(pin)
        words = words_of(phrase).split()
        if view is None or not words:
            return None
        whole = [span for span in self.spans(words, pin) if span.end - span.start == len(words)]
        if whole:
            span = whole[0]
            name = self._canonical(span.name, span.kind, view)
            return Near(name, span.kind, span.exact) if span.vouched != "any" else None
        joined = "".join(words)
        if not joined.isascii() or not joined.isalpha():
            return None
        names = self._views.names(view)
        at = names.find(joined, joined.encode(), skeletons(joined.encode()))
        if at < 0:
            return None
        kind = kind_of(names.kinds[at])
        exact = names.names[at].replace(" ", "") == joined
        return Near(self._canonical(names.names[at], kind, view), kind, exact)

    def spans(self, words: Sequence[str], pin: str | None, country: str = "") -> list[Span]:
        """The places named in `words` (tokens in lower case, punctuation among them), in order, without overlap.

        `pin` is a PIN, a ZIP code or None; `country` (`IN`, `US`) decides where it says nothing.
        """
        at = [at for at, word in enumerate(words) if word not in _MARKS]
        plain = words if len(at) == len(words) else [words[place] for place in at]
        found = self._spans(plain, pin, country)
        if plain is words:
            return found
        return [span._replace(start=at[span.start], end=at[span.end - 1] + 1) for span in found]

    def _spans(self, words: Sequence[str], pin: str | None, country: str) -> list[Span]:
        if country == "US" or (not country and pin is not None and len(pin) == _ZIP_DIGITS):
            return self._united_states.spans(words, pin)
        found = matching.spans(self._india, self._views, words, pin)
        if not country and not pin and all(span.kind != "state" for span in found):
            other = self._united_states.spans(words, None)
            if any(span.kind == "state" for span in other):
                return other
        return found

    def tags(self, words: Sequence[str], pin: str | None, country: str = "") -> list[str]:
        """A gazetteer tag for each of `words`: "", or `B-city.pin`, `I-loc.district`: begin or inside, kind, vouched.

        Kinds: state, district, city, sub_district, loc. Vouched: how close to the PIN (`pin`, `district`, `state`)
        the name is known, `any` elsewhere or without a PIN.
        """
        tags = [""] * len(words)
        for start, end, kind, vouched, _, _ in self.spans(words, pin, country):
            tags[start] = f"B-{kind}.{vouched}"
            if end - start > 1:
                tags[start + 1 : end] = [f"I-{kind}.{vouched}"] * (end - start - 1)
        return tags

    def _canonical(self, name: str, kind: PlaceKind, view: View) -> str:
        if kind == "state":
            return state_names()[view.state]
        if kind == "district":
            return self.district_alias(name, view.state)
        return self.city_alias(name) if kind == "city" else name

    def _districts(self, name: str) -> list[int]:
        number = self._india.ids.get(name, 0)
        return sorted(self._india.admins[-1 - number].districts) if number < 0 else []

    def _number(self, name: str) -> int:
        number = self._india.ids.get(name, loaded.BEGINNING)
        if number == loaded.BEGINNING:
            return -1
        return number if number >= 0 else self._india.admins[-1 - number].name

    def _homes(self, pin: int) -> list[int]:
        row = self._india.row_of[pin]
        return self._india.homes[self._india.home_ends[row - 1] if row else 0 : self._india.home_ends[row]]


@cache
def load_directory(path: Path = ARTEFACT) -> Directory:
    """The compiled directory, read once a process (0.1 s).

    Raises FileNotFoundError, or ValueError where the file is another version's.
    """
    return Directory(*loaded.read(path))
