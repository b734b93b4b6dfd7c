"""What commands share: the console, JSON lines, progress, the wiring of one call."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from events.errors import ConflictError, NotFoundError
from ringwatch.settings import load_settings
from ringwatch.wiring import Wiring

out = Console()
err = Console(stderr=True)

_ACTOR, _REASON = 128, 1024  # as `events.types.Control` has them


T = TypeVar("T")


def _at_most(limit: int) -> Callable[[str], str]:
    def checked(text: str) -> str:
        if not text.strip() or len(text) > limit:
            raise typer.BadParameter(f"1 to {limit} characters")
        return text

    return checked


Json = Annotated[bool, typer.Option("--json", help="One JSON value a line, for scripts.")]
Actor = Annotated[
    str, typer.Option(help="Who asks; it is audited.", envvar="RINGWATCH_ACTOR", callback=_at_most(_ACTOR))
]
Reason = Annotated[str, typer.Option(help="Why; it is audited.", callback=_at_most(_REASON))]


@contextmanager
def wiring() -> Iterator[Wiring]:
    """The parts of this call, closed at its end."""
    parts = Wiring(load_settings())
    try:
        yield parts
    finally:
        parts.close()


def emit(value: Mapping[str, Any]) -> None:
    """One JSON value on a line of its own on stdout."""
    sys.stdout.write(json.dumps(value, sort_keys=True, default=str) + "\n")
    sys.stdout.flush()


def fail(text: str) -> None:
    """An error for people, on stderr. Long lines stay whole, so that what is in them can be copied."""
    err.print("[bold red]error[/]", end=" ")
    say(text)


def say(text: str) -> None:
    """A line for people on stderr, as it is."""
    err.print(text, markup=False, highlight=False, soft_wrap=True)


def show(text: str) -> None:
    """A line of the result on stdout, as it is."""
    out.print(text, markup=False, highlight=False, soft_wrap=True)


def progress_bar() -> Progress:
    """A bar on stderr, so that stdout stays clean for results."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=False,
    )


def the_one(
    known: Sequence[T], begun: str, *, what: str, hint: str, name: Callable[[T], str], newest: bool = False
) -> T:
    """The one of `known` whose name begins with `begun`, or is it. `newest`: "" means the last.

    Raises `NotFoundError`, with `hint`, where none does, and `ConflictError` where several do.
    """
    if newest and not begun and known:
        return known[-1]
    hits = [each for each in known if name(each).startswith(begun)]
    exact = [each for each in hits if name(each) == begun]
    if not hits:
        raise NotFoundError(
            f"no {what} begins with {begun}; {hint}" if begun else f"there is no {what} yet; {hint}"
        )
    if len(hits) > 1 and not exact:
        raise ConflictError(f"{len(hits)} {what}s begin with {begun}; give more of it")
    return (exact or hits)[0]
