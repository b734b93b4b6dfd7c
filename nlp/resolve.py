"""The resolver: labelled spans into one value a field. Which bare number is the house, which name the city."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from nlp import labels as lb
from nlp.fields import Fields
from nlp.words import AREA_TYPES


class Piece(NamedTuple):
    """A labelled span: its label, token bounds, words as written, and the gazetteer's id (`""`: none)."""

    label: str
    start: int
    end: int
    words: tuple[str, ...]
    place: str = ""

    @property
    def text(self) -> str:
        return " ".join(self.words)


_ONE_OF: Final = (lb.UNIT, lb.BLOCK, lb.FLOOR, lb.BUILDING, lb.COUNTRY, lb.POSTCODE, lb.POBOX, lb.LANDMARK)


def resolve(pieces: Sequence[Piece]) -> tuple[Fields, dict[str, Piece]]:
    """One value a field.

    Returns the fields as written and, by label, the piece each single-valued field came from.
    """
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
    return fields, chosen


def _choose_numbers(pieces: Sequence[Piece], chosen: dict[str, Piece], has_street: bool) -> None:
    """The house number is the one beside the street, else the one that says so; what is left over is a unit.

    A flat without any house or building (`Flat 12, Marine Drive`) stands for the house.
    """
    bare = [piece for piece in pieces if piece.label == lb.NUMBER]
    said = [piece for piece in pieces if piece.label == lb.HOUSE]
    house = _beside_street(pieces, touching=True)
    if house is None and said:
        house = said[0]
    if house is None and has_street:
        house = _beside_street(pieces, touching=False)
    left = [piece for piece in (*said, *bare) if piece is not house]
    if house is None and lb.BUILDING not in chosen and left:
        house = left.pop(0)
    if house is None and lb.BUILDING not in chosen and lb.UNIT in chosen:
        house = chosen.pop(lb.UNIT)
    if lb.UNIT not in chosen and lb.BUILDING in chosen and house is not None and not has_street:
        house, left = None, [house, *left]  # the number within a named building is its unit
    if house is not None:
        chosen[lb.HOUSE] = house
    bare_left = [piece for piece in left if piece.label == lb.NUMBER] or left
    if lb.UNIT not in chosen and bare_left:
        chosen[lb.UNIT] = bare_left[0]


def _beside_street(pieces: Sequence[Piece], *, touching: bool) -> Piece | None:
    """The bare number right before a street, else right after; with at most a comma between unless `touching`."""
    gap = 0 if touching else 1
    pairs = list(zip(pieces, pieces[1:], strict=False))
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
        followed = {
            piece.start for before, piece in zip(pieces[1:], pieces, strict=False)
            if before.label in {lb.STATE, lb.POSTCODE, lb.COUNTRY}
        }  # fmt: skip
        last = next((piece for piece in reversed(areas) if piece.start in followed), None)
        told = len(areas) > 1 or any(piece.label in {lb.STREET, lb.BUILDING, lb.SECTOR} for piece in pieces)
        if last is not None and told and not (house and house.end == last.start):
            chosen[lb.CITY] = last
            areas.remove(last)
    if not areas:
        return

    def rank(piece: Piece) -> tuple[bool, bool, int, str]:
        words = piece.text.lower()
        typed = words.rsplit(" ", 1)[-1] in AREA_TYPES
        beside = house is not None and piece.start == house.end
        return typed, beside, len(words), words

    chosen[lb.AREA] = max(areas, key=rank)
