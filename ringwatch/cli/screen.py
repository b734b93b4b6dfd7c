"""The help of the program itself: the whole job on one screen of 80 by 40."""

from collections.abc import Mapping, Sequence
from typing import Any

import typer
from typer.core import TyperGroup

_WIDTH = 11

_GROUPS: Mapping[str, Mapping[str, str]] = {
    "Start here": {
        "demo": "see the whole job on a made world: train, score, find rings, report",
        "up": "start the local services (--stack embedded, or jvm: Neo4j, Kafka)",
        "status": "show them",
        "down": "stop them; their data stay",
        "doctor": "check this machine, the settings and every service",
    },
    "Your data": {
        "ingest": "report on a file, suggest its map, send it",
        "evaluate": "train on a file's past, score its future, print metrics",
        "backfill": "replay a file through the scorer; --seed starts from it",
        "simulate": "send a made world, or write it to files",
        "train": "make a new release from the lake or a file",
    },
    "Investigate": {
        "explain": "why was this payment decided so?",
        "ring": "who belongs together with this card, device, address ...?",
    },
    "Operate": {
        "run": "one part: score graph lake labels worker beat console",
        "features": "list, show, docs: what a decision is made on, and its cost",
        "flink": "sql, submit: velocity on a cluster, where one machine ends",
        "address": "parse, match, explain, correct, train, deploy, rekey: places",
        "release": "list, activate, rollback: model, rules, policy together",
        "state": "inspect, verify: what the scorer has stored, and if it is whole",
        "dlq": "list, replay: refused messages, mended if need be",
    },
}
_EXAMPLES: Sequence[str] = (
    "ringwatch demo --once",
    "ringwatch ingest payments.csv --suggest-map --out map.toml",
    "ringwatch up && ringwatch run score",
    "ringwatch explain t-000123",
    "ringwatch ring device:3f2a-77",
    'ringwatch release rollback --actor ana --reason "too many declines"',
)


class OneScreen(TyperGroup):
    """The commands by what they are for, a line each. A command that has no line here is listed at the end."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print it, as Typer's own does. The arguments are of classes that Typer keeps to itself."""
        del formatter
        commands = self.list_commands(ctx)
        known = {name for group in _GROUPS.values() for name in group}
        more = {name: "" for name in commands if name not in known}
        groups = {**_GROUPS, **({"More": more} if more else {})}
        lines = ["Usage: ringwatch COMMAND ...  (ringwatch COMMAND --help says more)", self.help or ""]
        for title, group in groups.items():
            lines += ["", typer.style(title, bold=True)]
            lines += [f"  {name:<{_WIDTH}}{text}" for name, text in group.items() if name in commands]
        lines += ["", typer.style("Examples", bold=True), *(f"  {example}" for example in _EXAMPLES)]
        lines += ["", "Options: --version, --install-completion, --show-completion, --help"]
        lines.append("Settings: ./ringwatch.toml; RINGWATCH_LOG__URL overrides [log] url, and so on.")
        typer.echo("\n".join(lines))
