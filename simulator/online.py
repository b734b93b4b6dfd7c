# ruff: noqa: PLR2004 - shares and sizes of a made-up world read best where they are used
"""What a purchase on the web shows of the buyer: account, device, e-mail, phone, IP address, two addresses."""

import numpy as np
from numpy.typing import NDArray

from simulator.book import Book
from simulator.clock import HOUR_MS, OFFSETS_MS, local_day
from simulator.columns import Index
from simulator.commons import FORWARDER_USERS, KIOSK_USERS, LOCKER_USERS, VPN_USERS, Commons
from simulator.haunts import FRIENDS
from simulator.homes import ip_at
from simulator.merchants import CATEGORIES, Merchants
from simulator.population import Population
from simulator.purchases import Purchases
from simulator.rows import Rows
from simulator.seeds import Seeds, shares
from simulator.spec import DAY_MS, WorldSpec

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_HABITUAL_GUESTS = 0.06  # of customers, who seldom log in ...
_GUEST_HABIT = 0.8  # ... but in so many of their purchases don't


def fill_online(
    spec: WorldSpec, seeds: Seeds, book: Book, people: Population, commons: Commons, merchants: Merchants,
    bought: Purchases, rows: Rows,
) -> None:  # fmt: skip
    """Fill the columns of PAYMENT `rows`, one for each of `bought`; what was bought at a till shows none of it."""
    rng, who = seeds.rng("online"), bought.who
    there = bought.online & ~bought.recurring
    at_work = _at_work(people, bought, rng)
    kiosk = (people.haunts.kiosk[who] >= 0) & (rng.random(len(who)) < spec.shared.kiosk_share / KIOSK_USERS)
    rows["account"] = np.where(bought.online & ~_guests(spec, seeds, bought), people.account[who], -1)
    rows["email"] = np.where(bought.online, people.email[who], -1)
    phone = people.phones.at(who, bought.time)
    rows["phone"] = np.where(there & (rng.random(len(who)) > 0.12), phone, -1)
    device = _devices(spec, seeds, book, people, bought, at_work, kiosk)
    rows["device"] = np.where(there, device, -1)
    rows["ip"] = np.where(there, _ips(spec, seeds, book, people, commons, bought, at_work, kiosk), -1)
    bill, ship = _addresses(spec, seeds, people, commons, bought, at_work)
    ships = np.array([c.ships for c in CATEGORIES])[merchants.category[bought.merchant]]
    rows["bill"] = np.where(bought.online, bill, -1)
    rows["ship"] = np.where(there & ships, ship, -1)


def abroad(people: Population, who: Ints, time: Ints) -> Bools:
    """Whether each customer is in the other country at epoch ms `time`."""
    stays = people.stays
    away: Bools = (time >= stays.abroad_from[who]) & (time < stays.abroad_to[who])
    return away


def _at_work(people: Population, bought: Purchases, rng: np.random.Generator) -> Bools:
    """Every second purchase in working hours, few in others."""
    local = bought.time + OFFSETS_MS[people.country[bought.who]]
    hour, weekday = local % DAY_MS // HOUR_MS, (local // DAY_MS + 3) % 7
    working = (weekday < 5) & (hour >= 9) & (hour < 18)
    works = people.work_ip[bought.who] >= 0
    drawn: Bools = works & (rng.random(len(hour)) < np.where(working, 0.5, 0.04))
    return drawn & ~abroad(people, bought.who, bought.time)


def _guests(spec: WorldSpec, seeds: Seeds, bought: Purchases) -> Bools:
    """Some customers buy as guests by habit, the others now and then; who has just signed up does not."""
    habit = shares(bought.who, np.full_like(bought.who, 11)) < _HABITUAL_GUESTS
    rare = max(0.0, (spec.people.guest_share - _HABITUAL_GUESTS * _GUEST_HABIT) / (1 - _HABITUAL_GUESTS))
    often = min(_GUEST_HABIT, spec.people.guest_share / _HABITUAL_GUESTS)
    drawn: Bools = seeds.rng("online", "guests").random(len(bought.who)) < np.where(habit, often, rare)
    return drawn & ~bought.first


def _devices(
    spec: WorldSpec, seeds: Seeds, book: Book, people: Population, bought: Purchases, at_work: Bools, kiosk: Bools
) -> Index:  # fmt: skip
    rng, who, time = seeds.rng("online", "devices"), bought.who, bought.time
    u = rng.random((4, len(who)))
    home, away = people.homes, abroad(people, who, time)
    moved = time >= people.stays.moved[who]
    device, second = people.devices.at(who, time), people.second_device[who]
    device = np.where((second >= 0) & (u[0] < 0.34), second, device)
    device = np.where(
        (home.device[who] >= 0) & (u[1] < 0.28) & ~at_work & ~away & ~moved, home.device[who], device
    )
    work = people.work_device[who]
    device = np.where(at_work & (work >= 0) & (u[2] < 0.7), work, device)
    device = np.where(kiosk, people.haunts.kiosk[who], device)
    # A cleared cookie or a private window looks like a new device, and is never seen again.
    private = np.flatnonzero(bought.online & ~bought.recurring & ~kiosk & (u[3] < spec.shared.private_share))
    device[private] = book.add_devices(len(private), "private")
    return device


def _ips(
    spec: WorldSpec, seeds: Seeds, book: Book, people: Population, commons: Commons, bought: Purchases,
    at_work: Bools, kiosk: Bools,
) -> Index:  # fmt: skip
    """At home, at work, at the kiosk, or behind a carrier: today's address of a carrier, abroad a foreign one."""
    rng, who, time = seeds.rng("online", "ips"), bought.who, bought.time
    where, away = people.country[who], abroad(people, who, time)
    ip = ip_at(people.homes, who, time >= people.stays.moved[who], time)
    hotels = book.add_ips(1 - people.country, "hotel")
    ip = np.where(away, hotels[who], ip)
    ip = np.where(at_work, people.work_ip[who], ip)
    today = shares(who, local_day(time, where))
    mobile = rng.random(len(who)) < spec.shared.carrier_share
    for k in (0, 1):
        at = np.flatnonzero(mobile & ((where == k) != away))
        pool = commons.pools[k]
        carrier = people.haunts.carrier[who[at]] % (len(pool.edges) - 1)
        ip[at] = pool.pick(carrier.astype(np.int8), today[at])
    # Exits in the other country: whoever looks at the address alone takes the buyer for a foreigner.
    hides = shares(who, np.full_like(who, 13)) < VPN_USERS
    at = np.flatnonzero(hides & (rng.random(len(who)) < 0.5))
    exits = np.stack(commons.vpns)[1 - where[at]]
    ip[at] = exits[
        np.arange(len(at)),
        (shares(who[at], local_day(time[at], where[at])) * exits.shape[1]).astype(np.int64),
    ]
    at = np.flatnonzero(kiosk)
    ip[at] = people.haunts.kiosk_ip[who[at]]
    return ip


def _addresses(
    spec: WorldSpec, seeds: Seeds, people: Population, commons: Commons, bought: Purchases, at_work: Bools
) -> tuple[Index, Index]:
    """Billing and shipping address. Who has just moved often has the bill sent to the old home still."""
    rng, who, time, shared = seeds.rng("online", "addresses"), bought.who, bought.time, spec.shared
    n, haunts = len(who), people.haunts
    u = rng.random((9, n))
    since = time - people.stays.moved[who]
    bills_there = (since >= 0) & ((since > 20 * DAY_MS) | (u[0] < 0.5))
    typed = np.where(u[1] < 0.80, 0, np.where(u[1] < 0.92, 1, 2))
    bill = np.where(bills_there, people.homes.next_home[who, typed], people.home[who, typed])
    # Most tick "same as billing"; the others type their address again.
    again = (typed + (u[2] > 0.85)) % 3
    ship = np.where(since >= 0, people.homes.next_home[who, again], people.home[who, again])
    to_work = (people.work[who, 0] >= 0) & (u[3] < np.where(at_work, 0.5, 0.08))
    ship = np.where(to_work, people.work[who, (u[4] < 0.3).astype(np.int64)], ship)
    left = 1 - shared.gift_share  # gifts come last
    use = (haunts.locker[who] >= 0) & (u[5] < shared.locker_share / LOCKER_USERS / left)
    for k in (0, 1):
        at = np.flatnonzero(use & (people.country[who] == k))
        rows = commons.lockers[k]
        # A customer writes it in one or two ways of his own.
        way = shares(who[at], (u[6, at] < 0.3).astype(np.int64))
        ship[at] = rows[haunts.locker[who[at]], (way * rows.shape[1]).astype(np.int64)]
    use = (haunts.box[who, 0] >= 0) & (u[7] < shared.forwarder_share / FORWARDER_USERS / left)
    ship = np.where(use, haunts.box[who, (u[6] < 0.3).astype(np.int64)], ship)
    gift = u[8] < shared.gift_share
    friend = haunts.friends[who, (u[8] / max(shared.gift_share, 1e-9) * FRIENDS).astype(np.int64) % FRIENDS]
    return bill, np.where(gift, people.home[friend, 1 + (u[6] < 0.5)], ship)
