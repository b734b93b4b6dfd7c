"""Where customers go: their carrier, kiosk, parcel locker, box at a forwarder, and friends who get gifts."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from simulator.book import Book
from simulator.columns import Index
from simulator.commons import FORWARDER_USERS, KIOSK_USERS, LOCKER_USERS, Commons, spellings
from simulator.groups import Block, Ragged, ragged
from simulator.seeds import Seeds

Ints = NDArray[np.int64]

FRIENDS = 3
_NOTHING = np.zeros(0, np.int32)


@dataclass(frozen=True, slots=True)
class Haunts:
    """Columns of c customers, -1: none. `friends` [c, 3] are customers of the same country.

    `carrier` counts a country's carriers (`Commons.pools`), `kiosk` is a device and `kiosk_ip` where
    it stands, `locker` a row of `Commons.lockers`
    of the country, `box` [c, 2] two spellings of one's own box at a forwarder.
    """

    carrier: NDArray[np.int8]
    kiosk: Index
    kiosk_ip: Index
    locker: Index
    box: Index
    friends: Index
    blocks: tuple[Block, ...]


def make_haunts(seeds: Seeds, book: Book, commons: Commons, country: NDArray[np.int8]) -> Haunts:
    """Every customer has a carrier and friends; few have the rest."""
    c = len(country)
    out = Haunts(
        np.zeros(c, np.int8), _none_of(c), _none_of(c), _none_of(c), np.full((c, 2), -1, np.int32),
        np.zeros((c, FRIENDS), np.int32), (),
    )  # fmt: skip
    blocks: list[Block] = []
    for k in (0, 1):
        people = np.flatnonzero(country == k)
        rng = seeds.rng("haunts", str(k))
        edges = commons.pools[k].edges
        out.carrier[people] = np.searchsorted(edges[1:-1], rng.random(len(people)), side="right")
        out.friends[people] = _friends(people, rng)
        blocks += [
            _kiosks(seeds, commons, out, k, people),
            _lockers(seeds, commons, out, k, people),
            _boxes(seeds, book, commons, out, k, people),
        ]
    return replace(out, blocks=tuple(blocks))


def _none_of(c: int) -> Index:
    return np.full(c, -1, np.int32)


def _friends(people: Ints, rng: np.random.Generator) -> NDArray[np.int64]:
    """Neighbours on a circle in random order: nobody is his own friend but in a country of one."""
    order = rng.permutation(people)
    at = np.empty(len(people), np.int64)
    at[np.searchsorted(people, order)] = np.arange(len(people))
    steps = np.array([1, 2, len(people) // 2 + 1])[:FRIENDS]
    return (
        order[(at[:, None] + steps) % max(len(people), 1)]
        if len(people)
        else np.zeros((0, FRIENDS), np.int64)
    )


def _users(seeds: Seeds, concern: str, country: int, people: Ints, share: float) -> Ints:
    rng = seeds.rng("haunts", concern, str(country))
    return rng.permutation(people)[: round(share * len(people))]


def _kiosks(seeds: Seeds, commons: Commons, out: Haunts, country: int, people: Ints) -> Block:
    """As many users for each as the cards that it is to see."""
    who = _users(seeds, "kiosk", country, people, KIOSK_USERS)
    devices, cards = commons.kiosks[country], commons.kiosk_cards[country]
    upto = np.cumsum(cards) / max(float(cards.sum()), 1e-9)
    at = np.minimum(np.searchsorted(upto, (np.arange(len(who)) + 0.5) / max(len(who), 1)), len(devices) - 1)
    out.kiosk[who], out.kiosk_ip[who] = devices[at], commons.kiosk_ips[country][at]
    n = len(devices)
    return Block("kiosk", ragged(who, at, n), ragged(devices, np.arange(n), n), _none(n))


def _lockers(seeds: Seeds, commons: Commons, out: Haunts, country: int, people: Ints) -> Block:
    who = _users(seeds, "locker", country, people, LOCKER_USERS)
    texts = commons.lockers[country]
    n, many = texts.shape
    at = np.arange(len(who)) % n
    out.locker[who] = at
    return Block(
        "locker", ragged(who, at, n), _none(n), ragged(texts.ravel(), np.repeat(np.arange(n), many), n)
    )


def _boxes(seeds: Seeds, book: Book, commons: Commons, out: Haunts, country: int, people: Ints) -> Block:
    who = _users(seeds, "forwarder", country, people, FORWARDER_USERS)
    buildings = commons.forwarder_places[country]
    n = len(buildings)
    at = np.arange(len(who)) % n
    rng = seeds.rng("haunts", "boxes", str(country))
    boxes = book.places.units(rng, buildings[at], "PMB")
    out.box[who] = spellings(book, boxes, 2, "box", str(country))
    return Block("forwarder", ragged(who, at, n), _none(n), ragged(out.box[who].ravel(), np.repeat(at, 2), n))


def _none(n: int) -> Ragged:
    return ragged(_NOTHING, np.zeros(0, np.int64), n)
