"""What more or fewer analysts would be worth: four small curves over review capacity."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from markupsafe import Markup

from console.report import words
from console.report.data import CapacityPoint, Report
from console.report.svg import Scale, element, line, path, picture, round_ticks
from console.report.svg import words as text

_WIDTH, _HEIGHT = 480, 250
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 16, 26, 44
_FAR_APART = 40.0  # last step over first step: beyond it a linear axis would squeeze the small capacities
_LABEL_GAP = 34.0


@dataclass(frozen=True, slots=True)
class Panel:
    """One curve. `today` is what was really decided, where known; it may lie below the best there is."""

    name: str
    heading: str
    values: tuple[float, ...]
    today: float | None
    axis: Callable[[float], str]
    full: Callable[[float], str]
    from_zero: bool = True
    finer: Callable[[float], str] | None = None  # for an axis on which two ticks would read the same


def capacity_panels(report: Report) -> tuple[tuple[str, Markup], ...]:
    """(heading, drawing) of each curve; none without points."""
    if not report.curve:
        return ()
    return tuple((panel.heading, _drawn(report, panel)) for panel in _panels(report))


def _panels(report: Report) -> tuple[Panel, ...]:
    money, points = report.money, report.curve

    def in_short(value: float) -> str:
        return words.short_money(value, report.currency)

    def in_full(value: float) -> str:
        return words.money(round(value), report.currency, exact=False)

    return (
        Panel("saved", "Net value saved", tuple(float(p.saved) for p in points),
              None if money is None else money.saved, in_short, in_full),
        Panel("stopped", "Fraud value stopped", tuple(float(p.fraud_stopped) for p in points),
              None if money is None else money.fraud_stopped, in_short, in_full),
        Panel("declined", "Good customers declined per fraud stopped",
              tuple(p.good_declined_per_fraud for p in points),
              None if money is None else money.good_declined_per_fraud, words.count, words.count),
        Panel("approved", "Approval rate", tuple(p.approval_rate for p in points),
              None if money is None else money.approval_rate, words.share, words.share, from_zero=False,
              finer=lambda value: f"{100 * value:.2f}%"),
    )  # fmt: skip


def _drawn(report: Report, panel: Panel) -> Markup:
    points, today = report.curve, report.reviews_per_day
    capacities = [point.reviews_per_day for point in points]
    x = _across(capacities, today)
    shown = panel.values if panel.today is None else (*panel.values, panel.today)
    ticks = round_ticks(
        min((0.0, *shown)) if panel.from_zero else min(shown), max(shown) if any(shown) else 1.0, 4
    )
    y = Scale(ticks[0], ticks[-1], _HEIGHT - _BOTTOM, _TOP)
    places = [(x(capacity), y(value)) for capacity, value in zip(capacities, panel.values, strict=True)]
    return picture(
        (
            *_axes(x, y, ticks, capacities, today, panel),
            *_today(x(today), today),
            path(places, "curve"),
            *(
                _point(place, point, panel.full(value))
                for place, point, value in zip(places, points, panel.values, strict=True)
            ),
            *(() if panel.today is None else (_decided(x(today), y(panel.today), panel.full(panel.today)),)),
        ),
        name=f"curve-{panel.name}",
        title=_told(panel, points, today),
        width=_WIDTH,
        height=_HEIGHT,
    )


def _across(capacities: Sequence[float], today: float) -> Scale:
    steps = [b - a for a, b in pairwise(sorted(capacities)) if b > a]
    spread = bool(steps) and steps[-1] > _FAR_APART * steps[0]
    low, high = min(*capacities, today), max(*capacities, today)
    return Scale(low, high, _LEFT, _WIDTH - _RIGHT, log_unit=2 * steps[0] if spread else None)


def _axes(
    x: Scale, y: Scale, ticks: Sequence[float], capacities: Sequence[float], today: float, panel: Panel
) -> list[Markup]:
    bottom = _HEIGHT - _BOTTOM
    parts = []
    said = [panel.axis(tick) for tick in ticks]
    if panel.finer is not None and len(set(said)) < len(said):
        said = [panel.finer(tick) for tick in ticks]
    for tick, label in zip(ticks, said, strict=True):
        parts.append(line(_LEFT, y(tick), _WIDTH - _RIGHT, y(tick), "axis" if tick == 0 else "grid"))
        parts.append(text(_LEFT - 8, y(tick) + 4, label, "tick end"))
    parts += [line(x(capacity), bottom, x(capacity), bottom + 4, "axis") for capacity in capacities]
    labelled: list[float] = []
    for capacity in (
        today,
        capacities[0],
        capacities[-1],
        *capacities,
    ):  # these first: no neighbour pushes them out
        at = x(capacity)
        if all(abs(at - other) >= _LABEL_GAP for other in labelled):
            labelled.append(at)
            parts.append(text(at, bottom + 18, words.count(capacity), "tick middle"))
    parts.append(text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 6, "reviews a day", "tick middle"))
    return parts


def _today(at: float, today: float) -> list[Markup]:
    left_half = at < (_LEFT + _WIDTH - _RIGHT) / 2
    return [
        line(at, _TOP - 8, at, _HEIGHT - _BOTTOM, "today"),
        text(
            at + (6 if left_half else -6),
            _TOP - 10,
            f"today: {words.count(today)} a day",
            "today-word" if left_half else "today-word end",
        ),
    ]


def _point(place: tuple[float, float], point: CapacityPoint, value: str) -> Markup:
    said = f"{words.count(point.reviews_per_day)} reviews a day: {value}"
    return element(
        "g",
        element("title", said),
        element("circle", cx=place[0], cy=place[1], r=12, class_="touch"),
        element("circle", cx=place[0], cy=place[1], r=4, class_="dot"),
    )


def _decided(x: float, y: float, value: str) -> Markup:
    size = 7
    return element(
        "g",
        element("title", f"As decided: {value}"),
        element(
            "path",
            d=f"M{x:.2f} {y - size:.2f}l{size} {size}l-{size} {size}l-{size}-{size}z",
            class_="decided",
        ),
    )


def _told(panel: Panel, points: Sequence[CapacityPoint], today: float) -> str:
    first, last = points[0], points[-1]
    said = (
        f"{panel.heading}, from {panel.full(panel.values[0])} at {words.count(first.reviews_per_day)} reviews a day "
        f"to {panel.full(panel.values[-1])} at {words.count(last.reviews_per_day)}"
    )
    decided = "" if panel.today is None else f", {panel.full(panel.today)} as decided"
    return f"{said}; today's setting is {words.count(today)}{decided}."
