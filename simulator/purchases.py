# ruff: noqa: PLR2004 - shares and sizes of a made-up world read best where they are used
"""Who buys what, where, when and on which card."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.clock import MINUTE_MS, OFFSETS_MS
from simulator.columns import Index
from simulator.merchants import CATEGORIES, Merchants
from simulator.population import FAVOURITES, Population
from simulator.seasons import Calendar
from simulator.seeds import Seeds, shares
from simulator.spec import DAY_MS, WorldSpec

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_SUBSCRIPTIONS = 0.08  # of purchases, where the rate allows: one a month for those who have one
_MOST_SUBSCRIBERS = 0.4
_MONTH_MS = 30 * DAY_MS
_SESSION = 0.10  # of purchases that follow another within minutes ...
_GAMER = 0.04  # ... and of customers who buy small things in long runs
_GAMER_SESSION = 0.65
_AT_FIRST = 0.6  # of newcomers who sign up in order to buy at once
_HOME_GOODS = ("furniture", "electronics", "marketplace")


@dataclass(frozen=True, slots=True)
class Purchases:
    """Columns of n purchases, each customer's side by side: customer, epoch ms, merchant, minor units, card number.

    `recurring`: charged by the merchant, nobody is there. `first`: a newcomer's first.
    """

    who: Ints
    time: Ints
    merchant: Index
    amount: Ints
    online: Bools
    card: Index
    recurring: Bools
    first: Bools


def make_purchases(
    spec: WorldSpec, seeds: Seeds, people: Population, merchants: Merchants, calendar: Calendar, n: float
) -> Purchases:
    """About `n` purchases in all."""
    subscribed, due = _subscriptions(spec, seeds, people)
    who = _buyers(seeds, people, calendar, n - len(subscribed))
    session = _sessions(seeds, who)
    first = people.newcomer[who] & (who != np.roll(who, 1)) & ~session
    time = _times(seeds, people, calendar, who, session, first)
    merchant = _merchants(spec, seeds, people, merchants, who, time, session)
    spend = people.spend[who] * np.where(first, 1.5, 1.0)
    amount = merchants.prices(merchant, spend, seeds.rng("purchases", "amounts"))
    rng = seeds.rng("purchases", "online")
    shop = np.array([c.online for c in CATEGORIES])[merchants.category[merchant]]
    online = rng.random(len(who)) < shop if spec.card_present else np.ones(len(who), np.bool_)
    service, price = _services(seeds, people, merchants)
    none = np.zeros(len(subscribed), np.bool_)
    who, time = np.concatenate([who, subscribed]), np.concatenate([time, due])
    recurring = np.concatenate([np.zeros(len(online), np.bool_), ~none])
    return Purchases(
        who=who, time=time, merchant=np.concatenate([merchant, service[subscribed]]),
        amount=np.concatenate([amount, price[subscribed]]), online=np.concatenate([online, ~none]),
        card=_cards(seeds, people, who, time, recurring), recurring=recurring,
        first=np.concatenate([first, none]),
    )  # fmt: skip


def _buyers(seeds: Seeds, people: Population, calendar: Calendar, n: float) -> Ints:
    present = calendar.share(people.left) - calendar.share(people.joined)
    expected = people.rate * present
    expected *= max(n, 0.0) / max(float(expected.sum()), 1e-12)
    return np.repeat(np.arange(len(people)), seeds.rng("purchases").poisson(expected))


def _subscriptions(spec: WorldSpec, seeds: Seeds, people: Population) -> tuple[Ints, Ints]:
    """Who pays by the month and when it is due: customer and epoch ms of each payment."""
    rng, c = seeds.rng("purchases", "subscriptions"), len(people)
    has = rng.random(c) < min(_MOST_SUBSCRIBERS, _SUBSCRIPTIONS * spec.rate * 30)
    since = people.joined + (rng.random(c) * _MONTH_MS).astype(np.int64)
    count = np.where(has & (since < people.left), 1 + (people.left - 1 - since) // _MONTH_MS, 0)
    who = np.repeat(np.arange(c), count)
    nth = np.arange(len(who)) - np.repeat(np.cumsum(count) - count, count)
    return who, since[who] + nth * _MONTH_MS


def _services(seeds: Seeds, people: Population, merchants: Merchants) -> tuple[Index, Ints]:
    """What each customer would subscribe to, and its price."""
    rng, c = seeds.rng("purchases", "services"), len(people)
    share, service = rng.random(c), np.empty(c, np.int32)
    for k in (0, 1):
        mine = people.country == k
        service[mine] = merchants.draw(k, share[mine], "digital", "utilities", "insurance", online=True)
    return service, merchants.prices(service, people.spend, rng)


def _sessions(seeds: Seeds, who: Ints) -> Bools:
    """Which purchases follow minutes after the one before them."""
    rng = seeds.rng("purchases", "sessions")
    gamer = shares(who, np.full_like(who, 7)) < _GAMER
    follows = rng.random(len(who)) < np.where(gamer, _GAMER_SESSION, _SESSION)
    chained: Bools = follows & (who == np.roll(who, 1)) & (np.arange(len(who)) > 0)
    return chained


def _times(
    seeds: Seeds, people: Population, calendar: Calendar, who: Ints, session: Bools, first: Bools
) -> Ints:
    """As the calendar has it over a customer's stay, at favourite hours."""
    rng, n = seeds.rng("purchases", "times"), len(who)
    joined, left = people.joined[who], people.left[who]
    begin, end = calendar.share(joined), calendar.share(left)
    day = calendar.day(begin + rng.random(n) * (end - begin))
    # Whoever is new buys more at first.
    early = people.newcomer[who] & (rng.random(n) < 0.25)
    day = np.where(early, (joined + rng.exponential(4.0, n) * DAY_MS).astype(np.int64) // DAY_MS, day)
    usual = rng.random(n) < 0.92
    hour = np.where(usual, people.peak[who] + 3.0 * rng.standard_normal(n), 24 * rng.random(n)) % 24
    time = day * DAY_MS + (hour * 60 * MINUTE_MS).astype(np.int64) - OFFSETS_MS[people.country[who]]
    at_once = first & (rng.random(n) < _AT_FIRST)
    time = np.where(at_once, joined + (rng.exponential(12.0, n) * MINUTE_MS).astype(np.int64), time)
    # Outside the stay (a time zone, an early day past its end): anywhere inside.
    time = np.where(
        (time < joined) | (time >= left), joined + (rng.random(n) * (left - joined)).astype(np.int64), time
    )
    gap = np.where(session, (rng.exponential(9.0, n) * MINUTE_MS).astype(np.int64) + 20_000, 0)
    head = np.maximum.accumulate(np.where(session, 0, np.arange(n)))
    passed = np.cumsum(gap)
    time = time[head] + passed - passed[head]
    over = time >= left
    inside: Ints = np.where(over, joined + (rng.random(n) * (left - joined)).astype(np.int64), time)
    return inside


def _merchants(
    spec: WorldSpec,
    seeds: Seeds,
    people: Population,
    merchants: Merchants,
    who: Ints,
    time: Ints,
    session: Bools,
) -> Index:
    """Three of four purchases at a favourite, earlier favourites more often; few abroad but by travellers."""
    rng, n, stays = seeds.rng("purchases", "merchants"), len(who), people.stays
    rank = np.minimum(rng.geometric(0.3, n) - 1, FAVOURITES - 1)
    chosen = people.favourites[who, rank]
    elsewhere, share = rng.random(n) >= 0.75, rng.random(n)
    away = (time >= stays.abroad_from[who]) & (time < stays.abroad_to[who])
    abroad = rng.random(n) < np.where(away, 0.6, 0.03)
    since = time - stays.moved[who]
    furnish = (since >= 0) & (since < 14 * DAY_MS) & (rng.random(n) < 0.5)
    gamer = shares(who, np.full_like(who, 7)) < _GAMER
    play = gamer & (session | np.roll(session, -1))
    for k in (0, 1):
        for where, goods in ((elsewhere | abroad, ()), (furnish, _HOME_GOODS), (play, ("digital",))):
            at = np.flatnonzero(where & ((people.country[who] == k) != abroad))
            chosen[at] = merchants.draw(k, share[at], *goods, online=not spec.card_present or bool(goods))
    # One basket after another at the same shop.
    same = np.flatnonzero(session & (play | (rng.random(n) < 0.5)))
    chosen[same] = chosen[same - 1]
    return chosen


def _cards(seeds: Seeds, people: Population, who: Ints, time: Ints, recurring: Bools) -> Index:
    """One's own, now and then the second; in families and small firms another's."""
    rng, n = seeds.rng("purchases", "cards"), len(who)
    card, draw = people.cards.at(who, time), rng.random((3, n))
    for other, chosen in (
        (people.second_card[who], draw[0] < 0.3), (people.family_card[who], draw[1] < 0.2),
        (people.workplaces.card[who], draw[2] < 0.12),
    ):  # fmt: skip
        card = np.where(chosen & (other >= 0) & ~recurring, other, card)
    return card
