"""What decides on a history for its report: a release, or what the history itself teaches up to a moment."""

from dataclasses import dataclass

from events.errors import SettingsError
from lake.history import History
from lake.mapping import duration_ms
from scoring import COLD

SHARE = 0.6
"""Of a file's time that is learnt from where nobody says until when."""
LABEL_DELAY = "7d"
"""As `ringwatch evaluate` has it, where neither the map nor an option says how late labels are."""


@dataclass(frozen=True, slots=True)
class Start:
    """`release` decides on everything; or, with `until_ms` (epoch ms), what is learnt by then on what is later.

    `chosen`: nobody named that moment. `delay_ms`: how long before it a payment must lie to be learnt from.
    """

    release: str = COLD
    until_ms: int | None = None
    chosen: bool = False
    delay_ms: int = 0


def choose_start(
    history: History,
    *,
    release: str | None,
    in_force: str,
    until_ms: int | None,
    label_delay: str | None,
) -> Start:
    """As asked for; else the release `in_force`; else a moment at `SHARE` of the file's time; without labels nothing.

    `SettingsError` where what is asked for does not go together.
    """
    delay_ms = duration_ms(label_delay or _usual_delay(history))
    if until_ms is not None:
        if release is not None:
            raise SettingsError("--release and --train-until name two things to decide with: leave one out")
        if history.map.label is None:
            raise SettingsError("--train-until needs labels to learn from: add [label] to the map")
        return Start(until_ms=until_ms, delay_ms=delay_ms)
    if release is not None or in_force != COLD:
        return Start(release or in_force)
    span = history.span()
    if history.map.label is None or span is None:
        return Start()
    first, last = span
    return Start(until_ms=first + round(SHARE * (last - first)), chosen=True, delay_ms=delay_ms)


def _usual_delay(history: History) -> str:
    """The map's own where labels have no time of their own, else `LABEL_DELAY`."""
    label = history.map.label
    return label.delay if label is not None and label.known_at is None else LABEL_DELAY
