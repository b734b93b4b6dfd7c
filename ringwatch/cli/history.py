"""What the commands over files share: the map option, refused rows, times."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress, TaskID

from events import topics
from events.arrival import Arrival
from events.errors import InputError, SettingsError
from ringwatch.cli.common import say

if TYPE_CHECKING:
    from ringwatch.reporting.history_report import Stage

File = Annotated[Path, typer.Argument(help="Parquet, CSV or JSON lines.", exists=True, dir_okay=False)]
MapFile = Annotated[
    Path,
    typer.Option(
        "--map",
        help="TOML: which column is which field; `ringwatch ingest FILE --suggest-map` writes one.",
        exists=True,
        dir_okay=False,
    ),
]
Limit = Annotated[int | None, typer.Option(help="Read so many rows at most.")]
Every = Annotated[str, typer.Option(help="Event time between two community runs (0s: no graph features).")]

_SHOWN = 5
_STEP = 500


@dataclass(slots=True)
class Refused:
    """Rows the door refused: counted, the first few kept to show."""

    count: int = 0
    first: list[str] = field(default_factory=list)

    def __call__(self, number: int, row: Mapping[str, object], error: InputError) -> None:
        del row  # it may hold what must not be shown
        self.count += 1
        if len(self.first) < _SHOWN:
            self.first.append(f"row {number}: {error}")

    def report(self) -> None:
        """Say what was refused, if anything was."""
        if self.count:
            say(f"{self.count} rows were refused; the first:")
            for line in self.first:
                say(f"  {line}")


def counted(arrivals: Iterable[Arrival], bar: Progress, task: TaskID) -> Iterator[Arrival]:
    """Pass `arrivals` on while the bar counts the payments among them: a row of a file is one."""
    waiting = 0
    for arrival in arrivals:
        if arrival.topic == topics.TRANSACTIONS.name:
            waiting += 1
            if waiting == _STEP:
                bar.advance(task, waiting)
                waiting = 0
        yield arrival
    bar.advance(task, waiting)


def stages(bar: Progress) -> "Stage":
    """Shows stages of a job one below the other on `bar`; one that tells no total is done when its block ends."""

    @contextmanager
    def stage(description: str, total: int | None) -> Iterator[Callable[[int], None]]:
        task = bar.add_task(description, total=total)
        yield lambda count: bar.advance(task, count)
        done = total or 1
        bar.update(task, total=done, completed=done)

    return stage


def target(path: Path, *inputs: Path) -> None:
    """Refuse, before the work, a file that can't be written behind it, or that is one of the `inputs`."""
    if not path.parent.is_dir():
        raise SettingsError(f"{path} can't be written: there is no folder {path.parent}")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise SettingsError(f"{path} can't be written: permission denied")
    if path.exists() and any(path.samefile(each) for each in inputs):
        raise SettingsError(f"{path} is what is to be read; name another file to write to")


def parse_moment(text: str) -> int:
    """Epoch ms of an ISO 8601 date or time (UTC where it names no zone)."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingsError(
            f"{text!r} is no ISO 8601 time such as 2018-07-25 or 2018-07-25T12:00:00Z"
        ) from error
    return round((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
