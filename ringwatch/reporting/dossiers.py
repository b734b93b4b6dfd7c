"""From a ring and what its customers paid to a dossier: what they share, when it was first stopped, what that saved."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from console.report.data import Dossier, Drop, Graph, Link, Node, Payment, Spelling
from events.entities import entities_of, principal_address
from events.types import AddressKey, Decision, EntityKind, Transaction
from graph.graph_features import GraphFeatures, Ring

SHARED: tuple[EntityKind, ...] = ("device", "address", "email", "phone", "ip")
DOSSIERS = 5
MOST_NODES = 80
_LABEL = 6  # characters of a token that tell entities of a page apart


@dataclass(frozen=True, slots=True)
class Paid:
    """An authorisation with the key of its address."""

    transaction: Transaction
    key: AddressKey | None

    @property
    def customer(self) -> str:
        """The card's token, the account's where there is no card."""
        card = self.transaction.card
        return card.token if card else self.transaction.account or self.transaction.id

    @property
    def entities(self) -> dict[EntityKind, str]:
        return entities_of(self.transaction, self.key)


@dataclass(frozen=True, slots=True)
class Facts:
    """What dossiers are made of.

    Args:
        features: the version of the graph features that the rings are of.
        payments: authorisations of each card and each account, in order of time.
        key: of an address text.
        decisions: by transaction; a payment without one was made before ringwatch decided.
        fraud: of a transaction id: whether it is, None where nobody knows.
    """

    features: GraphFeatures
    payments: Mapping[str, Sequence[Transaction]]
    key: Callable[[str], AddressKey | None]
    decisions: Mapping[str, Decision]
    fraud: Callable[[str], bool | None]

    def of(self, members: Sequence[str]) -> list[Paid]:
        """What these entities' customers paid, in order of time."""
        found = {each.id: each for token in members for each in self.payments.get(token, ())}
        texts = {name: principal_address(each) for name, each in found.items()}
        paid = [
            Paid(each, None if (text := texts[name]) is None else self.key(text))
            for name, each in found.items()
        ]
        return sorted(paid, key=lambda each: (each.transaction.time, each.transaction.id))


def by_customer(transactions: Iterable[Transaction]) -> dict[str, list[Transaction]]:
    """Transactions, which come in order of time, by card and by account."""
    found: dict[str, list[Transaction]] = defaultdict(list)
    for each in transactions:
        if each.card is not None:
            found[each.card.token].append(each)
        if each.account is not None:
            found[each.account].append(each)
    return dict(found)


def dossier(ring: Ring, facts: Facts, *, truth: str | None = None) -> Dossier:
    """All that a page says of one ring, but for its look-alike.

    Lost and saved are of payments that were decided on: nobody could have stopped what came before.
    """
    paid = facts.of(ring.members)
    course = tuple(_payment(each, facts) for each in paid)
    bad = [each for each in course if each.action and each.fraud]
    known = any(each.fraud is not None for each in course)
    first = next((k for k, each in enumerate(course, 1) if each.stopped), None)
    return Dossier(
        id=ring.id,
        score=ring.score,
        customers=ring.customers,
        why=ring.why,
        graph=shared_graph(ring.members, paid, facts),
        drops=drops(paid),
        payments=course,
        first_stopped=first,
        value=ring.value,
        lost=sum(each.amount for each in bad if not each.stopped) if known else None,
        saved=sum(each.amount for each in bad if each.stopped) if known else None,
        known_fraud=ring.known_fraud,
        truth=truth,
    )


def most_telling(dossiers: Iterable[Dossier]) -> list[Dossier]:
    """Those of rings that ringwatch stopped most of first, then those that it lost most to, then by score."""
    return sorted(dossiers, key=lambda each: (-(each.saved or 0), -(each.lost or 0), -each.score, each.id))[
        :DOSSIERS
    ]


def shared_graph(members: Sequence[str], paid: Sequence[Paid], facts: Facts) -> Graph:
    """Customers and what at least two of them share, most shared first, up to `MOST_NODES`."""
    belongs = set(members)
    users: dict[str, Counter[str]] = defaultdict(Counter)
    kinds: dict[str, EntityKind] = {}
    for each in paid:
        for kind, token in each.entities.items():
            if kind in SHARED and (token in belongs or kind != "ip"):
                users[token][each.customer] += 1
                kinds[token] = kind
    shared = {token: found for token, found in users.items() if len(found) > 1}
    order = sorted(shared, key=lambda token: (-len(shared[token]), token))
    customers = Counter(each.customer for each in paid)
    ties = Counter(customer for token in order for customer in shared[token])
    ranked = sorted(customers, key=lambda customer: (-ties[customer], -customers[customer], customer))
    room = max(1, MOST_NODES // 4)
    kept = order[:room] + ranked[: MOST_NODES - min(room, len(order))]
    at = {token: i for i, token in enumerate(kept)}
    bad = {each.customer for each in paid if facts.fraud(each.transaction.id)}
    nodes = tuple(
        Node(
            token=token,
            kind=kinds.get(token) or token.partition(".")[0],
            label=token.rpartition(".")[2][:_LABEL],
            customers=len(shared[token]) if token in shared else 0,
            fraud=token in bad,
        )
        for token in kept
    )
    links = tuple(
        Link(a=at[customer], b=at[token], count=count)
        for token in order[:room]
        for customer, count in sorted(shared[token].items())
        if customer in at
    )
    return Graph(nodes=nodes, links=links, left_out=len(order) + len(customers) - len(kept))


def drops(paid: Sequence[Paid]) -> tuple[Drop, ...]:
    """Addresses that at least two customers had goods sent to, with the spellings that led to each one's key."""
    texts: dict[str, Counter[str]] = defaultdict(Counter)
    users: dict[str, set[str]] = defaultdict(set)
    for each in paid:
        text = principal_address(each.transaction)
        if each.key is not None and text is not None:
            texts[each.key.building][text] += 1
            users[each.key.building].add(each.customer)
    shared = sorted((key for key in texts if len(users[key]) > 1), key=lambda key: (-len(users[key]), key))
    return tuple(
        Drop(
            key=key,
            customers=len(users[key]),
            spellings=tuple(Spelling(text=text, count=count) for text, count in texts[key].most_common()),
        )
        for key in shared
    )


def _payment(paid: Paid, facts: Facts) -> Payment:
    decision = facts.decisions.get(paid.transaction.id)
    return Payment(
        id=paid.transaction.id,
        time=paid.transaction.time,
        amount=paid.transaction.amount.base_minor,
        customer=paid.customer,
        action=decision.action if decision else "",
        stopped=decision is not None and decision.action != "approve",
        fraud=facts.fraud(paid.transaction.id),
        reasons=tuple(reason.code for reason in decision.reasons) if decision else (),
    )
