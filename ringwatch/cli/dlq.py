"""`ringwatch dlq`: refused input, why, and sending it again."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from events.errors import NotFoundError
from ringwatch.cli.common import Actor, Json, Reason, emit, err, out, wiring

app = typer.Typer(help="List refused messages and replay them after a fix.", no_args_is_help=True)


@app.command("list")
def list_(
    code: Annotated[str, typer.Option(help="Only letters of this reason code.")] = "",
    *,
    json: Json = False,
) -> None:
    """Show dead letters: where from, which field, why, and whether they can be replayed."""
    from streaming.dlq import letters

    with wiring() as parts:
        found = [item for item in letters(parts.log) if not code or item.letter.code == code]
    table = Table("id", "topic", "code", "field", "reason", "replayable", "replays")
    for item in found:
        letter = item.letter
        if json:
            emit(
                {
                    "id": letter.id,
                    "topic": letter.topic,
                    "partition": letter.partition,
                    "offset": letter.offset,
                    "code": letter.code,
                    "field": letter.field,
                    "reason": letter.reason,
                    "remedy": letter.remedy,
                    "replayable": letter.replayable,
                    "replays": len(item.replays),
                    "payload": letter.payload.decode("utf-8", "replace"),
                }
            )
        replayable = "yes" if letter.replayable else "no"
        replays = str(len(item.replays))
        table.add_row(
            letter.id[:12], letter.topic, letter.code, letter.field, letter.reason, replayable, replays
        )
    if not json:
        out.print(table)


@app.command()
def replay(
    actor: Actor,
    reason: Reason,
    identity: Annotated[
        str,
        typer.Argument(
            metavar="[ID]", help="A letter's id or its beginning; without one, all that are open."
        ),
    ] = "",
    code: Annotated[str, typer.Option(help="Only letters of this reason code.")] = "",
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="Mend a field first: PATH=JSON, as amount.minor=1200; PATH= removes it."),
    ] = None,
    payload: Annotated[Path | None, typer.Option(help="Send the bytes of this file instead.")] = None,
    again: Annotated[bool, typer.Option(help="Also letters that were replayed before.")] = False,
) -> None:
    """Send refused messages again, mended if need be, to the topic they came from.

    Example: ringwatch dlq replay 3fa9 --set amount.minor=1200 --actor ana --reason "sender mended"
    """
    import msgspec

    from streaming.dlq import letters, mended
    from streaming.dlq import replay as send

    changes = {}
    for change in set_ or ():
        path, _, value = change.partition("=")
        changes[path] = msgspec.json.decode(value) if value else None
    with wiring() as parts:
        found = [
            item
            for item in letters(parts.log)
            if item.letter.id.startswith(identity) and (not code or item.letter.code == code)
        ]
        if identity and not found:
            raise NotFoundError(f"no dead letter begins with {identity}")
        if not identity:
            found = [item for item in found if item.letter.replayable and (again or not item.replays)]
        for item in found:
            data = payload.read_bytes() if payload else mended(item.letter, changes)
            send(parts.log, item, data, actor=actor, reason=reason, clock=parts.clock, again=again)
        err.print(f"{len(found)} replayed")
