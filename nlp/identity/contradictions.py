"""What keeps two texts apart, however alike they are: other house numbers, other parts, another postcode."""

from typing import Final

from nlp.identity.numbers import likeness

_AGREEING: Final = ("equal", "range")
_PARTS: Final = (
    "se",
    "ph",
    "bl",
    "po",
)  # kinds of parts, by their first letters (`nlp.identity.lexicon.AREA_WORDS`)


def numbers_contradict(ours: set[str], theirs: set[str]) -> bool:
    """Whether two sides name house numbers and none is compatible with the other's."""
    if not ours or not theirs:
        return False
    return any(all(likeness(a, b) not in _AGREEING for b in theirs) for a in ours) or any(
        all(likeness(a, b) not in _AGREEING for a in ours) for b in theirs
    )


def parts_contradict(ours: set[str], theirs: set[str]) -> bool:
    """Whether two sides name parts of a kind (sectors, phases, blocks) and share none of it."""
    for kind in _PARTS:
        mine, other = ({form for form in forms if form.startswith(kind)} for forms in (ours, theirs))
        if mine and other and not mine & other:
            return True
    return False


def posts_contradict(ours: set[str], theirs: set[str]) -> bool:
    """Whether two sides name postcodes and none is one slip of the finger from any of the other's."""
    return bool(ours and theirs) and not any(_one_slip(a, b) for a in ours for b in theirs)


def _one_slip(a: str, b: str) -> bool:
    """One digit another, missing or too many, or two neighbours swapped.

    >>> _one_slip("560038", "560083"), _one_slip("560038", "560041")
    (True, False)
    """
    if len(a) != len(b):
        short, long = sorted((a, b), key=len)
        return len(long) - len(short) == 1 and any(
            long[:i] + long[i + 1 :] == short for i in range(len(long))
        )
    other = [i for i, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
    if len(other) < 2:  # noqa: PLR2004 - one digit
        return True
    i, j = other[0], other[-1]
    return len(other) == 2 and j == i + 1 and (a[i], a[j]) == (b[j], b[i])  # noqa: PLR2004 - a pair swapped
