"""`ringwatch features`: what the columns are that a decision is made on, where they come from, what they cost."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from events.errors import NotFoundError
from ringwatch.cli.common import Json, emit, say, show, wiring

if TYPE_CHECKING:
    from features import Catalogue
    from features.describe import Described

app = typer.Typer(
    help="""List and explain the features: meaning, source, window, family, cost.

    The settings say which families are on, and which file has features of your own: families and file of features.

    Example: ringwatch features list
    """,
    no_args_is_help=True,
)


def _families(begun: str) -> list[str]:
    from features.describe import OWN
    from features.families import families

    return [name for name in (*(it.name for it in families()), OWN) if name.startswith(begun)]


def _names(begun: str) -> list[str]:
    from features import default_catalogue

    return [name for name in default_catalogue().names if name.startswith(begun)]


File = Annotated[
    Path | None, typer.Option(help="Features of your own, in place of those of the settings.", dir_okay=False)
]


@app.command("list")
def list_(
    family: Annotated[str | None, typer.Option(help="Only this family's.", autocompletion=_families)] = None,
    file: File = None,
    *,
    json: Json = False,
) -> None:
    """Show every feature with its family, meaning and cost, and what all cost together.

    `row` is what its stream keeps of an event, in bytes; `alone` is what of that would go with it.

    Example: ringwatch features list --family pairs

    Example: ringwatch features list --file features.toml --json
    """
    from msgspec import to_builtins

    from features.describe import by_family, describe

    catalogue = _catalogue(file)
    grouped = by_family(describe(catalogue))
    if family is not None and family not in grouped:
        raise NotFoundError(f"there is no family {family!r} among: {', '.join(grouped)}")
    found = [it for name, some in grouped.items() if family in {None, name} for it in some]
    if json:
        for it in found:
            emit(to_builtins(it))
        return
    width = max(len(it.name) for it in found)
    show(f"{'feature':<{width}}  {'family':<11}  row  alone  meaning")
    for it in found:
        cost = f"{it.row_bytes:>3}  {it.saves_bytes:>5}" if it.stream else f"{'':>3}  {'':>5}"
        show(f"{it.name:<{width}}  {it.family:<11}  {cost}  {it.meaning}")
    say(_total(catalogue))


@app.command("show")
def show_(
    name: Annotated[
        str, typer.Argument(help="A feature, see `ringwatch features list`.", autocompletion=_names)
    ],
    file: File = None,
    *,
    json: Json = False,
) -> None:
    """Show all there is to say about one feature, with a value it may have and what that says.

    Example: ringwatch features show card.amount.sum.1h

    Example: ringwatch features show card+merchant.transactions.count.30d --json
    """
    from msgspec import to_builtins

    from features.describe import describe
    from features.user_table import meant

    found = {it.name: it for it in describe(_catalogue(file))}
    if name not in found:
        raise NotFoundError(f"there is no feature {name}{meant(name, found, few=False)}")
    if json:
        emit(to_builtins(found[name]))
    else:
        _show(found[name])


@app.command()
def docs(
    out: Annotated[
        Path | None, typer.Option(help="Write it to this file, not to stdout.", dir_okay=False)
    ] = None,
    file: File = None,
) -> None:
    """Write the reference of all features as Markdown.

    Example: ringwatch features docs --out docs/features.md
    """
    from features.feature_docs import feature_docs

    text = feature_docs(_catalogue(file))
    if out is None:
        typer.echo(text, nl=False)
    else:
        out.write_text(text, encoding="utf-8")
        say(f"{out}: written")


def _catalogue(file: Path | None) -> "Catalogue":
    """The catalogue of the settings, with the features of `file` in place of theirs."""
    with wiring() as parts:
        return parts.catalogue if file is None else parts.catalogue_with(file)


def _show(it: "Described") -> None:
    show(f"{it.name}\n  {it.meaning}")
    lines = {
        "family": it.family,
        "made by": f"{it.source} of {', '.join(it.parts)}" if it.parts else it.source,
        "type": it.type,
        "entity": it.entity,
        "partner": it.partner,
        "events": it.events,
        "window": it.window + (f", ended {it.delay} ago" if it.delay else ""),
        "cost": f"{it.row_bytes} bytes a stored row of its stream, {it.saves_bytes} of them its own" if it.stream else
        "nothing is stored for it",
        "example": f"{it.example:g}: {it.reads}",
    }  # fmt: skip
    for title, text in lines.items():
        if text:
            show(f"  {title:<9}{text}")


def _total(catalogue: "Catalogue") -> str:
    from features.cost import cost_of

    cost = cost_of(catalogue.velocity)
    return (
        f"{len(catalogue.names)} columns, {cost.columns} of them windows in {cost.streams} streams; at most "
        f"{cost.row_bytes} bytes an event, and {cost.key_bytes} for a key of each of {cost.kinds} sorts"
    )
