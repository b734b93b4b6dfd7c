"""What anybody may use and strangers share: carriers' addresses, public devices, parcel lockers, freight forwarders."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from simulator.book import Book
from simulator.columns import Index
from simulator.seeds import Seeds
from simulator.spec import WorldSpec
from simulator.spelling import CASUAL, TIDY

Floats = NDArray[np.float64]

# Who uses such things at all, as shares of customers; `shared.*_share` of purchases are theirs.
KIOSK_USERS = 0.06
LOCKER_USERS = 0.15
FORWARDER_USERS = 0.02
VPN_USERS = 0.025
ACTIVITY = 1.15  # log-normal spread between customers of how often they buy

_CARRIERS = (0.38, 0.30, 0.20, 0.12)  # market shares
_USERS_AN_EXIT = 60
_SPELLINGS = 16  # of a locker's or forwarder's address


@dataclass(frozen=True, slots=True)
class Carriers:
    """A country's mobile carriers: `ips` [a] and the shares of its customers up to the end of each, `upto` [a].

    A carrier's addresses lie side by side: carrier k has the shares `edges[k]` to `edges[k + 1]`.
    """

    ips: Index
    upto: Floats
    edges: Floats

    def pick(self, carrier: NDArray[np.int8], share: Floats) -> Index:
        """The address that a customer of this carrier is behind, int32[n], for a `share` in 0..1 that is his today."""
        at = self.edges[carrier] + share * (self.edges[carrier + 1] - self.edges[carrier])
        found: Index = self.ips[np.minimum(np.searchsorted(self.upto, at, side="right"), len(self.ips) - 1)]
        return found


@dataclass(frozen=True, slots=True)
class Commons:
    """Each is a pair by country; both countries have at least one of each.

    `lockers` and `forwarders` are spellings [n, 16] of one address a row (a forwarder's without anybody's box), their
    `_places` those addresses' places [n], forwarders' being buildings with a unit a customer. `kiosks` are devices
    [n], `kiosk_ips` [n] their addresses and `kiosk_cards` [n] how many cards to expect on each in the world's span.
    `vpns` are exits [n] that lie in the country, `carriers` all addresses of its `pools`.
    """

    lockers: tuple[Index, Index]
    locker_places: tuple[Index, Index]
    forwarders: tuple[Index, Index]
    forwarder_places: tuple[Index, Index]
    kiosks: tuple[Index, Index]
    kiosk_ips: tuple[Index, Index]
    kiosk_cards: tuple[Floats, Floats]
    vpns: tuple[Index, Index]
    pools: tuple[Carriers, Carriers]

    @property
    def carriers(self) -> tuple[Index, Index]:
        return self.pools[0].ips, self.pools[1].ips


def make_commons(spec: WorldSpec, seeds: Seeds, book: Book) -> Commons:
    """As many as the customers to expect in each country need."""
    people = [spec.customers * spec.india_share, spec.customers * (1 - spec.india_share)]
    counts = [max(1, round(n * LOCKER_USERS / spec.shared.customers_a_locker)) for n in people]
    places = [_at_a_building(seeds, book, k, counts[k], "locker") for k in (0, 1)]
    lockers = [
        book.places.units(seeds.rng("commons", "locker-unit", str(k)), places[k], "Locker") for k in (0, 1)
    ]
    counts = [max(1, round(n * FORWARDER_USERS / spec.shared.customers_a_forwarder)) for n in people]
    forwarders = [_at_a_building(seeds, book, k, counts[k], "forwarder") for k in (0, 1)]
    cards = [_kiosk_cards(spec, seeds, k, people[k]) for k in (0, 1)]
    return Commons(
        lockers=_pair(lambda k: spellings(book, lockers[k], _SPELLINGS, "locker", str(k))),
        locker_places=(lockers[0], lockers[1]),
        forwarders=_pair(lambda k: spellings(book, forwarders[k], _SPELLINGS, "forwarder", str(k))),
        forwarder_places=(forwarders[0], forwarders[1]),
        kiosks=_pair(lambda k: book.add_devices(len(cards[k]), "kiosk", str(k))),
        kiosk_ips=_pair(lambda k: book.add_ips(np.full(len(cards[k]), k, np.int8), "kiosk", str(k))),
        kiosk_cards=(cards[0], cards[1]),
        vpns=_pair(lambda k: book.add_ips(np.full(_vpns(spec), k, np.int8), "vpn", str(k))),
        pools=(_carriers(spec, seeds, book, 0, people[0]), _carriers(spec, seeds, book, 1, people[1])),
    )


def spellings(book: Book, places: Index, n: int, *concern: str) -> Index:
    """Spellings [p, n] of each place: one written with care, the others in a hurry."""
    tidy = book.texts.add(places, TIDY, *concern, "profile")
    casual = book.texts.add(np.repeat(places, n - 1), CASUAL, *concern, "typed")
    return np.concatenate([tidy[:, None], casual.reshape(len(places), n - 1)], axis=1)


def sizes_for(total: float, low: float, high: float, rng: np.random.Generator) -> Floats:
    """Sizes in [low, high] that sum to `total`, small ones more often (a density of 1/x^2); one size at least.

    Where no such sizes exist (`total` below `low`), the one size is `total`.
    """
    drawn = 1 / (1 / low - rng.random(1 + math.ceil(total / low)) * (1 / low - 1 / high))
    n = 1 + int(np.searchsorted(np.cumsum(drawn), total))
    sizes = drawn[: max(1, min(n, int(total // low)))]
    for _ in range(50):  # those that reach an end stay there; the others take up the rest
        sizes = np.clip(sizes * total / sizes.sum(), low, high)
    return np.minimum(sizes, total)


def _vpns(spec: WorldSpec) -> int:
    return 2 + round(spec.customers * VPN_USERS / _USERS_AN_EXIT)


def _pair(make: Callable[[int], Index]) -> tuple[Index, Index]:
    return make(0), make(1)


def _at_a_building(seeds: Seeds, book: Book, country: int, n: int, concern: str) -> Index:
    rng = seeds.rng("commons", concern, str(country))
    return book.places.buildings(rng, np.full(n, country, np.int8), office=True)


def _kiosk_cards(spec: WorldSpec, seeds: Seeds, country: int, customers: float) -> Floats:
    """Who uses a kiosk is seen on it only if he happens to buy there in the span."""
    if not spec.shared.kiosk_share:
        return np.zeros(1)
    mean = spec.rate * spec.days * spec.shared.kiosk_share / KIOSK_USERS
    grid = [NormalDist().inv_cdf((i + 0.5) / 200) for i in range(200)]
    visits = mean * np.exp(ACTIVITY * np.array(grid) - ACTIVITY**2 / 2)
    seen = customers * KIOSK_USERS * float((1 - np.exp(-visits)).mean())
    return sizes_for(max(seen, 1.0), *spec.shared.kiosk_cards, seeds.rng("commons", "kiosk", str(country)))


def _carriers(spec: WorldSpec, seeds: Seeds, book: Book, country: int, customers: float) -> Carriers:
    rng = seeds.rng("commons", "carriers", str(country))
    low, high = spec.shared.carrier_users
    big = [share for share in _CARRIERS if share * customers >= low] or [1.0]
    markets = [share / sum(big) * max(customers, 1.0) for share in big]
    sizes = [sizes_for(market, low, high, rng) for market in markets]
    ends = np.cumsum(np.concatenate(sizes))
    after = np.cumsum([len(each) for each in sizes]) - 1
    ips = book.add_ips(np.full(len(ends), country, np.int8), "carrier", str(country))
    return Carriers(ips, ends / ends[-1], np.concatenate([[0.0], ends[after] / ends[-1]]))
