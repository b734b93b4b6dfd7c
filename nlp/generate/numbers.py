"""Numbers as addresses write them."""

from collections.abc import Callable
from itertools import accumulate
from typing import Final

from nlp.generate.draw import Draw

_LETTERS: Final = "AAAABBBBCCCDDDEEFFGHJKLMNPQRSTUVWXYZ"
_ROMAN: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_WORDS: Final = ("One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")
_NAMES: Final = (
    "First",
    "Second",
    "Third",
    "Fourth",
    "Fifth",
    "Sixth",
    "Seventh",
    "Eighth",
    "Ninth",
    "Tenth",
)
_TEENS: Final = range(11, 14)


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `11th`."""
    if number % 100 in _TEENS:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def _below(most: int) -> Callable[[Draw], str]:
    return lambda draw: str(draw.number(1, most))


def any_number(draw: Draw) -> str:
    """A number of one to four digits, small ones more often."""
    digits = draw.weighted((1, 2, 3, 4), (0.26, 0.66, 0.94, 1.0))
    return str(draw.number(10 ** (digits - 1), 10**digits - 1))


def _letter(draw: Draw) -> str:
    return draw.pick(_LETTERS)


def _door(draw: Draw) -> str:
    """`8-2-293/82/A`, `5-3-12`, `24-1-18/2`."""
    text = f"{draw.number(1, 60)}-{draw.number(1, 16)}"
    if draw.chance(0.85):
        text += f"-{draw.number(1, 900)}"
    if draw.chance(0.1):
        text += f"-{draw.number(1, 60)}"
    for _ in range(draw.weighted((0, 1, 2), (0.45, 0.85, 1.0))):
        text += f"/{draw.number(1, 120)}" if draw.chance(0.6) else f"/{_letter(draw)}"
    return text


def _khasra(draw: Draw) -> str:
    text = str(draw.number(1, 999))
    for _ in range(draw.weighted((0, 1, 2, 3), (0.4, 0.75, 0.92, 1.0))):
        text += f"/{draw.number(1, 60)}"
    return text


def _compound(draw: Draw) -> str:
    """A house number in one of many shapes."""
    return draw.weighted(_SHAPES, _SHAPE_SHARES).format(
        any_number(draw),
        any_number(draw),
        _letter(draw),
        _letter(draw),
        draw.number(1, 60),
        draw.number(100, 2999),
        draw.pick(_ROMAN[:8]),
    )


# Two numbers, two letters, a small and a large number, a Roman one.
_SHAPES: Final = (
    "{0}", "{0}/{1}", "{0}-{2}", "{0}{2}", "{2}-{0}", "{2}-{0}/{1}", "{2}/{0}", "{2}{0}", "{0}-{1}", "{0}/{2}",
    "{0}/{1}/{2}", "{2}-{4}/{0}", "{2}{3}-{0}", "{0}/{4}-{2}", "{0} {2}", "{0}({2})", "{0}/{1}/{4}", "{2} {0}",
    "{6}/{0}", "{4}/{5}",
)  # fmt: skip
_SHAPE_WEIGHTS: Final = (14, 4, 1, 1, 2, 1, 1, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2)
_SHAPE_SHARES: Final = tuple(total / sum(_SHAPE_WEIGHTS) for total in accumulate(_SHAPE_WEIGHTS))


def _several(draw: Draw) -> str:
    """`3 and 4`, `12, 13` without the comma: shops and plots taken together."""
    first = draw.number(1, 120)
    last = first + draw.number(1, 4)
    link = draw.pick((" & ", " AND ", "-", "&", " and ", " to ", " TO ", "/", "+"))
    return f"{first}{link}{last}"


def _flat(draw: Draw) -> str:
    floor, room = draw.number(1, 24), draw.number(1, 12)
    number = f"{floor}{room:02d}"
    shape = draw.number(0, 9)
    if shape < 5:  # noqa: PLR2004 - half of them
        return number
    letter = _letter(draw)
    return (f"{letter}-{number}", f"{letter}{number}", f"{number}-{letter}", f"{letter}-{room}", str(room))[
        shape - 5
    ]


def _pin(draw: Draw) -> str:
    return str(draw.number(110001, 855117))


def _phone(draw: Draw) -> str:
    return draw.pick(("9", "8", "7", "6")) + f"{draw.number(0, 999_999_999):09d}"


def _word_number(draw: Draw) -> str:
    return draw.pick(_WORDS)


def _ordinal(most: int) -> Callable[[Draw], str]:
    def drawn(draw: Draw) -> str:
        number = draw.number(1, most)
        if number <= len(_NAMES) and draw.chance(0.1):
            return _NAMES[number - 1]
        return ordinal(number)

    return drawn


def _year_like(draw: Draw) -> str:
    return f"{draw.number(1, 999)}/{draw.number(1950, 2024)}"


MAKERS: Final[dict[str, Callable[[Draw], str]]] = {
    "n5": _below(5), "n9": _below(9), "n20": _below(20), "n40": _below(40), "n99": _below(99), "n200": _below(200),
    "n999": _below(999), "n": any_number, "L": _letter, "door": _door, "khasra_n": _khasra, "num": _compound,
    "several": _several, "flat_n": _flat, "phone_n": _phone, "number_word": _word_number, "any_pin": _pin,
    "nth5": _ordinal(5), "nth12": _ordinal(12), "nth30": _ordinal(30), "year_n": _year_like,
    "floor_name": lambda draw: draw.pick(_NAMES[:6]),
    "roman": lambda draw: draw.pick(_ROMAN), "roman4": lambda draw: draw.pick(_ROMAN[:4]),
}  # fmt: skip
