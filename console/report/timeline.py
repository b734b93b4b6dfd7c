"""A ring's payments over time: what was lost before the first one was stopped, and what was saved after."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from console.report import words
from console.report.data import Dossier, Payment
from console.report.svg import Scale, element, line, picture, round_ticks
from console.report.svg import words as text

_WIDTH, _HEIGHT = 1040, 290
_LEFT, _RIGHT, _TOP, _BOTTOM = 66, 20, 62, 40
_DAY_MS = 86_400_000
_HOUR_MS = 3_600_000
_STEPS = (1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 720, 1440, 2880, 8760)  # hours between two ticks
_TICKS = 9
_HALF_DATE = 34


@dataclass(frozen=True, slots=True)
class Course:
    """Sums of a dossier's payments. `lost_before` and `lost_after` are fraud approved, None where unknown.

    `undecided` payments were made before ringwatch decided: nothing of them was approved, so nothing lost.
    """

    first: Payment | None
    before: int
    lost_before: int | None
    lost_after: int | None
    undecided: int


def course(dossier: Dossier) -> Course:
    """What went before the first stop and what after."""
    k, payments = dossier.first_stopped, dossier.payments
    first = payments[k - 1] if k is not None and 0 < k <= len(payments) else None
    split = len(payments) if k is None or first is None else k - 1
    undecided = sum(not p.action for p in payments)
    if dossier.lost is None:
        return Course(first, split, None, None, undecided)
    before = sum(p.amount for p in payments[:split] if p.fraud and p.action and not p.stopped)
    return Course(first, split, min(before, dossier.lost), max(dossier.lost - before, 0), undecided)


def kind_of(payment: Payment) -> str:
    """`lost`, `saved`, `held` (a good one stopped), `good`, or `stopped` and `approved` where truth is unknown.

    `early-fraud` and `early`: made before ringwatch decided.
    """
    if not payment.action:
        return "early-fraud" if payment.fraud else "early"
    if payment.fraud is None:
        return "stopped" if payment.stopped else "approved"
    if payment.fraud:
        return "saved" if payment.stopped else "lost"
    return "held" if payment.stopped else "good"


MEANINGS = {
    "lost": "fraud, approved",
    "saved": "fraud, stopped",
    "held": "good payment, stopped",
    "good": "good payment, approved",
    "stopped": "stopped",
    "approved": "approved",
    "early-fraud": "fraud, before ringwatch decided",
    "early": "before ringwatch decided",
}


def timeline(dossier: Dossier, currency: str, name: str) -> Markup:
    """The drawing; empty without payments."""
    if not dossier.payments:
        return Markup("")
    payments = sorted(dossier.payments, key=lambda payment: payment.time)
    start, end = payments[0].time, payments[-1].time
    room = max((end - start) * 0.02, _HOUR_MS)
    x = Scale(start - room, end + room, _LEFT, _WIDTH - _RIGHT)
    ticks = round_ticks(0, max(payment.amount for payment in payments) or 1, 4)
    y = Scale(0, ticks[-1], _HEIGHT - _BOTTOM, _TOP)
    told = course(dossier)
    return picture(
        (
            *_axes(x, y, ticks, currency),
            *_first_stop(dossier, told, x, currency),
            *(_stem(payment, x, y, currency) for payment in payments),
        ),
        name=name,
        title=said(dossier, currency),
        width=_WIDTH,
        height=_HEIGHT,
        class_="chart wide",
    )


def mark(kind: str, x: float, y: float) -> Markup:
    """What stands for a payment: shape and colour both say what became of it."""
    if kind in ("lost", "early-fraud"):
        return element("path", d=f"M{x:.2f} {y + 6:.2f}l-6.5-11h13z", class_=f"mark {kind}")
    if kind == "early":
        return element("circle", cx=x, cy=y, r=2.5, class_="mark early")
    if kind in ("good", "approved"):
        return element("circle", cx=x, cy=y, r=3.5, class_=f"mark {kind}")
    if kind == "held":
        return element("rect", x=x - 4.5, y=y - 4.5, width=9, height=9, class_="mark held")
    return element("circle", cx=x, cy=y, r=5.5, class_=f"mark {kind}")


def said(dossier: Dossier, currency: str) -> str:
    """The timeline as a sentence."""
    payments = dossier.payments
    told = course(dossier)
    since, until = words.moment(payments[0].time), words.moment(payments[-1].time)
    parts = [f"{words.plural(len(payments), 'payment')} from {since} to {until}"]
    if told.first is not None and dossier.first_stopped is not None:
        parts.append(
            f"first stopped at transaction {words.count(dossier.first_stopped)}, "
            f"on {words.moment(told.first.time)}"
        )
    else:
        parts.append("none of them stopped")
    if dossier.lost is not None and dossier.saved is not None:
        parts.append(
            f"{words.money(dossier.lost, currency)} lost, {words.money(dossier.saved, currency)} saved"
        )
    return "; ".join(parts) + "."


def _axes(x: Scale, y: Scale, ticks: Sequence[float], currency: str) -> list[Markup]:
    bottom = _HEIGHT - _BOTTOM
    parts = []
    for tick in ticks:
        parts.append(line(_LEFT, y(tick), _WIDTH - _RIGHT, y(tick), "axis" if tick == 0 else "grid"))
        parts.append(text(_LEFT - 8, y(tick) + 4, words.short_money(tick, currency), "tick end"))
    hours = next((h for h in _STEPS if (x.high - x.low) / _HOUR_MS / h <= _TICKS), _STEPS[-1])
    step = hours * _HOUR_MS
    for time in range(-(-int(x.low) // step) * step, int(x.high) + 1, step):
        label = words.day(time) if step >= _DAY_MS else words.moment(time)[5:]
        parts.append(line(x(time), bottom, x(time), bottom + 5, "axis"))
        if _LEFT + _HALF_DATE < x(time) < _WIDTH - _RIGHT - _HALF_DATE:
            parts.append(text(x(time), bottom + 20, label, "tick middle"))
    return parts


def _first_stop(dossier: Dossier, told: Course, x: Scale, currency: str) -> list[Markup]:
    if told.first is None or dossier.first_stopped is None:
        return []
    at = x(told.first.time)
    left_half = at < (_LEFT + _WIDTH - _RIGHT) / 2
    aside, end = (at + 8, "") if left_half else (at - 8, " end")
    top, bottom = _TOP - 10, _HEIGHT - _BOTTOM
    said_here = f"first stopped here, at transaction {words.count(dossier.first_stopped)}"
    parts = [
        element("rect", x=_LEFT, y=top, width=max(at - _LEFT, 0.0), height=bottom - top, class_="before"),
        line(at, 10, at, bottom, "today"),
        text(aside, 20, said_here, f"today-word{end}"),
    ]
    if told.lost_before is not None and dossier.saved is not None:
        before, after = (
            words.money(sum_, currency, exact=False) for sum_ in (told.lost_before, dossier.saved)
        )
        parts.append(text(aside, 38, f"{before} lost before, {after} saved from here on", f"tick{end}"))
    return parts


def _stem(payment: Payment, x: Scale, y: Scale, currency: str) -> Markup:
    kind = kind_of(payment)
    at, high = x(payment.time), y(payment.amount)
    why = f"; {', '.join(payment.reasons)}" if payment.reasons else ""
    return element(
        "g",
        element(
            "title",
            f"{words.moment(payment.time)}, {words.money(payment.amount, currency)}: {MEANINGS[kind]}{why}",
        ),
        line(at, y(0), at, high, f"stem {kind}"),
        mark(kind, at, high),
    )


def legend_mark(kind: str) -> Markup:
    """A payment's mark for the legend."""
    return element(
        "svg", mark(kind, 9, 9), viewBox="0 0 18 18", width=18, height=18, class_="key", aria_hidden="true",
        focusable="false",
    )  # fmt: skip
