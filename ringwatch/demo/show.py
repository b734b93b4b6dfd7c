"""The report in the terminal."""

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from console.report import Report

_MOST_IMPORTANT = 8


def show(report: Report, console: Console) -> None:
    """Print what the page says, without its pictures."""
    if report.money is not None:
        console.print(Panel(_money(report), title="net value", expand=False))
    for table in (_actions(report), _types(report), _ablation(report), _importance(report), _rings(report),
                  _latency(report)):  # fmt: skip
        if table.row_count:
            console.print(table)


def _money(report: Report) -> str:
    worth = report.money
    if worth is None:
        return ""
    share = worth.fraud_stopped / max(1, worth.fraud)
    return (
        f"[bold green]{_amount(worth.saved)} saved[/] against approving everything\n"
        f"{_amount(worth.fraud_stopped)} of {_amount(worth.fraud)} fraud stopped ({share:.0%}), "
        f"{report.reviews_per_day:.0f} reviews a day\n"
        f"{worth.good_declined_per_fraud:.1f} good customers declined for each fraud stopped; "
        f"{worth.approval_rate:.1%} approved at once"
    )


def _actions(report: Report) -> Table:
    table = Table(title=f"{report.decisions:,} decisions", title_justify="left")
    quality = report.quality
    for name in (*report.by_action, *(("precision", "recall", "AP", "AUC") if quality else ())):
        table.add_column(name, justify="right")
    figures = (quality.precision, quality.recall, quality.average_precision, quality.auc) if quality else ()
    table.add_row(
        *(f"{count:,}" for count in report.by_action.values()), *(f"{figure:.3f}" for figure in figures)
    )
    return table


def _types(report: Report) -> Table:
    table = Table(
        "kind of fraud", "payments", "stopped", "value", title="fraud by kind", title_justify="left"
    )
    for kind in report.by_type:
        table.add_row(kind.name, str(kind.frauds), f"{kind.stopped / kind.frauds:.0%}", _amount(kind.amount))
    return table


def _ablation(report: Report) -> Table:
    table = Table(
        "evidence", "average precision", "95 %", "value caught", title="what adds what", title_justify="left"
    )
    for step in report.ablation:
        table.add_row(step.name, f"{step.average_precision:.3f}", f"{step.low:.3f} - {step.high:.3f}",
                      f"{step.value_share:.0%}")  # fmt: skip
    return table


def _importance(report: Report) -> Table:
    table = Table("share", "feature", title="what the model looks at", title_justify="left")
    for each in report.importance[:_MOST_IMPORTANT]:
        table.add_row(f"{each.share:.0%}", each.meaning)
    return table


def _rings(report: Report) -> Table:
    rings = report.rings
    title = f"rings: {rings.reported} reported"
    if rings.found is not None:
        title += f", {rings.found} of {rings.true} true ones among them"
    table = Table(
        "ring", "people", "stopped at", "lost", "saved", "in truth", title=title, title_justify="left"
    )
    for each in report.dossiers:
        table.add_row(
            each.id[:7],
            str(each.customers),
            f"{each.first_stopped} of {len(each.payments)}" if each.first_stopped else "never",
            _amount(each.lost or 0),
            _amount(each.saved or 0),
            each.truth or "-",
        )
    return table


def _latency(report: Report) -> Table:
    table = Table("stage", "mean", "p50", "p99", title="latency, ms", title_justify="left")
    for stage in report.latency:
        table.add_row(stage.name, f"{stage.mean:.2f}", f"{stage.p50:.2f}", f"{stage.p99:.2f}")
    whole = report.whole_latency
    if whole is not None:
        table.add_section()
        rate = f" at {report.per_second:.0f} payments/s" if report.per_second else ""
        table.add_row(f"whole{rate}", f"{whole.mean:.1f}", f"{whole.p50:.1f}", f"{whole.p99:.1f}")
    return table


def _amount(minor: int) -> str:
    return f"$ {minor / 100:,.0f}"
