"""Reported rings beside the true ones of a simulated world."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass

from events.door import Door
from graph.graph_features import GraphFeatures
from simulator import Truth

_HALF = 0.5


@dataclass(frozen=True, slots=True)
class FoundRing:
    """A reported ring beside the truth: `true_ring` is the one most of its cards belong to, if any does."""

    id: str
    score: float
    cards: int
    value: int
    known_fraud: int
    true_ring: str | None
    true_cards: int
    ring_size: int
    others: int  # cards in it that no ring owns, but that paid for another kind of fraud
    innocents: int  # cards in it that are neither
    why: str

    @property
    def is_fraud(self) -> bool:
        """Whether at least half of its cards paid for fraud of any kind: a bot's or a thief's cards are no ring."""
        return self.true_ring is not None or 2 * (self.cards - self.innocents) >= self.cards > 0


@dataclass(frozen=True, slots=True)
class RingCards:
    """Which ring each card token belongs to, and how many cards each has: made once, for it sends a payment a card."""

    owner: Mapping[str, str]
    size: Mapping[str, int]

    def there(self, tokens: Iterable[str]) -> frozenset[str]:
        """Rings of which two cards at least are among `tokens`: by one card nobody could find a ring."""
        counts = Counter(self.owner[token] for token in tokens if token in self.owner)
        return frozenset(ring for ring, cards in counts.items() if cards > 1)


def ring_cards(truth: Truth, door: Door) -> RingCards:
    """The true rings' cards as they look behind `door`."""
    cards = {ring.id: ring.tokens(door).cards for ring in truth.rings}
    return RingCards(
        {card: name for name, tokens in cards.items() for card in tokens},
        {name: len(tokens) for name, tokens in cards.items()},
    )


def match_rings(features: GraphFeatures, true: RingCards, guilty: Container[str]) -> list[FoundRing]:
    """Reported rings, most suspicious first, each with the true ring that at least half of its cards belong to.

    `guilty` are the cards that any fraud was paid with.
    """
    found: list[FoundRing] = []
    for reported in features.rings:
        cards = [token for token in reported.members if token.startswith("card.")]
        owners = Counter(true.owner[card] for card in cards if card in true.owner)
        best, hits = owners.most_common(1)[0] if owners else ("", 0)
        found.append(
            FoundRing(
                id=reported.id,
                score=reported.score,
                cards=len(cards),
                value=reported.value,
                known_fraud=reported.known_fraud,
                true_ring=best if cards and hits >= _HALF * len(cards) else None,
                true_cards=hits,
                ring_size=true.size.get(best, 0),
                others=sum(card in guilty and card not in true.owner for card in cards),
                innocents=sum(card not in guilty and card not in true.owner for card in cards),
                why=reported.why,
            )
        )
    return found
