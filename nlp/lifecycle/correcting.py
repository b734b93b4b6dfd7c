"""Field values, as a person gives them, into spans of the text."""

import re
from collections.abc import Iterable, Mapping, Sequence

from events.errors import InvalidFieldError
from nlp.example import Example, Span, problems
from nlp.fields import FIELDS

_EDGE = re.compile(r"[A-Za-z0-9]")


def corrected(text: str, country: str, read: Iterable[Span], values: Mapping[str, str | None]) -> Example:
    """The example of a legible text: what was `read` of it, with `values` in place of their fields (None: not in it).

    A value is looked for in the text, in any case; where it is not there in one piece, its words are, in their order.
    What it covers belongs to no other field any more. `InvalidFieldError` names a field that there is not, or whose
    value the text does not hold.
    """
    spans = [span for span in read if span[2] not in values]
    for field, value in values.items():
        if field not in FIELDS:
            raise InvalidFieldError(field, "is no field of an address", f"one of {', '.join(FIELDS)}")
        if value is None:
            continue
        found = _find(text, value)
        if not found:
            raise InvalidFieldError(
                field, f"the text does not hold {value!r}", f"as it is written in {text!r}"
            )
        spans = [span for span in spans if not _overlap(span, found)]
        spans += [(start, end, field) for start, end in found]
    example = Example(text=text, country=country, spans=tuple(sorted(spans)))
    if wrong := problems(example, FIELDS):
        raise InvalidFieldError("spans", "; ".join(wrong))
    return example


def _find(text: str, value: str) -> list[tuple[int, int]]:
    words = value.replace(",", " ").split()
    if not words:
        return []
    whole = _match(text, r"\s+".join(map(re.escape, words)), 0)
    if whole is not None:
        return [whole]
    found: list[tuple[int, int]] = []
    for word in words:
        piece = _match(text, re.escape(word), found[-1][1] if found else 0)
        if piece is None:
            return []
        found.append(piece)
    return found


def _match(text: str, pattern: str, start: int) -> tuple[int, int] | None:
    """The first place that is not part of a longer word; else the first."""
    places = [it.span() for it in re.compile(pattern, re.IGNORECASE).finditer(text, start)]
    apart = [
        (begin, end)
        for begin, end in places
        if not (begin and _EDGE.match(text[begin - 1]) and _EDGE.match(text[begin]))
        and not (end < len(text) and _EDGE.match(text[end]) and _EDGE.match(text[end - 1]))
    ]
    return next(iter(apart or places), None)


def _overlap(span: Span, found: Sequence[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in found)
