"""Each kind of fraud does what it says, apart from the others, and looks like what honest people do."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from statistics import mean, median

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator import preset
from simulator import rows as r
from simulator.book import Book
from simulator.commons import make_commons
from simulator.fraud.bust_out import make_bust_out
from simulator.fraud.merchants import SOLD_AFTER_DAYS, make_compromised
from simulator.fraud.ring_life import make_ring
from simulator.fraud.rings import Links, RingPlan
from simulator.fraud.scene import Scene, make_scene
from simulator.fraud.stolen import make_stolen
from simulator.fraud.takeover import make_takeover
from simulator.fraud.testing import make_testing
from simulator.habits import genuine_payments
from simulator.history import make_history
from simulator.merchants import CATEGORIES, make_merchants
from simulator.population import make_population
from simulator.rows import Rows
from simulator.seeds import Seeds
from simulator.spec import DAY_MS, WorldSpec

SPEC = preset("gateway-cnp").change(customers=4_000)
SEED = 5
MINUTE_MS = 60_000


def scene_of(spec: WorldSpec) -> Scene:
    """A world before any fraud."""
    seeds = Seeds(SEED)
    book = Book(seeds)
    merchants = make_merchants(spec, seeds)
    commons = make_commons(spec, seeds, book)
    people = make_population(spec, seeds, book, merchants, commons)
    bought, who = genuine_payments(spec, seeds, book, people, commons, merchants)
    return make_scene(spec, book, people, commons, merchants, bought, who)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return scene_of(SPEC)


@pytest.fixture(scope="module")
def made(scene: Scene) -> list[tuple[Rows, Rows, RingPlan]]:
    return [make_ring(scene.apart(), number) for number in range(120)]


@pytest.fixture(scope="module")
def plans(made: list[tuple[Rows, Rows, RingPlan]]) -> list[RingPlan]:
    return [plan for _, _, plan in made]


def with_rings(scene: Scene, **settings: object) -> Scene:
    return replace(scene, spec=scene.spec.change(rings=settings))


def frauds_of(rows: Rows) -> Rows:
    found: Rows = rows[rows["fraud"] != r.GENUINE]
    return found


# --- the whole --------------------------------------------------------------------------------------------


def test_another_process_gives_the_same_bytes() -> None:
    """Whatever the order of sets and dicts there."""
    program = """
import hashlib, msgspec
from simulator import World, preset
spec = preset("tiny").change(fraud={"retry_share": 0.5, "rotate_share": 0.5})
said = hashlib.sha256()
for item in World(spec, 9).submissions():
    said.update(msgspec.json.encode((item.time, item.topic, item.raw)))
print(said.hexdigest())
"""
    first, second = (
        subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for hash_seed in ("1", "2")
    )
    assert first == second
    assert len(first.strip()) == hashlib.sha256().digest_size * 2


def raw_of(scene: Scene, rows: Rows) -> list[tuple[object, ...]]:
    """Rows with entities in their raw form, which do not depend on what was made before them."""
    book = scene.book
    makers: dict[str, Callable[[int], object]] = {
        "card": book.card, "account": book.account, "device": book.device, "email": book.email, "phone": book.phone,
        "ip": book.ip, "ship": lambda n: book.texts.written(n).text, "bill": lambda n: book.texts.written(n).text,
    }  # fmt: skip
    out = []
    for row in rows:
        plain = [row[name].item() for name in ("id", "time", "amount", "merchant", "fraud")]
        named = [repr(make(int(row[name]))) if row[name] >= 0 else "" for name, make in makers.items()]
        out.append((*plain, *named))
    return out


@pytest.mark.parametrize(
    "make", [make_ring, make_testing, make_stolen, make_takeover, make_compromised, make_bust_out]
)
def test_an_incident_is_the_same_whatever_was_drawn_before_it(
    scene: Scene, make: Callable[[Scene, int], tuple[Rows, ...]]
) -> None:
    alone = raw_of(scene, make(scene.apart(), 3)[0])
    for number in (0, 1, 2):
        make(scene.apart(), number)
    make_testing(scene.apart(), 77)
    assert raw_of(scene, make(scene.apart(), 3)[0]) == alone
    assert alone


def test_a_fraud_is_like_a_genuine_payment_in_what_it_states() -> None:
    """Nothing is missing, or present, that is never so in a genuine purchase of the same category."""
    payments = make_history(preset("gateway-cnp").change(customers=5_000, fraud={"share": 0.02}), 2).payments
    payments = payments[payments["kind"] == 0]
    category = make_merchants(preset("gateway-cnp").change(customers=5_000), Seeds(2)).category
    names = ("card", "account", "device", "email", "phone", "ip", "ship", "bill")
    states = np.stack([payments[name] >= 0 for name in names], axis=1)
    fraud = payments["fraud"] != r.GENUINE
    genuine = {tuple(row) for row in np.unique(states[~fraud], axis=0).tolist()}
    assert {tuple(row) for row in np.unique(states[fraud], axis=0).tolist()} <= genuine
    ships = np.array([each.ships for each in CATEGORIES])[category[payments["merchant"]]]
    assert not (fraud & ~ships & (payments["ship"] >= 0)).any()


def test_fraud_costs_somewhat_more_and_happens_at_any_hour() -> None:
    payments = make_history(preset("gateway-cnp").change(customers=5_000, fraud={"share": 0.02}), 2).payments
    payments = payments[(payments["kind"] == 0) & (payments["currency"] == 0)]
    fraud = payments["fraud"] != r.GENUINE
    ratio = np.median(payments["amount"][fraud]) / np.median(payments["amount"][~fraud])
    assert 1.1 < ratio < 2.2
    hour = (payments["time"] + 19_800_000) % DAY_MS // 3_600_000
    night = (hour < 6).astype(float)
    assert night[fraud].mean() < 2.5 * night[~fraud].mean()


def test_many_frauds_use_what_was_known_before() -> None:
    """Cards, accounts and devices of fraud are not all new: each is known before in a good part of them."""
    payments = make_history(preset("gateway-cnp").change(customers=5_000, fraud={"share": 0.01}), 2).payments
    payments = payments[payments["kind"] == 0]
    payments = payments[np.argsort(payments["time"], kind="stable")]
    late = payments["time"] > SPEC.start_ms + 40 * DAY_MS
    fraud = payments["fraud"] != r.GENUINE
    for name, least in (("card", 0.4), ("device", 0.3), ("account", 0.3)):
        first = np.zeros(len(payments), np.bool_)
        first[np.unique(payments[name], return_index=True)[1]] = True
        named = late & (payments[name] >= 0)
        assert (~first[named & fraud]).mean() > least, name
        assert first[named & ~fraud].mean() > 0.01, name  # and genuine ones are new now and then


# --- rings ------------------------------------------------------------------------------------------------


def test_rings_have_a_median_size_and_a_heavy_tail(plans: list[RingPlan]) -> None:
    sizes = [len(plan.members) for plan in plans]
    assert median(sizes) == pytest.approx(SPEC.rings.members, abs=1.5)
    assert min(sizes) >= 2
    assert 25 <= max(sizes) <= SPEC.rings.most_members


def test_opsec_differs_from_ring_to_ring(plans: list[RingPlan]) -> None:
    opsec = [plan.opsec for plan in plans]
    assert mean(opsec) == pytest.approx(SPEC.rings.opsec, abs=0.06)
    assert np.std(opsec) == pytest.approx(SPEC.rings.opsec_spread, abs=0.06)
    kept = [not link for plan in plans for role in plan.members for link in _links(role.links)]
    expected = np.average(opsec, weights=[len(plan.members) for plan in plans])
    assert mean(kept) == pytest.approx(expected, abs=0.05)


def _links(links: Links) -> tuple[bool, ...]:
    return links.device, links.drop, links.ip, links.phone


def test_the_dial_cuts_links_and_changes_nothing_else(scene: Scene) -> None:
    plans = [
        [make_ring(with_rings(scene.apart(), opsec=opsec, opsec_spread=0.0), k)[2] for k in range(12)]
        for opsec in (0.0, 0.3, 0.8, 1.0)
    ]
    links = [[_links(role.links) for plan in each for role in plan.members] for each in plans]
    assert all(map(all, links[0]))
    assert not any(map(any, links[-1]))
    for more, fewer in pairwise(links):
        assert all(
            a or not b for old, new in zip(more, fewer, strict=True) for a, b in zip(old, new, strict=True)
        )
    for other in plans[1:]:
        for mine, theirs in zip(plans[0], other, strict=True):
            assert (mine.begin, mine.end, len(mine.drops)) == (theirs.begin, theirs.end, len(theirs.drops))
            for a, b in zip(mine.members, theirs.members, strict=True):
                assert (a.begin, a.opened, a.mule) == (b.begin, b.opened, b.mule)


def test_members_share_in_payments_as_the_dial_says(scene: Scene) -> None:
    shares = []
    for opsec in (0.0, 0.35, 0.7, 1.0):
        dialled = with_rings(scene.apart(), opsec=opsec, opsec_spread=0.0, locker_share=0.0, kiosk_share=0.0)
        on_device, to_drop, members = 0, 0, 0
        for number in range(25):
            paid, _, plan = make_ring(dialled.apart(), number)
            mine = frauds_of(paid)
            texts = np.array([text for drop in plan.drops for text in drop])
            for role in plan.members:
                his = mine[mine["email"] == role.persona.email]
                members += bool(len(his))
                on_device += bool(np.isin(his["device"], plan.devices).any())
                to_drop += bool(np.isin(his["ship"], texts).any())
        shares.append((on_device / members, to_drop / members))
    for link in (0, 1):
        falling = [each[link] for each in shares]
        assert falling == sorted(falling, reverse=True)
        assert falling[-1] == 0.0
    assert shares[0][0] > 0.9
    assert shares[0][1] > 0.75  # some buy nothing that is shipped


def test_members_lie_dormant_for_weeks_and_behave(made: list[tuple[Rows, Rows, RingPlan]]) -> None:
    low, high = SPEC.rings.dormant_days
    waits, behaved = [], 0
    for paid, events, plan in made[:40]:
        opening = events[events["kind"] == r.OPENED]
        opened = dict(zip(opening["account"].tolist(), opening["time"].tolist(), strict=True))
        for role in plan.members:
            waits.append((role.begin - role.opened) / DAY_MS)
            assert role.mule or low <= waits[-1] <= high
            before = paid[(paid["card"] == role.persona.card) & (paid["fraud"] == r.GENUINE)]
            behaved += bool(len(before))
            assert (before["time"] < role.begin).all()
            if role.persona.account in opened:
                his = paid[paid["account"] == role.persona.account]
                assert (his["time"] > opened[role.persona.account]).all()
    assert 20 < median(waits) < 50
    assert behaved > 0.3 * len(waits)


def test_mules_are_customers_who_live_where_they_receive(scene: Scene, plans: list[RingPlan]) -> None:
    people, texts = scene.people, scene.book.texts
    by_account = {int(account): who for who, account in enumerate(people.account.tolist())}
    members = [role for plan in plans for role in plan.members]
    mules = [(plan, role) for plan in plans for role in plan.members if role.mule]
    # Who strikes at the span's very start has no customers to choose from.
    inside = [role.mule for role in members if role.begin > SPEC.start_ms + 5 * DAY_MS]
    assert mean(inside) == pytest.approx(SPEC.rings.mule_share, abs=0.06)
    at_home = 0
    for plan in plans:
        whose = [by_account[role.persona.account] for role in plan.members if role.mule]
        homes = people.home_place[whose].tolist()
        assert len(set(homes)) == len(homes)  # each of another household
        drops = [int(texts.place(np.array(drop[:1], np.int32))[0]) for drop in plan.drops]
        at_home += bool(set(drops) & set(homes))
    for plan, role in mules:
        who = by_account[role.persona.account]
        assert people.country[who] == plan.country
        assert people.joined[who] < role.begin < people.left[who]
        assert role.persona.email == people.email[who]
        assert set(role.home) == set(people.home[who].tolist())
    assert at_home > 0.3 * len(plans)
    all_ = np.array([by_account[role.persona.account] for _, role in mules])
    assert np.isin(all_, scene.who).mean() > 0.5  # their own purchases go on
    assert (people.homes.household[all_] >= 0).mean() > 0.2


def test_drops_rotate_and_are_written_in_many_ways(
    scene: Scene, made: list[tuple[Rows, Rows, RingPlan]], plans: list[RingPlan]
) -> None:
    low, high = SPEC.rings.drops
    counts = [len(plan.drops) for plan in plans]
    assert low <= min(counts)
    assert max(counts) <= high
    assert len(set(counts)) > 2
    places = scene.book.texts.place
    for plan in plans:
        for drop in plan.drops:
            assert len(set(places(np.array(drop, np.int32)).tolist())) == 1
            assert len(drop) >= 4
        step = (plan.end - plan.begin) / len(plan.drops)
        assert [plan.drop_at(plan.begin + (k + 0.5) * step) for k in range(len(plan.drops))] == list(
            plan.drops
        )
    spelled = {scene.book.texts.written(text).text for text in plans[0].drops[0]}
    assert len(spelled) >= 4
    rotates = 0
    for paid, _, plan in made:
        sent = frauds_of(paid)["ship"]
        rotates += sum(bool(np.isin(sent, drop).any()) for drop in plan.drops) > 1
    assert rotates > 0.25 * len(plans)


def test_some_drops_and_devices_are_what_innocents_use(scene: Scene) -> None:
    commons = scene.commons
    points = {
        int(n) for pair in (commons.lockers, commons.forwarders) for table in pair for n in table.ravel()
    }
    plans = [make_ring(with_rings(scene.apart(), locker_share=1.0, kiosk_share=1.0), k)[2] for k in range(10)]
    assert all(set(drop) <= points for plan in plans for drop in plan.drops)
    kiosks = {int(n) for pair in commons.kiosks for n in pair}
    assert all(kiosks & set(plan.devices) for plan in plans)


def test_some_rings_pay_with_cards_of_our_customers(scene: Scene) -> None:
    ours = set(scene.people.card.tolist())
    for share, least, most in ((1.0, 0.35, 0.65), (0.0, 0.0, 0.0)):
        dialled = with_rings(scene.apart(), stolen_card_share=share, mule_share=0.0)
        roles = [role for k in range(20) for role in make_ring(dialled.apart(), k)[2].members]
        assert least <= mean(role.card in ours for role in roles) <= most


def test_ten_innocent_groups_for_each_ring_have_as_many_cards_on_a_device_or_at_an_address() -> None:
    """At the size of the preset: groups are as many as customers are."""
    history = make_history(preset("gateway-cnp"), 1)
    payments = history.payments[history.payments["kind"] == 0]
    fraud = payments["fraud"] != r.GENUINE
    place = history.book.texts.place(np.maximum(payments["ship"], 0))
    place[payments["ship"] < 0] = -1
    by_ring = [
        max(
            int(_cards(payments["device"][mine], payments["card"][mine]).max(initial=0)),
            int(_cards(place[mine], payments["card"][mine]).max(initial=0)),
        )
        for number in range(len(history.rings))
        for mine in [np.flatnonzero(payments["ring"] == number)]
    ]
    size = median(by_ring)
    assert size >= 3
    innocent = 0
    for entity in (payments["device"], place):
        touched = np.unique(entity[fraud])
        free = ~fraud & ~np.isin(entity, touched)
        innocent += int((_cards(entity[free], payments["card"][free]) >= size).sum())
    assert innocent >= 10 * len(by_ring)


def _cards(entity: NDArray[np.int32], card: NDArray[np.int32]) -> NDArray[np.int64]:
    """How many cards each entity has."""
    named = (entity >= 0) & (card >= 0)
    pairs = np.unique(np.stack([entity[named], card[named]]), axis=1)
    counts: NDArray[np.int64] = np.unique(pairs[0], return_counts=True)[1]
    return counts


# --- the others -------------------------------------------------------------------------------------------


def test_a_leak_is_where_all_its_cards_were_used_weeks_before(scene: Scene) -> None:
    bought, seen, crooks = scene.bought, 0, list[int]()
    for number in range(12):
        frauds = frauds_of(make_compromised(scene.apart(), number)[0])
        cards = np.unique(frauds["card"])
        if len(cards) < 2:
            continue
        seen += 1
        common: set[int] | None = None
        for card in cards.tolist():
            first = frauds["time"][frauds["card"] == card].min()
            before = bought[
                (bought["card"] == card) & (bought["time"] < first - (SOLD_AFTER_DAYS - 1) * DAY_MS)
            ]
            shops = set(before["merchant"].tolist())
            common = shops if common is None else common & shops
        assert common
        crooks.append(len(np.unique(frauds["device"])))
    assert seen >= 6
    assert mean(crooks) > 2  # a leak's cards are sold to different ones


def test_card_testing_is_a_burst_of_small_payments(scene: Scene) -> None:
    ours = set(scene.people.card.tolist())
    mine = []
    for number in range(15):
        burst, _ = make_testing(scene.apart(), number)
        if not len(burst):
            continue
        assert len(np.unique(burst["merchant"])) <= 2
        assert np.diff(np.sort(burst["time"])).max(initial=0) < DAY_MS
        assert np.ptp(burst["time"]) < DAY_MS
        assert len(np.unique(burst["card"])) >= 5
        mine += [card in ours for card in burst["card"].tolist()]
        here = scene.bought["amount"][scene.bought["currency"] == burst["currency"][0]]
        assert np.median(burst["amount"]) < np.median(here)
    assert 0.2 < mean(mine) < 0.6


def test_takeovers_leave_traces_on_the_account_but_those_with_a_stolen_session(scene: Scene) -> None:
    own = dict(zip(scene.people.account.tolist(), scene.people.device.tolist(), strict=True))
    failed = {True: 0, False: 0}
    incidents = {True: 0, False: 0}
    for number in range(80):
        paid, events = make_takeover(scene.apart(), number)
        if not len(paid):
            continue
        account, device = int(paid["account"][0]), int(paid["device"][0])
        session = own[account] == device
        incidents[session] += 1
        failed[session] += bool((events["kind"] == r.LOGIN_FAILED).any())
        assert (events["account"] == account).all()
        assert len(np.unique(paid["device"])) == 1
    assert failed[True] == 0
    assert failed[False] > 0.5 * incidents[False]
    assert 0.1 < incidents[True] / sum(incidents.values()) < 0.6


def test_a_bust_out_shares_nothing_and_has_a_past(scene: Scene) -> None:
    invented = 0
    for number in range(40):
        paid, events = make_bust_out(scene.apart(), number)
        frauds = frauds_of(paid)
        if not len(frauds):
            continue
        account, first = int(frauds["account"][0]), frauds["time"].min()
        assert len(np.unique(paid["device"])) == 1
        assert len(np.unique(paid["account"])) == 1
        customer = np.flatnonzero(scene.people.account == account)
        if len(customer):
            assert paid["device"][0] == scene.people.device[customer[0]]
            assert first > scene.people.joined[customer[0]]
            continue
        invented += 1
        assert paid["device"][0] not in scene.bought["device"]
        opened = events["time"][events["kind"] == r.OPENED]
        assert not len(opened) or first - opened[0] > 14 * DAY_MS
        genuine = paid[paid["fraud"] == r.GENUINE]
        assert (genuine["time"] < first).all()
    assert invented >= 10


# --- retries ----------------------------------------------------------------------------------------------


def retried(retry: float, rotate: float) -> Rows:
    spec = preset("small").change(fraud={"retry_share": retry, "rotate_share": rotate})
    return frauds_of(make_history(spec, SEED).payments)


def test_fraudsters_who_retry_only_add_payments() -> None:
    plain, more = retried(0.0, 0.0), retried(1.0, 0.0)
    assert np.isin(plain["id"], more["id"]).all()
    extra = more[~np.isin(more["id"], plain["id"])]
    declined = plain[(plain["code"] != r.APPROVED) & (plain["fraud"] != r.TESTING)]
    assert len(extra) >= 0.95 * len(declined) > 0
    assert (extra["fraud"] != r.TESTING).all()
    # Nothing rotates: the same card, at the same merchant, minutes later.
    for row in extra:
        before = more[(more["card"] == row["card"]) & (more["merchant"] == row["merchant"])]
        waited = (row["time"] - before["time"][before["time"] < row["time"]].max()) / MINUTE_MS
        assert waited < 240


def test_those_who_rotate_come_back_with_another_card_or_device() -> None:
    plain, more = retried(0.0, 0.0), retried(1.0, 1.0)
    extra = more[~np.isin(more["id"], plain["id"])]
    new = ~np.isin(extra["card"], plain["card"]) | ~np.isin(extra["device"], plain["device"])
    named = (extra["card"] >= 0) | (extra["device"] >= 0)
    assert new[named].all()
    assert len(extra) > 0
