"""`ringwatch release`: what is in force, switch it, take it back."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.table import Table

from events import codec, topics
from ringwatch.cli.common import Actor, Json, Reason, emit, err, out, wiring
from ringwatch.wiring import Wiring

app = typer.Typer(
    help="List, activate and roll back releases (model, rules, policy together).", no_args_is_help=True
)


@app.command("list")
def list_(*, json: Json = False) -> None:
    """Show every release, newest last, and the one in force."""
    with wiring() as parts:
        active = parts.registry.active()
        table = Table("release", "made", "by", "reason", "average precision", "in force")
        for release in parts.registry.releases():
            force = active is not None and release.id == active.id
            if json:
                emit(
                    {
                        "release": release.id,
                        "created": release.created,
                        "metrics": release.metrics,
                        "active": force,
                    }
                )
            made = datetime.fromtimestamp(release.created / 1000, UTC).strftime("%Y-%m-%d %H:%M")
            precision = release.metrics.get("average_precision")
            shown = "-" if precision is None else f"{precision:.3f}"
            table.add_row(release.id, made, release.actor, release.reason, shown, "*" if force else "")
        if not json:
            out.print(table)


@app.command()
def activate(
    release: Annotated[str, typer.Argument(help="A release id, see `ringwatch release list`.")],
    actor: Actor,
    reason: Reason,
) -> None:
    """Put a release in force: every running scorer switches between two batches and acknowledges."""
    with wiring() as parts:
        put_in_force(parts, release, actor, reason)


@app.command()
def rollback(actor: Actor, reason: Reason) -> None:
    """Go back to the release that was in force before."""
    with wiring() as parts:
        put_in_force(parts, parts.registry.previous().id, actor, reason)


def put_in_force(parts: Wiring, release: str, actor: str, reason: str) -> None:
    """Audit the switch in the registry and ask every scorer for it over the control topic."""
    from scoring import activate_command
    from streaming.log.port import Outgoing

    parts.registry.activate(release, actor, reason)
    command = activate_command(release, actor, reason, parts.clock)
    producer = parts.log.open_producer("release", [topics.CONTROL.name])
    try:
        producer.send([Outgoing(topics.CONTROL.name, command.id.encode(), codec.encode(command))])
    finally:
        producer.close()
    err.print(f"{release} is in force (control {command.id})", markup=False)
