"""Drawing by hand: elements with every value escaped, scales and round ticks. Colours are CSS classes alone."""

import math
from collections.abc import Iterable

from markupsafe import Markup, escape

from console.report.words import clean

Attribute = str | float


def element(tag: str, *content: str | Markup, **attributes: Attribute) -> Markup:
    """`<tag ...>content</tag>`. `class_` is `class`, `_` in a name is `-`; floats have at most two decimals."""
    given = "".join(
        f' {escape(name.rstrip("_").replace("_", "-"))}="{escape(clean(_number(value)))}"'
        for name, value in attributes.items()
    )
    inside = Markup("").join(part if isinstance(part, Markup) else clean(part) for part in content)
    return Markup(f"<{tag}{given}>{inside}</{tag}>")  # noqa: S704 - names are ours, values and content escaped


def picture(
    parts: Iterable[Markup], *, name: str, title: str, width: float, height: float, class_: str = "chart"
) -> Markup:
    """An SVG image that screen readers announce by `title`; `name` must be unique in the page."""
    return element(
        "svg",
        element("title", title, id=f"{name}-title"),
        *parts,
        viewBox=f"0 0 {_number(width)} {_number(height)}",
        width=width,
        height=height,
        class_=class_,
        role="img",
        aria_labelledby=f"{name}-title",
    )


def words(x: float, y: float, what: str, class_: str = "", **attributes: Attribute) -> Markup:
    """A text at a point."""
    return element("text", what, x=x, y=y, **({"class_": class_} if class_ else {}), **attributes)


def line(x1: float, y1: float, x2: float, y2: float, class_: str, **attributes: Attribute) -> Markup:
    """A line between two points."""
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, class_=class_, **attributes)


def path(points: Iterable[tuple[float, float]], class_: str) -> Markup:
    """Straight lines from point to point."""
    text = "L".join(f"{_number(x)} {_number(y)}" for x, y in points)
    return element("path", d=f"M{text}", class_=class_)


class Scale:
    """From data to places: linear, or (`log`) by log(1 + value / unit), which spreads small capacities."""

    def __init__(
        self, low: float, high: float, start: float, end: float, *, log_unit: float | None = None
    ) -> None:
        self.low, self.high = low, high if high > low else low + 1
        self._start, self._end, self._unit = start, end, log_unit

    def __call__(self, value: float) -> float:
        bottom, top = self._bend(self.low), self._bend(self.high)
        return self._start + (self._bend(value) - bottom) / (top - bottom) * (self._end - self._start)

    def _bend(self, value: float) -> float:
        return value if self._unit is None else math.log1p((value - self.low) / self._unit)


def round_ticks(low: float, high: float, about: int = 5) -> tuple[float, ...]:
    """Multiples of 1, 2 or 5 times a power of ten that span `low` to `high`, the outermost at or beyond them."""
    span = (high - low) or abs(high) or 1.0
    raw = span / max(1, about)
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= raw * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(float(f"{number * step:.12g}") for number in range(first, max(last, first + 1) + 1))


def _number(value: Attribute) -> str:
    if isinstance(value, str):
        return value
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
