# ruff: noqa: PLR2004 - a pair, a digit, a slip or two: small numbers that say themselves
"""Numbers of addresses and what they are: house, unit, floor, part of an area, postcode, street."""

import re
from typing import Final, Literal

from msgspec import Struct

Role = Literal["house", "unit", "floor", "area", "street", "box", "post", "other"]


class Number(Struct, frozen=True):
    """A number in its one form (`12/A` -> `12a`, `12 - 14` -> `12-14`), its role, and whether a word said the role."""

    form: str
    role: Role
    said: bool = False


_ZEROS: Final = re.compile(r"(?<!\d)0+(?=\d)")
_APART: Final = re.compile(r"(?<=[a-z])[-./](?=[a-z0-9])|(?<=\d)[-./](?=[a-z])")
_WIDEST: Final = 10  # house numbers that one building has
_PART: Final = re.compile(r"([a-z]*)(\d+)([a-z]*)")
_ORDINAL: Final = re.compile(r"(\d+)(?:st|nd|rd|th|er|eme|ere)")


def number_form(word: str) -> str:
    """The one form of a number in plain letters.

    >>> number_form("0012/A"), number_form("12/14"), number_form("b-302")
    ('12a', '12-14', 'b302')
    """
    return _ZEROS.sub("", _APART.sub("", word).replace("/", "-").replace(".", "-"))


def ordinal(word: str) -> str:
    """`5th` -> `5`; empty where `word` is no ordinal."""
    match = _ORDINAL.fullmatch(word)
    return match[1] if match else ""


Likeness = Literal["equal", "range", "suffix", "differ"]


def likeness(a: str, b: str) -> Likeness:
    """How two numbers' forms compare.

    The same; one within the other's range (`12`, `12-14`); one with a letter or part more (`12`, `12a`, `12-3`); or
    another number.

    >>> likeness("12", "12-14"), likeness("12", "12a"), likeness("12", "12-1"), likeness("12", "112")
    ('range', 'suffix', 'suffix', 'differ')
    """
    if a == b:
        return "equal"
    pieces_a, pieces_b = a.split("-"), b.split("-")
    if len(pieces_a) + len(pieces_b) > 2:
        return _parts_alike(*sorted((pieces_a, pieces_b), key=len))
    return "suffix" if _base(a) == _base(b) and (a.isdigit() or b.isdigit()) else "differ"


def _parts_alike(few: list[str], many: list[str]) -> Likeness:
    if len(many) > 2 and "".join(few) == "".join(many):
        return "range"
    first, last = many[0], many[-1]
    if len(few) > 1:
        return "range" if few == many[: len(few)] else "differ"  # 2-10, 2-10-7
    if (
        all(part.isdigit() for part in (*few, first, last))
        and int(first) <= int(few[0]) <= int(last) < int(first) + _WIDEST
    ):
        return "range"
    return "suffix" if few[0] in many or _base(few[0]) == _base(first) else "differ"


def _base(form: str) -> str:
    match = _PART.match(form)
    return match[2] if match else form
