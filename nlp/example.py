"""A labelled address: what a tagger learns from, is corrected with and is measured on."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from events.errors import CorruptError

Span = tuple[int, int, str]


class Example(msgspec.Struct, frozen=True):
    """A text and what its parts are.

    Attributes:
        text: the address, as written.
        country: whose it is, ISO 3166 alpha-2.
        spans: start and end in characters of `text`, and the field; sorted, without overlap. A field may have several.
    """

    text: str
    country: str
    spans: tuple[Span, ...]

    def values(self) -> dict[str, str]:
        """Each field's value as written, its pieces joined by a space in their order, a piece said twice but once."""
        found: dict[str, list[str]] = {}
        for start, end, field in self.spans:
            pieces = found.setdefault(field, [])
            piece = self.text[start:end]
            if all(piece.lower() != other.lower() for other in pieces):
                pieces.append(piece)
        return {field: " ".join(pieces) for field, pieces in found.items()}


def problems(example: Example, fields: Iterable[str]) -> list[str]:
    """What is wrong with an example's spans, in words; none where all is well."""
    known = frozenset(fields)
    wrong: list[str] = []
    before = 0
    for start, end, field in example.spans:
        piece = example.text[start:end]
        if field not in known:
            wrong.append(f"no field is named {field!r}")
        if not before <= start < end <= len(example.text):
            wrong.append(f"{field} at {start}:{end} overlaps, is empty or ends past the text")
        if piece != piece.strip(" ,\t\n"):
            wrong.append(f"{field} {piece!r} begins or ends with a separator")
        before = end
    return wrong


def write(path: Path, examples: Iterable[Example]) -> None:
    """Write examples, a JSON object a line."""
    with path.open("wb") as file:
        for example in examples:
            file.write(msgspec.json.encode(example) + b"\n")


def read(path: Path) -> Iterator[Example]:
    """The examples of a file. Raises `CorruptError`, with the line's number, for a line that is none."""
    decoder = msgspec.json.Decoder(Example)
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                try:
                    yield decoder.decode(line)
                except (msgspec.DecodeError, UnicodeDecodeError) as error:
                    raise CorruptError(f"{path}, line {number}: {error}") from None
