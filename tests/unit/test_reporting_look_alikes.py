"""Whoever looks most like a ring, was decided on and never stopped: picked by hand, from memory and the lake."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from console.report.data import LookAlike
from events.types import Action, Decision, Label, Transaction
from graph.graph_features import GraphFeatures
from ringwatch.reporting.dossiers import Facts
from ringwatch.reporting.kept import Kept
from ringwatch.reporting.lake_facts import lake_facts, look_alike
from ringwatch.reporting.look_alikes import candidates, nearest, ring_signature, signatures
from storage import FolderBlobs
from tests.support.made import MINUTE, T0, door
from tests.support.ring_facts import (
    arrivals,
    decision,
    facts,
    features,
    key,
    label,
    paid,
    ring,
    tokens_of,
)


def circle(name: str, customers: int, start: int) -> list[Transaction]:
    """Two payments each of some customers with one device, the second round a day later."""
    return [
        paid(start + turn * 1_440 + n, f"{name}-{n}", device=f"device-{name}")
        for turn in range(2)
        for n in range(customers)
    ]


PAYMENTS = {
    "ring": circle("ring", 5, 0),
    "near": circle("near", 5, 100),  # the nearest, but one of its payments was reviewed
    "bad": circle("bad", 5, 200),  # as near, with a fraud that the graph knows of
    "told": circle("told", 5, 300),  # as near, with a fraud that a label tells of
    "early": circle("early", 6, 400),  # next, but never decided on
    "calm": circle("calm", 8, 500),  # left alone
    "far": circle("far", 40, 600),  # left alone, too, but less alike
    "pair": circle("pair", 2, 700),  # too few
    "apart": circle("apart", 5, 800),  # shares nothing
}
COMMUNITIES = {name: tokens_of(payments) for name, payments in PAYMENTS.items()}
RING = ring("ring", COMMUNITIES["ring"])
OTHER = ring("another", ("card.1." + "f" * 32,), score=0.7)
FRAUD = {PAYMENTS["told"][3].id: True}


def version() -> GraphFeatures:
    sharing = {name: 1.0 if name == "apart" else 3.0 for name in COMMUNITIES}
    return features(
        COMMUNITIES,
        [RING, OTHER],
        columns={
            "community_sharing": sharing,
            "ring_score": {"ring": 0.9, "calm": 0.4},
            "age_days": {"ring": 3.0, "calm": 20.0},
            "transactions": {"ring": 2.0, "calm": 6.0},
        },
        fraud=COMMUNITIES["bad"][:1],
    )


def decisions() -> list[Decision]:
    made: list[Decision] = []
    for name, payments in PAYMENTS.items():
        for number, payment in enumerate(payments):
            action: Action = "review" if name == "near" and number == 4 else "approve"
            if name != "early":
                made.append(decision(payment, action))
    return made


def in_memory(
    fraud: Mapping[str, bool] = FRAUD, decided: Sequence[Decision] | None = None
) -> LookAlike | None:
    everything = [each for payments in PAYMENTS.values() for each in payments]
    found = facts(version(), everything, decisions() if decided is None else decided, fraud)
    return nearest(RING, found, signatures(found.features))


def test_a_community_in_figures() -> None:
    known = signatures(version())
    assert set(known) == set(COMMUNITIES) - {"pair"}
    mine = known["calm"]
    assert (mine.customers, mine.payments) == (8, 6.0)
    assert (mine.age_days, mine.sharing, mine.score) == pytest.approx((20.0, 3.0, 0.4))
    assert not mine.fraud
    assert known["bad"].fraud
    assert mine.members == COMMUNITIES["calm"]


def test_candidates_are_no_rings_no_known_frauds_and_come_nearest_first() -> None:
    mine = ring_signature(RING, version())
    assert mine is not None
    found = candidates(mine, version(), signatures(version()))
    assert [each.id for each in found] == ["near", "told", "early", "calm", "far"]
    assert ring_signature(OTHER, version()) is None  # of another version


def test_a_ring_that_is_a_part_of_its_community_rules_that_out() -> None:
    whole = version()
    part = ring("r-part", [token for token in COMMUNITIES["near"] if token.startswith("card.")][:3])
    found = replace(whole, rings=(part,))
    mine = ring_signature(part, found)
    assert mine is not None
    assert (mine.id, mine.customers, mine.score, mine.sharing) == ("r-part", 3, 0.9, 3.0)
    ids = [each.id for each in candidates(mine, found, signatures(found))]
    assert "near" not in ids
    assert ids[0] in ("ring", "told")  # of five customers each


def test_the_nearest_that_was_left_alone() -> None:
    found = in_memory()
    assert found is not None
    assert found.title == "8 customers who share as much"
    assert (found.customers, found.payments, found.approved, found.decided) == (8, 16, 16, 16)
    assert found.why == (
        "8 customers beside 5",
        "3.0 customers on a shared entity beside 3.0",
        "known for 20 days (median customer), the ring for 3",
        "6.0 payments a customer, the ring 2.0: they come back",
        "payments over 1 day, none of them known as fraud",
        "ring score 0.40 beside 0.90",
    )
    assert {node.kind for node in found.graph.nodes} == {"card", "device"}
    assert not any(node.fraud for node in found.graph.nodes)


def test_without_the_label_the_nearer_one_is_taken() -> None:
    found = in_memory(fraud={})
    assert found is not None
    assert found.customers == 5


def test_where_nothing_was_decided_nobody_was_left_alone() -> None:
    assert in_memory(decided=[]) is None


def test_accounts_stand_for_customers_where_there_are_more_of_them() -> None:
    accounts = [
        door.transaction(
            {"id": f"a{n}", "time": T0 + n * MINUTE, "amount": "1", "currency": "USD", "account": f"a-{n}"}
        ).account
        for n in range(4)
    ]
    known = signatures(features({"co": [str(account) for account in accounts]}))
    assert known["co"].customers == 4


def test_the_lake_gives_the_same_answer_and_reads_a_few_at_a_time(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    kept = Kept(blobs, rows=20)
    labels: list[Label] = [label(PAYMENTS["told"][3].id)]
    everything = [each for payments in PAYMENTS.values() for each in payments]
    for _ in kept.watch(arrivals(everything, labels)):
        pass
    kept.decided(decisions())
    kept.flush()

    facts_of = lake_facts(blobs, version(), key)
    asked: list[int] = []

    def watched(members: Iterable[str]) -> Facts:
        members = list(members)
        asked.append(len(members))
        return facts_of(members)

    found = look_alike(RING, version(), signatures(version()), watched)
    assert found == in_memory()
    assert len(asked) == 1
    assert look_alike(OTHER, version(), signatures(version()), watched) is None
    assert len(asked) == 1
