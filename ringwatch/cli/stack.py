"""`ringwatch up`, `down`, `status`: the local services."""

from typing import Annotated, Literal

import typer
from rich.table import Table

from ringwatch.cli.common import Json, emit, err, out, wiring
from ringwatch.wiring import STACK


def up(
    stack: Annotated[
        Literal["embedded", "jvm"],
        typer.Option(help="embedded: from Python wheels. jvm: real Neo4j and Kafka (Java 17, Maven)."),
    ] = "embedded",
) -> None:
    """Start the local services and leave them running.

    Example: ringwatch up --stack jvm
    """
    from ringwatch.services import up as start

    with wiring() as parts:
        start(stack, parts.settings.var / STACK, progress=lambda line: err.print(line, markup=False))
        err.print("ready; `ringwatch run score` starts the scorer, `ringwatch status` shows what runs")


def down() -> None:
    """Stop the local services. Their data stay for the next start."""
    from ringwatch.services import down as stop

    with wiring() as parts:
        ran = stop(parts.settings.var / STACK)
        err.print("stopped" if ran else "nothing was running")


def status(*, json: Json = False) -> None:
    """Show the local services: state, process, ports, restarts."""
    from ringwatch.services import status as look

    with wiring() as parts:
        state = look(parts.settings.var / STACK)
    if json:
        for service in state.services:
            emit(
                {
                    "service": service.name,
                    "state": service.state,
                    "pid": service.process and service.process.pid,
                }
            )
        return
    if not state.services:
        out.print(f"the local stack is {state.phase}; start it with `ringwatch up`")
        return
    table = Table(title=f"{state.kind} stack: {state.phase}")
    for column in ("service", "state", "pid", "restarts"):
        table.add_column(column)
    for service in state.services:
        pid = str(service.process.pid) if service.process else "-"
        table.add_row(service.name, service.state, pid, str(service.restarts))
    out.print(table)
