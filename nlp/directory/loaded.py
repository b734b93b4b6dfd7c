"""The compiled tables in memory, in the form that look-ups are quick in."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from nlp.directory import artefact
from nlp.directory.aliases import city_names, state_codes
from nlp.directory.kinds import CITY

DISTRICT_BITS: Final = 10  # a posting is a district and, above it, kinds
DISTRICT_MASK: Final = (1 << DISTRICT_BITS) - 1
BEGINNING: Final = 1 << 30  # instead of a name's number
_CODE_LENGTH: Final = 2

Numbers = npt.NDArray[np.uint32]


class Admin(NamedTuple):
    """A phrase that names a state, districts or a city with several names; `city` and `name` number names, or -1."""

    state: str
    districts: frozenset[int]
    city: int
    name: int


@dataclass(frozen=True, slots=True)
class India:
    """`ids`: phrase -> its number in `names`, or -1 - its place in `admins`, or `BEGINNING` where names begin with it.

    The entries of the PIN in row r are `entries[pin_ends[r - 1]:pin_ends[r]]` (`kinds` beside them); a name's
    postings are `posts[post_ends[n - 1]:post_ends[n]]`, the districts it is known in with its kinds there, and
    `all_kinds[n]` its kinds in all of them.
    """

    names: list[str]
    ids: dict[str, int]
    admins: list[Admin]
    district_state: list[str]
    district_names: list[tuple[str, ...]]
    row_of: dict[int, int]
    pins: Numbers
    pin_ends: list[int]
    entries: Numbers
    kinds: Numbers
    home_ends: list[int]
    homes: list[int]
    post_ends: memoryview
    posts: memoryview
    all_kinds: memoryview


def read(path: Path) -> tuple[India, dict[str, artefact.Section]]:
    """The tables for India, and the other sections of the file as they are."""
    sections = artefact.read(path)

    def text(name: str) -> list[str]:
        section = sections.pop(name)
        assert isinstance(section, str)  # noqa: S101 - for the type checker; `artefact.read` knows
        return section.split("\n")

    def numbers(name: str) -> Numbers:
        section = sections.pop(name)
        assert not isinstance(section, str)  # noqa: S101 - see above
        return section

    names = text("names")
    rows = [row.split("|") for row in text("districts")]
    pins, pin_ends = numbers("pins"), numbers("pin_ends")
    entries, kinds = numbers("entries"), numbers("kinds")
    home_ends, homes = numbers("home_ends").tolist(), numbers("homes").tolist()
    ids = dict.fromkeys(text("beginnings"), BEGINNING)
    ids.update(zip(names, range(len(names)), strict=True))
    admins = _admins(ids, rows)
    post_ends, posts = _postings(
        np.repeat(np.asarray(homes)[[0, *home_ends[:-1]]], np.diff(pin_ends, prepend=0)),
        (entries, kinds),
        (numbers("town_districts"), numbers("town_names")),
        len(names),
    )
    tables = India(
        names=names,
        ids=ids,
        admins=admins,
        district_state=[row[0] for row in rows],
        district_names=[tuple(row[1:]) for row in rows],
        row_of=dict(zip(pins.tolist(), range(len(pins)), strict=True)),
        pins=pins,
        pin_ends=pin_ends.tolist(),
        entries=entries,
        kinds=kinds,
        home_ends=home_ends,
        homes=homes,
        post_ends=post_ends.data,
        posts=posts.data,
        all_kinds=np.bitwise_or.reduceat(posts, np.concatenate(([0], post_ends[:-1]))).data,
    )
    return tables, sections


def _admins(ids: dict[str, int], districts: list[list[str]]) -> list[Admin]:
    """Enters the names of states, districts and cities with several names into `ids`."""
    states = {name: code for name, code in state_codes().items() if len(name) > _CODE_LENGTH}
    homes: dict[str, set[int]] = {}
    for at, (_, *names) in enumerate(districts):
        for name in names:
            homes.setdefault(name, set()).add(at)
    cities = city_names()
    admins = []
    for name in sorted({*states, *homes, *cities}):
        numbers = (ids.get(each, BEGINNING) for each in (cities.get(name, name), name))
        city, own = (-1 if number == BEGINNING else number for number in numbers)
        admins.append(Admin(states.get(name, ""), frozenset(homes.get(name, ())), city, own))
    for at, name in enumerate(sorted({*states, *homes, *cities})):
        ids[name] = -1 - at
        words = name.split(" ")
        for size in range(1, len(words)):
            ids.setdefault(" ".join(words[:size]), BEGINNING)
    return admins


def _postings(
    home: npt.NDArray[np.int64], entries: tuple[Numbers, Numbers], towns: tuple[Numbers, Numbers], size: int
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint16]]:
    """Name -> districts and its kinds there, from the PINs' entries and the towns without a PIN."""
    numbers, kinds = entries
    keys = np.concatenate((
        (numbers.astype(np.int64) << DISTRICT_BITS) | home,
        (towns[1].astype(np.int64) << DISTRICT_BITS) | towns[0],
    ))  # fmt: skip
    bits = np.concatenate((kinds, np.full(len(towns[0]), CITY, np.uint32)))
    order = np.argsort(keys, kind="stable")
    keys, bits = keys[order], bits[order]
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    merged = np.bitwise_or.reduceat(bits, starts)
    keys = keys[starts]
    posts = ((merged << DISTRICT_BITS) | (keys & DISTRICT_MASK)).astype(np.uint16)
    # Every name has a posting, so that the ends rise.
    ends = np.searchsorted(keys >> DISTRICT_BITS, np.arange(size), side="right").astype(np.uint32)
    return ends, posts
