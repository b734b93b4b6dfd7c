"""`ringwatch simulate`: a made world with true labels, into the log or into files."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from ringwatch.cli.common import err, progress_bar, wiring


def simulate(
    preset: Annotated[str, typer.Option(help="Which world.")] = "demo",
    seed: Annotated[int, typer.Option(help="The same seed makes the same world.")] = 7,
    customers: Annotated[int | None, typer.Option(help="Overrides the preset.")] = None,
    days: Annotated[int | None, typer.Option(help="Overrides the preset.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write messages (JSON lines) and the truth here, not to the log.")
    ] = None,
) -> None:
    """Make a seeded world of customers, merchants and fraud rings, and send what happens in it.

    Example: ringwatch simulate --days 30 --out var/world
    """
    import msgspec

    from events import codec
    from ringwatch.sending import Sender
    from simulator import World, preset as preset_of

    changes = {name: value for name, value in (("customers", customers), ("days", days)) if value is not None}
    with wiring() as parts, progress_bar() as bar:
        world = World(replace(preset_of(preset), **changes), seed)
        task = bar.add_task("simulating", total=None)
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            with (out / "arrivals.jsonl").open("wb") as file:
                for arrival in world.arrivals(parts.door):
                    file.write(codec.encode(arrival.message) + b"\n")
                    bar.advance(task)
            (out / "truth.json").write_bytes(msgspec.json.format(msgspec.json.encode(world.truth)))
            err.print(f"written to {out}")
            return
        with Sender(parts.log) as sender:
            for arrival in world.arrivals(parts.door):
                sender.send(arrival)
                bar.advance(task)
        err.print(f"{sender.sent} messages sent")
