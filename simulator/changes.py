"""What does not stay as it was: devices and numbers that change hands, replaced cards, moves, journeys."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.book import Book
from simulator.columns import Index
from simulator.groups import Block, ragged
from simulator.homes import cut
from simulator.seeds import Seeds
from simulator.spec import DAY_MS, WorldSpec

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_CARD_REPLACED = 0.10  # of customers
_MOVERS = 0.05  # of customers
_NEW_DEVICE_IN_NEW_HOME = 0.3  # of movers, within a week of the move
_TRAVELLERS = 0.08  # of customers, who are abroad for a while
_HANDED_ON_AFTER = 0.1  # of all changes of devices: that many lie between one's end and another's beginning


@dataclass(frozen=True, slots=True)
class Stays:
    """Columns of c customers: when each came and went, moved and was abroad (epoch ms; never: `NEVER`)."""

    joined: Ints
    left: Ints
    moved: Ints
    abroad_from: Ints
    abroad_to: Ints


NEVER = 1 << 62


@dataclass(frozen=True, slots=True)
class Held:
    """Columns of c customers in `Book` numbers. `next` replaces `first` from `since` (epoch ms) on; -1: never."""

    first: Index
    next: Index
    since: Ints

    def at(self, who: Ints, time: Ints) -> Index:
        """What each of `who` uses at `time`: int32[n]."""
        following = self.next[who]
        return np.where((following >= 0) & (time >= self.since[who]), following, self.first[who])


def make_stays(spec: WorldSpec, seeds: Seeds, newcomer: Bools, hostel: Bools) -> Stays:
    """Newcomers come all the time, but to hostels in waves."""
    rng, c = seeds.rng("customers", "stays"), len(newcomer)
    start, span = spec.start_ms, spec.days * DAY_MS
    came = start + (rng.random(c) * 0.95 * span).astype(np.int64)
    terms = start + np.sort(rng.random(1 + spec.days // 60)) * 0.85 * span
    term = terms[rng.integers(len(terms), size=c)] + rng.exponential(3.0, c) * DAY_MS
    came = np.where(hostel, np.minimum(term, start + 0.95 * span).astype(np.int64), came)
    joined = np.where(newcomer, came, start)
    leaver = rng.random(c) < spec.people.leaver_share
    stay = ((0.2 + 0.8 * rng.random(c)) * (spec.end_ms - joined)).astype(np.int64)
    left = np.where(leaver, joined + stay, spec.end_ms)
    moves, when = rng.random((2, c))
    moved = np.where(moves < _MOVERS, joined + (when * (left - joined)).astype(np.int64), NEVER)
    travels, when, length = rng.random((3, c))
    away = joined + (when * (left - joined)).astype(np.int64)
    away = np.where(travels < _TRAVELLERS, away, NEVER)
    return Stays(joined, left, moved, away, away + ((2 + 14 * length**2) * DAY_MS).astype(np.int64))


def make_cards(seeds: Seeds, book: Book, country: NDArray[np.int8], stays: Stays) -> Held:
    rng, c = seeds.rng("customers", "cards"), len(country)
    first = book.add_cards(country, "customer")
    replaced = rng.random(c) < _CARD_REPLACED
    return Held(
        first, some(replaced, book.add_cards(country[replaced], "customer", "next")), _during(rng, stays)
    )


def make_devices(spec: WorldSpec, seeds: Seeds, book: Book, stays: Stays) -> tuple[Held, Block]:
    """Devices, some of which strangers buy second-hand and some of which can't be told from strangers' own."""
    rng, shared, c = seeds.rng("customers", "devices"), spec.shared, len(stays.joined)
    first = book.add_devices(c, "customer")
    since = _during(rng, stays)
    changed = rng.random(c) < shared.new_device_share
    moved = (stays.moved < NEVER) & (rng.random(c) < _NEW_DEVICE_IN_NEW_HOME)
    since[moved] = stays.moved[moved] + (rng.random(int(moved.sum())) * 7 * DAY_MS).astype(np.int64)
    changed |= moved
    following = some(changed, book.add_devices(int(changed.sum()), "customer", "next"))
    alike = _fingerprints(spec, seeds, first)
    return Held(first, _hand_on(rng, first, following, since, shared.resold_device_share), since), alike


def make_phones(spec: WorldSpec, seeds: Seeds, book: Book, country: NDArray[np.int8], stays: Stays) -> Held:
    """Numbers, some of which the carrier gives to somebody else later."""
    rng, shared, c = seeds.rng("customers", "phones"), spec.shared, len(country)
    first = book.add_phones(country, "customer")
    since, changed = _during(rng, stays), rng.random(c) < shared.new_phone_share
    following = some(changed, book.add_phones(country[changed], "customer", "next"))
    for k in (0, 1):  # numbers stay in their country
        mine = np.flatnonzero(country == k)
        following[mine] = _hand_on(
            rng, first[mine], following[mine], since[mine], shared.recycled_phone_share
        )
    return Held(first, following, since)


def some(who: Bools, index: Index) -> Index:
    """`index` for those who have it, -1 for the others: int32[c]."""
    out = np.full(len(who), -1, np.int32)
    out[who] = index
    return out


def _during(rng: np.random.Generator, stays: Stays) -> Ints:
    when: Ints = stays.joined + (rng.random(len(stays.joined)) * (stays.left - stays.joined)).astype(np.int64)
    return when


def _hand_on(rng: np.random.Generator, old: Index, new: Index, since: Ints, share: float) -> Index:
    """`new`, but with a share of the old ones in it: who changes later gets what a stranger has given up by then."""
    changers = np.flatnonzero(new >= 0)
    order = changers[np.argsort(since[changers], kind="stable")]
    lag = max(1, round(_HANDED_ON_AFTER * len(order)))
    givers = np.flatnonzero(rng.random(len(order)) < share)
    givers = givers[givers + lag < len(order)]
    out = new.copy()
    out[order[givers + lag]] = old[order[givers]]
    return out


def _fingerprints(spec: WorldSpec, seeds: Seeds, device: Index) -> Block:
    """Give strangers one device token, in place."""
    rng = seeds.rng("customers", "fingerprints")
    who = rng.permutation(np.flatnonzero(rng.random(len(device)) < spec.shared.fingerprint_share))
    group = cut(len(who), spec.shared.fingerprint_users, 0.93, rng)
    first = np.searchsorted(group, np.arange(group[-1] + 1 if len(group) else 0))
    device[who] = device[who[first[group]]]
    n = len(first)
    none = ragged(np.zeros(0, np.int32), np.zeros(0, np.int64), n)
    return Block("fingerprint", ragged(who, group, n), ragged(device[who[first]], np.arange(n), n), none)
