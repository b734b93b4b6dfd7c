"""Addresses in other countries: the orders of ten of them, with few fields, made-up postcodes of the right form."""

from collections.abc import Callable
from functools import cache
from typing import Final

from nlp.example import Example
from nlp.generate import noise
from nlp.generate.draw import Draw
from nlp.generate.grammar import Grammar
from nlp.generate.numbers import MAKERS
from nlp.generate.rule_text import rules
from nlp.generate.writing import write

COUNTRIES: Final = ("GB", "AU", "DE", "FR", "BR", "SG", "CA", "IT", "ES", "NL")
_SEPARATORS: Final = (", ", ",", " ", "\n", " , ")
_SEPARATOR_SHARES: Final = (0.72, 0.78, 0.9, 0.97, 1.0)
_CASES: Final = (0.15, 0.17, 0.3, 0.45, 1.0)


@cache
def grammar() -> Grammar:
    """The rules of other countries' addresses, compiled once."""
    makers = dict(MAKERS)
    for size in (2, 3, 5, 6):
        makers[f"d{size}"] = _digits(size)
    makers["n4"] = lambda draw: str(draw.number(1000, 9999))
    return Grammar(rules("world"), makers)


def _digits(size: int) -> Callable[[Draw], str]:
    return lambda draw: f"{draw.number(1, 10**size - 1):0{size}d}"


def example(country: str, draw: Draw) -> Example:
    """One address of a country; of one that is not in `COUNTRIES`, in the order of a drawn one."""
    rule = country.lower() if country in COUNTRIES else "world"
    segments = grammar().segments(rule, draw)
    segments = noise.slips(segments, draw, 0.1)
    segments = noise.case(segments, draw, _CASES)
    separator = draw.weighted(_SEPARATORS, _SEPARATOR_SHARES)
    return write(segments, country, separator, 0.5 if draw.chance(0.12) else 0.0, draw)


def plain(country: str, draw: Draw) -> Example:
    """One address of a country without noise, its segments joined by commas."""
    rule = country.lower() if country in COUNTRIES else "world"
    return write(grammar().segments(rule, draw), country, ", ", 0.0, draw)
