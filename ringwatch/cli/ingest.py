"""`ringwatch ingest`: one's own data into the log, with a report of what is in them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from events import topics
from events.dead_letter import dead_letter
from events.errors import InputError, SettingsError
from events.identity import content_hash
from events.types import DeadLetter
from lake.history import History
from lake.report import Report
from ringwatch.cli.common import Json, emit, err, out, progress_bar, wiring
from ringwatch.cli.history import File, Limit, Refused
from ringwatch.sending import Sender
from ringwatch.wiring import Wiring

_STEP = 500  # rows between two steps of the bar


def ingest(
    file: File,
    map_: Annotated[
        Path | None, typer.Option("--map", help="TOML: which column is which field.", dir_okay=False)
    ] = None,
    suggest_map: Annotated[
        bool, typer.Option("--suggest-map", help="Print a map guessed from the file; send nothing.")
    ] = False,
    write: Annotated[
        Path | None, typer.Option("--out", help="Write the suggested map to this new file.")
    ] = None,
    report: Annotated[bool, typer.Option("--report", help="Only report on the data; send nothing.")] = False,
    label_delay: Annotated[
        str | None,
        typer.Option(help="A label becomes known so long after its payment, as 7d; overrides the map."),
    ] = None,
    limit: Limit = None,
    *,
    json: Json = False,
) -> None:
    """Send the payments and labels of FILE, in order of time, after a report of what is in it.

    Doing it again makes no second decision. If the graph writer was restarted in between, its links count twice.
    Refused rows go to `dlq`.

    Example: ringwatch ingest payments.csv --map map.toml  (write one with: ... --suggest-map --out map.toml)
    """
    if suggest_map:
        _suggest(file, write, json=json)
        return
    if map_ is None:
        raise SettingsError(
            "give --map MAP.toml; `ringwatch ingest FILE --suggest-map` writes one to start from"
        )
    from lake.history import open_history
    from lake.mapping import duration_ms

    delay = duration_ms(label_delay) if label_delay else None
    history = open_history(file, map_, label_delay_ms=delay, limit=limit)
    with wiring() as parts:
        if not report:
            parts.log  # noqa: B018 - opened first: a missing log should not cost a report's time
        found = _measure(parts, history, json=json)
        if report:
            return
        if found.sample.rows and found.sample.refused == found.sample.rows:
            first = found.sample.refusals[0]
            raise SettingsError(
                f"nothing was sent: every sampled row would be refused, first for {first.field} {first.reason}"
            )
        summary = _send(parts, history)
    if json:
        emit(summary)
    else:
        err.print(", ".join(f"{name} {value:,}" for name, value in summary.items()), highlight=False)


def _suggest(file: Path, write: Path | None, *, json: bool) -> None:
    from lake.source import open_source
    from lake.suggest import suggest_map

    text = suggest_map(open_source(file))
    if write is not None:
        try:
            with write.open("x", encoding="utf-8") as target:
                target.write(text)
        except OSError as error:
            raise SettingsError(f"{write} can't be written: {error.strerror}") from error
        err.print(f"written to {write}; read it, above all the lines that say CHECK", markup=False)
    elif json:
        emit({"map": text})
    else:
        typer.echo(text, nl=False)


def _measure(parts: Wiring, history: History, *, json: bool) -> Report:
    from events.money import default_rates
    from lake.measure import make_report
    from ringwatch.cli.data_report import show_report

    addressed = any(name.endswith("_address") for name in history.map.transaction)
    with err.status("reading the file"):
        found = make_report(
            history,
            parts.door,
            parts.catalogue,
            parts.parser if addressed else None,
            now_ms=parts.clock.now_ms(),
            base=default_rates().base,
        )
    if json:
        emit({"report": msgspec.to_builtins(found)})
    else:
        show_report(found, out)
    return found


def _send(parts: Wiring, history: History) -> dict[str, int]:
    """Send what is known by now; returns counts and the rate."""
    now_ms, started = parts.clock.now_ms(), parts.clock.perf_us()
    sent = {topics.TRANSACTIONS.name: 0, topics.LABELS.name: 0}
    pending = 0
    shown = Refused()
    with Sender(parts.log) as sender, progress_bar() as bar:
        task = bar.add_task("sending", total=history.count())

        def refuse(number: int, row: Mapping[str, object], error: InputError) -> None:
            shown(number, row, error)
            sender.refuse(_letter(history.path.name, number, row, error, now_ms))

        for arrival in history.arrivals(parts.door, refuse, now_ms=now_ms):
            if arrival.topic == topics.LABELS.name and arrival.time > now_ms:
                pending += 1
                continue
            sender.send(arrival)
            sent[arrival.topic] += 1
            done = sent[topics.TRANSACTIONS.name] + shown.count
            if done % _STEP == 0:
                bar.update(task, completed=done)
        bar.update(task, completed=sent[topics.TRANSACTIONS.name] + shown.count)
    shown.report()
    if pending:
        err.print(f"{pending:,} labels become known only later: ingest the file again by then")
    rows = sent[topics.TRANSACTIONS.name] + shown.count
    seconds = max((parts.clock.perf_us() - started) / 1e6, 1e-6)
    return {
        **sent,
        "refused": shown.count,
        "labels_pending": pending,
        "rows_per_second": round(rows / seconds),
    }


def _letter(name: str, number: int, row: Mapping[str, object], error: InputError, now_ms: int) -> DeadLetter:
    """A refused row. It can't be replayed: the remedy is to mend the file or the map and to ingest it again.

    Its id is a function of file, row number and content, so that ingesting again makes no second letter.
    """
    payload = msgspec.json.encode(row, enc_hook=str)
    letter = dead_letter("file", 0, number, name.encode(), payload, error, part="ingest", now_ms=now_ms)
    return msgspec.structs.replace(
        letter, id=content_hash("dead letter", "file", name, str(number), payload), replayable=False
    )
