"""Who lives where and with whom: households, shared flats, hostels, and towers full of strangers."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.book import Book
from simulator.columns import Index
from simulator.commons import spellings
from simulator.groups import Block, Kind, Ragged, ragged
from simulator.seeds import Seeds, shares
from simulator.spec import DAY_MS, WorldSpec

Ints = NDArray[np.int64]

ALONE, HOUSEHOLD, FLAT, HOSTEL = range(4)
LEASE_DAYS = 25  # after which a provider gives most homes another address
_STATIC = 0.4  # of homes, that keep theirs
_FLAT_DEVICE = 0.35  # of flats where a device is shared
_OCCUPIED = (1.2, 6.0)  # beta distribution of the share of a tower's flats whose people are customers of ours
_SMALLER = 0.72  # a household of one more is so much rarer
_TO_A_ROOM = 2  # in hostels


@dataclass(frozen=True, slots=True)
class Homes:
    """Columns of c customers. `home` [c, 3]: the spelling in the profile, then two typed anew.

    `household` numbers those who live together, -1: alone. `ip` is the home's first address and `leases` how many it
    has one after the other, at the numbers that follow. `device` is shared at home, -1: none.
    """

    home: Index
    place: Index
    household: Ints
    ip: Index
    leases: int
    device: Index
    next_home: Index  # [c, 3], -1: never moves
    next_place: Index
    next_ip: Index
    blocks: tuple[Block, ...]


def residents(spec: WorldSpec, seeds: Seeds, country: NDArray[np.int8]) -> NDArray[np.int8]:
    """How each customer lives: ALONE, HOUSEHOLD, FLAT or HOSTEL."""
    people, kind = spec.people, np.full(len(country), ALONE, np.int8)
    for k in (0, 1):
        order = seeds.rng("homes", "kind", str(k)).permutation(np.flatnonzero(country == k))
        at = 0
        for code, share in (
            (HOUSEHOLD, people.household_share), (FLAT, people.flat_share), (HOSTEL, people.hostel_share),
        ):  # fmt: skip
            end = at + round(len(order) * share)
            kind[order[at:end]] = code
            at = end
    return kind


def make_homes(
    spec: WorldSpec, seeds: Seeds, book: Book, country: NDArray[np.int8], kind: NDArray[np.int8], joined: Ints,
    movers: NDArray[np.bool_],
) -> Homes:  # fmt: skip
    """Settle everybody, country by country; `movers` get a second home."""
    c = len(country)
    leases = 2 + spec.days // LEASE_DAYS
    out = Homes(
        home=np.full((c, 3), -1, np.int32), place=np.full(c, -1, np.int32), household=np.full(c, -1, np.int64),
        ip=np.full(c, -1, np.int32), leases=leases, device=np.full(c, -1, np.int32),
        next_home=np.full((c, 3), -1, np.int32), next_place=np.full(c, -1, np.int32),
        next_ip=np.full(c, -1, np.int32), blocks=(),
    )  # fmt: skip
    blocks: list[Block] = []
    for k in (0, 1):
        blocks += _settle(spec, seeds, book, out, k, np.flatnonzero(country == k), kind, joined, movers)
    return replace(out, blocks=tuple(blocks))


def ip_at(homes: Homes, who: Ints, moved: NDArray[np.bool_], time: Ints) -> Index:
    """The address of each customer's home at epoch ms `time`; `moved`: he lives in the second one by then."""
    first = np.where(moved, homes.next_ip[who], homes.ip[who]).astype(np.int64)
    phase, static = shares(first), shares(first, np.ones_like(first)) < _STATIC
    lease = ((time / DAY_MS + phase * LEASE_DAYS) // LEASE_DAYS).astype(np.int64) % homes.leases
    return np.where(static, first, first + lease).astype(np.int32)


def cut(n: int, size: tuple[int, int], smaller: float, rng: np.random.Generator) -> Ints:
    """Groups of size[0]..size[1] for n people in a row, int64[n]; a group of one more is `smaller` times as likely.

    What is left over at the end is one smaller group.
    """
    options = np.arange(size[0], size[1] + 1)
    weight = smaller ** (options - options[0]).astype(np.float64)
    sizes = rng.choice(options, 1 + n // max(size[0], 1), p=weight / weight.sum())
    return np.searchsorted(np.cumsum(sizes), np.arange(n), side="right")


def _settle(
    spec: WorldSpec, seeds: Seeds, book: Book, out: Homes, country: int, people: Ints, kind: NDArray[np.int8],
    joined: Ints, movers: NDArray[np.bool_],
) -> list[Block]:  # fmt: skip
    name, settings = str(country), spec.people
    rng = seeds.rng("homes", name)
    lived = [people[kind[people] == code] for code in range(4)]
    lived = [rng.permutation(each) for each in lived]
    # People move into hostels in waves (a term begins), as members of a ring do.
    lived[HOSTEL] = lived[HOSTEL][np.argsort(joined[lived[HOSTEL]], kind="stable")]
    groups = {
        HOUSEHOLD: cut(len(lived[HOUSEHOLD]), settings.household_size, _SMALLER, rng),
        FLAT: cut(len(lived[FLAT]), settings.flat_size, 0.9, rng),
        HOSTEL: cut(len(lived[HOSTEL]), settings.hostel_size, 0.985, rng),
    }
    counts = {code: 1 + int(found[-1]) if len(found) else 0 for code, found in groups.items()}
    # A home each for households, flats, singles and movers; then hostels with their rooms.
    moving = people[movers[people]]
    homes = _dwellings(
        spec, seeds, book, country,
        counts[HOUSEHOLD] + counts[FLAT] + len(lived[ALONE]) + len(moving),
    )  # fmt: skip
    at, first, blocks = 0, 1 + int(out.household.max(initial=-1)), []
    for code in (HOUSEHOLD, FLAT):
        out.place[lived[code]] = homes[at + groups[code]]
        at += counts[code]
    out.place[lived[ALONE]] = homes[at : at + len(lived[ALONE])]
    out.place[lived[HOSTEL]] = _rooms(seeds, book, country, groups[HOSTEL], counts[HOSTEL])
    out.home[people] = spellings(book, out.place[people], 3, "home", name)
    out.next_place[moving] = homes[at + len(lived[ALONE]) :]
    out.next_home[moving] = spellings(book, out.next_place[moving], 3, "next-home", name)
    for code in (HOUSEHOLD, FLAT, HOSTEL):
        out.household[lived[code]] = first + groups[code]
        first += counts[code]
        devices = _share_devices(
            spec, seeds, book, out, country, code, lived[code], groups[code], counts[code]
        )
        texts = ragged(out.home[lived[code]].ravel(), np.repeat(groups[code], 3), counts[code])
        members = ragged(lived[code], groups[code], counts[code])
        blocks.append(Block(_KINDS[code], members, devices, texts))
    _connect(book, out, country, people, moving, lived[ALONE])
    return blocks


_KINDS: dict[int, Kind] = {HOUSEHOLD: "household", FLAT: "flat", HOSTEL: "hostel"}


def _share_devices(
    spec: WorldSpec, seeds: Seeds, book: Book, out: Homes, country: int, code: int, who: Ints, group: Ints, n: int,
) -> Ragged:  # fmt: skip
    """Give groups a device in common: households and flats one, hostels one to four."""
    rng = seeds.rng("homes", "devices", str(country), _KINDS[code])
    share = {HOUSEHOLD: spec.people.household_device_share, FLAT: _FLAT_DEVICE, HOSTEL: 1.0}[code]
    count = np.where(rng.random(n) < share, 1 + rng.integers(4 if code == HOSTEL else 1, size=n), 0)
    devices = book.add_devices(int(count.sum()), "shared", str(country), _KINDS[code])
    start = np.cumsum(count) - count
    chosen = start[group] + (rng.random(len(group)) * count[group]).astype(np.int64)
    if len(devices):
        out.device[who] = np.where(count[group] > 0, devices[np.minimum(chosen, len(devices) - 1)], -1)
    return ragged(devices, np.repeat(np.arange(n), count), n)


def _dwellings(spec: WorldSpec, seeds: Seeds, book: Book, country: int, n: int) -> Index:
    """New homes, int32[n]: houses, and flats in towers that many of the others live in, too."""
    rng = seeds.rng("homes", "dwellings", str(country))
    in_tower = np.flatnonzero(rng.random(n) < spec.people.tower_share[country])
    low, high = spec.people.tower_flats
    flats = rng.integers(low, high + 1, 1 + len(in_tower))
    lived_in = np.maximum(1, np.rint(flats * rng.beta(*_OCCUPIED, len(flats)))).astype(np.int64)
    towers = 1 + int(np.searchsorted(np.cumsum(lived_in), len(in_tower)))
    buildings = book.places.buildings(rng, np.full(min(towers, len(lived_in)), country, np.int8))
    full = np.repeat(buildings, lived_in[:towers])[: len(in_tower)]
    places = np.empty(n, np.int32)
    places[rng.permutation(in_tower)] = book.places.units(rng, full)
    house = np.ones(n, np.bool_)
    house[in_tower] = False
    places[house] = book.places.houses(rng, np.full(n - len(in_tower), country, np.int8))
    return places


def _rooms(seeds: Seeds, book: Book, country: int, hostel: Ints, n: int) -> Index:
    """A place in a room for each resident, whose hostels are in order."""
    rng = seeds.rng("homes", "hostels", str(country))
    buildings = book.places.buildings(rng, np.full(n, country, np.int8))
    start = np.searchsorted(hostel, hostel, side="left")
    rank = (np.arange(len(hostel)) - start) // _TO_A_ROOM
    first = np.ones(len(hostel), np.bool_)
    first[1:] = (hostel[1:] != hostel[:-1]) | (rank[1:] != rank[:-1])
    rooms = book.places.units(rng, buildings[hostel[first]], "Room")
    found: Index = rooms[np.cumsum(first) - 1]
    return found


def _connect(
    book: Book, out: Homes, country: int, people: Ints, moving: Ints, alone: Ints
) -> None:  # fmt: skip
    """One connection a household, and one for each who lives alone or moves."""
    line = out.household[people].copy()
    line[line < 0] = int(line.max(initial=-1)) + 1 + np.arange(len(alone))
    lines, which = np.unique(line, return_inverse=True)
    n = len(lines) + len(moving)
    ips = book.add_ips(np.full(n * out.leases, country, np.int8), "home", str(country))[:: out.leases]
    out.ip[people] = ips[which]
    out.next_ip[moving] = ips[len(lines) :]
