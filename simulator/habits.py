# ruff: noqa: PLR2004 - shares and sizes of a made-up world read best where they are used
"""What genuine customers do: purchases, what follows on them, and what happens on their accounts."""

import numpy as np
from numpy.typing import NDArray

from simulator import rows as r
from simulator.book import Book
from simulator.gazetteer import UTC_OFFSET_MS
from simulator.merchants import CATEGORIES, Merchants
from simulator.population import FAVOURITES, Commons, Ints, Population
from simulator.rows import Rows
from simulator.seeds import Seeds
from simulator.spec import DAY_MS, WorldSpec

HOUR_MS = 3_600_000
MINUTE_MS = 60_000

_OFFSETS = np.array(UTC_OFFSET_MS)


def genuine_payments(
    seeds: Seeds, book: Book, people: Population, commons: Commons, merchants: Merchants
) -> tuple[Rows, Ints]:
    """The authorisations of all customers (PAYMENT) and who made each (customer number)."""
    rng = seeds.rng("purchases")
    days = (people.left - people.joined) / DAY_MS
    who = np.repeat(np.arange(len(days)), rng.poisson(people.rate * days))
    n = len(who)
    rows = r.blank(r.PAYMENT, n)
    rows["id"] = seeds.ids(n, "payments")
    rows["time"] = _times(people, who, rng)
    rows["country"] = people.country[who]
    rows["merchant"] = merchant = _merchants(people, merchants, who, rng)
    rows["amount"] = merchants.prices(merchant, people.spend[who], rng)
    online = rng.random(n) < np.array([c.online for c in CATEGORIES])[merchants.category[merchant]]
    rows["channel"] = np.where(online, r.ECOMMERCE, r.CARD_PRESENT)
    rows["card"] = _cards(people, who, rows["time"], rng)
    _online(rows, book, people, commons, merchants, who, online, seeds.rng("online"))
    # Transfers go from the account, without any card.
    transfer = online & (rows["account"] >= 0) & (people.country[who] == 0) & (rng.random(n) < 0.12)
    rows["channel"][transfer] = r.TRANSFER
    rows["card"][transfer] = -1
    decline = rng.random(n)
    rows["code"] = np.select(
        [decline < 0.025, decline < 0.032, decline < 0.036, decline < 0.040],
        [r.NO_FUNDS, r.DO_NOT_HONOUR, r.CVV_WRONG, r.OVER_LIMIT],
        r.APPROVED,
    )
    return rows, who


def _times(people: Population, who: Ints, rng: np.random.Generator) -> Ints:
    """Uniform over a customer's stay, drawn to weekends and to favourite hours; some purchases in sessions."""
    n = len(who)
    joined, left = people.joined[who], people.left[who]
    day = (joined + rng.random(n) * (left - joined)).astype(np.int64) // DAY_MS
    # Whoever is new buys more at first.
    early = people.newcomer[who] & (rng.random(n) < 0.25)
    day = np.where(early, (joined + rng.exponential(4.0, n) * DAY_MS).astype(np.int64) // DAY_MS, day)
    weekday = (day + 3) % 7  # 1970-01-01 was a Thursday
    moves = (weekday < 4) & (rng.random(n) < 0.15)
    day = np.where(moves, day + 4 - weekday + rng.integers(0, 3, n), day)
    usual = rng.random(n) < 0.85
    hour = np.where(usual, people.peak[who] + 3.0 * rng.standard_normal(n), 24 * rng.random(n)) % 24
    time = day * DAY_MS + (hour * HOUR_MS).astype(np.int64) - _OFFSETS[people.country[who]]
    session = np.flatnonzero((rng.random(n) < 0.07)[1:] & (who[1:] == who[:-1])) + 1
    time[session] = time[session - 1] + (rng.exponential(25.0, len(session)) * MINUTE_MS).astype(np.int64)
    # Outside the stay (a time zone, a weekend, a session ran over its end): anywhere inside.
    outside = (time < joined) | (time >= left)
    inside = (joined + rng.random(n) * (left - joined)).astype(np.int64)
    chosen: Ints = np.where(outside, inside, time)
    return chosen


def _merchants(people: Population, merchants: Merchants, who: Ints, rng: np.random.Generator) -> Ints:
    """Three of four purchases at a favourite, earlier favourites more often; 3 % abroad."""
    n = len(who)
    rank = np.minimum(rng.geometric(0.3, n) - 1, FAVOURITES - 1)
    chosen = people.favourites[who, rank]
    elsewhere = rng.random(n) >= 0.75
    abroad = rng.random(n) < 0.03
    for country in (0, 1):
        options, weight = merchants.of(country)
        anywhere = rng.choice(options, n, p=weight)
        here = (people.country[who] == country) != abroad
        chosen = np.where((elsewhere | abroad) & here, anywhere, chosen)
    return chosen


def _cards(people: Population, who: Ints, time: Ints, rng: np.random.Generator) -> NDArray[np.int32]:
    card = _current(people.card, people.next_card, people.next_card_from, who, time)
    second = people.second_card[who]
    return np.where((second >= 0) & (rng.random(len(who)) < 0.3), second, card)


def _current(
    first: NDArray[np.int32], following: NDArray[np.int32], since: Ints, who: Ints, time: Ints
) -> NDArray[np.int32]:
    return np.where((following[who] >= 0) & (time >= since[who]), following[who], first[who])


def _online(
    rows: Rows, book: Book, people: Population, commons: Commons, merchants: Merchants, who: Ints,
    online: NDArray[np.bool_], rng: np.random.Generator,
) -> None:  # fmt: skip
    """Account, device, e-mail, phone, IP and addresses of the purchases made online."""
    n = len(who)
    u = rng.random((9, n))
    where = people.country[who]

    def of(index: NDArray[np.int32]) -> NDArray[np.int32]:
        return index[who]

    def by_country(
        pair: tuple[NDArray[np.int32], NDArray[np.int32]], share: NDArray[np.float64]
    ) -> NDArray[np.int32]:
        at = [pair[k][(share * len(pair[k])).astype(np.int64)] for k in (0, 1)]
        return np.where(where == 0, at[0], at[1])

    own = _current(people.device, people.next_device, people.next_device_from, who, rows["time"])
    laptop = of(people.second_device)
    own = np.where((laptop >= 0) & (u[3] > 0.66), laptop, own)
    home, work = of(people.home_device), of(people.work_device)
    device = np.where((home >= 0) & (u[0] < 0.25), home, own)
    at_work = (of(people.work_ip) >= 0) & (u[1] < 0.22)
    device = np.where(at_work & (work >= 0), work, device)
    kiosk = u[2] < 0.012
    device = np.where(kiosk, by_country(commons.kiosks, u[2] / 0.012 % 1.0), device)

    # A cleared cookie or a private window looks like a new device, and is never seen again.
    private = np.flatnonzero(online & (u[1] > 0.95))
    device[private] = book.add_devices(len(private), "private")

    # A customer's phone roams over the pool of one carrier: a few of its addresses, each for a day.
    day = rows["time"] // DAY_MS
    slot = ((who * 2654435761 + day * 40503) % 1009) / 1009
    ip = np.where(u[3] < 0.45, by_country(commons.carriers, slot), of(people.home_ip))
    ip = np.where(at_work, of(people.work_ip), ip)

    profile = np.where(u[4] < 0.80, 0, np.where(u[4] < 0.92, 1, 2))
    bill = people.home[who, profile]
    # Most tick "same as billing"; the others type their address again.
    ship = np.where(u[2] > 0.85, people.home[who, (profile + 1) % 3], bill)
    to_work = (people.work[who, 0] >= 0) & (u[5] < (0.10 + 0.5 * at_work))
    ship = np.where(to_work, people.work[who, (u[6] < 0.3).astype(np.int64)], ship)
    gift = ~to_work & (u[6] > 0.93)
    friend = np.roll(people.home[:, 0], 1)[who]  # somebody, always the same one
    ship = np.where(gift & (np.roll(people.country, 1)[who] == where), friend, ship)
    lockers = [commons.lockers[k] for k in (0, 1)]
    # One locker a customer, in one of its spellings.
    which = [lockers[k][who % len(lockers[k]), (u[7] * 4).astype(np.int64)] for k in (0, 1)]
    ship = np.where(~to_work & ~gift & (u[8] < 0.025), np.where(where == 0, *which), ship)
    ships = np.array([c.ships for c in CATEGORIES])[merchants.category[rows["merchant"]]]

    guest = u[7] < 0.08
    rows["account"] = np.where(online & ~guest, of(people.account), -1)
    rows["device"] = np.where(online, device, -1)
    rows["email"] = np.where(online, of(people.email), -1)
    rows["phone"] = np.where(online & (u[0] > 0.12), of(people.phone), -1)
    rows["ip"] = np.where(online, ip, -1)
    rows["bill"] = np.where(online, bill, -1)
    rows["ship"] = np.where(online & ships, ship, -1)


def follow_ups(spec: WorldSpec, seeds: Seeds, payments: Rows, merchants: Merchants, concern: str) -> Rows:
    """Captures, refunds and reversals of approved `payments`, as PAYMENT rows that carry the same entities."""
    rng = seeds.rng("follow-ups", concern)
    n = len(payments)
    category = merchants.category[payments["merchant"]]
    approved = payments["code"] == r.APPROVED
    draw = rng.random((4, n))
    refunds = np.array([c.refunds for c in CATEGORIES])[category]
    captures = np.array([c.captures for c in CATEGORIES])[category]
    delay = rng.exponential(1.0, n)
    part = np.where(draw[3] < 0.3, 0.2 + 0.7 * draw[2], 1.0)
    blocks = []
    for kind, chosen, wait, share in (
        (r.CAPTURE, captures, 6 * HOUR_MS + delay * DAY_MS, np.ones(n)),
        (r.REFUND, draw[0] < refunds, 2 * DAY_MS + 5 * delay * DAY_MS, part),
        (r.REVERSAL, ~captures & (draw[1] < 0.003), MINUTE_MS + 8 * delay * MINUTE_MS, np.ones(n)),
    ):
        which = np.flatnonzero(approved & chosen)
        rows = payments[which].copy()
        rows["kind"] = kind
        rows["parent"] = rows["id"]
        rows["id"] = seeds.ids(len(which), "follow-ups", concern, str(kind))
        rows["time"] += wait[which].astype(np.int64)
        rows["amount"] = np.maximum(1, rows["amount"] * share[which]).astype(np.int64)
        blocks.append(rows[rows["time"] < spec.end_ms])
    return r.join(r.PAYMENT, blocks)


def account_events(spec: WorldSpec, seeds: Seeds, people: Population, payments: Rows, who: Ints) -> Rows:
    """Openings, logins before purchases (with failed ones), resets, new devices, cards and addresses."""
    rng = seeds.rng("account-events")
    with_account = np.flatnonzero(payments["account"] >= 0)
    chosen = with_account[rng.random(len(with_account)) < spec.login_share]
    login = _events(payments[chosen], r.LOGIN, -(1 + rng.exponential(6.0, len(chosen))) * MINUTE_MS)
    fails = login[rng.random(len(login)) < 0.05]
    failed = fails.copy()
    failed["kind"] = r.LOGIN_FAILED
    failed["time"] -= (5_000 + rng.exponential(20_000.0, len(failed))).astype(np.int64)
    forgot = failed[rng.random(len(failed)) < 0.25].copy()
    forgot["kind"] = r.RESET
    forgot["time"] += 2_000
    moves = rng.random(len(login)) < 0.01
    moved = login[moves].copy()
    moved["kind"] = r.ADDRESS_CHANGED
    moved["time"] += 30_000
    moved["ship"] = people.home[who[chosen[moves]], 1]

    customers = np.arange(len(people.account))
    newcomers = customers[people.newcomer]
    opened = _at(people, newcomers, people.joined[newcomers], r.OPENED)
    opened["device"], opened["email"] = people.device[newcomers], people.email[newcomers]
    new_card = customers[people.next_card >= 0]
    carded = _at(people, new_card, people.next_card_from[new_card], r.CARD_ADDED)
    carded["card"] = people.next_card[new_card]
    new_device = customers[people.next_device >= 0]
    upgraded = _at(people, new_device, people.next_device_from[new_device], r.DEVICE_ADDED)
    upgraded["device"] = people.next_device[new_device]
    events = r.join(r.ACCOUNT_EVENT, [login, failed, forgot, moved, opened, carded, upgraded])
    events["id"] = seeds.ids(len(events), "account-events")
    return events[(events["time"] >= spec.start_ms) & (events["time"] < spec.end_ms)]


def _events(payments: Rows, kind: int, offset: NDArray[np.float64]) -> Rows:
    events = r.blank(r.ACCOUNT_EVENT, len(payments))
    events["kind"] = kind
    events["time"] = payments["time"] + offset.astype(np.int64)
    for column in ("account", "device", "ip"):
        events[column] = payments[column]
    return events


def _at(people: Population, who: Ints, time: Ints, kind: int) -> Rows:
    events = r.blank(r.ACCOUNT_EVENT, len(who))
    events["kind"], events["time"] = kind, time
    events["account"], events["ip"] = people.account[who], people.home_ip[who]
    return events
