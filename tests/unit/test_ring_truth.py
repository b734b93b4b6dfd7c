"""Reported rings beside the true ones: what counts as found, as another fraud, as an innocent."""

import pytest

from bench._world_rings import ring_figures
from bench.graph_world import token
from ringwatch.ring_truth import RingCards, match_rings
from tests.support.mules import features, mule_world

CARDS = [token("card", f"m{i}") for i in range(4)]
FOUND = features(mule_world(frauds=3))


def true(*owned: int) -> RingCards:
    """`ring-000` with these of the four cards, and one that was never seen."""
    owner = dict.fromkeys([CARDS[i] for i in owned] + [token("card", "unseen")], "ring-000")
    return RingCards(owner, {"ring-000": len(owner)})


@pytest.mark.parametrize(
    ("owned", "guilty", "ring", "of_fraud", "others", "innocents"),
    [
        ((0, 1, 2), (0, 1, 2), "ring-000", True, 0, 1),
        ((0, 1), (0, 1), "ring-000", True, 0, 2),
        ((0,), (0,), None, False, 0, 3),
        ((0,), (0, 1, 2), None, True, 2, 1),
        ((), (0, 1), None, True, 2, 2),
        ((), (), None, False, 0, 4),
    ],
)
def test_a_report_beside_the_truth(
    owned: tuple[int, ...],
    guilty: tuple[int, ...],
    ring: str | None,
    of_fraud: bool,
    others: int,
    innocents: int,
) -> None:
    (found,) = match_rings(FOUND, true(*owned), {CARDS[i] for i in guilty})
    assert found.cards == 4
    assert (found.true_ring, found.is_fraud, found.others, found.innocents) == (
        ring,
        of_fraud,
        others,
        innocents,
    )
    assert found.true_cards == len(owned)


def test_a_ring_is_there_once_two_of_its_cards_are() -> None:
    assert true(0, 1).there(CARDS) == {"ring-000"}
    assert true(0).there(CARDS) == set()
    assert true().there(CARDS) == set()


def test_rates_of_several_worlds_are_taken_over_their_sums() -> None:
    one = {
        "rings": 4, "reported": 2, "true": 1, "of_fraud": 2, "found": 1, "found_ever": 2, "reported_ever": 8,
        "true_ever": 6, "innocents": 3, "ring_cards": 40, "ring_cards_reported": 10,
    }  # fmt: skip
    other = dict.fromkeys(one, 0) | {"rings": 6, "reported": 8, "true": 8, "of_fraud": 8, "found": 4}
    rates = ring_figures([one, other])
    assert (rates["precision"], rates["precision_any_fraud"], rates["recall"]) == (0.9, 1.0, 0.5)
    assert rates["innocents_per_ring"] == 0.6
    assert ring_figures([dict.fromkeys(one, 0)])["precision"] is None
