"""A dossier says what its ring's payments say: counted by hand, and against a naive loop."""

from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.report.timeline import course
from events.types import Action
from ringwatch.reporting.dossiers import (
    MOST_NODES,
    Facts,
    by_customer,
    dossier,
    drops,
    most_telling,
    shared_graph,
)
from tests.support.ring_facts import (
    DROP,
    SPELLINGS,
    decision,
    facts,
    features,
    paid,
    ring,
    tokens_of,
)

# Three cards on one device: payment, card, amount, decided how, known as.
COURSE = [
    paid(1, "a", amount="100.00", text=SPELLINGS[0]),  # fraud, before ringwatch decided
    paid(2, "b", amount="20.00", text=SPELLINGS[1]),  # genuine, approved
    paid(3, "a", amount="30.00", text=SPELLINGS[0]),  # fraud, approved: lost
    paid(4, "c", amount="40.00"),  # fraud, declined: saved
    paid(5, "b", amount="5.00", text=SPELLINGS[0]),  # nobody knows, challenged
    paid(6, "c", amount="7.00"),  # fraud, approved after the first stop: lost
]
ACTIONS: dict[str, Action] = {
    "t2": "approve", "t3": "approve", "t4": "decline", "t5": "challenge", "t6": "approve",
}  # fmt: skip
FRAUD = {"t1": True, "t2": False, "t3": True, "t4": True, "t6": True}
MEMBERS = tokens_of(COURSE)
RING = ring("co-1", MEMBERS)


def made(fraud: dict[str, bool] = FRAUD, actions: dict[str, Action] = ACTIONS) -> Facts:
    version = features({"co-1": MEMBERS}, [RING])
    decided = [decision(each, actions[each.id]) for each in COURSE if each.id in actions]
    return facts(version, COURSE, decided, fraud)


def test_lost_and_saved_are_of_what_was_decided() -> None:
    found = dossier(RING, made(), truth="so it was")
    assert [p.id for p in found.payments] == ["t1", "t2", "t3", "t4", "t5", "t6"]
    assert [p.action for p in found.payments] == ["", "approve", "approve", "decline", "challenge", "approve"]
    assert [p.stopped for p in found.payments] == [False, False, False, True, True, False]
    assert [p.fraud for p in found.payments] == [True, False, True, True, None, True]
    assert (found.lost, found.saved) == (3_700, 4_000)
    assert found.first_stopped == 4
    assert found.payments[3].reasons == ("rule.ring",)
    assert (found.id, found.customers, found.value, found.truth) == ("co-1", 3, 12_345, "so it was")
    told = course(found)
    assert (told.lost_before, told.lost_after, told.undecided) == (3_000, 700, 1)


def test_without_a_word_on_any_payment_nothing_is_lost_or_saved() -> None:
    found = dossier(RING, made(fraud={}))
    assert (found.lost, found.saved, found.first_stopped) == (None, None, 4)


def test_before_the_first_decision_nothing_was_to_be_lost() -> None:
    found = dossier(RING, made(actions={}))
    assert (found.lost, found.saved, found.first_stopped) == (0, 0, None)
    assert course(found).undecided == 6


def test_a_drop_has_every_spelling_and_only_shared_ones_count() -> None:
    (found,) = drops(made().of(MEMBERS))
    assert (found.key, found.customers) == (DROP.building, 2)
    assert [(spelling.text, spelling.count) for spelling in found.spellings] == [
        (SPELLINGS[0], 3), (SPELLINGS[1], 1),
    ]  # fmt: skip


def test_the_graph_has_customers_and_what_two_of_them_share() -> None:
    graph = dossier(RING, made()).graph
    assert [(node.kind, node.customers) for node in graph.nodes] == [
        ("device", 3), ("address", 2), ("card", 0), ("card", 0), ("card", 0),
    ]  # fmt: skip
    cards = {node.token for node in graph.nodes if node.fraud}
    by_token = {each.card.token: each.id for each in COURSE if each.card is not None}
    assert {by_token[token] for token in cards} == {"t3", "t6"}  # the newest payment of cards a and c
    counts = {(graph.nodes[link.a].token, graph.nodes[link.b].kind): link.count for link in graph.links}
    assert sorted(counts.values()) == [2, 2, 2, 2, 2]
    assert graph.left_out == 0


def test_a_large_ring_is_drawn_in_part() -> None:
    payments = [paid(n, f"card-{n}") for n in range(200)]
    members = tokens_of(payments)
    large = ring("co-9", members)
    found = facts(features({"co-9": members}, [large]), payments, [], {})
    graph = shared_graph(members, found.of(members), found)
    assert len(graph.nodes) == MOST_NODES
    assert graph.left_out == 201 - MOST_NODES
    assert all(0 <= end < MOST_NODES for link in graph.links for end in (link.a, link.b))


def test_a_payment_is_found_by_card_and_by_account_and_counts_once() -> None:
    both = paid(1, "a")
    both = type(both)(
        **{**{f: getattr(both, f) for f in both.__struct_fields__}, "account": "account.1." + "0" * 32}
    )
    assert both.card is not None
    assert by_customer([both]) == {both.card.token: [both], both.account: [both]}
    members = tuple(sorted((both.card.token, str(both.account))))
    found = facts(features({"co": members}), [both], [], {})
    assert [each.transaction for each in found.of(members)] == [both]


class Lived(NamedTuple):
    amount: int
    action: Action | None
    fraud: bool | None


LIVES = st.lists(
    st.builds(
        Lived,
        st.integers(1, 50_000),
        st.sampled_from([None, "approve", "challenge", "review", "decline"]),
        st.sampled_from([None, True, False]),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(LIVES)
def test_sums_are_those_of_a_naive_loop(lives: list[Lived]) -> None:
    payments = [paid(n, f"card-{n % 4}", amount=f"{life.amount / 100:.2f}") for n, life in enumerate(lives)]
    members = tokens_of(payments)
    decided = [
        decision(each, life.action)
        for each, life in zip(payments, lives, strict=True)
        if life.action is not None
    ]
    fraud = {f"t{n}": life.fraud for n, life in enumerate(lives) if life.fraud is not None}
    found = dossier(ring("co", members), facts(features({"co": members}), payments, decided, fraud))

    lost = saved = 0
    first = None
    for number, life in enumerate(lives, 1):
        stopped = life.action is not None and life.action != "approve"
        if stopped and first is None:
            first = number
        if life.fraud and life.action is not None:
            lost, saved = (lost, saved + life.amount) if stopped else (lost + life.amount, saved)
    assert found.first_stopped == first
    if not fraud:
        assert (found.lost, found.saved) == (None, None)
        return
    assert (found.lost, found.saved) == (lost, saved)
    assert lost + saved == sum(life.amount for life in lives if life.fraud and life.action is not None)
    told = course(found)
    assert told.lost_before is not None
    assert told.lost_after is not None
    assert told.lost_before + told.lost_after == lost


def test_the_most_telling_come_first() -> None:
    made_of = made()
    rings = [ring(name, MEMBERS, score=score) for name, score in (("a", 0.7), ("b", 0.9))]
    nothing = [dossier(each, made(fraud={})) for each in rings]
    lost = dossier(ring("c", MEMBERS), made(actions={"t1": "approve"}))
    saved = dossier(ring("d", MEMBERS), made_of)
    assert [each.id for each in most_telling([*nothing, lost, saved])] == ["d", "c", "b", "a"]
    assert len(most_telling([saved] * 9)) == 5


@pytest.mark.parametrize("order", [1, -1])
def test_payments_come_in_order_of_time(order: int) -> None:
    shuffled = COURSE[::order]
    found = facts(features({"co-1": MEMBERS}), shuffled, [], {})
    assert [each.transaction.id for each in found.of(MEMBERS)] == ["t1", "t2", "t3", "t4", "t5", "t6"]
