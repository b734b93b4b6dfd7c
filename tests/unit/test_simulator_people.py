"""The world's genuine side: what its settings promise, measured on what it draws."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator import rows as r
from simulator.account_events import account_events
from simulator.book import Book
from simulator.clock import OFFSETS_MS, local_day
from simulator.commons import Commons, make_commons, sizes_for
from simulator.follow_ups import follow_ups
from simulator.groups import Group, Groups
from simulator.habits import genuine_payments
from simulator.merchants import CATEGORIES, Merchants, make_merchants
from simulator.population import Population, make_population
from simulator.rows import Rows
from simulator.seeds import Seeds, letters, names, shares
from simulator.spec import DAY_MS, WorldSpec, preset

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Genuine:
    """Customers and what they bought, without any fraud."""

    spec: WorldSpec
    seeds: Seeds
    book: Book
    merchants: Merchants
    commons: Commons
    people: Population
    rows: Rows
    who: Ints

    def groups(self, kind: str) -> list[Group]:
        return [group for group in self.people.groups if group.kind == kind]

    def online(self) -> NDArray[np.bool_]:
        online: NDArray[np.bool_] = self.rows["channel"] != r.CARD_PRESENT
        return online


def live(spec: WorldSpec, seed: int = 5) -> Genuine:
    seeds = Seeds(seed)
    book, merchants = Book(seeds), make_merchants(spec, seeds)
    commons = make_commons(spec, seeds, book)
    people = make_population(spec, seeds, book, merchants, commons)
    rows, who = genuine_payments(spec, seeds, book, people, commons, merchants)
    return Genuine(spec, seeds, book, merchants, commons, people, rows, who)


@pytest.fixture(scope="module")
def town() -> Genuine:
    """3000 customers with the demo's habits, who share as the customers of a small world do."""
    small = preset("small")
    shared = {"carrier_users": (100, 400), "kiosk_cards": (10, 60), "customers_a_locker": 300}
    return live(
        preset("gateway-cnp").change(customers=3000, days=90, merchants=small.merchants, shared=shared)
    )


def around(share: float, n: int, spread: float = 5.0) -> object:
    """A share of n draws, within so many standard deviations."""
    return pytest.approx(share, abs=spread * np.sqrt(share * (1 - share) / max(n, 1)) + 1e-9)


# --- purchases --------------------------------------------------------------------------------------------


def test_purchases_are_as_many_as_the_rate_says(town: Genuine) -> None:
    assert len(town.rows) == pytest.approx(town.spec.purchases, rel=0.05)
    assert len(town.who) == len(town.rows)
    assert len(np.unique(town.rows["id"])) == len(town.rows)


def test_every_purchase_is_made_while_its_maker_is_a_customer(town: Genuine) -> None:
    time, stays, code = town.rows["time"], town.people.stays, town.rows["code"]
    assert time.min() >= town.spec.start_ms
    assert time.max() < town.spec.end_ms
    settled = code == r.APPROVED  # failed attempts come a minute before it, which may be before a sign-up
    assert (time[settled] >= stays.joined[town.who][settled]).all()
    assert (time < stays.left[town.who]).all()


def test_a_gateway_sees_no_tills_and_sells_only_what_is_sold_online(town: Genuine) -> None:
    assert town.online().all()
    category = town.merchants.category[town.rows["merchant"]]
    assert all(CATEGORIES[code].online > 0 for code in np.unique(category))


def test_an_issuer_sees_tills_that_show_no_device_and_no_address() -> None:
    bank = live(preset("issuer").change(customers=400, days=20, merchants=60))
    at_till = ~bank.online()
    assert 0.2 < at_till.mean() < 0.8
    for name in ("account", "device", "email", "phone", "ip", "bill", "ship"):
        assert (bank.rows[name][at_till] == -1).all()
    assert (bank.rows["card"][at_till] >= 0).all()
    assert len(bank.rows) == pytest.approx(bank.spec.purchases, rel=0.1)


def test_guests_gifts_lockers_forwarders_kiosks_and_private_windows_have_their_shares(town: Genuine) -> None:
    rows, shared = town.rows, town.spec.shared
    online, shipped, there = town.online(), rows["ship"] >= 0, rows["device"] >= 0
    assert (rows["account"][online] < 0).mean() == around(town.spec.people.guest_share, 2000)
    lockers = np.concatenate([texts.ravel() for texts in town.commons.lockers])
    assert np.isin(rows["ship"][shipped], lockers).mean() == around(shared.locker_share, 1500)
    box = town.people.haunts.box
    assert np.isin(rows["ship"][shipped], box[box >= 0]).mean() == around(shared.forwarder_share, 1500)
    homes = town.people.home
    foreign = ~np.isin(town.book.texts.place(rows["ship"]), town.book.texts.place(homes[homes >= 0]))
    own = town.book.texts.place(homes[town.who, 0])
    gift = shipped & ~foreign & (town.book.texts.place(rows["ship"]) != own)
    gift &= town.people.stays.moved[town.who] > town.spec.end_ms
    assert gift[shipped].mean() == pytest.approx(shared.gift_share, abs=0.015)
    kiosks = np.concatenate(town.commons.kiosks)
    assert np.isin(rows["device"][there], kiosks).mean() == around(shared.kiosk_share, 2500)
    seen = Counter(rows["device"][there].tolist())
    held = town.people.devices
    personal = [
        held.first,
        held.next,
        town.people.second_device,
        town.people.home_device,
        town.people.work_device,
    ]
    unknown = ~np.isin(rows["device"][there], np.concatenate([*personal, kiosks]))
    assert unknown.mean() == pytest.approx(shared.private_share, abs=0.012)
    alone = [seen[device] == 1 for device in rows["device"][there][unknown].tolist()]
    assert np.mean(alone) > 0.9  # failed attempts share their purchase's window


def test_amounts_have_a_heavy_tail(town: Genuine) -> None:
    dollars = (
        np.array([0.0119, 1.0])[town.merchants.country[town.rows["merchant"]]] * town.rows["amount"] / 100
    )
    median, dear, dearest = np.quantile(dollars, (0.5, 0.95, 0.99))
    assert 20 < median < 60
    assert dear > 7 * median
    assert dearest > 25 * median
    assert (town.rows["amount"] > 0).all()


def test_days_differ_by_weekday_and_by_sale(town: Genuine) -> None:
    days = np.bincount((town.rows["time"] - town.spec.start_ms) // DAY_MS)
    assert len(days) == town.spec.days
    usual = np.median(days)
    assert 1 <= (days > 1.4 * usual).sum() <= 15  # sales
    assert days.min() > 0.5 * usual
    local = town.rows["time"] + OFFSETS_MS[town.people.country[town.who]]
    hours = np.bincount(local // 3_600_000 % 24, minlength=24)
    assert hours.max() > 2.5 * hours.min()
    assert hours.argmin() in range(2, 6)


def test_activity_has_a_long_tail(town: Genuine) -> None:
    count = np.sort(np.bincount(town.who, minlength=len(town.people)))[::-1]
    assert count[: len(count) // 10].sum() > 0.35 * count.sum()
    assert (count <= 2).mean() > 0.1


def test_subscriptions_come_monthly_without_a_device(town: Genuine) -> None:
    absent = np.flatnonzero((town.rows["device"] < 0) & town.online())
    assert 0.03 < len(absent) / len(town.rows) < 0.12
    by_whom = np.argsort(town.who[absent], kind="stable")
    who, time = town.who[absent][by_whom], town.rows["time"][absent][by_whom]
    same = who[1:] == who[:-1]
    assert same.any()
    assert set(np.diff(time)[same].tolist()) == {30 * DAY_MS}
    assert (np.diff(town.rows["amount"][absent][by_whom])[same] == 0).all()


# --- what innocents do that looks bad ---------------------------------------------------------------------


def test_attempts_fail_several_times_and_then_go_through(town: Genuine) -> None:
    rows = town.rows
    failed = rows[rows["code"] != r.APPROVED]
    wanted = town.spec.labels.decline_good_share
    assert 0.15 * wanted < len(failed) / len(rows) < wanted
    assert (failed["code"] == r.CVV_WRONG).mean() == pytest.approx(0.25, abs=0.1)
    key = [tuple(row) for row in failed[["device", "merchant", "amount"]].tolist()]
    assert max(Counter(key).values()) >= 3
    good = {tuple(row) for row in rows[rows["code"] == r.APPROVED][["device", "merchant", "amount"]].tolist()}
    assert set(key) <= good


def test_newcomers_buy_at_once_and_dear(town: Genuine) -> None:
    people, first = town.people, np.full(len(town.people), 1 << 62)
    np.minimum.at(first, town.who, town.rows["time"])
    bought = people.newcomer & (first < 1 << 62)
    wait = (first - people.joined)[bought]
    assert (wait < 3_600_000).mean() > 0.35
    assert people.newcomer.mean() == around(town.spec.people.newcomer_share, len(people))


def test_travellers_pay_from_abroad_and_others_through_exits_abroad(town: Genuine) -> None:
    there = np.flatnonzero(town.rows["ip"] >= 0)
    where = np.array([town.book.ip(number)["country"] for number in town.rows["ip"][there].tolist()])
    home = np.array(["IN", "US"])[town.people.country[town.who[there]]]
    assert 0.005 < (where != home).mean() < 0.05


def test_an_innocent_device_sees_many_cards_and_a_card_many_devices(town: Genuine) -> None:
    rows = town.rows[(town.rows["device"] >= 0) & (town.rows["card"] >= 0)]
    pairs = np.unique(rows[["device", "card"]])
    cards = Counter(pairs["device"].tolist())
    assert sum(n >= 4 for n in cards.values()) > 0.005 * len(cards)
    assert np.mean([n >= 2 for n in cards.values()]) > 0.1
    devices = Counter(pairs["card"].tolist())
    assert np.mean([n >= 3 for n in devices.values()]) > 0.15


def test_devices_and_numbers_change_hands_between_strangers(town: Genuine) -> None:
    people, spec = town.people, town.spec.shared
    for held, changed, reused in (
        (people.devices, spec.new_device_share, spec.resold_device_share),
        (people.phones, spec.new_phone_share, spec.recycled_phone_share),
    ):
        changers = np.flatnonzero(held.next >= 0)
        assert len(changers) / len(people) == pytest.approx(changed, abs=0.03)
        owners = Counter(held.first.tolist())  # several where fingerprints collide
        owner = {device: who for who, device in enumerate(held.first.tolist()) if owners[device] == 1}
        second_hand = [(owner[n], who) for who in changers.tolist() if (n := int(held.next[who])) in owner]
        assert len(second_hand) / len(changers) == pytest.approx(reused, abs=0.12)
        for giver, taker in second_hand:
            assert giver != taker
            assert held.since[giver] <= held.since[taker]
        home = people.household
        assert np.mean([home[a] == home[b] >= 0 for a, b in second_hand]) < 0.1


def test_account_events_tell_of_failed_logins_resets_devices_and_addresses(town: Genuine) -> None:
    events = account_events(town.spec, town.seeds, town.people, town.rows, town.who)
    kinds = Counter(events["kind"].tolist())
    assert set(kinds) == set(range(len(r.ACCOUNT_KINDS)))
    assert 0.04 < kinds[r.LOGIN_FAILED] / kinds[r.LOGIN] < 0.25
    assert (events["account"] >= 0).all()
    assert ((events["time"] >= town.spec.start_ms) & (events["time"] < town.spec.end_ms)).all()
    assert len(np.unique(events["id"])) == len(events)
    for kind, column in ((r.CARD_ADDED, "card"), (r.DEVICE_ADDED, "device"), (r.ADDRESS_CHANGED, "ship")):
        assert (events[column][events["kind"] == kind] >= 0).all()


def test_follow_ups_carry_what_their_purchase_had(town: Genuine) -> None:
    after = follow_ups(town.spec, town.seeds, town.rows, town.merchants)
    assert set(after["kind"].tolist()) == {r.CAPTURE, r.REFUND, r.REVERSAL}
    by_id = {row["id"]: row for row in town.rows}
    for row in after:
        parent = by_id[row["parent"]]
        assert parent["code"] == r.APPROVED
        assert row["time"] > parent["time"]
        assert 0 < row["amount"] <= parent["amount"]
        assert row["card"] == parent["card"]
    fewer = follow_ups(town.spec, town.seeds, town.rows[::2], town.merchants)
    assert set(fewer["id"].tolist()) <= set(after["id"].tolist())


# --- homes, work, what strangers share --------------------------------------------------------------------


def test_households_flats_and_hostels_have_their_sizes_and_devices(town: Genuine) -> None:
    settings = town.spec.people
    households = town.groups("household")
    sizes = [len(group.members) for group in households]
    assert sum(sizes) / len(town.people) == pytest.approx(settings.household_share, abs=0.01)
    low, high = settings.household_size
    assert sum(not low <= size <= high for size in sizes) <= 2  # what was left over
    shared = np.mean([bool(group.devices) for group in households])
    assert shared == around(settings.household_device_share, len(households), 4)
    for kind, (low, high) in (("flat", settings.flat_size), ("hostel", settings.hostel_size)):
        sizes = [len(group.members) for group in town.groups(kind)]
        assert sizes
        assert sum(not low <= size <= high for size in sizes) <= 2
    for group in households[:50]:
        members = list(group.members)
        assert len({int(town.people.home_place[who]) for who in members}) == 1
        assert len({int(town.people.home_ip[who]) for who in members}) == 1
        assert {int(t) for t in town.people.home[members].ravel()} == set(group.texts)


def test_hostels_fill_in_waves(town: Genuine) -> None:
    for group in town.groups("hostel"):
        joined = town.people.joined[list(group.members)]
        late = joined[joined > town.spec.start_ms]
        if len(late) > len(joined) / 2:
            assert np.quantile(late, 0.8) - np.quantile(late, 0.2) < 25 * DAY_MS


def test_strangers_live_in_one_tower(town: Genuine) -> None:
    building = town.book.places.building(town.people.home_place)
    for k in (0, 1):
        mine = np.flatnonzero(town.people.country == k)
        household = np.where(town.people.household[mine] >= 0, town.people.household[mine], -1 - mine)
        pairs = np.unique(np.stack([building[mine], household], axis=1), axis=0)
        homes = np.bincount(np.unique(pairs[:, 0], return_inverse=True)[1])
        assert homes.max() >= 10
        assert homes.max() <= 400
        assert homes[homes > 1].sum() / homes.sum() == pytest.approx(
            town.spec.people.tower_share[k], abs=0.13
        )


def test_a_unit_is_left_out_of_a_quarter_of_the_texts(town: Genuine) -> None:
    places = town.book.places
    flats = [
        int(p)
        for p in np.flatnonzero(places.building(town.people.home_place) != town.people.home_place)[:900]
    ]
    texts = town.people.home[flats].ravel().tolist()
    left_out = np.mean(["unit left out" in town.book.texts.written(text).tricks for text in texts])
    assert left_out == pytest.approx(0.25, abs=0.05)


def test_offices_follow_a_power_law_and_have_many_spellings(town: Genuine) -> None:
    settings = town.spec.people
    small, large = town.groups("small_office"), town.groups("office")
    n = len(town.people)
    assert sum(len(g.members) for g in small) / n == pytest.approx(settings.small_office_share, abs=0.01)
    assert sum(len(g.members) for g in large) / n == pytest.approx(settings.office_share, abs=0.01)
    assert all(group.devices for group in small)
    sizes = np.array([len(group.members) for group in large])
    assert (sizes >= settings.office_size[0]).mean() > 0.9
    assert sizes.max() > 4 * np.median(sizes)
    biggest = large[int(sizes.argmax())]
    spelled = {town.book.texts.written(text).text for text in biggest.texts}
    assert len(spelled) > 10
    assert len({town.book.texts.written(text).place for text in biggest.texts}) == 1
    arrived = np.isin(town.rows["ship"], [t for g in (*small, *large) for t in g.texts])
    assert arrived[town.rows["ship"] >= 0].mean() > 0.03


def test_a_carriers_address_has_its_users_and_customers_change_it_daily(town: Genuine) -> None:
    low, high = town.spec.shared.carrier_users
    for k in (0, 1):
        pool, mine = town.commons.pools[k], np.flatnonzero(town.people.country == k)
        today, tomorrow = (
            pool.pick(town.people.haunts.carrier[mine], shares(mine, np.full_like(mine, day)))
            for day in (20_500, 20_501)
        )
        users = np.bincount(np.unique(today, return_inverse=True)[1])
        assert len(users) == len(pool.ips)
        assert users.min() > 0.7 * low
        assert users.max() < 1.3 * high
        assert (today != tomorrow).mean() > 0.4
    everywhere = np.isin(town.rows["ip"], np.concatenate(town.commons.carriers))
    at_kiosk = town.spec.shared.kiosk_share + 0.02
    assert everywhere[town.rows["ip"] >= 0].mean() == pytest.approx(
        town.spec.shared.carrier_share - at_kiosk / 2, abs=0.02
    )
    rows = town.rows[everywhere]
    who, day = town.who[everywhere], local_day(rows["time"], town.people.country[town.who[everywhere]])
    one = np.unique(np.stack([who, day, rows["ip"]], axis=1), axis=0)
    one_day = np.unique(one[:, :2], axis=0)
    assert len(one) < 1.05 * len(
        one_day
    )  # within a day a customer stays behind one address, unless he travels


def test_kiosks_see_as_many_cards_as_the_settings_say(town: Genuine) -> None:
    low, high = town.spec.shared.kiosk_cards
    rows = town.rows
    seen = [
        len(np.unique(rows["card"][(rows["device"] == kiosk) & (rows["card"] >= 0)]))
        for kiosk in np.concatenate(town.commons.kiosks).tolist()
    ]
    assert len(seen) >= 3
    assert min(seen) > 0.4 * low
    assert max(seen) < 1.5 * high


def test_lockers_and_forwarders_serve_hundreds(town: Genuine) -> None:
    lockers = town.groups("locker")
    users = [len(group.members) for group in lockers]
    assert sum(users) > 0.1 * len(town.people)
    assert max(users) <= 1.6 * town.spec.shared.customers_a_locker
    for group in lockers:
        assert len({town.book.texts.written(text).place for text in group.texts}) == 1
    for group in town.groups("forwarder"):
        places = town.book.texts.place(np.array(group.texts, np.int32))
        assert len(np.unique(town.book.places.building(places))) == 1
        assert len(np.unique(places)) == len(group.members)


def test_fingerprints_collide_between_strangers(town: Genuine) -> None:
    groups = town.groups("fingerprint")
    low, high = town.spec.shared.fingerprint_users
    n = len(town.people)
    assert sum(len(g.members) for g in groups) / n == around(town.spec.shared.fingerprint_share, n)
    assert all(len(g.members) <= high for g in groups)
    assert sum(len(g.members) < low for g in groups) <= 1
    for group in groups:
        assert set(town.people.device[list(group.members)].tolist()) == set(group.devices)
        homes = town.people.household[list(group.members)]
        assert len(np.unique(homes[homes >= 0])) >= 0.8 * (homes >= 0).sum()


def test_ten_innocent_groups_share_devices_or_an_address_for_each_ring(town: Genuine) -> None:
    spec = town.spec
    rings = spec.frauds("ring") / (spec.rings.members * spec.rings.payments_a_member)
    rows = town.rows[town.rows["card"] >= 0]
    sharing = 0
    by_device: dict[int, set[int]] = {}
    for device, card in np.unique(rows[["device", "card"]]).tolist():
        by_device.setdefault(device, set()).add(card)
    for group in town.people.groups:
        sharing += any(len(by_device.get(device, ())) >= 3 for device in group.devices)
    assert sharing >= 10 * rings


# --- identifiers ------------------------------------------------------------------------------------------


def test_raw_identifiers_are_distinct_and_keep_their_number(town: Genuine) -> None:
    book, people = town.book, town.people
    emails = [book.email(number) for number in people.email.tolist()]
    boxes = {e.replace(".", "") if e.endswith("@gmail.com") else e for e in (x.lower() for x in emails)}
    assert len(boxes) == len({e.replace(".com", "com") for e in boxes}) == len(emails)
    assert len({book.card(number)["reference"] for number in people.card.tolist()}) == len(people)
    assert all(book.phone(number).startswith(("+91", "+1")) for number in people.phone[:50].tolist())
    home = [book.ip(number)["country"] for number in people.home_ip[:200].tolist()]
    assert home == [("IN", "US")[k] for k in people.country[:200].tolist()]


def test_names_are_letters_many_at_a_time() -> None:
    numbers = Seeds(1).ids(50, "anything")
    assert names("txn", numbers) == [f"txn-{letters(number)}" for number in numbers.tolist()]
    assert names("txn", numbers[:0]) == []


def test_groups_are_a_sequence(town: Genuine) -> None:
    groups = town.people.groups
    assert isinstance(groups, Groups)
    listed = list(groups)
    assert len(listed) == len(groups)
    assert groups[-1] == listed[-1]
    assert groups[3:6] == tuple(listed[3:6])
    with pytest.raises(IndexError):
        groups[len(groups)]
    everybody = [
        who for group in listed if group.kind in {"household", "flat", "hostel"} for who in group.members
    ]
    assert len(everybody) == len(set(everybody))


@pytest.mark.parametrize(
    ("total", "low", "high"), [(13_000, 500, 5_000), (600, 500, 5_000), (90, 500, 5_000), (41, 5, 20)]
)
def test_sizes_sum_and_stay_in_their_range(total: float, low: float, high: float) -> None:
    for seed in range(20):
        sizes = sizes_for(total, low, high, np.random.default_rng(seed))
        assert sizes.sum() == pytest.approx(total)
        assert (sizes <= high).all()
        assert (sizes >= min(low, total) - 1e-6).all()


def test_one_seed_gives_the_same_rows_and_another_gives_others() -> None:
    spec = preset("tiny")
    first, again, other = live(spec, 1), live(spec, 1), live(spec, 2)
    assert first.rows.tobytes() == again.rows.tobytes()
    assert [first.book.texts.written(n) for n in range(500)] == [
        again.book.texts.written(n) for n in range(500)
    ]
    assert not set(first.rows["id"].tolist()) & set(other.rows["id"].tolist())


@pytest.mark.parametrize("customers", [1, 2, 17])
def test_the_smallest_worlds_are_worlds_too(customers: int) -> None:
    lived = live(preset("tiny").change(customers=customers))
    assert len(lived.people) == customers
    assert len(list(lived.people.groups)) == len(lived.people.groups)
