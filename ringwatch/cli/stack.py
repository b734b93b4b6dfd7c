"""`ringwatch up`, `down`, `status`: the local services."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.table import Table

from ringwatch.cli.common import Json, emit, out, say, show, wiring
from ringwatch.wiring import STACK

if TYPE_CHECKING:
    from ringwatch.services import StackState


def up(
    stack: Annotated[
        Literal["embedded", "jvm"],
        typer.Option(help="embedded: from Python wheels. jvm: real Neo4j and Kafka (Java 17, Maven)."),
    ] = "embedded",
) -> None:
    """Start the local services and leave them running, restarted where one ends.

    Example: ringwatch up

    Example: ringwatch up --stack jvm
    """
    from ringwatch.services import up as start

    with wiring() as parts:
        start(stack, parts.settings.var / STACK, progress=say)
        say("ready; `ringwatch run score` starts the scorer, `ringwatch status` shows what runs")


def down() -> None:
    """Stop the local services. Their data stay for the next start.

    Example: ringwatch down
    """
    from ringwatch.services import down as stop

    with wiring() as parts:
        ran = stop(parts.settings.var / STACK)
        say("stopped" if ran else "nothing was running")


def status(*, json: Json = False) -> None:
    """Show the local services: state, process, ports, restarts; exit 1 where one of them is not ready.

    Example: ringwatch status
    """
    from ringwatch.services import status as look

    with wiring() as parts:
        state = look(parts.settings.var / STACK)
    services = state.services if state.phase != "down" else ()
    if not json:
        _show(state)
    elif not services:
        emit({"stack": state.phase, "error": state.error})
    else:
        for service in services:
            emit(
                {
                    "service": service.name,
                    "state": service.state,
                    "pid": service.process.pid if service.process else None,
                    "ports": dict(service.ports),
                    "restarts": service.restarts,
                    "reason": service.reason,
                }
            )
    if state.phase != "running" or any(service.state != "ready" for service in services):
        raise typer.Exit(1)


def _show(state: "StackState") -> None:
    if not state.services or state.phase == "down":
        show(f"the local stack is {state.phase}; start it with `ringwatch up`")
        if state.error:
            show(state.error)
        return
    table = Table(title=f"{state.kind} stack: {state.phase}")
    for column in ("service", "state", "pid", "ports", "restarts"):
        table.add_column(column)
    for service in state.services:
        pid = str(service.process.pid) if service.process else "-"
        ports = ", ".join(f"{name} {number}" for name, number in sorted(service.ports.items()))
        table.add_row(service.name, service.state, pid, ports, str(service.restarts))
    out.print(table)
    for service in state.services:
        if service.reason:
            show(f"{service.name}: {service.reason}")
