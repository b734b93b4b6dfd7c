"""The program `ringwatch`: its commands and how an error ends it."""

import sys
from typing import Annotated, NoReturn

import typer

from events.errors import RingwatchError, SettingsError, UnavailableError
from ringwatch.cli import (
    address,
    backfill,
    demo,
    dlq,
    doctor,
    evaluate,
    explain,
    features,
    flink,
    ingest,
    release,
    ring,
    run,
    simulate,
    stack,
    state,
    train,
)
from ringwatch.cli.common import fail
from ringwatch.cli.screen import OneScreen

app = typer.Typer(
    name="ringwatch",
    cls=OneScreen,
    help="Fraud intelligence on a graph: a decision in milliseconds, the ring behind it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command()(demo.demo)
app.command()(stack.up)
app.command()(stack.down)
app.command()(stack.status)
app.command()(doctor.doctor)
app.command()(ingest.ingest)
app.command()(backfill.backfill)
app.command()(evaluate.evaluate)
app.command()(simulate.simulate)
app.command()(train.train)
app.command()(explain.explain)
app.command()(ring.ring)
app.command()(run.run)
app.add_typer(release.app, name="release")
app.add_typer(address.app, name="address")
app.add_typer(dlq.app, name="dlq")
app.add_typer(state.app, name="state")
app.add_typer(features.app, name="features")
app.add_typer(flink.app, name="flink")


def _version(*, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"ringwatch {version('ringwatch')}")
        raise typer.Exit


@app.callback()
def options(
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=lambda value: _version(wanted=value), is_eager=True)
    ] = False,
) -> None:
    """Options of the program itself."""
    del version


def main() -> NoReturn:
    """Run the program. Exit codes: 0 done, 1 it failed, 2 the call or the settings are wrong, 130 interrupted."""
    try:
        app()
    except SettingsError as error:
        fail(str(error))
        sys.exit(2)
    except UnavailableError as error:
        fail(f"{error}\n`ringwatch doctor` shows what answers; `ringwatch up` starts a local stack")
        sys.exit(1)
    except RingwatchError as error:
        fail(str(error))
        sys.exit(1)
    except OSError as error:
        if error.filename is None:
            raise
        fail(f"{error.filename}: {error.strerror}")
        sys.exit(1)
    sys.exit(0)
