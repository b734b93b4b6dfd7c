"""What a report on a history of one's own can't know, and what its figures rest on, in a sentence each."""

from collections.abc import Iterator
from dataclasses import dataclass

from console.report import words
from events.times import DAY_MS, to_iso
from ringwatch.reporting.start import SHARE, Start
from scoring import COLD, Costs

_MANY_REVIEWS = 0.1


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How a report came about. `per_day`: payments decided a day. `without`: parts left out, with the reason."""

    start: Start
    release: str
    is_cold: bool
    labelled: bool
    refused: int
    limit: int | None
    graph: bool
    costs: Costs
    per_day: float
    without: tuple[str, ...] = ()


def sentences(of: Circumstances) -> tuple[str, ...]:
    """For `Report.unknown`."""
    return (*_on_decisions(of), *_on_labels(of), *of.without, *_always(of), *_on_the_file(of))


def moment(time_ms: int) -> str:
    """`2026-03-01 12:00 UTC`."""
    return f"{to_iso(time_ms)[:16].replace('T', ' ')} UTC"


def trained_on(start: Start) -> str:
    """`what was known by 2026-03-01 12:00 UTC`, and who chose that; `start` has such a moment."""
    until = moment(start.until_ms or 0)
    why = f", {SHARE:.0%} into the file's time, for no other moment was named" if start.chosen else ""
    return f"what was known by {until}{why}"


def _on_decisions(of: Circumstances) -> Iterator[str]:
    start = of.start
    if start.until_ms is not None:
        late = words.plural(round(start.delay_ms / DAY_MS, 2), "day")
        young = (
            f"; the payments of the {late} before it taught nothing, as labels come late"
            if start.delay_ms
            else ""
        )
        yield f"Trained on {trained_on(start)}{young}. What is later is decided, each payment as of its own moment."
        if of.release == COLD:
            yield f"No payment was {late} old by then, so nothing was learnt: the decisions are those of rules alone."
        elif of.is_cold:
            yield "Too little fraud was known by then to learn from: the decisions are those of rules alone."
    elif of.release == COLD:
        yield "No release is in force and nothing could be learnt: the decisions are those of rules alone."
    else:
        yield (
            f"Everything is decided with release {of.release}. If that was trained on this file or a part of it, "
            "the figures flatter it."
        )
    yield "The decisions reached nobody: payments that would have been stopped went on, and nobody learnt from it."


def _on_labels(of: Circumstances) -> Iterator[str]:
    if not of.labelled:
        yield (
            "The file says of no payment that it was fraud. What the decisions were worth, precision, recall and "
            "kinds of fraud are therefore left out; a map with [label] adds them."
        )
        return
    yield (
        "Fraud is what the file's labels say, and labels are selective: what nobody noticed, or your present system "
        "stopped, has none. A payment without a label counts as genuine in every figure here."
    )
    yield "Labels come late: for the youngest payments some are still to come, so fraud among them is undercounted."
    yield (
        "Costs and today's reviews a day are those of [costs] in ringwatch.toml; figures in money are worth what "
        "these are worth."
    )
    if of.costs.reviews_per_day > _MANY_REVIEWS * of.per_day:
        yield (
            f"{of.costs.reviews_per_day:g} reviews a day are many for {of.per_day:,.0f} payments a day; "
            "set [costs] reviews_per_day to what your analysts do."
        )


def _always(of: Circumstances) -> Iterator[str]:
    if of.graph:
        yield (
            "Rings are as of the last payment. Which rings there really are is not known, so neither is how many "
            "were found, nor whether these are some."
        )
    else:
        yield "The graph was left out (--communities-every 0s), so no rings were looked for."
    yield "How fast decisions fall can't be told from a replay; the running parts measure that."


def _on_the_file(of: Circumstances) -> Iterator[str]:
    if of.limit is not None:
        yield f"Only the {of.limit:,} earliest rows of the file were read."
    if of.refused:
        rows = "1 row was" if of.refused == 1 else f"{of.refused:,} rows were"
        yield f"{rows} refused at the door and left out; `ringwatch ingest FILE --map MAP --report` says why."
