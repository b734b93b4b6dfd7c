"""Pieces of a text into its fields, made to agree with each other and with the postcode."""

from collections.abc import Sequence
from typing import NamedTuple

from nlp.fields import FIELDS, Fields


class Piece(NamedTuple):
    """A part of a text that belongs to a field.

    `start` and `end` count characters of the legible text; `chance` is that of its least sure token.
    """

    field: str
    start: int
    end: int
    chance: float


def written(text: str, pieces: Sequence[Piece]) -> tuple[Fields, dict[str, float]]:
    """The fields of a legible text and how sure of each: the least sure of its pieces.

    A unit that stands alone is the house's number, too: where no other number is written, people mean it so.
    """
    values: dict[str, list[str]] = {}
    sure: dict[str, float] = {}
    for piece in pieces:
        value = " ".join(text[piece.start : piece.end].split())
        if piece.field == "postcode" and value.replace(" ", "").isdigit():
            value = value.replace(" ", "")  # 560 038
        values.setdefault(piece.field, []).append(value)
        sure[piece.field] = min(sure.get(piece.field, 1.0), piece.chance)
    if "house_number" not in values and "unit" in values:
        values["house_number"], sure["house_number"] = values["unit"], sure["unit"]
    fields = Fields(**{name: " ".join(held) for name, held in values.items()})
    return fields, {name: round(sure[name], 3) for name in FIELDS if name in sure}
