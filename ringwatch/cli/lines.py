"""A line in, a line out: doors over stdin that answer what has come before they wait for more."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import typer

from ringwatch.cli.common import fail

if TYPE_CHECKING:
    import io

_READ = 1 << 16
LONGEST = 1 << 20
"""Bytes of a line. A longer one is refused without being kept whole."""


class Line(NamedTuple):
    """`number` counts from 1."""

    number: int
    text: str


class LineError(Exception):
    """What is wrong with one line, and in which field of it."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def answer_lines(
    answer: Callable[[list[str]], Iterable[Mapping[str, Any] | LineError]], *, whole: bool = False
) -> None:
    """Give `answer` the lines of stdin, those that are there at once (`whole`: all), and print a JSON object for each.

    A line that can't be answered has `error`, `field` and `line` in its place and is told on stderr; once all are
    read, exit code 1 says that there were such.
    """
    bad = 0
    batches = _batches()
    for lines in [list(chain.from_iterable(batches))] if whole else batches:
        good = [line.text for line in lines if isinstance(line, Line)]
        answers = iter(answer(good)) if good else iter(())
        out = []
        for line in lines:
            found = next(answers) if isinstance(line, Line) else line[1]
            if isinstance(found, LineError):
                bad += 1
                number = line[0]
                fail(f"line {number}, {found.field}: {found}")
                found = {"error": str(found), "field": found.field, "line": number}
            out.append(json.dumps(found, ensure_ascii=False))
        sys.stdout.write("".join(f"{line}\n" for line in out))
        sys.stdout.flush()
    if bad:
        raise typer.Exit(1)


def columns(line: str, names: tuple[str, ...], optional: int = 0) -> list[str] | LineError:
    """The tab-separated columns of a line; the last `optional` of `names` may be missing and are "" then."""
    found = line.split("\t")
    if len(found) > len(names):
        return LineError(names[-1], f"{len(found)} columns, at most {len(names)}: {', '.join(names)}")
    if len(found) < len(names) - optional:
        return LineError(names[len(found)], f"is missing: a line is {', '.join(names)}, separated by tabs")
    return found + [""] * (len(names) - len(found))


def _batches() -> Iterator[list[Line | tuple[int, LineError]]]:
    number, rest = 0, b""
    skipping = False
    source = cast("io.BufferedReader", sys.stdin.buffer)
    while True:
        data = source.read1(_READ)  # what is there, and no more: whoever sends one line gets its answer
        pieces = (rest + data).split(b"\n")
        rest = pieces.pop()
        if not data and rest:
            pieces, rest = [*pieces, rest], b""
        batch: list[Line | tuple[int, LineError]] = []
        for piece in pieces:
            number += 1
            batch.append((number, _TOO_LONG) if skipping or len(piece) > LONGEST else _decoded(number, piece))
            skipping = False
        if len(rest) > LONGEST:
            rest, skipping = b"", True
        if batch:
            yield batch
        if not data:
            return


_TOO_LONG = LineError("line", f"is longer than {LONGEST} bytes")


def _decoded(number: int, piece: bytes) -> Line | tuple[int, LineError]:
    try:
        return Line(number, piece.removesuffix(b"\r").decode())
    except UnicodeDecodeError as error:
        return number, LineError("text", f"is not UTF-8 at byte {error.start + 1}")
