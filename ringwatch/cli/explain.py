"""`ringwatch explain TXN`: why a decision fell."""

from typing import Annotated

import typer
from rich.table import Table

from events import topics
from events.errors import NotFoundError
from events.types import Decision, FeatureVector, Transaction
from ringwatch.cli.common import Json, emit, out, wiring


def explain(
    transaction: Annotated[str, typer.Argument(help="A transaction id.", metavar="TXN")],
    top: Annotated[int, typer.Option(help="How many contributions to show.")] = 10,
    *,
    json: Json = False,
) -> None:
    """Say why a transaction was decided as it was: contributions, their usual range, the path to known fraud.

    Example: ringwatch explain t-000123
    """
    import numpy as np
    from graph.queries import path_sentence

    from streaming.lookup import find

    with wiring() as parts:
        decision = find(parts.log, parts.blobs, topics.DECISIONS.name, Decision, transaction)
        payment = find(parts.log, parts.blobs, topics.TRANSACTIONS.name, Transaction, transaction)
        try:
            vector = find(parts.log, parts.blobs, topics.FEATURES.name, FeatureVector, transaction)
        except NotFoundError:
            vector = None
        found = None
        if vector is not None:
            scorer = parts.load_scorer(decision.release)
            x = np.frombuffer(vector.values, "<f4").reshape(1, -1).astype(np.float32)
            status = np.frombuffer(vector.status, np.uint8).reshape(1, -1)
            found = scorer.explain(x, status, payment, top=top)
        sentence = path_sentence(parts.graph, decision.entities)
    if json:
        contributions = [] if found is None else [
            {"feature": c.name, "value": c.value, "share": c.share, "status": c.status.name.lower()} for c in found.contributions
        ]  # fmt: skip
        emit(
            {
                "transaction": transaction,
                "action": decision.action,
                "score": decision.score,
                "release": decision.release,
                "graph_version": decision.graph_version,
                "reasons": [{"code": r.code, "detail": r.detail} for r in decision.reasons],
                "contributions": contributions,
                "path": sentence,
            }
        )
        return
    out.print(f"[bold]{decision.action}[/] at score {decision.score:.3f}, release {decision.release}")
    for reason in decision.reasons:
        out.print(f"  {reason.code}: {reason.detail}", markup=False)
    out.print(sentence or "no path to known fraud within four links", markup=False)
    if found is None:
        out.print("no feature vector was kept for it (alerts and a sample are; see [score] feature_sample)")
        return
    table = Table("pushes", "feature", "what, and its usual range")
    for part in found.contributions:
        table.add_row(f"{part.share:+.2f}", part.name, part.text)
    out.print(table)
