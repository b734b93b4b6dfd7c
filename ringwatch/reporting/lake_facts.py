"""Dossiers from the lake: of millions of payments, those of a ring and of its look-alikes alone are read."""

from collections.abc import Callable, Iterable, Mapping

from console.report.data import LookAlike
from events import codec
from events.types import AddressKey, Decision, Label, Transaction
from graph.graph_features import GraphFeatures, Ring
from lake import files
from ringwatch.reporting.dossiers import Facts, by_customer
from ringwatch.reporting.look_alikes import Signature, candidates, left_alone, ring_signature
from ringwatch.reporting.verdicts import verdicts_of
from storage.blob import BlobStore

FactsOf = Callable[[Iterable[str]], Facts]
"""Facts on what the customers among these entity tokens paid."""

_READ_BY = (8, 40)  # candidates that are read at once: mostly one of the first few was left alone
_CUSTOMERS = ("card.", "account.")


def lake_facts(blobs: BlobStore, features: GraphFeatures, key: Callable[[str], AddressKey | None]) -> FactsOf:
    """Facts out of the lake's tables. A record that was sent twice counts once, shadow decisions don't count."""

    def facts_of(members: Iterable[str]) -> Facts:
        customers = {token for token in members if token.startswith(_CUSTOMERS)}
        paid: dict[str, Transaction] = {}
        for data in files.matching(blobs, "transactions", {"card": customers, "account": customers}):
            payment = codec.decode(data, Transaction)
            if payment.kind == "authorisation":
                paid.setdefault(payment.id, payment)
        decided: dict[str, Decision] = {}
        for data in files.matching(blobs, "decisions", {"transaction": paid}):
            decision = codec.decode(data, Decision)
            if decision.lane != "shadow":
                decided.setdefault(decision.transaction, decision)
        labels = [codec.decode(data, Label) for data in files.matching(blobs, "labels", {"subject": paid})]
        in_order = sorted(paid.values(), key=lambda payment: (payment.time, payment.id))
        return Facts(features, by_customer(in_order), key, decided, verdicts_of(labels).fraud)

    return facts_of


def look_alike(
    ring: Ring, features: GraphFeatures, known: Mapping[str, Signature], facts_of: FactsOf
) -> LookAlike | None:
    """As `look_alikes.nearest`, reading the payments of a few candidates at a time until one was left alone."""
    mine = ring_signature(ring, features)
    if mine is None:
        return None
    others, done = candidates(mine, features, known), 0
    for upto in _READ_BY:
        some, done = others[done:upto], upto
        if some:
            facts = facts_of(token for other in some for token in other.members)
            found = left_alone(mine, some, facts)
            if found is not None:
                return found
    return None
