"""A data report for people: what to do first, then the figures."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from events.times import to_iso
from lake.report import Report

_BARS = " ▁▂▃▄▅▆▇█"
_SHOWN_DEAD = 4


def show_report(report: Report, out: Console) -> None:
    """Print it, warnings first."""
    out.print(f"[bold]{escape(report.file)}[/]: {report.rows:,} rows, {_span(report)}", highlight=False)
    for sentence in report.warnings:
        out.print(f"[yellow]![/] {escape(sentence)}", highlight=False)
    if not report.warnings:
        out.print("nothing stands out", style="green")
    for table in (_facts(report), _amounts(report), _entities(report), _refusals(report), _dead(report)):
        if table.row_count:
            out.print(table)


def _span(report: Report) -> str:
    times = report.times
    if times.first is None or times.last is None:
        return "no time can be read"
    return f"{to_iso(times.first)} to {to_iso(times.last)}"


def _facts(report: Report) -> Table:
    table = Table(show_header=False)
    times, ids, sample, labels = report.times, report.ids, report.sample, report.labels
    table.add_row("payments by hour, UTC 0 to 23", _bars(times.hours))
    if times.offset is not None:
        table.add_row(
            "quiet around", f"{times.quiet:.1f} h UTC, so payers live about UTC{times.offset:+.0f} h (± 3 h)"
        )
    stated = (
        "every time names its zone"
        if times.stated == 1
        else f"{times.stated:.0%} name a zone, the rest are {times.zone}"
    )
    table.add_row("time zone", stated)
    table.add_row("payments over time", _bars([part.rows for part in times.slices]))
    for gap in times.gaps[:1]:
        table.add_row("longest gap", f"{(gap.end - gap.start) / 3_600_000:,.1f} h from {to_iso(gap.start)}")
    table.add_row(
        "transaction ids",
        f"{ids.distinct:,} different, {ids.repeated:,} rows repeat one, {ids.missing:,} missing",
    )
    every = "all" if sample.rows == report.rows else f"a sample of {sample.rows:,}"
    table.add_row("refused by the door", f"{sample.refused:,} of {every} rows")
    if sample.addresses:
        table.add_row(
            "addresses parsed", f"{sample.keyed:,} of {sample.addresses:,}, {sample.units:,} down to the unit"
        )
    if labels is not None:
        table.add_row(
            "labels", f"{labels.fraud:,} fraud, {labels.genuine:,} not, {labels.silent:,} rows say nothing"
        )
        table.add_row("fraud over time", _bars([part.fraud for part in times.slices]))
        for said in labels.said:
            table.add_row(
                f"  {escape(said.value)}",
                f"{said.rows:,} rows, read as {'fraud' if said.fraud else 'no fraud'}",
            )
    if labels is not None and labels.delay_days is not None:
        p50, p90, p99, longest = labels.delay_days
        origin = "assumed" if labels.assumed else "from the file"
        figures = f"p50 {p50:g}, p90 {p90:g}, p99 {p99:g}, longest {longest:g} days ({origin})"
        table.add_row("days until a fraud is known", figures)
    return table


def _amounts(report: Report) -> Table:
    table = Table(
        "currency", "rows", "p50", "p90", "p99", "largest", "zero", "negative", "no number", title="Amounts"
    )
    for it in report.amounts:
        quantiles = [_number(value) for value in (it.p50, it.p90, it.p99, it.largest)]
        counts = [f"{value:,}" for value in (it.zero, it.negative, it.unreadable)]
        table.add_row(escape(it.currency) or "-", f"{it.rows:,}", *quantiles, *counts)
    return table


def _entities(report: Report) -> Table:
    title = "Entities (degree: cards, else accounts, that share one; of a card, what it was used with)"
    table = Table(
        "kind",
        "column",
        "rows",
        "different",
        "payments p50/p99/max",
        "degree p50/p99/max",
        "hubs",
        title=title,
    )
    for it in report.entities:
        hubs = "-" if it.cap is None else f"{it.hubs:,} above {it.cap}"
        lines = [hubs, *(f"{hub.value}: {hub.degree:,}" for hub in it.top)]
        table.add_row(
            it.kind, escape(it.column), f"{it.filled:,}", f"{it.distinct:,}",
            _three(it.payments), _three(it.degree), escape("\n".join(lines)),
        )  # fmt: skip
    return table


def _refusals(report: Report) -> Table:
    table = Table("field", "reason", "remedy", "rows", "first row", title="Refused rows of the sample")
    for it in report.sample.refusals:
        table.add_row(escape(it.field), escape(it.reason), escape(it.remedy), f"{it.rows:,}", f"{it.first:,}")
    return table


def _dead(report: Report) -> Table:
    dead = sum(len(it.features) for it in report.dead)
    table = Table("why", "how many", "such as", title=f"{dead} of {report.features} features will be dead")
    for it in report.dead:
        more = ", …" if len(it.features) > _SHOWN_DEAD else ""
        table.add_row(escape(it.why), str(len(it.features)), ", ".join(it.features[:_SHOWN_DEAD]) + more)
    return table


def _bars(counts: list[int] | tuple[int, ...]) -> str:
    most = max(counts, default=0)
    steps = len(_BARS) - 1
    return "".join(_BARS[-(-count * steps // most)] for count in counts) if most else ""


def _three(figures: tuple[int, int, int]) -> str:
    return " / ".join(f"{figure:,}" for figure in figures)


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.2f}"
