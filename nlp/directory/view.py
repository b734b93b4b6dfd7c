"""A PIN and what it vouches for: its own names, its districts', its state's."""

from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from typing import Final

import numpy as np

from nlp.directory.aliases import state_names
from nlp.directory.kinds import CITY, DISTRICT, STATE
from nlp.directory.loaded import DISTRICT_BITS, DISTRICT_MASK, India
from nlp.directory.slips import END, SHORTEST_SKELETON, SHORTEST_SLIP, at_either_end, same_name, skeletons

ANY: Final = 0
IN_STATE: Final = 1
IN_DISTRICT: Final = 2
IN_PIN: Final = 3

_SAME_PREFIX: Final = 1000
_SHARE: Final = 0.2  # of the PINs with the same three digits: from there on a district may be a wrong PIN's
_VIEWS: Final = 4096
_PIN_DIGITS: Final = 6
_SHORTEST: Final = 4


@dataclass(slots=True)
class View:
    """`kinds`: number of a name of this PIN -> its kinds. `homes`: its districts. `known`: the PIN exists."""

    state: str
    homes: frozenset[int]
    kinds: dict[int, int]
    known: bool
    near: "Names | None" = field(default=None)


@dataclass(frozen=True, slots=True)
class Names:
    """The names that may be meant by a misspelt one, a line each: without spaces, and their skeletons."""

    names: list[str]
    kinds: list[int]
    vouched: list[int]
    plain: bytes
    bones: bytes

    def find(self, phrase: str, plain: bytes, bones: bytes) -> int:
        """The line that `phrase` (no spaces; `plain` its bytes, `bones` its skeleton) may stand for, or -1."""
        if len(bones) >= SHORTEST_SKELETON:
            line = b"\n" + bones + b"\n"
            start = self.bones.find(line)
            while start >= 0:
                at = self.bones.count(b"\n", 0, start)
                if same_name(phrase, self.names[at].replace(" ", "")):
                    return at
                start = self.bones.find(line, start + 1)
        if self.plain.find(b"\n" + plain[:END]) < 0 and self.plain.find(plain[-END:] + b"\n") < 0:
            return -1  # as of most words
        for start in at_either_end(self.plain, plain):
            end = self.plain.index(b"\n", start)
            if abs(end - start - len(plain)) <= 1 and same_name(phrase, self.plain[start:end].decode()):
                return self.plain.count(b"\n", 0, start) - 1
        return -1


class Views:
    """The views of PINs, the latest kept."""

    def __init__(self, india: India) -> None:
        self._india = india
        self._view = lru_cache(maxsize=_VIEWS)(self._make)
        self._around = cache(self._find_around)
        self.named = lru_cache(maxsize=_VIEWS)(_named)

    def of(self, pin: str | None) -> View | None:
        """The view of `pin`; of a PIN that does not exist, what its first three digits say; None without one."""
        if not pin or len(pin) != _PIN_DIGITS or not (pin.isascii() and pin.isdigit()):
            return None
        return self._view(int(pin))

    def names(self, view: View) -> Names:
        """What a misspelt name near `view` is compared with."""
        if view.near is None:
            view.near = self._near(view)
        return view.near

    def _make(self, pin: int) -> View | None:
        india = self._india
        row = india.row_of.get(pin)
        if row is None:
            return self._around(pin // _SAME_PREFIX)
        start, end = india.pin_ends[row - 1] if row else 0, india.pin_ends[row]
        kinds = dict(zip(india.entries[start:end].tolist(), india.kinds[start:end].tolist(), strict=True))
        homes = india.homes[india.home_ends[row - 1] if row else 0 : india.home_ends[row]]
        return View(india.district_state[homes[0]], frozenset(homes), kinds, known=True)

    def _find_around(self, prefix: int) -> View | None:
        """A wrong PIN still says the state, and the districts that share its first digits."""
        india = self._india
        first, last = np.searchsorted(
            india.pins, (prefix * _SAME_PREFIX, (prefix + 1) * _SAME_PREFIX)
        ).tolist()
        if first == last:
            return None
        homes = [india.homes[india.home_ends[row - 1] if row else 0] for row in range(first, last)]
        counts = {at: homes.count(at) for at in sorted(set(homes))}
        states = [india.district_state[at] for at in homes]
        state = max(sorted(set(states)), key=states.count)
        likely = (at for at, count in counts.items() if count >= _SHARE * len(homes))
        return View(
            state, frozenset(at for at in likely if india.district_state[at] == state), {}, known=False
        )

    @cached_property
    def _towns(self) -> dict[int, list[str]]:
        """District -> its cities."""
        india = self._india
        posts = np.asarray(india.posts)
        wanted = np.flatnonzero(posts & (CITY << DISTRICT_BITS))
        numbers = np.searchsorted(np.asarray(india.post_ends), wanted, side="right")
        towns: dict[int, list[str]] = {}
        for district, number in zip((posts[wanted] & DISTRICT_MASK).tolist(), numbers.tolist(), strict=True):
            towns.setdefault(district, []).append(india.names[number])
        return towns

    def _near(self, view: View) -> Names:
        india = self._india
        own = IN_PIN if view.known else IN_DISTRICT
        rows = [(india.names[number], self._with_city(number, view), own) for number in view.kinds]
        for at in sorted(view.homes):
            rows += [(name, DISTRICT, own) for name in india.district_names[at]]
            rows += [(name, CITY, IN_DISTRICT) for name in self._towns.get(at, ())]
        if view.state:
            rows.append((state_names()[view.state], STATE, own if view.known else IN_STATE))
        return _names(rows)

    def _with_city(self, number: int, view: View) -> int:
        """The kinds of a name of the view's PIN; a city's too where it is another name of the PIN's city."""
        india = self._india
        kinds = view.kinds[number]
        named = india.ids[india.names[number]]
        if named >= 0:
            return kinds
        return kinds | (view.kinds.get(india.admins[-1 - named].city, 0) & CITY)

    @cached_property
    def everywhere(self) -> Names:
        """States, districts and cities with several names: what may be misspelt in a text that names no place."""
        india = self._india
        rows = []
        for name, number in india.ids.items():
            if number < 0:
                admin = india.admins[-1 - number]
                kinds = (STATE if admin.state else 0) | (DISTRICT if admin.districts else 0)
                city = india.all_kinds[admin.city] >> DISTRICT_BITS & CITY if admin.city >= 0 else 0
                rows.append((name, kinds | city, ANY))
        return _names(sorted(row for row in rows if row[1] and len(row[0]) >= SHORTEST_SLIP))


def _names(rows: list[tuple[str, int, int]]) -> Names:
    """Of one name in several rows the first is found: the one it is best vouched for in."""
    rows = [row for row in rows if len(row[0]) >= _SHORTEST]
    spaced = ("\n" + "\n".join(row[0] for row in rows) + "\n").encode()
    return Names(
        [row[0] for row in rows],
        [row[1] for row in rows],
        [row[2] for row in rows],
        spaced.replace(b" ", b""),
        skeletons(spaced).replace(b" ", b""),
    )


def _named(state: str, homes: frozenset[int]) -> View:
    return View(state, homes, {}, known=False)
