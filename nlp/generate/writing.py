"""From pieces to text and spans."""

from typing import Final

from nlp.example import Example, Span
from nlp.generate.draw import Draw
from nlp.generate.grammar import Segment

_RUN_TOGETHER: Final = 0.03  # of the separators left out leave not even a space: `MG ROADGUWAHATI`
_STRIP: Final = " ,;|\n\t"


def write(segments: list[Segment], country: str, separator: str, drop: float, draw: Draw) -> Example:
    """Write segments as one text.

    Args:
        segments: what to write.
        country: of the example.
        separator: between segments.
        drop: share of separators that are left out (a space stands in their place).
        draw: chance.
    """
    parts: list[str] = []
    spans: list[Span] = []
    at = 0
    for number, segment in enumerate(segments):
        if number:
            between = separator
            if drop and draw.random() < drop:
                between = "" if draw.chance(_RUN_TOGETHER) else " "
            if segment and segment[0].glued and not draw.chance(0.5):
                between = ""
            parts.append(between)
            at += len(between)
        for place, piece in enumerate(segment):
            if place and not piece.glued:
                parts.append(" ")
                at += 1
            text = piece.text
            if piece.field:
                start = at + len(text) - len(text.lstrip(_STRIP))
                end = at + len(text.rstrip(_STRIP))
                if start < end:
                    spans.append((start, end, piece.field))
            parts.append(text)
            at += len(text)
    return Example("".join(parts), country, tuple(spans))
