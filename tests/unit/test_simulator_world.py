from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
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
from simulator import PRESETS, Submission, World, preset, read_spec
from simulator.history import make_history
from simulator.rows import FRAUDS
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
    """A world with fewer kinds of fraud has the same genuine payments and the same other frauds."""
    spec = preset("small")
    more, fewer = World(spec, 5), World(spec.change(fraud={"share": spec.fraud.share / 2}), 5)
    mine, theirs = more.truth, fewer.truth
    assert theirs.rings
    assert {ring.id for ring in theirs.rings} < {ring.id for ring in mine.rings}
    sent = {item.raw["id"]: item.raw for item in more.submissions() if item.topic == topics.TRANSACTIONS.name}
    for item in fewer.submissions():
        if item.topic == topics.TRANSACTIONS.name:
            assert sent[item.raw["id"]] == item.raw
    assert theirs.frauds.items() < mine.frauds.items()


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
    declined = {
        outcome.transaction
        for outcome in lived.messages(TransactionOutcome)
        if outcome.kind == "issuer" and not outcome.approved
    }
    verdicts: dict[str, set[str]] = defaultdict(set)
    seen: dict[str, Label] = {}
    wrong = 0
    for label in lived.messages(Label):
        transaction = transactions[label.subject.id]
        days = (label.known_at - transaction.time) / DAY_MS
        assert label.time == transaction.time
        if label.verdict == "chargeback":
            assert 3 <= days <= 121
            assert transaction.id not in declined
            wrong += transaction.id not in truth.frauds
        if label.verdict == "confirmed":
            assert 0 <= days <= 2.01
        if label.supersedes:
            assert seen[label.supersedes].subject == label.subject
        seen[label.id] = label
        verdicts[transaction.id].add(label.verdict)
    reported = [name for name in truth.frauds if verdicts.get(name, set()) & {"chargeback", "confirmed"}]
    assert 0.3 < len(reported) / len(truth.frauds) < 0.9
    charged = sum("chargeback" in found for found in verdicts.values())
    assert 0.08 < wrong / charged < 0.45  # first-party disputes
    assert any("cleared" in found for found in verdicts.values())


# --- rings and those who look like them -------------------------------------------------------------------


def careless() -> World:
    """Rings that hide nothing and share all."""
    return World(preset("small").change(rings={"opsec": 0.0, "opsec_spread": 0.0, "mule_share": 0.0}), 3)


def shares_of(world: World) -> dict[str, float]:
    """The share of rings' fraudulent payments on a shared device, and shipped to a drop where shipped at all."""
    of = {name: ring for ring in world.truth.rings for name in ring.transactions}
    on_device, to_drop = [], []
    for item in world.submissions():
        if item.topic != topics.TRANSACTIONS.name or item.raw["id"] not in of:
            continue
        ring = of[item.raw["id"]]
        on_device.append(item.raw.get("device") in ring.devices)
        texts = {text.text for drop in ring.drops for text in drop}
        shipped = [a["text"] for a in item.raw.get("addresses", ()) if a["role"] == "shipping"]
        to_drop += [text in texts for text in shipped]
    return {"device": sum(on_device) / len(on_device), "drop": sum(to_drop) / len(to_drop)}


def test_the_opsec_dial_goes_from_all_links_to_none() -> None:
    found = [
        shares_of(World(preset("small").change(rings={"opsec": opsec, "opsec_spread": 0.0}), 3))
        for opsec in (0.0, 0.5, 1.0)
    ]
    for link in ("device", "drop"):
        all_, half, none = (each[link] for each in found)
        assert all_ > half > none
    assert found[0]["device"] > 0.75
    assert found[0]["drop"] > 0.6
    assert found[2] == {"device": 0.0, "drop": 0.0}


def test_drops_have_many_spellings_and_members_are_people_of_their_own() -> None:
    rings = careless().truth.rings
    assert all(ring.devices for ring in rings)
    assert max(len({text.text for text in drop}) for ring in rings for drop in ring.drops) >= 4
    for ring in rings:
        for name in ("card", "account", "email", "device"):
            assert len({getattr(member, name) for member in ring.members}) == len(ring.members)


def test_mules_live_in_real_households_and_go_on_buying() -> None:
    world = World(preset("small").change(rings={"mule_share": 1.0}), 3)
    frauds = world.truth.frauds
    members = {member.account for ring in world.truth.rings for member in ring.members}
    assert all(member.mule for ring in world.truth.rings for member in ring.members)
    genuine = {
        item.raw.get("account")
        for item in world.submissions()
        if item.topic == topics.TRANSACTIONS.name and item.raw["id"] not in frauds
    }
    assert len(members & genuine) > 0.8 * len(members)


def test_ring_tokens_are_those_that_the_stream_carries(lived: Lived) -> None:
    transactions = lived.transactions
    for ring in lived.world.truth.rings:
        tokens = ring.tokens(lived.door)
        mine = [transactions[name] for name in ring.transactions]
        assert ring.first_fraud == mine[0].time
        assert {t.card.token for t in mine if t.card} <= tokens.cards
        assert {t.account for t in mine if t.account} <= tokens.accounts
        assert {t.email.token for t in mine if t.email} <= tokens.emails


def test_look_alikes_outnumber_rings_ten_to_one() -> None:
    """At least ten innocent groups with as many people on a device or at an address as the median ring has."""
    truth = World(preset("gateway-cnp").change(customers=6_000), 2).truth
    size = median(len(ring.members) for ring in truth.rings)
    alike = [
        group for group in truth.look_alikes if len(group.accounts) >= size and (group.devices or group.texts)
    ]
    assert len(alike) >= 10 * len(truth.rings)
    assert {group.kind for group in truth.look_alikes} == {
        "household", "flat", "hostel", "small_office", "office", "locker", "kiosk", "forwarder", "fingerprint",
    }  # fmt: skip


def test_rings_spend_ordinary_amounts(lived: Lived) -> None:
    truth, ring, genuine = lived.world.truth, [], []
    for transaction in lived.messages(Transaction):
        fraud = truth.frauds.get(transaction.id)
        if fraud is None and transaction.channel == "ecommerce" and len(transaction.addresses) > 1:
            genuine.append(transaction.amount.base_minor)
        elif fraud is not None and fraud.type == "ring":
            ring.append(transaction.amount.base_minor)
    assert 0.4 < median(ring) / median(genuine) < 2.5


def test_takeovers_leave_traces_on_the_account(lived: Lived) -> None:
    truth, transactions = lived.world.truth, lived.transactions
    taken = {transactions[name].account for name, fraud in truth.frauds.items() if fraud.type == "takeover"}
    kinds = {event.kind for event in lived.messages(AccountEvent) if event.account in taken}
    assert {"login", "login_failed"} <= kinds


# --- specs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "customers"), [("gateway-cnp", 6_000), ("stress", 4_000), ("issuer", 12_000)]
)
def test_presets_have_the_fraud_they_promise(name: str, customers: int) -> None:
    spec = preset(name).change(customers=customers)
    payments = make_history(spec, seed=1).payments
    authorised = payments[payments["kind"] == 0]
    frauds = authorised["fraud"][authorised["fraud"] != 0]
    retried = 0.2 if spec.fraud.retry_share else 0.0
    assert len(authorised) == pytest.approx(spec.purchases, rel=0.1)
    assert len(frauds) / len(authorised) == pytest.approx(spec.fraud.share, rel=0.15 + retried)
    assert {FRAUDS[kind] for kind in frauds.tolist()} == set(spec.fraud.mix)


def test_a_bad_spec_names_every_fault() -> None:
    with pytest.raises(SettingsError) as caught:
        preset("tiny").change(customers=0, people={"household_share": 1.5}, rings={"drops": (5, 1)})
    for name in ("customers", "people.household_share", "rings.drops"):
        assert name in str(caught.value)


def test_a_spec_of_ones_own_starts_from_a_preset(tmp_path: Path) -> None:
    path = tmp_path / "world.toml"
    path.write_text('preset = "tiny"\ncustomers = 77\n[rings]\nopsec = 0.9\n')
    assert read_spec(path) == preset("tiny").change(customers=77, rings={"opsec": 0.9})
    path.write_text("[rings]\nopsek = 0.9\n")
    with pytest.raises(SettingsError, match="opsek"):
        read_spec(path)


def test_an_unknown_preset_names_those_there_are() -> None:
    with pytest.raises(NotFoundError, match=", ".join(PRESETS)):
        preset("nowhere")


def test_a_world_without_fraud_has_none() -> None:
    spec = preset("tiny").change(fraud={"share": 0.0})
    world = World(spec, seed=1)
    assert not world.truth.frauds
    assert not world.truth.rings
    assert any(item.topic == topics.TRANSACTIONS.name for item in world.submissions())
