"""`ringwatch simulate`: a made world with true labels, into the log or into files."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ringwatch.cli.common import Json, emit, progress_bar, show, wiring

if TYPE_CHECKING:
    from events.arrival import Arrival
    from simulator import WorldSpec
    from simulator.files import WorldFiles

_STEP = 500  # messages between two steps of the bar
_SLACK_S = 0.01  # shorter waits are not worth a system call

Told = Callable[[int], None]


def simulate(
    preset: Annotated[
        Literal["gateway-cnp", "issuer", "stress", "small", "tiny"], typer.Option(help="Which world.")
    ] = "gateway-cnp",
    world_file: Annotated[
        Path | None,
        typer.Option(
            "--world",
            help="A world of your own (TOML): a preset and what differs.",
            dir_okay=False,
            exists=True,
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed makes the same world.")] = 7,
    customers: Annotated[int | None, typer.Option(help="Overrides the preset.", min=1)] = None,
    days: Annotated[int | None, typer.Option(help="Overrides the preset.", min=1)] = None,
    out: Annotated[Path | None, typer.Option(help="Write files to this folder, send nothing.")] = None,
    format_: Annotated[
        Literal["parquet", "jsonl"],
        typer.Option("--format", help="parquet: raw tables and a map; jsonl: messages with tokens."),
    ] = "parquet",
    rate: Annotated[
        float | None,
        typer.Option(help="Messages a second into the log; as fast as possible if left out.", min=0.01),
    ] = None,
    *,
    json: Json = False,
) -> None:
    """Make a seeded world of customers, merchants and fraud rings, and send what happens in it.

    Example: ringwatch simulate --preset small --rate 200

    Example: ringwatch simulate --days 30 --out var/world && ringwatch ingest var/world/transactions.parquet
    --map var/world/map.toml --report
    """
    from simulator import preset as preset_of
    from simulator.files import WorldFiles
    from simulator.spec import read_spec

    spec = read_spec(world_file) if world_file is not None else preset_of(preset)
    changes = {name: value for name, value in (("customers", customers), ("days", days)) if value is not None}
    spec = spec.change(**changes)
    world, started = WorldFiles(spec, seed), time.perf_counter()
    with progress_bar() as bar:
        task = bar.add_task("drawing the world", total=None)
        total = world.count
        bar.update(task, description="simulating", total=total)

        def told(rows: int) -> None:
            bar.advance(task, rows)

        if out is None:
            _send(world, rate, told)
        elif format_ == "parquet":
            world.write(out, told)
        else:
            _lines(world, out, told)
        bar.update(task, completed=total)
    _report(spec, seed, total, time.perf_counter() - started, out, json=json)


def _send(world: "WorldFiles", rate: float | None, told: Told) -> None:
    from ringwatch.sending import Sender

    with (
        wiring() as parts,
        Sender(parts.log, batch=1_000 if rate is None else max(1, min(1_000, int(rate / 10)))) as sender,
    ):
        for arrival in _paced(_counted(world.arrivals(parts.door), told), rate):
            sender.send(arrival)


def _lines(world: "WorldFiles", out: Path, told: Told) -> None:
    from events import codec

    out.mkdir(parents=True, exist_ok=True)
    with wiring() as parts, (out / "arrivals.jsonl").open("wb") as file:
        for arrival in _counted(world.arrivals(parts.door), told):
            file.write(codec.encode(arrival.message) + b"\n")
    world.write_truth(out)


def _counted(arrivals: "Iterator[Arrival]", told: Told) -> "Iterator[Arrival]":
    waiting = 0
    for arrival in arrivals:
        waiting += 1
        if waiting == _STEP:
            told(waiting)
            waiting = 0
        yield arrival
    told(waiting)


def _paced(arrivals: "Iterator[Arrival]", rate: float | None) -> "Iterator[Arrival]":
    """So many a second, by the wall clock: who falls behind catches up."""
    begin = time.perf_counter()
    for nth, arrival in enumerate(arrivals):
        if rate is not None:
            early = begin + nth / rate - time.perf_counter()
            if early > _SLACK_S:
                time.sleep(early)
        yield arrival


def _report(
    spec: "WorldSpec", seed: int, count: int, seconds: float, out: Path | None, *, json: bool
) -> None:
    where = "the log" if out is None else str(out)
    if json:
        emit(
            {
                "messages": count, "to": where, "seed": seed, "customers": spec.customers, "days": spec.days,
                "seconds": round(seconds, 2),
            }
        )  # fmt: skip
    else:
        show(f"{count} messages written to {where} in {seconds:.1f} s")
