"""Who works where: small offices with a computer for all, and offices whose desk takes everybody's parcels."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.book import Book
from simulator.columns import Index
from simulator.groups import Block, Kind, Ragged, ragged
from simulator.homes import cut
from simulator.seeds import Seeds
from simulator.spec import WorldSpec
from simulator.spelling import CASUAL, TIDY

Ints = NDArray[np.int64]

_TENANTS = 3  # offices in one building, mean
_WHOLE_BUILDING = 300  # staff from which an office is a building
_COMPANY_CARD = 0.3  # of small offices with a card that all use
_MOST_SPELLINGS = 40  # of an office's address


@dataclass(frozen=True, slots=True)
class Workplaces:
    """Columns of c customers, -1: none. `text` [c, 2]: two ways in which one writes the address at work."""

    text: Index
    place: Index
    ip: Index
    device: Index
    card: Index
    blocks: tuple[Block, ...]


def make_workplaces(spec: WorldSpec, seeds: Seeds, book: Book, country: NDArray[np.int8]) -> Workplaces:
    """Who works is drawn apart from who lives where: colleagues are neighbours by chance alone."""
    c = len(country)
    place, ip, device, card = (np.full(c, -1, np.int32) for _ in range(4))
    out = Workplaces(np.full((c, 2), -1, np.int32), place, ip, device, card, blocks=())
    blocks = []
    for k in (0, 1):
        rng = seeds.rng("work", str(k))
        staff = rng.permutation(np.flatnonzero(country == k))
        small = round(len(staff) * spec.people.small_office_share)
        large = small + round(len(staff) * spec.people.office_share)
        groups = cut(small, spec.people.small_office_size, 0.85, rng)
        blocks.append(_employ(seeds, book, out, k, "small_office", staff[:small], groups))
        groups = _offices(spec, large - small, rng)
        blocks.append(_employ(seeds, book, out, k, "office", staff[small:large], groups))
    return replace(out, blocks=tuple(blocks))


def _offices(spec: WorldSpec, n: int, rng: np.random.Generator) -> Ints:
    """Offices for n people in a row, int64[n]: sizes by a Pareto law cut at both ends, no office with over a third."""
    low, high = spec.people.office_size
    high, tail = max(low, min(high, n // 3)), spec.people.office_tail
    u = rng.random(1 + n // low)
    sizes = low * (1 - u * (1 - (low / high) ** tail)) ** (-1 / tail)
    return np.searchsorted(np.cumsum(np.rint(sizes)), np.arange(n), side="right")


def _employ(
    seeds: Seeds, book: Book, out: Workplaces, country: int, kind: Kind, staff: Ints, group: Ints
) -> Block:  # fmt: skip
    name = (kind, str(country))
    rng = seeds.rng("work", *name)
    size = np.bincount(group)
    n = len(size)
    buildings = book.places.buildings(rng, np.full(1 + n // _TENANTS, country, np.int8), office=True)
    place = buildings[rng.integers(len(buildings), size=n)]
    tenant = size < _WHOLE_BUILDING
    place[tenant] = book.places.units(rng, place[tenant])
    place[~tenant] = book.places.buildings(rng, np.full(int((~tenant).sum()), country, np.int8), office=True)
    texts = _spelled(book, place, size, name)
    many, start = np.bincount(texts.which, minlength=n), np.searchsorted(texts.which, np.arange(n))
    chosen = start[group, None] + (rng.random((len(group), 2)) * many[group, None]).astype(np.int64)
    ips = book.add_ips(np.full(n, country, np.int8), "work", *name)
    out.place[staff], out.ip[staff] = place[group], ips[group]
    if len(staff):
        out.text[staff] = texts.numbers[chosen]
    devices = ragged(np.zeros(0, np.int32), np.zeros(0, np.int64), n)
    if kind == "small_office":
        devices = _computers(seeds, book, out, country, staff, group, n)
        cards = book.add_cards(np.full(n, country, np.int8), "work", *name)
        has = rng.random(n) < _COMPANY_CARD
        out.card[staff] = np.where(has[group], cards[group], -1)
    return Block(kind, ragged(staff, group, n), devices, ragged(texts.numbers, texts.which, n))


@dataclass(frozen=True, slots=True)
class _Spelled:
    numbers: Index
    which: Ints  # the office of each, in order


def _spelled(book: Book, place: Index, size: Ints, name: tuple[str, str]) -> _Spelled:
    """The more people, the more ways to write where they work."""
    typed = np.minimum(2 + size // 3, _MOST_SPELLINGS)
    tidy = book.texts.add(place, TIDY, "work", *name, "profile")
    casual = book.texts.add(np.repeat(place, typed), CASUAL, "work", *name, "typed")
    offices = np.arange(len(size))
    which = np.concatenate([offices, np.repeat(offices, typed)])
    order = np.argsort(which, kind="stable")
    return _Spelled(np.concatenate([tidy, casual])[order], which[order])


def _computers(
    seeds: Seeds, book: Book, out: Workplaces, country: int, staff: Ints, group: Ints, n: int
) -> Ragged:  # fmt: skip
    """One or two for all."""
    rng = seeds.rng("work", "devices", str(country))
    count = 1 + rng.integers(2, size=n)
    devices = book.add_devices(int(count.sum()), "work", str(country))
    start = np.cumsum(count) - count
    if n:
        out.device[staff] = devices[start[group] + (rng.random(len(group)) * count[group]).astype(np.int64)]
    return ragged(devices, np.repeat(np.arange(n), count), n)
