"""Today's districts, and how the districts of older lists and the spellings of all times map to them."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from nlp.directory import facts
from nlp.directory.sources import Office
from nlp.text import loose_fold

_SAME: Final = (
    0.6  # share of an older district's PINs in one of today's, and of its in the older one: it is the same
)
_ZONE: Final = 100_000  # the first digit of a PIN
_FEW: Final = 10  # PINs of a state in a zone
_SHARE: Final = 0.25  # of a PIN's offices: from there on a second district is the PIN's too


@dataclass(frozen=True, slots=True)
class District:
    """A district of today. `state` is a code, `names` all it is written as, the canonical one first."""

    state: str
    names: tuple[str, ...]


@dataclass(slots=True)
class Districts:
    """All districts, which of them each PIN lies in (the first is where most offices are), and the former ones."""

    rows: list[District] = field(default_factory=list)
    of_pin: dict[int, tuple[int, ...]] = field(default_factory=dict)
    former: dict[int, str] = field(default_factory=dict)  # PIN -> the name it had, where that is another

    def find(self, state: str, name: str) -> int | None:
        """The district that `name` is in `state`, also by sound; None where none or several may be meant."""
        same = [at for at, row in enumerate(self.rows) if row.state == state and name in row.names]
        if not same:
            sound = _sound(name)
            same = [
                at
                for at, row in enumerate(self.rows)
                if row.state == state and any(_sound(each) == sound for each in row.names)
            ]
        return same[0] if len(same) == 1 else None


def _sound(name: str) -> str:
    return loose_fold(name.replace(" ", ""))


def _known_names() -> dict[tuple[str, str], tuple[str, ...]]:
    """(State, any name of a district) -> all its names."""
    known: dict[tuple[str, str], tuple[str, ...]] = {}
    state = ""
    for row in facts.DISTRICT_NAMES.replace("\n  ", " ").strip().splitlines():
        state, _, entries = row.partition(":")
        for entry in entries.split(","):
            names = tuple(" ".join(name.split()) for name in entry.split("|"))
            known.update(dict.fromkeys(((state, name) for name in names), names))
    return known


def resolve(today: Iterable[Office], older: Iterable[Office], pins: Iterable[int]) -> Districts:
    """The districts of `today`'s offices, for all `pins` (those with no office take their nearest neighbour's)."""
    found = Districts()
    known = _known_names()
    numbers: dict[tuple[str, str], int] = {}
    votes: dict[int, Counter[int]] = defaultdict(Counter)
    older = list(older)
    rows = Counter(
        (office.pin, office.state, office.district) for office in _without_strays(list(today), older)
    )
    for (pin, state, name), count in sorted(rows.items()):
        names = known.get((state, name), (name,))
        if (state, names[0]) not in numbers:
            numbers[state, names[0]] = len(found.rows)
            found.rows.append(District(state, names))
        votes[pin][numbers[state, names[0]]] += count
    _read_older(found, older, votes)
    for pin, counts in votes.items():
        best = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        total = sum(counts.values())
        found.of_pin[pin] = tuple(at for rank, (at, n) in enumerate(best) if not rank or n / total >= _SHARE)
    _fill(found, sorted(pins))
    return found


def _without_strays(today: list[Office], older: list[Office]) -> list[Office]:
    """Today's offices but for those in a state that hardly any PIN of their zone is in (Agartala, Telangana)."""
    zones = Counter((pin // _ZONE, state) for pin, state in {(office.pin, office.state) for office in today})
    known = {office.pin for office in older}
    return [
        office
        for office in today
        if zones[office.pin // _ZONE, office.state] >= _FEW or office.pin not in known
    ]


def _read_older(found: Districts, older: list[Office], votes: dict[int, Counter[int]]) -> None:
    """Older lists name the PINs that today's lacks, and the former districts, which people go on writing."""
    meets: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    now = {pin: counts.most_common(1)[0][0] for pin, counts in votes.items()}
    sizes = Counter(now.values())
    by_pin = Counter((office.pin, office.state, office.district) for office in older)
    for pin, state, name in by_pin:
        if pin in now:
            meets[state, name][now[pin]] += 1
    same: dict[tuple[str, str], int] = {}
    for (state, name), counts in sorted(meets.items()):
        at, shared = min(counts.items(), key=lambda item: (-item[1], item[0]))
        by_name = found.find(state, name)
        if by_name is not None:
            same[state, name] = by_name
        elif shared >= _SAME * sum(counts.values()) and shared >= _SAME * sizes[at]:
            same[state, name] = at
            row = found.rows[at]
            found.rows[at] = District(row.state, (*row.names, name))
    for (pin, state, name), count in sorted(by_pin.items()):
        at_today = same.get((state, name))
        if pin not in now and at_today is not None:
            votes[pin][at_today] += count
        elif pin in now and at_today != now[pin]:
            found.former[pin] = name if at_today is None else found.rows[at_today].names[0]


def _fill(found: Districts, pins: list[int]) -> None:
    known = sorted(found.of_pin)
    at = 0
    for pin in pins:
        if pin in found.of_pin:
            continue
        while at + 1 < len(known) and known[at + 1] <= pin:
            at += 1
        near = min(
            (known[at], known[min(at + 1, len(known) - 1)]), key=lambda other: (abs(other - pin), other)
        )
        found.of_pin[pin] = found.of_pin[near]
