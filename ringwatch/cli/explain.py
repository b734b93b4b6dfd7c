"""`ringwatch explain TXN`: why a decision fell."""

from typing import TYPE_CHECKING, Annotated

import typer

from events import topics
from events.errors import NotFoundError, UnavailableError
from events.types import Decision, FeatureVector, Transaction
from ringwatch.cli.common import Json, emit, say, show, wiring

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ringwatch.wiring import Wiring
    from scoring.explain import Contribution


# What a group's status means for the decision; the words are `events.types.Status`.
_LACKING = {
    "pending": "pending, the address was new and its text not parsed in time: decided as if there were none",
    "failed": "failed, they could not be read",
    "stale": "stale, older than they should be",
    "warming": "warming, windows are not full yet",
    "capped": "capped, some counts are at their limit",
}


def explain(
    transaction: Annotated[str, typer.Argument(help="A transaction id.", metavar="TXN")],
    top: Annotated[int, typer.Option(help="How many contributions to show.")] = 10,
    *,
    json: Json = False,
) -> None:
    """Say why a transaction was decided as it was: contributions, their usual range, the path to known fraud.

    Example: ringwatch explain t-000123
    """
    with wiring() as parts:
        decision, payment, vector = _found(parts, transaction)
        contributions = _contributions(parts, decision, payment, vector, top) if vector is not None else ()
        path = _path(parts, decision)
    if json:
        emit(
            {
                "transaction": transaction,
                "action": decision.action,
                "score": decision.score,
                "release": decision.release,
                "graph_version": decision.graph_version,
                "statuses": decision.statuses,
                "reasons": [{"code": r.code, "detail": r.detail} for r in decision.reasons],
                "contributions": [
                    {"feature": c.name, "value": c.value, "share": c.share, "status": c.status.name.lower()}
                    for c in contributions
                ],
                "path": path,
            }
        )
        return
    show(f"{decision.action} at score {decision.score:.3f}, release {decision.release}")
    for reason in decision.reasons:
        show(f"  {reason.code}: {reason.detail}")
    for group, status in decision.statuses.items():
        show(f"  {group}: {_LACKING.get(status, status)}")
    show(path or "no path to known fraud within four links")
    if vector is None:
        show(
            "no feature vector was kept for it: of approved payments a sample has one ([score] feature_sample)"
        )
        return
    show("what moved the score, and its usual range:")
    for part in contributions:
        show(f"  {part.share:+.2f}  {part.name}: {part.text}")


def _found(parts: "Wiring", transaction: str) -> tuple[Decision, Transaction, FeatureVector | None]:
    """The decision, the payment and, where one was kept, the feature vector."""
    from streaming.lookup import find

    try:
        payment = find(parts.log, parts.blobs, topics.TRANSACTIONS.name, Transaction, transaction)
    except NotFoundError:
        raise NotFoundError(f"no transaction {transaction} in the log or the lake") from None
    try:
        decision = find(parts.log, parts.blobs, topics.DECISIONS.name, Decision, transaction)
    except NotFoundError:
        raise NotFoundError(
            f"{transaction} is a {payment.kind} that has no decision: authorisations get one, where `ringwatch run "
            "score` runs"
        ) from None
    try:
        return (
            decision,
            payment,
            find(parts.log, parts.blobs, topics.FEATURES.name, FeatureVector, transaction),
        )
    except NotFoundError:
        return decision, payment, None


def _contributions(
    parts: "Wiring", decision: Decision, payment: Transaction, vector: FeatureVector, top: int
) -> "Sequence[Contribution]":
    import numpy as np

    x = np.frombuffer(vector.values, "<f4").reshape(1, -1).astype(np.float32)
    status = np.frombuffer(vector.status, np.uint8).reshape(1, -1)
    return parts.load_serving(decision.release).explain(x, status, payment, top=top).contributions


def _path(parts: "Wiring", decision: Decision) -> str | None:
    """The way to known fraud; a graph that is away must not hide the rest."""
    from graph.queries import path_sentence

    try:
        return path_sentence(parts.graph, decision.entities)
    except UnavailableError as error:
        say(f"the graph does not answer, so no path is shown: {error}")
        return None
