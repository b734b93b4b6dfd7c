# ruff: noqa: PLR2004 - a pair, a digit, a slip or two: small numbers that say themselves
"""How alike two words are, and how well the words of two texts cover each other."""

import itertools
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from nlp.identity.letters import slips, sound
from nlp.identity.view import Word

_ONE_SLIP: Final = 4  # letters from which a slip is forgiven
_TWO_SLIPS: Final = 7
_PREFIX: Final = 3
LEAST: Final = 0.7
"""Words less alike than this do not count as each other."""


@lru_cache(maxsize=262_144)
def alike(a: str, b: str) -> float:  # noqa: PLR0911 - a ladder
    """0..1: 1 the same, .95 sound the same, .85 one slip, .75 two in long words or one an abbreviation, else 0.

    >>> alike("gandhi", "gandi"), alike("kerala", "karnataka")
    (0.95, 0.0)
    """
    if a == b:
        return 1.0
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    if len(short) < _PREFIX or not (a.isalpha() and b.isalpha()):
        return 0.0
    sound_a, sound_b = sound(a), sound(b)
    if sound_a == sound_b and (len(sound_a) >= _PREFIX):
        return 0.95
    gap = len(long) - len(short)
    if len(short) >= _ONE_SLIP and gap <= 2:
        found = slips(short, long)
        if found <= 1:
            return 0.85
        if found == 2 and len(short) >= _TWO_SLIPS:
            return 0.75
    if long.startswith(short):  # an abbreviation, or an abbreviated type behind it (Storg., Vasag.)
        return 0.8 if len(short) >= _ONE_SLIP else 0.72
    return 0.0


def partners(a: Sequence[Word], b: Sequence[Word]) -> list[float]:
    """For each word of `a` how alike its nearest in `b` is, 0 below `LEAST`.

    Words written apart or together (`Rama Krishna`, `Ramakrishna`) are each other's partners.
    """
    forms = [word.form for word in b]
    known = set(forms)
    pairs = {first + second: (first, second) for first, second in itertools.pairwise(forms)}
    out = []
    own = [word.form for word in a]
    for at, form in enumerate(own):
        if form in known:
            out.append(1.0)
            continue
        if form in pairs:
            out.append(1.0)
            continue
        beside = (own[at - 1] + form if at else "", form + own[at + 1] if at + 1 < len(own) else "")
        if beside[0] in known or beside[1] in known:
            out.append(1.0)
            continue
        best = 0.0
        for other in forms:
            best = max(best, alike(form, other) if form < other else alike(other, form))
        if best < LEAST and len(form) > _ONE_SLIP:
            best = max(
                (0.8 for pair in pairs if abs(len(pair) - len(form)) < 2 and alike(form, pair)), default=0.0
            )
        if best < LEAST and at + 1 < len(own):
            best = _together(beside, forms)
        out.append(best if best >= LEAST else 0.0)
    return out


def _together(beside: tuple[str, str], forms: Sequence[str]) -> float:
    """A word and its neighbour, run together, against longer words: one slip in `cre scent` for `crescent`."""
    for joined in beside:
        if len(joined) > _ONE_SLIP and any(
            abs(len(joined) - len(form)) < 2 and alike(joined, form) >= 0.85 for form in forms
        ):
            return 0.8
    return 0.0
