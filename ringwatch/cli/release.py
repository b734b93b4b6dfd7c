"""`ringwatch release`: what is in force, switch it, take it back."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from events import codec, topics
from events.types import Control, ControlAck
from ringwatch.cli.common import Actor, Json, Reason, emit, fail, say, show, the_one, wiring

if TYPE_CHECKING:
    from ringwatch.wiring import Wiring

app = typer.Typer(
    help="""List, activate and roll back releases (model, rules, policy together).

    Example: ringwatch release list
    """,
    no_args_is_help=True,
)

Wait = Annotated[float, typer.Option(help="Wait so many seconds for the scorer's answer.", min=0)]
_HEADLINE = ("average_precision", "auc", "saved_per_day")


@app.command("list")
def list_(*, json: Json = False) -> None:
    """Show every release, oldest first; `*` marks the one in force.

    Example: ringwatch release list
    """
    with wiring() as parts:
        active = parts.registry.active()
        releases = parts.registry.releases()
    for release in releases:
        force = active is not None and release.id == active.id
        if json:
            emit(
                {
                    "release": release.id,
                    "created": release.created,
                    "actor": release.actor,
                    "reason": release.reason,
                    "metrics": release.metrics,
                    "active": force,
                }
            )
            continue
        made = datetime.fromtimestamp(release.created / 1000, UTC).strftime("%Y-%m-%d %H:%M")
        show(f"{'*' if force else ' '} {release.id}  {made}  by {release.actor}: {release.reason}")
        metrics = [f"{name} {release.metrics[name]:.4g}" for name in _HEADLINE if name in release.metrics]
        if metrics:
            show("    " + ", ".join(metrics))
    if not releases:
        say("no releases yet; `ringwatch train` makes one, until then rules alone decide")


@app.command()
def activate(
    release: Annotated[
        str, typer.Argument(help="A release id or its beginning, see `ringwatch release list`.")
    ],
    actor: Actor,
    reason: Reason,
    wait: Wait = 2.0,
    *,
    json: Json = False,
) -> None:
    """Put a release in force: every running scorer switches between two batches and acknowledges.

    Example: ringwatch release activate release-3fa9 --actor ana --reason "better on last month"
    """
    with wiring() as parts:
        switch(parts, _the(parts, release), actor, reason, wait, json=json)


@app.command()
def rollback(actor: Actor, reason: Reason, wait: Wait = 2.0, *, json: Json = False) -> None:
    """Go back to the release that was in force before.

    Example: ringwatch release rollback --actor ana --reason "too many declines"
    """
    with wiring() as parts:
        switch(parts, parts.registry.previous().id, actor, reason, wait, json=json)


def put_in_force(parts: "Wiring", release: str, actor: str, reason: str) -> Control:
    """Audit the switch in the registry and ask every scorer for it over the control topic.

    Raises, with nothing changed, where this installation can't run the release or the log does not answer.
    """
    from scoring import activate_command
    from streaming.log.port import Outgoing

    parts.load_serving(release)
    producer = parts.log.open_producer("release", [topics.CONTROL.name])
    try:
        command = activate_command(release, actor, reason, parts.clock)
        parts.registry.activate(release, actor, reason)
        producer.send([Outgoing(topics.CONTROL.name, command.id.encode(), codec.encode(command))])
    finally:
        producer.close()
    return command


def switch(parts: "Wiring", release: str, actor: str, reason: str, wait: float, *, json: bool) -> None:
    """`ask`, and show what came of it. Exit code 1 where a scorer refuses."""
    command, answers = ask(parts, release, actor, reason, wait)
    if json:
        told = [{"part": ack.part, "ok": ack.ok, "detail": ack.detail} for ack in answers]
        emit({"release": release, "control": command.id, "answers": told})
    else:
        show(f"{release} is in force (control {command.id})")
        for ack in answers:
            show(f"{ack.part}: {ack.detail}")
        if not answers:
            say("no scorer has answered; one that starts or runs behind switches when it reads the command")
    if any(not ack.ok for ack in answers):
        fail("a scorer refuses the release and goes on with its own")
        raise typer.Exit(1)


def ask(
    parts: "Wiring", release: str, actor: str, reason: str, wait: float
) -> tuple[Control, list[ControlAck]]:
    """Put a release in force and wait up to `wait` seconds for the first answer to the command."""
    before = parts.log.end(topics.CONTROL_ACKS.name)
    command = put_in_force(parts, release, actor, reason)
    answers: list[ControlAck] = []
    reader = parts.log.open_reader(before)
    try:
        deadline = parts.clock.now_ms() + round(wait * 1000)
        while not answers and parts.clock.now_ms() < deadline:
            acks = [codec.decode(record.value, ControlAck) for record in reader.poll(100, 0.1)]
            answers = [ack for ack in acks if ack.control == command.id]
    finally:
        reader.close()
    return command, answers


def _the(parts: "Wiring", prefix: str) -> str:
    known = [release.id for release in parts.registry.releases()]
    return the_one(known, prefix, what="release", hint="`ringwatch release list` shows them", name=str)
