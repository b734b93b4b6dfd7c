"""The program `ringwatch`: its commands and how an error ends it."""

import sys
from typing import NoReturn

import typer

from events.errors import RingwatchError, SettingsError
from ringwatch.cli import (
    backfill,
    demo,
    dlq,
    doctor,
    evaluate,
    explain,
    ingest,
    release,
    ring,
    run,
    simulate,
    stack,
    train,
)
from ringwatch.cli.common import fail

app = typer.Typer(
    name="ringwatch",
    help="Graph-centric fraud intelligence: a decision in milliseconds, and the ring behind it.",
    epilog="Start with: ringwatch demo   Your own data: ringwatch ingest FILE --suggest-map",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)

_START, _DATA, _WORK, _OPERATE = "Start here", "Your data", "Investigate", "Operate"

app.command(rich_help_panel=_START)(demo.demo)
app.command(rich_help_panel=_START)(stack.up)
app.command(rich_help_panel=_START)(stack.down)
app.command(rich_help_panel=_START)(stack.status)
app.command(rich_help_panel=_START)(doctor.doctor)
app.command(rich_help_panel=_DATA)(ingest.ingest)
app.command(rich_help_panel=_DATA)(backfill.backfill)
app.command(rich_help_panel=_DATA)(evaluate.evaluate)
app.command(rich_help_panel=_DATA)(simulate.simulate)
app.command(rich_help_panel=_DATA)(train.train)
app.command(rich_help_panel=_WORK)(explain.explain)
app.command(rich_help_panel=_WORK)(ring.ring)
app.command(rich_help_panel=_OPERATE)(run.run)
app.add_typer(release.app, name="release", rich_help_panel=_OPERATE)
app.add_typer(dlq.app, name="dlq", rich_help_panel=_OPERATE)


def main() -> NoReturn:
    """Run the program. Exit codes: 0 done, 1 it failed, 2 the call or the settings are wrong, 130 interrupted."""
    try:
        app()
    except SettingsError as error:
        fail(error)
        sys.exit(2)
    except RingwatchError as error:
        fail(error)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(0)
