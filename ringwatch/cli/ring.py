"""`ringwatch ring ENTITY`: who belongs together, and why it looks like a ring."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from events.entities import entities_of
from events.errors import InvalidFieldError, NotFoundError
from events.tokens import is_token
from events.types import ENTITY_KINDS, EntityKind
from ringwatch.cli.common import Json, emit, out, show, wiring
from ringwatch.cli.history import target
from ringwatch.wiring import Wiring

if TYPE_CHECKING:
    from graph.graph_features import Ring


def ring(
    entity: Annotated[str, typer.Argument(help="An entity token, or KIND:RAW as device:abc-123.")],
    html: Annotated[
        Path | None,
        typer.Option(
            help="Write the ring's dossier to this HTML file, replacing one that is there: graph, drop addresses, "
            "what was lost and saved, who looks like it. Payments come from the lake, entities are tokens.",
            dir_okay=False,
        ),
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Show the ring an entity belongs to: members by kind, value, known fraud, the way to it.

    Example: ringwatch ring device:3f2a-77

    Example: ringwatch ring "address:Flat 4, 12 Mill Road, Springfield IL 62704" --html ring.html
    """
    from graph.queries import path_sentence, ring_of

    if html is not None:
        target(html)
    with wiring() as parts:
        kind, token = _resolve(parts, entity)
        if html is not None:
            _write(parts, token, html, json=json)
            return
        found = ring_of(parts.graph, token)
        path = path_sentence(parts.graph, {kind: token})
    if found is None:
        raise NotFoundError(f"{token} belongs to no reported ring" + (f"; {path}" if path else ""))
    if json:
        emit(_told(found) | {"path": path})
        return
    show(_sentence(found))
    show(found.why)
    if path:
        show(path)
    table = Table("kind", "members", "tokens")
    kinds = Counter(member.partition(".")[0] for member in found.members)
    for name, count in kinds.most_common():
        tokens = [member for member in found.members if member.startswith(f"{name}.")]
        table.add_row(name, str(count), "\n".join(tokens))
    out.print(table)


def _write(parts: Wiring, token: str, html: Path, *, json: bool) -> None:
    from console.report import render_dossier
    from ringwatch.reporting.ring_page import ring_page

    page = ring_page(parts, token)
    text = render_dossier(
        page.dossier,
        currency=page.currency,
        generated=parts.clock.now_ms(),
        source=page.source,
        release=page.release,
    )
    html.write_text(text, encoding="utf-8")
    if json:
        emit(_told(page.ring) | {"html": str(html)})
    else:
        show(_sentence(page.ring))
        show(f"dossier: {html}")


def _told(ring: "Ring") -> dict[str, Any]:
    return {
        "ring": ring.id,
        "score": ring.score,
        "customers": ring.customers,
        "value": ring.value,
        "known_fraud": ring.known_fraud,
        "why": ring.why,
        "members": list(ring.members),
    }


def _sentence(ring: "Ring") -> str:
    return (
        f"ring {ring.id}: score {ring.score:.2f}, {ring.customers} customers, "
        f"value {ring.value / 100:,.2f}, {ring.known_fraud} with known fraud"
    )


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
