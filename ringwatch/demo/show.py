"""The report in the terminal."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

_RINGS_SHOWN = 8
_WIDE = 140


def show(report: Mapping[str, Any], console: Console) -> None:
    """Print `report` (as `report.json` holds it)."""
    decided, rings, latency = report["decisions"], report["rings"], report["latency_ms"]
    console.print(Panel(_money(decided), title="net value", expand=False))
    console.print(_actions(decided))
    console.print(_types(decided["by_type"]))
    console.print(_rings(rings, console.width))
    console.print(_latency(latency))
    console.print(f"[dim]details: {report['file']}[/]")


def _money(decided: Mapping[str, Any]) -> str:
    share = decided["fraud_amount_stopped"] / max(1, decided["fraud_amount"])
    return (
        f"[bold green]{_amount(decided['net_value_saved'])} saved[/] against approving everything\n"
        f"{_amount(decided['fraud_amount_stopped'])} of {_amount(decided['fraud_amount'])} fraud stopped "
        f"({share:.0%})\n"
        f"{decided['good_stopped_per_fraud']:.1f} good payments held for each fraud stopped; "
        f"{decided['approval_rate']:.1%} approved at once"
    )


def _actions(decided: Mapping[str, Any]) -> Table:
    table = Table(title=f"{decided['decisions']:,} decisions", title_justify="left")
    for name in (*decided["by_action"], "precision", "recall", "AP", "AUC"):
        table.add_column(name, justify="right")
    table.add_row(
        *(f"{count:,}" for count in decided["by_action"].values()),
        *(f"{decided[name]:.3f}" for name in ("precision", "recall", "average_precision", "auc")),
    )
    return table


def _types(by_type: Mapping[str, Mapping[str, int]]) -> Table:
    table = Table("kind of fraud", "payments", "stopped", title="fraud by kind", title_justify="left")
    for kind, counts in by_type.items():
        table.add_row(
            kind.replace("_", " "), str(counts["frauds"]), f"{counts['stopped'] / counts['frauds']:.0%}"
        )
    return table


def _rings(rings: Mapping[str, Any], width: int) -> Table:
    title = (
        f"rings: {rings['reported']} reported, {rings['true_found']} of {rings['true']} true ones among them"
    )
    columns = ["ring", "score", "cards", "known fraud", "value at risk", "true ring"]
    reasons = width >= _WIDE
    table = Table(*columns, *(["why"] if reasons else []), title=title, title_justify="left")
    for ring in rings["rings"][:_RINGS_SHOWN]:
        true = f"{ring['true_ring']}, {ring['true_cards']}/{ring['ring_size']}" if ring["true_ring"] else "-"
        table.add_row(
            ring["id"][:9],
            f"{ring['score']:.2f}",
            str(ring["cards"]),
            str(ring["known_fraud"]),
            _amount(ring["value_at_risk"]),
            true,
            *([ring["why"]] if reasons else []),
        )
    return table


def _latency(latency: Mapping[str, Any]) -> Table:
    table = Table("stage", "mean", "p50", "p99", title="latency, ms", title_justify="left")
    for stage, figures in latency["stages"].items():
        table.add_row(stage, f"{figures['mean']:.2f}", f"{figures['p50']:.2f}", f"{figures['p99']:.2f}")
    paced = latency["paced"]
    table.add_section()
    table.add_row(
        f"whole, at {paced['per_second']:.0f} payments/s",
        f"{paced['mean']:.1f}",
        f"{paced['p50']:.1f}",
        f"{paced['p99']:.1f}",
    )
    return table


def _amount(minor: int) -> str:
    return f"$ {minor / 100:,.0f}"
