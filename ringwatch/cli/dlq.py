"""`ringwatch dlq`: refused input, why, and sending it again."""

import json as json_codec
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from events.errors import InputError, SettingsError
from ringwatch.cli.common import Actor, Json, Reason, emit, say, show, the_one, wiring

if TYPE_CHECKING:
    from collections.abc import Sequence

    from events.types import Scalar
    from streaming.dlq import Letter

app = typer.Typer(
    help="""List refused messages and replay them after a fix.

    Example: ringwatch dlq list
    """,
    no_args_is_help=True,
)
_SHORT = 12  # characters of an id that are shown: enough to name it

Code = Annotated[
    str, typer.Option(help="Only letters of this reason code, as invalid_field, malformed, raw_card_number.")
]


@app.command("list")
def list_(
    code: Code = "",
    open_: Annotated[
        bool, typer.Option("--open", help="Only those that can be replayed and were not.")
    ] = False,
    *,
    json: Json = False,
) -> None:
    """Show dead letters, oldest first: where from, which field, why, what to do, whether they can be replayed.

    Example: ringwatch dlq list --code invalid_field
    """
    from streaming.dlq import letters

    with wiring() as parts:
        found = [item for item in letters(parts.log) if not code or item.letter.code == code]
    if open_:
        found = [item for item in found if item.letter.replayable and not item.replays]
    for item in found:
        if json:
            emit(_plain(item))
        else:
            _show(item)
    if not found:
        say("no such dead letters" if code or open_ else "no dead letters")


@app.command()
def replay(
    actor: Actor,
    reason: Reason,
    identity: Annotated[
        str,
        typer.Argument(
            metavar="[ID]", help="A letter's id or its beginning. Without one: all that are open."
        ),
    ] = "",
    code: Code = "",
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="PATH=VALUE",
            help="Mend a field first, as amount.minor=1200 (VALUE: JSON, or plain text; nothing removes the field).",
        ),
    ] = None,
    payload: Annotated[
        Path | None,
        typer.Option(help="Send the bytes of this file instead.", exists=True, dir_okay=False),
    ] = None,
    again: Annotated[bool, typer.Option(help="Also letters that were replayed before.")] = False,
    *,
    json: Json = False,
) -> None:
    """Send refused messages again, mended if need be, to the topic they came from.

    What would be refused again is not sent; then the exit code is 1.

    Example: ringwatch dlq replay 3fa9 --set amount.minor=1200 --actor ana --reason "sender mended"
    """
    from streaming.dlq import letters, mended
    from streaming.dlq import replay as send

    changes = _changes(set_ or ())
    if payload is not None and not identity:
        raise SettingsError("--payload replaces one message: name the letter's ID (`ringwatch dlq list`)")
    with wiring() as parts:
        found = [item for item in letters(parts.log) if not code or item.letter.code == code]
        if identity:
            found = [_the(found, identity)]
        else:
            found = [item for item in found if item.letter.replayable and (again or not item.replays)]
        sent = 0
        for item in found:
            try:
                data = payload.read_bytes() if payload else mended(item.letter, changes)
                control = send(
                    parts.log, item, data, actor=actor, reason=reason, clock=parts.clock, again=again
                )
            except InputError as error:
                _refused(item, error, json=json)
                continue
            sent += 1
            if json:
                emit({"id": item.letter.id, "replayed": True, "control": control.id})
    say(f"{sent} replayed" + (f", {len(found) - sent} would be refused again" if sent < len(found) else ""))
    if sent < len(found):
        raise typer.Exit(1)


def _the(found: "Sequence[Letter]", identity: str) -> "Letter":
    hint = "`ringwatch dlq list` shows them"
    return the_one(found, identity, what="dead letter", hint=hint, name=lambda item: item.letter.id)


def _changes(given: "Sequence[str]") -> "dict[str, Scalar | None]":
    changes: dict[str, Scalar | None] = {}
    for change in given:
        path, sign, value = change.partition("=")
        if not path or not sign:
            raise SettingsError(f"--set {change}: PATH=VALUE, as amount.minor=1200")
        try:
            changes[path] = json_codec.loads(value) if value else None
        except ValueError:  # no JSON: the text itself
            changes[path] = value
    return changes


def _refused(item: "Letter", error: InputError, *, json: bool) -> None:
    if json:
        emit({"id": item.letter.id, "replayed": False, "field": error.field, "reason": error.reason})
    else:
        say(f"{item.letter.id[:_SHORT]} would be refused again: {error}")


def _show(item: "Letter") -> None:
    letter = item.letter
    when = datetime.fromtimestamp(letter.time / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S")
    where = f"{letter.topic}[{letter.partition}] {letter.offset}"
    show(f"{letter.id[:_SHORT]}  {when}  {letter.code}  from {where}, refused by {letter.part}")
    why = f"{letter.field}: {letter.reason}" if letter.field else letter.reason
    show(f"    {why}" + (f" ({letter.remedy})" if letter.remedy else ""))
    show(f"    {_state(item)}")


def _state(item: "Letter") -> str:
    if not item.letter.replayable:
        return "can't be replayed"
    return f"replayed {len(item.replays)} time(s)" if item.replays else "open: ringwatch dlq replay"


def _plain(item: "Letter") -> dict[str, object]:
    letter = item.letter
    return {
        "id": letter.id,
        "time": letter.time,
        "topic": letter.topic,
        "partition": letter.partition,
        "offset": letter.offset,
        "part": letter.part,
        "code": letter.code,
        "field": letter.field,
        "reason": letter.reason,
        "remedy": letter.remedy,
        "replayable": letter.replayable,
        "replays": len(item.replays),
        "payload": letter.payload.decode("utf-8", "replace"),
    }
