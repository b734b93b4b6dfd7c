"""Highways and other numbered routes by one name: `CR 640` is `County Road 640` (USPS Publication 28, appendix F)."""

from typing import Final

from nlp.labels import Draft
from nlp.words import DIRECTIONS, NO_WORDS

_ROWS: Final = """
county road: cr, co rd, co road, cnty rd, cnty road, county rd, cty rd, cty road
county highway: co hwy, co highway, cnty hwy, county hwy, cty hwy
state highway: sh, state hwy, st hwy, st highway
state route: sr, state rte, state rt, st rte, st rt, state road, state rd, st rd
us highway: us, us hwy, u s highway, u s hwy, us route, us rte, us rt
farm to market road: fm, fm rd, fm road, farm to market, farm to market rd, farm market road, farm road
ranch road: rr, ranch rd, ranch to market road, rm, rm rd
township road: twp rd, township rd, twp road
interstate: i, ih, interstate highway, interstate hwy
national highway: nh, national hwy
old highway: old hwy
route: rte, rt
highway: hwy, hiway, hgwy
"""

# `state road` is under `state route`: both are written SR, and no state has both.
ROUTES: Final = {
    name: canonical
    for row in _ROWS.strip().splitlines()
    for canonical, _, names in [row.partition(": ")]
    for name in (canonical, *names.split(", "))
}
STARTS: Final = frozenset(name.split()[0] for name in ROUTES)
_LONGEST: Final = max(len(name.split()) for name in ROUTES)
_SHORTEST_WORD: Final = 3  # shorter ones are initials: routes only where a house number may stand before them
_LONGEST_LETTERS: Final = 2  # County Road AA
_AMERICAN: Final = frozenset({"us", "sh", "sr", "cr", "i", "fm", "rr", "rm"})


def _phrase(words: tuple[str, ...]) -> int:
    """How many of the first words name a kind of route: the longest that does, 0 where none."""
    return next((n for n in range(min(_LONGEST, len(words)), 0, -1) if " ".join(words[:n]) in ROUTES), 0)


def route_at(draft: Draft, i: int) -> tuple[int, int] | None:
    """The span of a route whose name begins at `i`, with a direction before it, and its number; None where none does.

    The direction after it is left to the caller. A highway without its number (`Old Highway Road`) is none.
    """
    if draft.words[i] not in STARTS or (draft.country == "IN" and draft.words[i] in _AMERICAN):
        return None
    end = i
    while end < i + _LONGEST and draft.free(end):
        end += 1
    length = _phrase(tuple(draft.words[i:end]))
    if not length:
        return None
    before = draft.word(i - 1)
    pointed = before in DIRECTIONS and draft.free(i - 1)
    if len(draft.words[i]) < _SHORTEST_WORD and length == 1 and draft.free(i - 1):
        starts = draft.word(i - 2) if pointed else before
        if not starts[-1].isdigit() and not starts[0].isdigit() and not (pointed and not draft.free(i - 2)):
            return None
    number = i + length
    while draft.free(number) and draft.words[number] in NO_WORDS:
        number += 1
    if not draft.free(number):
        return None
    value = draft.words[number]
    lettered = length > 1 and value.isalpha() and len(value) <= _LONGEST_LETTERS and value not in DIRECTIONS
    if not (value[0].isdigit() or lettered):
        return None
    return i - pointed, number + 1


def route_form(words: tuple[str, ...]) -> str:
    """`("n", "cr", "640")` -> `county road 640 n`; `""` where the words are no route."""
    ways = sorted(DIRECTIONS[word] for word in (words[:1] + words[-1:]) if word in DIRECTIONS)
    start = 1 if words[0] in DIRECTIONS else 0
    length = _phrase(words[start:])
    rest = [word for word in words[start + length :] if word not in NO_WORDS and word not in DIRECTIONS]
    if not length or len(rest) != 1 or not (rest[0][0].isdigit() or len(rest[0]) <= _LONGEST_LETTERS):
        return ""
    return " ".join((ROUTES[" ".join(words[start : start + length])], rest[0], *ways))
