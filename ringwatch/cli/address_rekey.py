"""`ringwatch address rekey`: another alias map, planned first, applied while the stream runs, taken back."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from events.errors import ConflictError, NotFoundError
from ringwatch.cli.common import Actor, Json, Reason, emit, fail, say, show, the_one, wiring

if TYPE_CHECKING:
    from graph.rekey_plan import Counts, Plan
    from ringwatch.wiring import Wiring

app = typer.Typer(
    help="""Change which addresses are one place: map, plan, apply, look, undo.

    Example: ringwatch address rekey plan map.json
    """,
    no_args_is_help=True,
)
NONE = "none"
_MARGIN_S = 5
Batch = Annotated[
    int, typer.Option(help="Addresses a transaction; places that hang together stay in one.", min=1)
]
Wait = Annotated[
    float, typer.Option(help="Wait so many seconds for the scorer to have made its windows anew.", min=0)
]


@app.command("map")
def map_(
    actor: Actor,
    reason: Reason,
    out: Annotated[Path | None, typer.Option(help="Write it to this file, too.", dir_okay=False)] = None,
    *,
    json: Json = False,
) -> None:
    """Make an alias map of all addresses in the graph, by the parser and tagger in force. Puts nothing in force.

    Example: ringwatch address rekey map --actor ana --reason "new tagger"
    """
    from graph.address_texts import address_texts
    from nlp.lifecycle.mapping import Known, map_addresses

    with wiring() as parts:
        active = parts.registry.active()
        former = parts.alias_maps.whole(active.alias_map) if active and active.alias_map else None
        addresses = (Known(*it) for it in address_texts(parts.graph))
        made = map_addresses(addresses, parts.field_parser, former)
        data = made.encode()
        name = parts.registry.put(
            "alias-map", data, {"actor": actor, "reason": reason, "parser": made.parser}
        )
    if out is not None:
        out.write_bytes(data)
    found = {"map": name, "addresses": len(made.of), "places": len(made.members), "joins": len(made.joins)}
    if json:
        emit(found)
    else:
        show(f"{name}: {found['addresses']} addresses are {found['places']} places")
        say("`ringwatch address rekey plan` says what it would change")


@app.command()
def plan(
    alias_map: Annotated[
        str,
        typer.Argument(
            metavar="[MAP]",
            help="A stored alias map or its beginning, a file of one, or none. Without: the newest.",
        ),
    ] = "",
    batch: Batch = 500,
    *,
    json: Json = False,
) -> None:
    """Say what another alias map would change: places that merge and split, what moves with them. Changes nothing.

    Example: ringwatch address rekey plan map.json

    Example: ringwatch address rekey plan none
    """
    with wiring() as parts:
        made = _plan(parts, _the_map(parts, alias_map), batch)
    _show(made, json=json)


@app.command()
def apply(
    actor: Actor,
    reason: Reason,
    name: Annotated[
        str, typer.Argument(metavar="[PLAN]", help="A plan or its beginning. Without one: the newest.")
    ] = "",
    wait: Wait = 120.0,
    on_worker: Annotated[bool, typer.Option(help="Let a worker do it (`ringwatch run worker`).")] = False,
    *,
    json: Json = False,
) -> None:
    """Apply a plan: the scorer makes its windows anew and switches, then the graph follows, batch by batch.

    Ended early, the same call goes on where it was. A plan that was made before another change is refused.

    Example: ringwatch address rekey apply --actor ana --reason "spellings of May"
    """
    with wiring() as parts:
        done = apply_rekey(parts, _the_plan(parts, name), actor, reason, wait, on_worker=on_worker)
    _tell(done, json=json)


@app.command()
def undo(
    actor: Actor,
    reason: Reason,
    batch: Batch = 500,
    wait: Wait = 120.0,
    on_worker: Annotated[bool, typer.Option(help="Let a worker do it (`ringwatch run worker`).")] = False,
    *,
    json: Json = False,
) -> None:
    """Take the last re-key back, be it done or half done: the former map, the former keys.

    Example: ringwatch address rekey undo --actor ana --reason "two towers joined"
    """
    from graph.rekey import state_of

    with wiring() as parts:
        state = state_of(parts.graph)
        if not state.plan:
            raise NotFoundError("nothing was re-keyed yet")
        made = _plan(parts, state.former, batch)
        done = apply_rekey(parts, made, actor, reason, wait, on_worker=on_worker)
    _tell(done, json=json)


@app.command()
def status(*, json: Json = False) -> None:
    """Show which alias map holds for the scorer and in the graph, and how far a plan has come.

    Exit code 1 where they differ: apply or undo ends what was begun.

    Example: ringwatch address rekey status
    """
    from msgspec import to_builtins

    from graph.rekey import state_of

    with wiring() as parts:
        state, active = state_of(parts.graph), parts.registry.active()
    scorer = (active.alias_map if active else None) or ""
    agree = state.settled and state.map == scorer
    if json:
        emit({"scorer": scorer, "graph": to_builtins(state), "agree": agree})
    else:
        show(f"scorer: {scorer or NONE}, by {active.id if active else 'no release'}")
        show(
            f"graph:  {state.map or NONE}, {state.done} of {state.batches} batches of {state.plan or 'no plan'}"
        )
        show(f"        {_counted(state.counts)}")
    if not agree:
        fail("they differ: `ringwatch address rekey apply` or `undo` ends what was begun")
        raise typer.Exit(1)


def apply_rekey(
    parts: "Wiring", made: "Plan", actor: str, reason: str, wait: float, *, on_worker: bool = False
) -> dict[str, Any]:
    """Put the plan's map in force for the scorer, then in the graph. Raises, the graph unchanged, where it refuses."""
    from ringwatch.cli.release import ask
    from scoring import changed_release

    base = parts.release_to_change()
    told: list[str] = []
    if (base.alias_map or "") != made.map:
        release = changed_release(
            base, actor=actor, reason=reason, clock=parts.clock, alias_map=made.map or None
        )
        parts.registry.put_release(release)
        _, answers = ask(parts, release.id, actor, reason, wait)
        told = [f"{it.part}: {it.detail}" for it in answers]
        if any(not it.ok for it in answers):
            raise ConflictError(
                "a scorer refuses the map, nothing was changed in the graph: " + "; ".join(told)
            )
        if not answers:
            say("no scorer has answered; one that starts or runs behind switches when it reads the command")
    if on_worker:
        from ringwatch.cli.address_life import asked
        from workers import ADDRESS_REKEY

        done = asked(parts, ADDRESS_REKEY, [made.id])
    else:
        done = _here(parts, made.id)
    return {**done, "answers": told, "planned": _builtins(made.counts)}


def _here(parts: "Wiring", name: str) -> dict[str, Any]:
    """Do it in this process; behind one that does it, or was killed at it, once its lease has run out."""
    from workers import TakenError
    from workers.parts import Clients
    from workers.tasks import rekey

    clients = Clients(parts.worker_parts(lambda: parts))
    deadline = parts.clock.now_ms() + 1000 * (clients.parts.settings.lease_s + _MARGIN_S)
    while True:
        try:
            return rekey(clients, name)
        except TakenError as error:
            if parts.clock.now_ms() > deadline:
                raise
            say(f"waiting: {error}")
            parts.clock.sleep(2)


def _plan(parts: "Wiring", alias_map: str, batch: int) -> "Plan":
    from graph.rekey import make_plan
    from graph.rekey_store import save_plan

    parts.graph.ensure_schema()
    wanted = parts.alias_maps.get(alias_map).of
    made, changes = make_plan(parts.graph, wanted, alias_map, parts.clock.now_ms(), batch=batch)
    save_plan(parts.blobs, made, changes)
    return made


def _the_map(parts: "Wiring", given: str) -> str:
    """The name of a stored map; that of a file is stored first."""
    if given == NONE:
        return ""
    if given and Path(given).is_file():
        from streaming.alias_maps import decoded

        data = Path(given).read_bytes()
        decoded(data, given)
        return parts.registry.put("alias-map", data, {"file": Path(given).name})
    hint = "`ringwatch address rekey map` makes one; a file that is there can be named, too"
    return the_one(
        parts.registry.find("alias-map"), given, what="alias map", hint=hint, name=str, newest=True
    )


def _the_plan(parts: "Wiring", begun: str) -> "Plan":
    from graph.rekey_store import plans

    hint = "`ringwatch address rekey plan` makes one"
    return the_one(plans(parts.blobs), begun, what="plan", hint=hint, name=lambda it: it.id, newest=True)


def _show(made: "Plan", *, json: bool) -> None:
    if json:
        emit(_builtins(made))
        return
    show(f"{made.id}: from {made.former or NONE} to {made.map or NONE}, in {made.batches} batches")
    show(f"  {_counted(made.counts)}")
    say("`ringwatch address rekey apply` does it")


def _tell(done: dict[str, Any], *, json: bool) -> None:
    from graph.rekey_plan import Counts

    if json:
        emit(done)
        return
    show(f"{done['map'] or NONE} holds, {done['batches']} batches applied")
    show(f"  {_counted(Counts(**done['counts']))}")
    for answer in done["answers"]:
        show(answer)
    communities = done["communities"]
    show(f"graph features: {communities['result']} {communities.get('version', communities.get('why', ''))}")


def _counted(it: "Counts") -> str:
    return (
        f"{it.addresses} addresses move, {it.merges} places merge, {it.splits} split; with them {it.links} links of "
        f"{it.entities} cards and accounts, {it.alerts} alerts"
    )


def _builtins(value: object) -> Any:
    from msgspec import to_builtins

    return to_builtins(value)
