"""`ringwatch address`: what an address says, which addresses are one, and the life of the tagger behind it."""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer
from msgspec import to_builtins

from ringwatch.cli import address_life, address_rekey
from ringwatch.cli.common import Json, emit, out, wiring
from ringwatch.cli.lines import LineError, answer_lines, columns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from nlp.fields import ParsedAddress

app = typer.Typer(
    help="""Parse, match and explain addresses; correct the parser, train, deploy; join spellings of one place.

    Example: ringwatch address parse --json < addresses.txt
    """,
    no_args_is_help=True,
)
app.command()(address_life.correct)
app.command()(address_life.train)
app.command()(address_life.evaluate)
app.command()(address_life.deploy)
app.command()(address_life.rollback)
app.add_typer(address_rekey.app, name="rekey")

_COUNTRY = re.compile(r"[A-Z]{2}")
_COUNTRIES = ("IN", "US", "GB", "DE", "FR", "AU", "CA", "NL", "SG", "AE")


def _country(code: str | None) -> str | None:
    if code is not None and not _COUNTRY.fullmatch(code):
        raise typer.BadParameter("two capital letters, as ISO 3166 has them: IN, US, GB")
    return code


def _countries(begun: str) -> list[str]:
    return [code for code in _COUNTRIES if code.startswith(begun.upper())]


Country = Annotated[
    str | None,
    typer.Option(
        help="Whose addresses they are (IN, US ...); else the text tells.",
        callback=_country,
        autocompletion=_countries,
    ),
]


@app.command()
def parse(country: Country = None, *, json: Json = False) -> None:
    """Parse one address a line of stdin into one JSON object a line of stdout.

    An object has every field (null where the text names none), canonical, key and confidence, a number a field. A line
    that is no text has `error`, `field` and `line` instead, and the exit code is 1.

    Example: ringwatch address parse --json --country IN < addresses.txt
    """
    del json  # there is no other form
    with wiring() as parts:
        parser = parts.field_parser
        answer_lines(lambda texts: (_row(parser.parse(text, country)) for text in texts))


@app.command()
def match(*, json: Json = False) -> None:
    """Say of two addresses a line, a<TAB>b<TAB>country, whether they are one place, how surely and why.

    The country may be left out; then the texts tell.

    Example: ringwatch address match --json < pairs.tsv
    """
    del json
    from nlp.identity import match_lines
    from nlp.lifecycle.mapping import texts_of

    with wiring() as parts:
        match_some = partial(match_lines, texts=texts_of(parts.field_parser))
        answer_lines(lambda lines: _by_columns(lines, ("a", "b", "country"), match_some))


@app.command()
def resolve(*, json: Json = False) -> None:
    """Give each address a line, id<TAB>text<TAB>country, the key of its place: spellings of one place have one key.

    Places are found among the lines themselves, so all are read before the first is answered.

    Example: ringwatch address resolve --json < orders.tsv > places.jsonl
    """
    del json
    from nlp.identity import resolve_lines
    from nlp.lifecycle.mapping import texts_of

    with wiring() as parts:
        resolve_all = partial(resolve_lines, texts=texts_of(parts.field_parser))
        answer_lines(lambda lines: _by_columns(lines, ("id", "text", "country"), resolve_all), whole=True)


@app.command()
def explain(
    text: Annotated[str, typer.Argument(help="An address, as somebody wrote it.")],
    country: Country = None,
    *,
    json: Json = False,
) -> None:
    """Show how an address is read: its fields, its canonical form and key, what its PIN says, which place it is at.

    Example: ringwatch address explain "Flat 302, Tower B, Sunrise Apartments, MG Road, Bengaluru 560001"
    """
    from ringwatch.address_page import explained, shown

    with wiring() as parts:
        found = explained(parts, text, country)
    if json:
        emit(found.told())
    else:
        shown(found, out)


def _by_columns(
    lines: list[str],
    names: tuple[str, ...],
    answer: "Callable[[Iterable[str]], Iterable[Mapping[str, Any]]]",
) -> Iterator[Mapping[str, Any] | LineError]:
    """Answers to the lines that have their columns; the last column may be missing."""
    rows = [columns(line, names, optional=1) for line in lines]
    answers = iter(answer("\t".join(row) for row in rows if not isinstance(row, LineError)))
    for row in rows:
        yield row if isinstance(row, LineError) else next(answers)


def _row(parsed: "ParsedAddress") -> dict[str, Any]:
    from nlp.canonical_text import canonical_text

    return {
        **to_builtins(parsed.fields),
        "key": parsed.key.token if parsed.key else None,
        "building": parsed.key.building if parsed.key else None,
        "canonical": canonical_text(parsed.canonical),
        "confidence": parsed.confidence,
    }
