"""A few payments around one device and one drop address, and graph features over them, for tests of dossiers."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from events import topics
from events.arrival import Arrival
from events.identity import decision_id
from events.tokens import kind_of
from events.types import Action, AddressKey, Decision, Label, Reason, Subject, Transaction
from features.graph_columns import GRAPH_COLUMNS
from graph.edges import KIND_CODES
from graph.graph_features import COLUMNS, GraphFeatures, Ring, make_features
from ringwatch.reporting.dossiers import Facts, by_customer
from tests.support.made import DAY, T0, payment

SPELLINGS = ("12 Mill Road, Springfield IL 62704", "12 MILL RD., Springfield, 62704")
DROP = AddressKey("address.p.0000000000000000000000000000000d")


def key(text: str) -> AddressKey | None:
    """Both spellings are one drop; nothing else has a key."""
    return DROP if text in SPELLINGS else None


def paid(
    number: int, card: str, *, amount: str = "10.00", text: str = "", device: str = "d-1"
) -> Transaction:
    """Payment `number` (one a minute) of a card."""
    return payment(number, card=card, amount=amount, device=device, shipping_address=text or f"{card} Lane 1")


def decision(
    of: Transaction, action: Action, *, score: float = 0.5, lane: str = "live", seq: int = 0
) -> Decision:
    return Decision(
        id=decision_id(topics.TRANSACTIONS.name, of.id, "live"),
        transaction=of.id,
        time=of.time,
        action=action,
        score=score,
        reasons=() if action == "approve" else (Reason(code="rule.ring"),),
        release="r-1",
        graph_version="g-1",
        seq=seq,
        lane="shadow" if lane == "shadow" else "live",
        decided_at=of.time,
        amount=of.amount,
    )


def label(of: str, *, fraud: bool = True, name: str = "l", days: int = 7, code: str = "reported") -> Label:
    return Label(
        id=f"{name}-{of}",
        subject=Subject(kind="transaction", id=of),
        verdict="confirmed" if fraud else "cleared",
        reason_code=code,
        source="desk",
        actor="ana",
        time=T0,
        known_at=T0 + days * DAY,
    )


def arrivals(payments: Iterable[Transaction], labels: Iterable[Label] = ()) -> list[Arrival]:
    """In order of time."""
    found = [Arrival(each.time, topics.TRANSACTIONS.name, each) for each in payments]
    found += [Arrival(each.known_at, topics.LABELS.name, each) for each in labels]
    return sorted(found, key=lambda each: each.time)


def tokens_of(payments: Iterable[Transaction], *devices: str) -> tuple[str, ...]:
    """Tokens of the cards that paid, and of the devices of these payments."""
    found = {each.card.token for each in payments if each.card is not None}
    found |= {each.device.token for each in payments if each.device is not None}
    return tuple(sorted({*found, *devices}))


def ring(name: str, members: Sequence[str], *, score: float = 0.9) -> Ring:
    cards = sum(token.startswith("card.") for token in members)
    return Ring(
        id=name, members=tuple(members), customers=cards, score=score, value=12_345, known_fraud=1, why="they share"
    )  # fmt: skip


def features(
    communities: Mapping[str, Sequence[str]],
    rings: Sequence[Ring] = (),
    *,
    columns: Mapping[str, Mapping[str, float]] | None = None,
    fraud: Iterable[str] = (),
) -> GraphFeatures:
    """A version with these members of communities; `columns` sets a column for all members of a community."""
    of = {token: name for name, members in communities.items() for token in members}
    tokens = tuple(sorted(of))
    values = np.ones((len(tokens), len(GRAPH_COLUMNS)), np.float32)
    for column, by_community in (columns or {}).items():
        for row, token in enumerate(tokens):
            values[row, COLUMNS[column]] = by_community.get(of[token], 1.0)
    known = set(fraud)
    return make_features(
        cut_ms=T0 + 30 * DAY,
        tokens=tokens,
        kinds=np.array([KIND_CODES[kind_of(token)] for token in tokens], np.uint8),
        values=values,
        fraud=np.array([token in known for token in tokens], np.bool_),
        community=tuple(of[token] for token in tokens),
        rings=tuple(rings),
        lineage=(),
    )


def facts(
    version: GraphFeatures,
    payments: Sequence[Transaction],
    decisions: Iterable[Decision],
    fraud: Mapping[str, bool],
) -> Facts:
    return Facts(
        version, by_customer(payments), key, {each.transaction: each for each in decisions}, fraud.get
    )
