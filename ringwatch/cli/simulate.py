"""`ringwatch simulate`: a made world with true labels, into the log or into files."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import typer

from ringwatch.cli.common import Json, emit, progress_bar, show, wiring


def simulate(
    preset: Annotated[Literal["tiny", "small", "demo"], typer.Option(help="Which world.")] = "demo",
    seed: Annotated[int, typer.Option(help="The same seed makes the same world.")] = 7,
    customers: Annotated[int | None, typer.Option(help="Overrides the preset.", min=1)] = None,
    days: Annotated[int | None, typer.Option(help="Overrides the preset.", min=1)] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Write messages (JSON lines) and the truth to this folder, not to the log."),
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Make a seeded world of customers, merchants and fraud rings, and send what happens in it.

    Example: ringwatch simulate --preset small

    Example: ringwatch simulate --days 30 --out var/world
    """
    import msgspec

    from events import codec
    from ringwatch.sending import Sender
    from simulator import World
    from simulator import preset as preset_of

    spec = preset_of(preset)
    spec = replace(spec, customers=customers or spec.customers, days=days or spec.days)
    with wiring() as parts, progress_bar() as bar:
        world = World(spec, seed)
        task = bar.add_task("simulating: messages", total=None)
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            with (out / "arrivals.jsonl").open("wb") as file:
                for arrival in world.arrivals(parts.door):
                    file.write(codec.encode(arrival.message) + b"\n")
                    bar.advance(task)
            (out / "truth.json").write_bytes(msgspec.json.format(msgspec.json.encode(world.truth)))
        else:
            with Sender(parts.log) as sender:
                for arrival in world.arrivals(parts.door):
                    sender.send(arrival)
                    bar.advance(task)
        count = int(bar.tasks[task].completed)
        bar.update(task, total=count)
    where = "the log" if out is None else str(out)
    if json:
        emit({"messages": count, "to": where, "seed": seed, "customers": spec.customers, "days": spec.days})
    else:
        show(f"{count} messages written to {where}")
