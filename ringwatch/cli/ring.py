"""`ringwatch ring ENTITY`: who belongs together, and why it looks like a ring."""

from collections import Counter
from typing import Annotated

import typer
from rich.table import Table

from events.entities import entities_of
from events.errors import InvalidFieldError, NotFoundError
from events.tokens import is_token
from events.types import ENTITY_KINDS, EntityKind
from ringwatch.cli.common import Json, emit, out, show, wiring
from ringwatch.wiring import Wiring


def ring(
    entity: Annotated[str, typer.Argument(help="An entity token, or KIND:RAW as device:abc-123.")],
    *,
    json: Json = False,
) -> None:
    """Show the ring an entity belongs to: members by kind, value, known fraud, the way to it.

    Example: ringwatch ring device:3f2a-77

    Example: ringwatch ring "address:Flat 4, 12 Mill Road, Springfield IL 62704"
    """
    from graph.queries import path_sentence, ring_of

    with wiring() as parts:
        kind, token = _resolve(parts, entity)
        found = ring_of(parts.graph, token)
        path = path_sentence(parts.graph, {kind: token})
    if found is None:
        raise NotFoundError(f"{token} belongs to no reported ring" + (f"; {path}" if path else ""))
    if json:
        emit(
            {
                "ring": found.id,
                "score": found.score,
                "customers": found.customers,
                "value": found.value,
                "known_fraud": found.known_fraud,
                "why": found.why,
                "path": path,
                "members": list(found.members),
            }
        )
        return
    show(
        f"ring {found.id}: score {found.score:.2f}, {found.customers} customers, "
        f"value {found.value / 100:,.2f}, {found.known_fraud} with known fraud"
    )
    show(found.why)
    if path:
        show(path)
    table = Table("kind", "members", "tokens")
    kinds = Counter(member.partition(".")[0] for member in found.members)
    for name, count in kinds.most_common():
        tokens = [member for member in found.members if member.startswith(f"{name}.")]
        table.add_row(name, str(count), "\n".join(tokens))
    out.print(table)


def _resolve(parts: Wiring, entity: str) -> tuple[EntityKind, str]:
    """A token as it is; KIND:RAW through the same derivation as at the door."""
    kind, _, raw = entity.partition(":")
    for known in ENTITY_KINDS:
        if is_token(entity, known):
            return known, entity
        if known == kind and raw:
            return known, _token(parts, known, raw)
    raise InvalidFieldError("entity", "is neither a token nor KIND:RAW", f"kinds: {', '.join(ENTITY_KINDS)}")


def _token(parts: Wiring, kind: EntityKind, raw: str) -> str:
    if kind == "address":
        key = parts.local_addresses.get(raw)[0]
        if key is None:
            raise InvalidFieldError("entity", "the address says too little to be told from others")
        return key.token
    made = parts.door.transaction(
        {"id": "x", "time": parts.clock.now_ms(), "amount": "0", "currency": "USD", "account": "x", kind: raw}
    )
    return entities_of(made)[kind]
