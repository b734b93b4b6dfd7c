"""The resolver: labelled spans into one piece a part. Which bare number is the house, which name the city."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from nlp import labels as lb
from nlp.words import AREA_TYPES, BLOCK_WORDS


class Piece(NamedTuple):
    """A labelled span: its label, token bounds, text as written, norms, and the gazetteer's phrase (`""`: none)."""

    label: str
    start: int
    end: int
    text: str
    words: tuple[str, ...]
    place: str = ""


class Resolved(NamedTuple):
    """What a building is told by: the piece chosen for each label, and all its streets and sectors."""

    chosen: dict[str, Piece]
    streets: list[Piece]
    sectors: list[Piece]
    in_sector: bool
    house_street: Piece | None
    areas: tuple[Piece, ...] = ()


_STREET: Final = frozenset({lb.STREET})
_PARTS: Final = frozenset({lb.SECTOR, lb.BLOCK})
_PASSED: Final = frozenset({lb.BUILDING, lb.UNIT, lb.FLOOR, lb.LANDMARK, lb.CARE_OF})
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
    in_sector = _choose_block(pieces, chosen, sectors)
    _choose_places(pieces, chosen)
    _choose_area(pieces, chosen)
    areas = tuple(piece for piece in pieces if piece.label == lb.AREA)
    return Resolved(chosen, streets, sectors, in_sector, _house_street(chosen, streets), areas)


def _choose_numbers(pieces: Sequence[Piece], chosen: dict[str, Piece], has_street: bool) -> None:
    """The house number is the one beside the street, else the one that says so; what is left over is a unit.

    A flat without any house or building (`Flat 12, Marine Drive`) stands for the house.
    """
    bare = [piece for piece in pieces if piece.label == lb.NUMBER]
    said = [piece for piece in pieces if piece.label == lb.HOUSE]
    house = _before(pieces, _STREET, gap=0) or (said[0] if said else None)
    for labels, gap in ((_STREET, 0), (_STREET, 1), (_PARTS, 1)):
        house = house or _before(pieces, labels, gap=gap) or _after(pieces, labels, gap=gap)
    left = [piece for piece in (*bare, *said) if piece is not house]
    named = lb.BUILDING in chosen
    if house is None and (not named or (left and lb.UNIT in chosen)):
        house = left.pop(0) if left else chosen.pop(lb.UNIT, None)
    if lb.UNIT not in chosen and left:
        chosen[lb.UNIT] = left[0]
    elif (
        lb.UNIT not in chosen and house is not None and named and not (has_street or _in_part(pieces, house))
    ):
        chosen[lb.UNIT], house = house, None  # the number within a named building is its unit
    if house is not None:
        chosen[lb.HOUSE] = _with_letter(pieces, house)


def _with_letter(pieces: Sequence[Piece], house: Piece) -> Piece:
    """The house number with a letter that nothing else explains right after it."""
    for piece in pieces:
        single = len(piece.words[0]) == len(piece.words) == 1
        if single and piece.start == house.end and piece.label == lb.AREA:
            text, words = f"{house.text} {piece.text}", (*house.words, *piece.words)
            return house._replace(end=piece.end, text=text, words=words)
    return house


def _choose_block(pieces: Sequence[Piece], chosen: dict[str, Piece], sectors: list[Piece]) -> bool:
    """Whether the house is one of a sector or block (`45 Block C`); such a block goes to `sectors`.

    Other blocks are a wing of the building (`Flat 302, Block B`).
    """
    house, block = chosen.get(lb.HOUSE), chosen.get(lb.BLOCK)
    if house is None:
        return False
    in_sector = _in_part(pieces, house)
    if block is not None and "block" in (BLOCK_WORDS.get(block.words[0]), BLOCK_WORDS.get(block.words[-1])):
        beside = {
            piece.label: piece
            for first, second in pairwise(pieces)
            for piece in (first, second)
            if block in (first, second) and second.start - first.end <= 1
        }
        if in_sector or not beside.keys() & {lb.UNIT, lb.BUILDING}:
            sectors.append(chosen.pop(lb.BLOCK))
            in_sector = in_sector or any(piece.end == house.end for piece in beside.values())
    return in_sector


def _house_street(chosen: dict[str, Piece], streets: Sequence[Piece]) -> Piece | None:
    """The street nearest to the house number, the one after it where two are."""
    house = chosen.get(lb.HOUSE)
    if house is None or len(streets) < 2:  # noqa: PLR2004 - nothing to choose from
        return streets[0] if streets else None
    return min(streets, key=lambda street: max(street.start - house.end, house.start + 1 - street.end))


def _in_part(pieces: Sequence[Piece], house: Piece) -> bool:
    """Whether a sector or block is the next thing after the house number, but for its building and the like."""
    after = (piece for piece in pieces if piece.start >= house.end and piece.label not in _PASSED)
    return next((piece.label in _PARTS for piece in after), False)


def _before(pieces: Sequence[Piece], labels: frozenset[str], *, gap: int) -> Piece | None:
    """The bare number before a street (or another of `labels`), with at most `gap` separators between."""
    for first, second in pairwise(pieces):
        if first.label == lb.NUMBER and second.label in labels and second.start - first.end <= gap:
            return first
    return None


def _after(pieces: Sequence[Piece], labels: frozenset[str], *, gap: int) -> Piece | None:
    """The bare number after one."""
    for first, second in pairwise(pieces):
        if first.label in labels and second.label == lb.NUMBER and second.start - first.end <= gap:
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
        if last is None and len(areas) > 1 and pieces[-1] is areas[-1]:
            last = areas[-1]  # a locality and, at the end, its town
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
