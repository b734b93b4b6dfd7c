# ruff: noqa: PLR2004 - shares and sizes of a made-up world read best where they are used
"""Customers with their habits, and who they live and work with: the innocent look-alikes of fraud rings."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.addresses import Place, Places
from simulator.book import Book, Index
from simulator.merchants import Merchants
from simulator.seeds import Seeds
from simulator.spec import DAY_MS, WorldSpec
from simulator.spelling import CASUAL, TIDY

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

FAVOURITES = 8


@dataclass(frozen=True, slots=True)
class Group:
    """Innocents who share: `kind` is household, flat, hostel, small_office, office; members are customers."""

    kind: str
    members: tuple[int, ...]
    devices: tuple[int, ...]
    texts: tuple[int, ...]  # some spellings of the shared address


@dataclass(frozen=True, slots=True)
class Population:
    """Columns of c customers; times in epoch ms; entity columns index the `Book`, -1 absent.

    `second_*` is held besides the first; `next_*` replaces the first from `next_*_from` on. `home` and `work`
    are spellings of the addresses: one from the profile, the others typed anew.
    """

    country: NDArray[np.int8]
    newcomer: NDArray[np.bool_]  # first appears after the start
    joined: Ints
    left: Ints
    rate: Floats  # purchases a day
    spend: Floats  # multiplies prices
    peak: Floats  # favourite hour, local time
    favourites: Ints  # [c, FAVOURITES] merchants
    account: Index
    email: Index
    phone: Index
    card: Index
    second_card: Index
    next_card: Index
    next_card_from: Ints
    device: Index
    second_device: Index
    next_device: Index
    next_device_from: Ints
    home_device: Index
    work_device: Index
    home_ip: Index
    work_ip: Index
    home: Index  # [c, 3]
    work: Index  # [c, 2]
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Commons:
    """What anybody may use. Each is a pair by country: locker texts [n, 4], kiosk devices, carriers' IPs."""

    lockers: tuple[Index, Index]
    kiosks: tuple[Index, Index]
    carriers: tuple[Index, Index]


def make_commons(spec: WorldSpec, seeds: Seeds, book: Book, places: Places) -> Commons:
    """Both countries have at least one of each."""
    rng = seeds.rng("commons")

    def split(n: int) -> tuple[int, int]:
        india = min(max(1, round(n * spec.india_share)), max(1, n - 1))
        return india, max(1, n - india)

    def lockers(country: int, n: int) -> Index:
        cares = (TIDY, CASUAL, CASUAL, CASUAL)
        rows = [book.add_texts(places.house(rng, country), rng, cares) for _ in range(n)]
        return np.stack(rows)

    def carriers(country: int, n: int) -> Index:
        return book.add_ips(np.full(n, country, np.int8), "carrier", str(country))

    counts = split(spec.lockers), split(spec.kiosks), split(spec.carrier_ips)
    return Commons(
        lockers=(lockers(0, counts[0][0]), lockers(1, counts[0][1])),
        kiosks=(book.add_devices(counts[1][0], "kiosk", "0"), book.add_devices(counts[1][1], "kiosk", "1")),
        carriers=(carriers(0, counts[2][0]), carriers(1, counts[2][1])),
    )


def make_population(
    spec: WorldSpec, seeds: Seeds, book: Book, places: Places, merchants: Merchants
) -> Population:
    """Draw the customers. Homes and workplaces are settled country by country."""
    rng = seeds.rng("customers")
    c = spec.customers
    country = (rng.random(c) >= spec.india_share).astype(np.int8)
    start, span = spec.start_ms, spec.days * DAY_MS
    newcomer = rng.random(c) < spec.newcomer_share
    joined = np.where(newcomer, start + (rng.random(c) * 0.95 * span).astype(np.int64), start)
    leaver = rng.random(c) < 0.06
    left = np.where(
        leaver, joined + ((0.2 + 0.8 * rng.random(c)) * (spec.end_ms - joined)).astype(np.int64), spec.end_ms
    )
    # Long-tailed activity: a few buy daily, many once in months, so that new cards, accounts and devices are
    # nothing rare. The share of newcomers' and leavers' absence
    # is made up for, so that `rate` holds per customer and day of the whole span.
    activity = np.exp(1.15 * rng.standard_normal(c))
    present = (left - joined) / span
    rate = spec.rate * activity / max(float((activity * present).mean()), 1e-9)

    moved = rng.random((2, c))
    second, laptop = rng.random(c) < 0.32, rng.random(c) < 0.45
    replaced, upgraded = moved[0] < 0.10, moved[1] < 0.12
    when = joined + (rng.random((2, c)) * (left - joined)).astype(np.int64)
    favourites = np.empty((c, FAVOURITES), np.int64)
    for where in (0, 1):
        mine = country == where
        options, weight = merchants.of(where)
        favourites[mine] = rng.choice(options, (int(mine.sum()), FAVOURITES), p=weight)

    homes = _Homes(c)
    groups = [
        group
        for where in (0, 1)
        for group in _settle(
            spec, seeds, book, places, homes, where, np.flatnonzero(country == where), joined
        )
    ]
    return Population(
        country=country, newcomer=newcomer, joined=joined, left=left, rate=rate,
        spend=np.exp(0.35 * rng.standard_normal(c)),
        peak=rng.choice((9.5, 13.0, 18.0, 20.5), c) + 1.2 * rng.standard_normal(c),
        favourites=favourites,
        account=book.add_accounts(c, "customer"),
        email=book.add_emails(country, "customer"),
        phone=book.add_phones(country, "customer"),
        card=book.add_cards(country, "customer"),
        second_card=_some(second, book.add_cards(country[second], "customer", "second")),
        next_card=_some(replaced, book.add_cards(country[replaced], "customer", "next")),
        next_card_from=when[0],
        device=book.add_devices(c, "customer"),
        second_device=_some(laptop, book.add_devices(int(laptop.sum()), "customer", "second")),
        next_device=_some(upgraded, book.add_devices(int(upgraded.sum()), "customer", "next")),
        next_device_from=when[1],
        home_device=homes.home_device, work_device=homes.work_device, home_ip=homes.home_ip,
        work_ip=homes.work_ip, home=homes.home, work=homes.work, groups=tuple(groups),
    )  # fmt: skip


class _Homes:
    """Columns that settling fills."""

    def __init__(self, c: int) -> None:
        self.home_device = np.full(c, -1, np.int32)
        self.work_device = np.full(c, -1, np.int32)
        self.home_ip = np.full(c, -1, np.int32)
        self.work_ip = np.full(c, -1, np.int32)
        self.home = np.full((c, 3), -1, np.int32)
        self.work = np.full((c, 2), -1, np.int32)


def _settle(
    spec: WorldSpec,
    seeds: Seeds,
    book: Book,
    places: Places,
    homes: _Homes,
    country: int,
    people: Ints,
    joined: Ints,
) -> Iterator[Group]:
    rng = seeds.rng("homes", str(country))
    ips = _Supply(lambda n, part: book.add_ips(np.full(n, country, np.int8), "home", str(country), part))
    devices = _Supply(lambda n, part: book.add_devices(n, "shared", str(country), part))
    order = rng.permutation(people)
    n = len(order)
    in_household = round(n * spec.household_share)
    in_flat = in_household + round(n * spec.flat_share)
    in_hostel = in_flat + round(n * spec.hostel_share)
    plan = (
        ("household", order[:in_household], (2, 6), 0.7, 1),
        ("flat", order[in_household:in_flat], (4, 10), 0.75, 1),
        # People move into hostels in waves (a term begins), as members of a ring do.
        ("hostel", _by_arrival(order[in_flat:in_hostel], joined), (24, 60), 1.0, 4),
    )
    for kind, residents, size, sharing, most in plan:
        for members in _cut(residents, size, rng):
            shared = (
                [devices.take() for _ in range(1 + int(rng.integers(most)))] if rng.random() < sharing else []
            )
            yield _move_in(kind, members, shared, ips.take(), country, rng, book, places, homes)
    for person in order[in_hostel:]:
        homes.home[person] = book.add_texts(places.home(rng, country), rng, (TIDY, CASUAL, CASUAL))
        homes.home_ip[person] = ips.take()
    workers = rng.permutation(people)
    in_small = round(n * spec.small_office_share)
    in_large = in_small + round(n * spec.office_share)
    for kind, staff, size, most in (
        ("small_office", workers[:in_small], (4, 13), 2),
        ("office", workers[in_small:in_large], (40, 160), 0),
    ):
        for members in _cut(staff, size, rng):
            shared = [devices.take() for _ in range(1 + int(rng.integers(most)))] if most else []
            place = places.unit(
                rng, places.tower(rng, country, office=True), "Office" if country == 0 else "Suite"
            )
            texts = book.add_texts(place, rng, (TIDY, *(CASUAL,) * min(2 + len(members) // 3, 12)))
            homes.work[members] = rng.choice(texts, (len(members), 2))
            homes.work_ip[members] = ips.take()
            if shared:
                homes.work_device[members] = rng.choice(shared, len(members))
            yield Group(kind, tuple(members.tolist()), tuple(shared), tuple(texts.tolist()))


def _move_in(
    kind: str, members: Ints, shared: list[int], ip: int, country: int, rng: np.random.Generator, book: Book,
    places: Places, homes: _Homes,
) -> Group:  # fmt: skip
    """Household and flat share one unit; in a hostel everybody has a room."""
    place: Place = places.tower(rng, country) if kind == "hostel" else places.home(rng, country)
    texts: list[int] = []
    for person in members.tolist():
        room = places.unit(rng, place, "Room") if kind == "hostel" else place
        mine = book.add_texts(room, rng, (TIDY, CASUAL, CASUAL))
        homes.home[person] = mine
        texts += mine.tolist()
    homes.home_ip[members] = ip
    if shared:
        homes.home_device[members] = rng.choice(shared, len(members))
    return Group(kind, tuple(members.tolist()), tuple(shared), tuple(texts))


class _Supply:
    """Hands out entities one by one, made in blocks."""

    def __init__(self, make: Callable[[int, str], Index]) -> None:
        self._make = make
        self._blocks = 0
        self._stock: list[int] = []

    def take(self) -> int:
        if not self._stock:
            self._stock = self._make(64, str(self._blocks)).tolist()[::-1]
            self._blocks += 1
        return self._stock.pop()


def _cut(people: Ints, size: tuple[int, int], rng: np.random.Generator) -> Iterator[Ints]:
    """Cut into groups of size[0]..size[1]-1; what is left over at the end is one smaller group."""
    at = 0
    while at < len(people):
        n = int(rng.integers(*size))
        yield people[at : at + n]
        at += n


def _by_arrival(people: Ints, joined: Ints) -> Ints:
    return people[np.argsort(joined[people], kind="stable")]


def _some(who: NDArray[np.bool_], index: Index) -> Index:
    out = np.full(len(who), -1, np.int32)
    out[who] = index
    return out
