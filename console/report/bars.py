"""Bars and intervals inside table cells: the cell's text says the figure, the drawing is decoration.

Places are percent of the cell's width, so they fit any screen and paper without scaling text.
"""

from markupsafe import Markup

from console.report.svg import element, round_ticks

_HEIGHT = 14
_INSET = 2.0  # percent kept free at both ends, so that a mark at the end is whole


def bar(value: float, top: float) -> Markup:
    """A bar of `value` where `top` is the whole width."""
    return _drawing(_rect(value, top, "bar"))


def part_bar(part: float, whole: float, top: float) -> Markup:
    """A full bar of `part` on a pale one of `whole`."""
    return _drawing(_rect(whole, top, "bar-whole"), _rect(part, top, "bar"))


def interval(low: float, middle: float, high: float, top: float, *, from_zero: bool = False) -> Markup:
    """A point with its interval, on a scale from 0 to `top`; `from_zero`: on a pale bar up to the point."""

    def at(value: float) -> str:
        return f"{_INSET + (100 - 2 * _INSET) * min(max(value / top, 0.0), 1.0):.2f}%"

    centre = _HEIGHT / 2
    pale = element("line", x1=at(0), x2=at(middle), y1=centre, y2=centre, class_="pale")
    return _drawing(
        element("line", x1=at(0), x2=at(top), y1=centre, y2=centre, class_="track"),
        *((pale,) if from_zero else ()),
        element("line", x1=at(low), x2=at(high), y1=centre, y2=centre, class_="range"),
        element("line", x1=at(low), x2=at(low), y1=centre - 4, y2=centre + 4, class_="range-end"),
        element("line", x1=at(high), x2=at(high), y1=centre - 4, y2=centre + 4, class_="range-end"),
        element("circle", cx=at(middle), cy=centre, r=4.5, class_="point"),
    )


def scale_top(values: tuple[float, ...], most: float | None = None) -> float:
    """The round figure at or above all values; never above `most`."""
    top = round_ticks(0.0, max((*values, 0.0)) or 1.0)[-1]
    return top if most is None else min(top, most)


def _rect(length: float, top: float, class_: str) -> Markup:
    percent = f"{100 * length / top if top else 0.0:.2f}%"
    return element("rect", x=0, y=0, width=percent, height="100%", class_=class_)


def _drawing(*parts: Markup) -> Markup:
    return element("svg", *parts, class_="cell", height=_HEIGHT, aria_hidden="true", focusable="false")
