from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

import pytest

from events import topics
from events.arrival import Arrival
from events.codec import decode, encode
from events.door import Door
from events.errors import NotFoundError, SettingsError
from events.money import default_rates
from events.tokens import Tokeniser
from events.types import AccountEvent, Label, Transaction, TransactionOutcome
from simulator import PRESETS, Submission, World, WorldSpec, preset
from simulator.spec import START_2026

DAY_MS = 86_400_000


def new_door() -> Door:
    return Door(Tokeniser({1: b"a key of this test only" * 2}, 1), default_rates(), check_free_text=True)


@dataclass(frozen=True)
class Lived:
    """A small world, read once."""

    world: World
    door: Door
    arrivals: list[Arrival]

    def messages(self, kind: type) -> Iterator[Any]:
        return (arrival.message for arrival in self.arrivals if isinstance(arrival.message, kind))

    @property
    def transactions(self) -> dict[str, Transaction]:
        return {message.id: message for message in self.messages(Transaction)}


@pytest.fixture(scope="module")
def lived() -> Lived:
    world, door = World(preset("small"), seed=11), new_door()
    return Lived(world, door, list(world.arrivals(door)))


def test_two_worlds_of_one_seed_give_the_same_bytes() -> None:
    first, second = (
        [(a.time, a.topic, encode(a.message)) for a in World(preset("tiny"), seed=3).arrivals(new_door())]
        for _ in range(2)
    )
    assert first
    assert first == second


def test_a_world_can_be_read_again(lived: Lived) -> None:
    again = lived.world.arrivals(lived.door)
    assert all(next(again) == arrival for arrival in lived.arrivals)
    assert next(again, None) is None


def test_seeds_differ() -> None:
    a, b = ({s.raw["id"] for s in World(preset("tiny"), seed).submissions()} for seed in (1, 2))
    assert not a & b


def test_arrivals_are_in_order_of_time_topic_and_id_and_ids_are_unique(lived: Lived) -> None:
    keys = [(arrival.time, arrival.topic, arrival.message.id) for arrival in lived.arrivals]
    assert keys == sorted(keys)
    assert len({key[1:] for key in keys}) == len(keys)


def test_arrival_times_are_when_messages_become_known(lived: Lived) -> None:
    spec = lived.world.spec
    for arrival in lived.arrivals:
        message = arrival.message
        assert arrival.time == (message.known_at if isinstance(message, Label) else message.time)
        if not isinstance(message, Label):
            assert spec.start_ms <= message.time < spec.end_ms


def test_every_topic_has_messages_and_each_survives_the_wire(lived: Lived) -> None:
    seen = Counter(arrival.topic for arrival in lived.arrivals)
    assert set(seen) == {
        topics.TRANSACTIONS.name, topics.OUTCOMES.name, topics.ACCOUNT_EVENTS.name, topics.LABELS.name,
    }  # fmt: skip
    assert all(decode(encode(arrival.message)) == arrival.message for arrival in lived.arrivals[::7])


def test_another_start_moves_the_whole_world() -> None:
    later = START_2026 + 365 * DAY_MS
    times = [s.time for s in World(preset("tiny", start_ms=later), 1).submissions()]
    assert later <= times[0] < later + 2 * DAY_MS


# --- the truth stays at home ------------------------------------------------------------------------------


def shape(submission: Submission) -> frozenset[str]:
    return frozenset(submission.raw)


def test_frauds_and_genuine_payments_have_the_same_fields_and_say_nothing(lived: Lived) -> None:
    truth = lived.world.truth
    shapes: dict[bool, set[frozenset[str]]] = defaultdict(set)
    for item in lived.world.submissions():
        if item.topic == topics.TRANSACTIONS.name:
            shapes[item.raw["id"] in truth.frauds] |= {shape(item)}
            if item.raw["id"] not in truth.frauds:
                continue
            text = repr(item.raw).lower()
            assert not [
                word for word in ("fraud", "stolen", "takeover", "testing", "ring-", "extra") if word in text
            ]
    fields = {fraud: set().union(*found) for fraud, found in shapes.items()}
    assert fields[True] <= fields[False]


def test_identifiers_of_rings_look_like_everybody_elses(lived: Lived) -> None:
    def form(name: str) -> str:
        return "".join("9" if c.isdigit() else "a" if c.isalpha() else c for c in name)

    members = [member for ring in lived.world.truth.rings for member in ring.members]
    cards = {form(s.raw["card"]["reference"]) for s in lived.world.submissions() if "card" in s.raw}
    accounts = {form(s.raw["account"]) for s in lived.world.submissions() if "account" in s.raw}
    assert {form(member.card) for member in members} == cards
    assert {form(member.account) for member in members} == accounts


def test_one_part_changes_nothing_in_the_others() -> None:
    spec = preset("small")
    more, fewer = World(spec, 5), World(replace(spec, rings=spec.rings - 2), 5)
    gone = {m.card for ring in more.truth.rings[-2:] for m in ring.members}
    gone |= {m.account for ring in more.truth.rings[-2:] for m in ring.members}
    kept = {}
    for item in more.submissions():
        party = item.raw.get("card", {}).get("reference"), item.raw.get("account")
        kept[item.topic, item.raw["id"]] = None if gone & {*party} else item
    for item in fewer.submissions():
        assert kept[item.topic, item.raw["id"]] == item
    assert fewer.truth.rings == more.truth.rings[:-2]


# --- what comes back --------------------------------------------------------------------------------------


def test_outcomes_and_follow_ups_belong_to_an_earlier_transaction_of_the_same_card(lived: Lived) -> None:
    transactions = lived.transactions
    for outcome in lived.messages(TransactionOutcome):
        parent = transactions[outcome.transaction]
        assert outcome.time > parent.time
        assert outcome.entities.get("card") == (parent.card.token if parent.card else None)
    kinds = Counter(transaction.kind for transaction in transactions.values())
    assert set(kinds) == {"authorisation", "capture", "refund", "reversal"}
    for transaction in transactions.values():
        assert (transaction.parent is None) == (transaction.kind == "authorisation")
        if transaction.parent:
            parent = transactions[transaction.parent]
            assert parent.time < transaction.time
            assert parent.card == transaction.card
            assert parent.amount.minor >= transaction.amount.minor


def test_labels_come_late_and_not_always(lived: Lived) -> None:
    truth, transactions = lived.world.truth, lived.transactions
    verdicts: dict[str, set[str]] = defaultdict(set)
    seen: dict[str, Label] = {}
    for label in lived.messages(Label):
        transaction = transactions[label.subject.id]
        days = (label.known_at - transaction.time) / DAY_MS
        assert label.time == transaction.time
        if label.verdict == "chargeback":
            assert 5 <= days <= 45
        if label.verdict == "confirmed":
            assert 1 <= days <= 3
            assert transaction.id in truth.frauds
        if label.verdict == "cleared":
            assert transaction.id not in truth.frauds
        if label.supersedes:
            assert seen[label.supersedes].subject == label.subject
        seen[label.id] = label
        verdicts[transaction.id].add(label.verdict)
    reported = [name for name in truth.frauds if name in verdicts]
    assert 0.5 < len(reported) / len(truth.frauds) < 0.95
    assert any("cleared" in found for found in verdicts.values())


# --- rings and those who look like them -------------------------------------------------------------------


def test_a_ring_shares_devices_and_a_drop_and_nothing_else(lived: Lived) -> None:
    for ring in lived.world.truth.rings:
        low, high = lived.world.spec.ring_size
        assert low <= len(ring.members) <= high
        assert 1 <= len(ring.devices) <= 3
        assert len(set(ring.drop)) >= 3
        for name in ("card", "account", "email", "device"):
            assert len({getattr(member, name) for member in ring.members}) == len(ring.members)


def test_ring_tokens_are_those_that_the_stream_carries(lived: Lived) -> None:
    transactions = lived.transactions
    for ring in lived.world.truth.rings:
        tokens = ring.tokens(lived.door)
        mine = [transactions[name] for name in ring.transactions]
        assert {t.card.token for t in mine if t.card} <= tokens.cards
        assert {t.account for t in mine if t.account} <= tokens.accounts
        assert {t.email.token for t in mine if t.email} <= tokens.emails
        shared = sum(t.device is not None and t.device.token in tokens.devices for t in mine)
        assert shared > 0.6 * len(mine)
        assert {a.text for t in mine for a in t.addresses if a.role == "shipping"} <= set(ring.drop)


def test_a_later_wave_brings_new_cards_to_a_known_device_or_drop(lived: Lived) -> None:
    transactions = lived.transactions
    arrives = 0
    for ring in lived.world.truth.rings:
        devices = ring.tokens(lived.door).devices
        used = [transactions[name] for name in ring.transactions]
        first = min(member.wave for member in ring.members)
        early = {m.card for m in ring.members if m.wave == first}
        cards = {
            message.card.token
            for message in (
                lived.door.transaction(
                    {"id": "x", "time": 1_767_225_600_000, "amount": "1", "currency": "USD", "card": card}
                )
                for card in early
            )
            if message.card
        }
        met = {t.device.token for t in used if t.device and t.card and t.card.token in cards} & devices
        later = [t for t in used if t.card and t.card.token not in cards]
        arrives += any(t.device and t.device.token in met for t in later)
    assert arrives >= 0.7 * len(lived.world.truth.rings)


def test_look_alikes_outnumber_rings_ten_to_one(lived: Lived) -> None:
    truth = lived.world.truth
    sharing = [group for group in truth.look_alikes if group.devices and len(group.accounts) > 1]
    assert len(sharing) >= 10 * len(truth.rings)
    assert {group.kind for group in truth.look_alikes} == {
        "household",
        "flat",
        "hostel",
        "small_office",
        "office",
    }


def test_rings_spend_ordinary_amounts(lived: Lived) -> None:
    truth, ring, genuine = lived.world.truth, [], []
    for transaction in lived.messages(Transaction):
        fraud = truth.frauds.get(transaction.id)
        if fraud is None and transaction.channel == "ecommerce" and len(transaction.addresses) > 1:
            genuine.append(transaction.amount.base_minor)
        elif fraud is not None and fraud.type == "ring":
            ring.append(transaction.amount.base_minor)
    assert 0.5 < median(ring) / median(genuine) < 2.5


def test_an_innocent_device_sees_many_cards_too(lived: Lived) -> None:
    cards: dict[str, set[str]] = defaultdict(set)
    for transaction in lived.messages(Transaction):
        if transaction.device and transaction.card:
            cards[transaction.device.token].add(transaction.card.token)
    in_rings = {device for ring in lived.world.truth.rings for device in ring.tokens(lived.door).devices}
    crowded = [device for device, seen in cards.items() if len(seen) >= 4]
    innocent = [device for device in crowded if device not in in_rings]
    assert len(innocent) > 3 * (len(crowded) - len(innocent)) > 0


def test_takeovers_leave_traces_on_the_account(lived: Lived) -> None:
    truth, transactions = lived.world.truth, lived.transactions
    taken = {transactions[name].account for name, fraud in truth.frauds.items() if fraud.type == "takeover"}
    kinds = {event.kind for event in lived.messages(AccountEvent) if event.account in taken}
    assert {"login", "device_added"} <= kinds


# --- specs ------------------------------------------------------------------------------------------------


def test_the_demo_preset_has_the_promised_size() -> None:
    spec = preset("demo")
    world = World(spec, seed=1)
    truth = world.truth
    transactions = sum(item.topic == topics.TRANSACTIONS.name for item in world.submissions())
    assert 6_000 <= spec.customers <= 8_000
    assert spec.days == 120
    assert 140_000 <= transactions <= 160_000
    assert 0.007 <= len(truth.frauds) / transactions <= 0.013
    assert {fraud.type for fraud in truth.frauds.values()} == {
        "ring",
        "card_testing",
        "stolen_card",
        "takeover",
    }
    assert 25 <= len(truth.rings) <= 35
    assert all(4 <= len(ring.members) <= 20 for ring in truth.rings)


def test_a_bad_spec_names_every_fault() -> None:
    with pytest.raises(SettingsError) as caught:
        WorldSpec(customers=0, household_share=1.5, ring_size=(9, 4))
    for name in ("customers", "household_share", "ring_size"):
        assert name in str(caught.value)


def test_an_unknown_preset_names_those_there_are() -> None:
    with pytest.raises(NotFoundError, match=", ".join(PRESETS)):
        preset("nowhere")


def test_a_world_without_fraud_has_none() -> None:
    spec = replace(preset("tiny"), rings=0, testing_bursts=0, stolen_cards=0, takeovers=0)
    world = World(spec, seed=1)
    assert not world.truth.frauds
    assert not world.truth.rings
    assert any(item.topic == topics.TRANSACTIONS.name for item in world.submissions())
