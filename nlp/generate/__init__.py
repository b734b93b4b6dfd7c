"""Training data of our own: labelled addresses and pairs of addresses, made up by rule, from a seed."""

from collections.abc import Callable
from typing import Final

from nlp.example import Example
from nlp.generate import india, united_states, world
from nlp.generate.draw import Draw
from nlp.generate.names import Area, Names, Town, directory_names, names_of

__all__ = ["Area", "Example", "Names", "Town", "directory_names", "examples", "names_of"]

_MAKERS: Final[dict[str, Callable[[Names, Draw], Example]]] = {
    "IN": india.example,
    "US": united_states.example,
}


def examples(country: str, seed: int, count: int, names: Names | None = None) -> list[Example]:
    """`count` labelled addresses of a country; the same seed and count give the same.

    Args:
        country: ISO 3166 alpha-2.
        seed: any whole number.
        count: how many.
        names: places to take instead of the compiled directory's.
    """
    draw = Draw(f"{country} {seed}")
    make = _MAKERS.get(country)
    if make is not None:
        held = names or directory_names()
        return [make(held, draw) for _ in range(count)]
    return [world.example(country, draw) for _ in range(count)]
