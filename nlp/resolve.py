"""The resolver: labelled spans into one value a field. Which bare number is the house, which name the city."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from nlp import labels as lb
from nlp.fields import Fields
from nlp.words import AREA_TYPES


class Piece(NamedTuple):
    """A labelled span: its label, token bounds, text as written, norms, and the gazetteer's phrase (`""`: none)."""

    label: str
    start: int
    end: int
    text: str
    words: tuple[str, ...]
    place: str = ""


class Resolved(NamedTuple):
    """The fields as written, and the pieces they came from."""

    fields: Fields
    chosen: dict[str, Piece]
    streets: list[Piece]
    sectors: list[Piece]


_ONE_OF: Final = (lb.UNIT, lb.BLOCK, lb.FLOOR, lb.BUILDING, lb.COUNTRY, lb.POSTCODE, lb.POBOX, lb.LANDMARK)


def resolve(pieces: Sequence[Piece]) -> Resolved:
    """One value a field, from the spans of a text in their order."""
    chosen: dict[str, Piece] = {}
    for piece in pieces:
        if piece.label in _ONE_OF and piece.label not in chosen:
            chosen[piece.label] = piece
    streets = [piece for piece in pieces if piece.label == lb.STREET]
    sectors = [piece for piece in pieces if piece.label == lb.SECTOR]
    _choose_numbers(pieces, chosen, bool(streets))
    _choose_places(pieces, chosen)
    _choose_area(pieces, chosen)

    def written(label: str) -> str | None:
        piece = chosen.get(label)
        return piece.text if piece else None

    fields = Fields(
        unit=written(lb.UNIT), block=written(lb.BLOCK), floor=written(lb.FLOOR), house=written(lb.HOUSE),
        building=written(lb.BUILDING), streets=tuple(piece.text for piece in streets),
        sectors=tuple(piece.text for piece in sectors), area=written(lb.AREA), city=written(lb.CITY),
        state=written(lb.STATE), country=written(lb.COUNTRY), postcode=written(lb.POSTCODE),
        po_box=written(lb.POBOX), landmark=written(lb.LANDMARK),
    )  # fmt: skip
    return Resolved(fields, chosen, streets, sectors)


def _choose_numbers(pieces: Sequence[Piece], chosen: dict[str, Piece], has_street: bool) -> None:
    """The house number is the one beside the street, else the one that says so; what is left over is a unit.

    A flat without any house or building (`Flat 12, Marine Drive`) stands for the house.
    """
    bare = [piece for piece in pieces if piece.label == lb.NUMBER]
    said = [piece for piece in pieces if piece.label == lb.HOUSE]
    house: Piece | None = _beside_street(pieces, touching=True)
    if house is None and said:
        house = said[0]
    if house is None and has_street:
        house = _beside_street(pieces, touching=False)
    left = [piece for piece in (*bare, *said) if piece is not house]
    named = lb.BUILDING in chosen
    if house is None and not named:
        house = left.pop(0) if left else chosen.pop(lb.UNIT, None)
    if lb.UNIT not in chosen and left:
        chosen[lb.UNIT] = left[0]
    elif lb.UNIT not in chosen and house is not None and named and not has_street:
        chosen[lb.UNIT], house = house, None  # the number within a named building is its unit
    if house is not None:
        chosen[lb.HOUSE] = house


def _beside_street(pieces: Sequence[Piece], *, touching: bool) -> Piece | None:
    """The bare number right before a street, else right after; with at most a comma between unless `touching`."""
    gap = 0 if touching else 1
    pairs = list(pairwise(pieces))
    for first, second in pairs:
        if first.label == lb.NUMBER and second.label == lb.STREET and second.start - first.end <= gap:
            return first
    for first, second in pairs:
        if first.label == lb.STREET and second.label == lb.NUMBER and second.start - first.end <= gap:
            return second
    return None


def _choose_places(pieces: Sequence[Piece], chosen: dict[str, Piece]) -> None:
    """The last city and state named; a name that is both (`New York, NY`) is the state once a city is known."""
    for piece in pieces:
        if piece.label in {lb.CITY, lb.STATE}:
            chosen[piece.label] = piece


def _choose_area(pieces: Sequence[Piece], chosen: dict[str, Piece]) -> None:
    """The area: one that says so (`nagar`), else one beside the house number, else the longest.

    Where the gazetteer knows no city, the name before the state or postcode is the city, if another name is left
    to tell the place by.
    """
    areas = [piece for piece in pieces if piece.label == lb.AREA]
    house = chosen.get(lb.HOUSE)
    if lb.CITY not in chosen and areas:
        ends = (lb.STATE, lb.POSTCODE, lb.COUNTRY)
        last = next(
            (
                piece
                for piece, after in reversed(list(pairwise(pieces)))
                if piece in areas and after.label in ends
            ),
            None,
        )
        told = len(areas) > 1 or any(piece.label in {lb.STREET, lb.BUILDING, lb.SECTOR} for piece in pieces)
        if last is not None and told and not (house and house.end == last.start):
            chosen[lb.CITY] = last
            areas.remove(last)
    if not areas:
        return

    def rank(piece: Piece) -> tuple[bool, bool, int, str]:
        beside = house is not None and piece.start == house.end
        return piece.words[-1] in AREA_TYPES, beside, len(piece.words), " ".join(piece.words)

    chosen[lb.AREA] = max(areas, key=rank)
