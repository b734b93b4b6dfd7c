"""`address.rekey`: put an alias map in force in the graph by its plan, then publish what communities it makes."""

from typing import Any

from msgspec import to_builtins

from graph.rekey import apply_plan
from graph.rekey_store import load_plan
from scoring import Registry
from streaming.alias_maps import AliasMaps
from workers.parts import Clients
from workers.tasks.communities import refresh
from workers.turns import TakenError, turn

ROLE = "address rekey"


def rekey(clients: Clients, plan: str) -> dict[str, Any]:
    """Apply what is left of a plan. Killed anywhere, another run goes on where it was; a second one changes nothing.

    Returns `applied` with the counts. `TakenError` where another run holds the role, `ConflictError` where the graph
    was changed since the plan was made, `FencedError` where the role was lost on the way.
    """
    parts = clients.parts
    with turn(clients, ROLE) as fence:
        made, changes = load_plan(clients.blobs, plan)
        why = AliasMaps(Registry(clients.blobs, parts.clock)).evidence(made.map)
        *_, state = apply_plan(clients.graph, made, changes, why=why, fence=fence)
    return {
        "result": "applied",
        "plan": plan,
        "map": state.map,
        "batches": state.done,
        "counts": to_builtins(state.counts),
        "communities": _refreshed(clients),
    }


def _refreshed(clients: Clients) -> dict[str, Any]:
    """Graph features follow at once; where a run is under way, the next one on schedule sees the new places."""
    try:
        return refresh(clients)
    except TakenError as error:
        return {"result": "skipped", "why": str(error)}
